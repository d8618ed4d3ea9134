"""Who is on call, from the shell: `oncall show|set`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

app = typer.Typer(no_args_is_help=True, help="Who is on call, and rotations before anybody can chat.")
PLUGIN = "oncall"


@app.command()
def show(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show who is on call now for every team that some roster knows."""
    run(_show(tenant, as_json=as_json))


async def _show(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core.rosters import rosters_around

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        rosters = await rosters_around(main.around(tenant))
        found = [await rosters.get_on_call(team, main.clock()) for team in await rosters.find_teams()]
    records = [
        {
            "team": one.team,
            "on_call": [{"name": person.name, "email": person.email} for person in one.people],
            "until": one.until,
            "trouble": one.trouble,
        }
        for one in found
    ]
    rows = [
        [
            one.team,
            ", ".join(person.name for person in one.people) or "nobody",
            f"{one.until.astimezone(tenant.zone):%Y-%m-%d %H:%M}"
            if one.until
            else one.trouble or ("no end" if one.people else ""),
        ]
        for one in found
    ]
    show(records, ["Team", "On call", "Until"], rows, as_json=as_json)


@app.command("set")
def set_(
    team: Annotated[str, typer.Argument(help="The team, e.g. noc; one that has a rotation gets this one.")],
    people: Annotated[list[str], typer.Argument(help="E-mail addresses or names, in the order of turns.")],
    hours: Annotated[int, typer.Option(min=1, max=1344, help="How long a turn lasts; a week is 168.")] = 168,
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d %H:%M"], help="When the first turn begins, on the clock there."),
    ] = None,
    tenant: TenantName = None,
) -> None:
    """Set who takes turns being on call for a team; the first named is on call from the last handover on."""
    run(_set(team, people, timedelta(hours=hours), start, tenant))


async def _set(
    team: str, people: list[str], length: timedelta, start: datetime | None, slug: str | None
) -> None:
    from bot.cli.opened import opened, operator, operator_user, out, the_tenant
    from bot.core.journal import note
    from plugins.oncall.kept import do_keep_team, read
    from plugins.oncall.nouns import team_name
    from plugins.oncall.saying import rotation_words
    from plugins.oncall.setting import wished

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        around = main.around(tenant)
        if PLUGIN not in (await around.view()).enabled:
            way = f"backhaul plugins enable {PLUGIN} --tenant {tenant.slug}"
            fail(f"The plugin that keeps rotations is off here: {way}", Exit.FAILED)
        ctx = await around.context(PLUGIN, operator_user(), keeps=True)
        kept = await read(ctx)
        begins = start.replace(tzinfo=tenant.zone).astimezone(UTC) if start else None
        new = await wished(ctx, kept, team_name(team), people, length, begins)
        await do_keep_team(ctx, kept, new)
        words = rotation_words(ctx, kept, new)
        async with main.database.tenant(tenant.id) as session:
            text = f"set a rotation: {words.replace('**', '')}"
            await note(session, event="oncall.set", by=operator(), text=text, facts={"team": new.name})
    out.print(words.replace("**", ""), markup=False)
