"""Channel rules: `channels list|set|clear|default`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.exits import run
from bot.cli.options import AsJson, TenantName

app = typer.Typer(no_args_is_help=True, help="What may be asked and done in which channel.")
Only = Annotated[
    list[str] | None, typer.Option(help="A plugin (network) or an action (tickets_create); may be repeated.")
]
ReadsOnly = Annotated[bool, typer.Option("--reads-only", help="Looking things up, no changes.")]
Roles = Annotated[
    list[str] | None, typer.Option("--role", help="Who may use the bot there; may be repeated.")
]
Nothing = Annotated[bool, typer.Option("--nothing", help="Answer nothing there.")]
Note = Annotated[str, typer.Option(help="Why, for those who read the list.")]


class Default(StrEnum):
    """The places that have no rule of their own."""

    CHANNELS = "channels"
    DIRECT = "direct"
    SHARED = "shared"


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show every rule, and what holds where there is none."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, out, show, the_tenant
    from bot.contract.channel import SHARED
    from bot.core.channels import find_all, rule_to_json

    async with opened(quiet=as_json) as main:
        found = await find_all(main.database, await the_tenant(main, slug))
    rows = [[one.where, "" if one.default else one.channel, one.what, one.note] for one in found]
    if as_json or rows:
        titles = ["Where", "Id", "What may be done", "Note"]
        show([rule_to_json(one) for one in found if one.made], titles, rows, as_json=as_json)
    if not as_json and not any(one.channel == SHARED for one in found):
        out.print(
            "Channels that guests or other organisations read: nothing, until a rule says otherwise. "
            "Elsewhere people may do what their roles allow.",
            markup=False,
        )


@app.command("set")
def set_(
    channel: Annotated[str, typer.Argument(help="Its id (C0123ABCD), or #its-name once the bot knows it.")],
    *,
    only: Only = None,
    reads_only: ReadsOnly = False,
    role: Roles = None,
    nothing: Nothing = False,
    outsiders: Annotated[
        bool,
        typer.Option("--outsiders", help="It holds also where guests or other organisations read along."),
    ] = False,
    note: Note = "",
    tenant: TenantName = None,
) -> None:
    """Say what may be done in one channel; it replaces its rule, and adds to nobody's rights."""
    rule = _wish(only, role, note, reads_only=reads_only, nothing=nothing, outsiders=outsiders)
    run(_set(channel, rule, tenant))


@app.command()
def default(
    places: Annotated[Default, typer.Argument(help="Which places without a rule of their own.")],
    *,
    only: Only = None,
    reads_only: ReadsOnly = False,
    role: Roles = None,
    nothing: Nothing = False,
    note: Note = "",
    tenant: TenantName = None,
) -> None:
    """Say what may be done in channels without a rule, in direct messages, or in shared channels."""
    outsiders = places is Default.SHARED
    rule = _wish(only, role, note, reads_only=reads_only, nothing=nothing, outsiders=outsiders)
    run(_set(f"*{places}", rule, tenant))


def _wish(
    only: list[str] | None,
    roles: list[str] | None,
    note: str,
    *,
    reads_only: bool,
    nothing: bool,
    outsiders: bool,
) -> dict[str, object]:
    return {
        "only": tuple(only or ()),
        "roles": tuple(roles or ()),
        "reads_only": reads_only,
        "closed": nothing,
        "outsiders": outsiders,
        "note": note,
    }


async def _set(words: str, parts: dict[str, object], slug: str | None) -> None:
    from dataclasses import replace

    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.contract.place import SOMEWHERE
    from bot.core.channels import find_channel, put

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        bare = await find_channel(main.database, tenant, words, SOMEWHERE)
        rule = replace(bare, **parts)  # type: ignore[arg-type]  # the options above are its fields
        made, before = await put(main.database, main.registry, tenant, rule, by=operator())
    out.print(made.words, markup=False)
    if before is not None and before != made:
        out.print(f"Before: {before.words}", markup=False)


@app.command()
def clear(
    channel: Annotated[str, typer.Argument(help="The channel; or channels, direct, shared for a default.")],
    tenant: TenantName = None,
) -> None:
    """Remove a rule; the default holds there again."""
    run(_clear(channel, tenant))


async def _clear(words: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.contract.place import SOMEWHERE
    from bot.core.channels import clear as clear_rule
    from bot.core.channels import find_channel

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        bare = await find_channel(main.database, tenant, words, SOMEWHERE)
        gone = await clear_rule(main.database, tenant, bare.surface, bare.channel, by=operator())
    out.print(f"No longer: {gone.words}", markup=False)
