"""The people of the demo: by the part they play, for whoever sits at the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import Exit, fail

FIRST, PART = "savanna", "support"
InDemo = Annotated[
    bool,
    typer.Option(
        "--demo", help="In the demo on this machine, beside its chat; --as takes support, billing, noc … too."
    ),
]


def persona(slug: str, person: str) -> str:
    """Return the e-mail address of who plays this role at this provider."""
    from bot.demo import PERSONAS_OF

    if slug not in PERSONAS_OF:
        fail(f"--tenant takes one of {', '.join(PERSONAS_OF)}; “{slug}” is none of them.", Exit.USAGE)
    people = PERSONAS_OF[slug]
    if person not in people:
        fail(f"--as takes one of {', '.join(people)}; “{person}” is none of them.", Exit.USAGE)
    return people[person]


def seated(slug: str | None, person: str | None) -> tuple[str, str]:
    """Return the provider of the demo and the e-mail address of who asks there; the support agent first."""
    where, who = slug or FIRST, person or PART
    return where, who if "@" in who else persona(where, who)
