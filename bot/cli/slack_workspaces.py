"""Workspaces that were connected by OAuth: `slack install-link`, `slack workspaces`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.db.slack_teams import TeamRow

app = typer.Typer(no_args_is_help=True, help="The workspaces that were connected by a link.")
NO_ADDRESS = "BACKHAUL_PUBLIC_URL is not set, so there is no address to send anybody to. The README says how."
NO_CLIENT = (
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set. Both are on the app's page at Slack, “Basic "
    "Information”."
)


def link(
    *,
    agent: Annotated[bool, typer.Option(help="For an app made with `manifest --agent`.")] = False,
    minimal: Annotated[
        bool, typer.Option("--minimal", help="For an app made with `manifest --minimal`.")
    ] = False,
    tenant: TenantName = None,
) -> None:
    """Print a link with which somebody connects a Slack workspace to a tenant; good once, for an hour."""
    run(_link(tenant, agent=agent, minimal=minimal))


async def _link(slug: str | None, *, agent: bool, minimal: bool) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.core.web_links import public, slack_install
    from bot.db import slack_links
    from bot.slack.install import make_link

    async with opened() as main:
        config = main.config
        if not config.slack_client_id or config.slack_client_secret is None:
            fail(NO_CLIENT, Exit.UNAVAILABLE)
        if not config.public_url:
            fail(NO_ADDRESS, Exit.UNAVAILABLE)
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            links = bool(await slack_links.find_pages(session))
        now = datetime.now(UTC)
        key = make_link(main.cipher, tenant, now, agent=agent, minimal=minimal, links=links)
        async with main.database.tenant(tenant.id) as session:
            text = "made a link to connect a Slack workspace"
            await note(session, event="slack.install_link", by=operator(), text=text)
    where = public(config.public_url, slack_install(tenant))
    out.print(f"{where}?{urlencode({'key': key})}", soft_wrap=True, markup=False, highlight=False)


@app.command("list")
def show_all(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """List them, with what was granted and until when the token works."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.db import slack_teams

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = [
                {
                    "id": one.team_id,
                    "name": one.name,
                    "installed_at": one.installed_at,
                    "installed_by": one.installed_by,
                    "token": state(one),
                    "scopes": one.scopes,
                }
                for one in await slack_teams.find_teams(session)
            ]
    columns = ["Id", "Name", "Connected (UTC)", "By", "Token", "Scopes"]
    show(found, columns, [list(one.values()) for one in found], as_json=as_json)


def state(row: TeamRow) -> str:
    """Return how it is with a workspace's token."""
    if row.refused:
        return f"ends {row.expires_at:%Y-%m-%d %H:%M}, not renewed: {row.refused}"
    return f"renewed before {row.expires_at:%Y-%m-%d %H:%M}" if row.expires_at else "lasts"


async def find_tokens() -> list[str]:
    """Return the bot's tokens in the workspaces of all tenants."""
    from bot.cli.opened import opened
    from bot.db.slack_teams import find_teams, token_row

    async with opened(quiet=True) as main:
        async with main.database.system() as session:
            rows = await find_teams(session)
        return [main.cipher.open(row.bot_token, row=token_row(row.tenant_id, row.team_id)) for row in rows]


@app.command()
def remove(team: Annotated[str, typer.Argument(metavar="ID")], tenant: TenantName = None) -> None:
    """Disconnect one: revoke the bot's token at Slack and forget it here; any tenant may connect it then."""
    run(_remove(team, tenant))


async def _remove(team_id: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.db import slack_groups, slack_teams

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            row = next((one for one in await slack_teams.find_teams(session) if one.team_id == team_id), None)
        if row is None:
            fail(
                f"No workspace “{team_id[:40]}” is connected. `backhaul slack workspaces list` has the ids.",
                Exit.NOT_FOUND,
            )
        why = await _revoke(main, row)
        async with main.database.tenant(tenant.id) as session:
            await slack_teams.do_delete(session, team_id)
            await slack_groups.do_forget_team(session, team_id)
            text = f"disconnected the Slack workspace {row.name} ({team_id})"
            await note(session, event="slack.removed", by=operator(), text=text, facts={"team": team_id})
    out.print(f"{row.name or team_id} is disconnected; a running service notices within a minute.")
    if why:
        out.print(f"Slack did not revoke the token ({why}): remove the app there, too.", style="yellow")


async def _revoke(main: App, row: TeamRow) -> str:
    """Have Slack end the bot's token; return why it did not."""
    from bot.db.slack_teams import token_row
    from bot.slack.calls import CallError, Calls, made

    token = main.cipher.open(row.bot_token, row=token_row(row.tenant_id, row.team_id))
    calls = Calls(main.config.slack_api_url)
    await calls.open()
    try:
        await made("auth.revoke", calls.client(token).auth_revoke)
    except CallError as error:
        return error.reason
    finally:
        await calls.close()
    return ""
