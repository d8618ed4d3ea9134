"""The options that many commands have, worded once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

TenantName = Annotated[str | None, typer.Option("--tenant", help="Which tenant (its short name).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

LENGTH = re.compile(r"(\d{1,4}) ?(m|h|d|w)[a-z]*")
UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def length_of(words: str) -> timedelta | None:
    """Return a length of time such as 30d, 12h or 2w; None for anything else."""
    found = LENGTH.fullmatch(words.strip().lower())
    return int(found[1]) * UNITS[found[2]] if found else None
