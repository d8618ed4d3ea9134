"""Slack: `slack manifest`, `check`, `groups`, `follow`, `links`, `install-link`, `workspaces` and `dead`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import slack_follows, slack_groups, slack_links, slack_workspaces
from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.config import Config
    from bot.db.session import Session
    from bot.slack.calls import Calls

app = typer.Typer(no_args_is_help=True, help="Connect a Slack workspace, and see what got stuck.")
app.add_typer(slack_groups.app, name="groups")
app.add_typer(slack_follows.app, name="follow")
app.add_typer(slack_links.app, name="links")
app.add_typer(slack_workspaces.app, name="workspaces")
app.command("install-link")(slack_workspaces.link)
UNCONNECTED = (
    "SLACK_BOT_TOKEN is not set, and no workspace was connected by `backhaul slack install-link`. The README "
    "says how to do either."
)
LETTERS = 4
"""Of an id, to name a dead letter by."""


@dataclass(frozen=True, kw_only=True)
class Dead:
    """A question that was given up (`in`), or an answer that could not be posted (`out`)."""

    id: str
    way: str
    at: datetime
    tries: int
    where: str
    reason: str


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Public address of this bot for signed HTTP; without it: Socket Mode.")
    ] = None,
    *,
    agent: Annotated[
        bool,
        typer.Option(help="Slack's agent features (paid plans); an app that has them keeps them for good."),
    ] = False,
    org: Annotated[
        bool, typer.Option("--org", help="To be installed for a whole Enterprise organisation.")
    ] = False,
    minimal: Annotated[
        bool, typer.Option("--minimal", help="Mentions and direct messages only, with the fewest scopes.")
    ] = False,
    rotate: Annotated[
        bool,
        typer.Option("--rotate", help="Tokens that are renewed twice a day; an app keeps them for good."),
    ] = False,
    links: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Show what links to this host lead to; up to five of these."),
    ] = None,
) -> None:
    """Print the app manifest to paste at Slack (“Create an app”, “From a manifest”)."""
    from bot.errors import UserError
    from bot.slack.manifest import make_manifest

    try:
        made = make_manifest(url, agent=agent, org=org, minimal=minimal, rotate=rotate, links=links or ())
    except UserError as error:
        fail(str(error), Exit.USAGE)
    typer.echo(json.dumps(made, indent=2))


@app.command()
def check() -> None:
    """Ask Slack whether the configured tokens work, and say what they may not do."""
    run(_check())


async def _check() -> None:
    from bot.cli.opened import config
    from bot.slack.calls import Calls

    settings = config()
    tokens = [settings.slack_bot_token.get_secret_value()] if settings.slack_bot_token else []
    if settings.slack_client_id:
        tokens += await slack_workspaces.find_tokens()
    if not tokens:
        fail(UNCONNECTED, Exit.UNAVAILABLE)
    calls = Calls(settings.slack_api_url)
    await calls.open()
    try:
        sound = [await _check_one(calls, settings, token) for token in tokens]
    finally:
        await calls.close()
    if not all(sound):
        raise typer.Exit(Exit.UNAVAILABLE)


async def _check_one(calls: Calls, settings: Config, token: str) -> bool:
    """Say what is missing in one workspace; return whether that is nothing serious."""
    from bot.cli.opened import out
    from bot.slack.calls import CallError
    from bot.slack.checkup import check_up

    app_token = settings.slack_app_token
    try:
        found = await check_up(
            calls,
            token,
            app_token=app_token.get_secret_value() if app_token else None,
            over_http=settings.slack_signing_secret is not None,
        )
    except CallError as error:
        fail(f"Slack says no: {error.reason}", Exit.UNAVAILABLE)
    out.print(f"Connected to workspace {found.team_id} as bot {found.bot_user_id}.")
    for one in found.findings:
        out.print(f"- {one.text}", style="red" if one.serious else "yellow", markup=False)
    return found.sound


@app.command()
def dead(
    revive: Annotated[str | None, typer.Option(metavar="ID", help="Try this one again.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="ID", help="Throw this one away.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    tenant: TenantName = None,
    as_json: AsJson = False,
) -> None:
    """Show questions that were given up and answers that could not be posted; try one again, or drop it."""
    if revive and drop:
        fail("Give --revive or --drop, not both.", Exit.USAGE)
    if named := revive or drop:
        run(_end(named, tenant, again=revive is not None))
    else:
        run(_dead(limit, tenant, as_json=as_json))


async def _dead(limit: int, slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = await _find_dead(session, limit)
    rows = [[one.id[:8], one.way, one.at, one.tries, one.where, one.reason] for one in found]
    show(found, ["Id", "Way", "When (UTC)", "Tries", "Where", "Reason"], rows, as_json=as_json)


async def _find_dead(session: Session, limit: int) -> Sequence[Dead]:
    """Return both kinds, newest first."""
    from bot.db import inbox, outbox

    found = [
        Dead(id=one.id, way="in", at=one.received_at, tries=one.attempts, where=one.lane, reason=one.error)
        for one in await inbox.find_dead(session, limit)
    ]
    found += [
        Dead(id=one.id, way="out", at=one.created_at, tries=one.attempts, where=one.channel, reason=one.error)
        for one in await outbox.find_dead(session, limit)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


async def _end(named: str, slug: str | None, *, again: bool) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.db import inbox, outbox

    if len(named.strip()) < LETTERS:
        fail("Name it by at least the first four letters of its id.", Exit.USAGE)
    async with opened() as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            there = await _find_dead(session, 1000)
            fitting = [one for one in there if one.id.startswith(named.strip().lower())]
            if len(fitting) != 1:
                many = "Several begin" if fitting else "Nothing dead begins"
                fail(f"{many} with “{named[:40]}”. `backhaul slack dead` lists them.", Exit.NOT_FOUND)
            one = fitting[0]
            rows = inbox if one.way == "in" else outbox
            await (rows.do_revive if again else rows.do_drop)(session, one.id)
            what = "question" if one.way == "in" else "answer"
            text = f"{'revived' if again else 'dropped'} the dead Slack {what} {one.id[:8]}"
            event = "slack.revived" if again else "slack.dropped"
            await note(session, event=event, by=operator(), text=text)
    out.print(
        f"{one.id[:8]} is tried again within seconds, if `backhaul run` runs."
        if again
        else f"{one.id[:8]} is gone."
    )
