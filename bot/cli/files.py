"""Files on tickets: `files get`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import Exit, code_named, fail, run
from bot.cli.options import TenantName

app = typer.Typer(no_args_is_help=True, help="Photos and documents on tickets.")
GET = "tickets_get_file"


@app.callback()
def _files() -> None:
    """Nothing of its own."""


@app.command()
def get(
    number: Annotated[str, typer.Argument(help="The file's number, such as FILE-1001.")],
    path: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="PATH", help="Where to; - for standard output. Default: its name."
        ),
    ] = None,
    person: Annotated[str | None, typer.Option("--as", help="Who is asking: an e-mail address.")] = None,
    tenant: TenantName = None,
) -> None:
    """Get a photo or document of a ticket back, byte for byte. Nothing that is there is overwritten."""
    run(_get(number, path, person, tenant))


async def _get(number: str, path: Path | None, person: str | None, slug: str | None) -> None:
    from bot.cli.handing import write_new
    from bot.cli.opened import err, opened, the_tenant
    from bot.contract.place import Place, PlaceKind
    from bot.core.answer import press
    from bot.core.question import Question

    async with opened(quiet=True) as main:
        tenant = await the_tenant(main, slug)
        desk, user = await main.seat(tenant, await main.person(tenant, person))
        place = Place(surface="terminal", kind=PlaceKind.DIRECT)
        asked = Question(tenant=tenant, user=user, words="", thread=f"ask-{user.id}", place=place)
        reply = await press(desk, asked, GET, {"file": number})
    if reply.error:
        fail(reply.text, Exit(code_named(reply.error)))
    if reply.file is None:
        fail(reply.text, Exit.NOT_FOUND)
    if path == Path("-"):
        sys.stdout.buffer.write(reply.file.data)
        return
    to = path or Path(reply.file.name)
    to = to / reply.file.name if to.is_dir() else to
    write_new(to, reply.file.data)
    err.print(f"{reply.file.name} is in {to}.")
