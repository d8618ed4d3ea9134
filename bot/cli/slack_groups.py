"""Roles by Slack's user groups: `slack groups list|set|clear`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant
    from bot.slack.calls import Calls
    from bot.slack.usergroups import Group

app = typer.Typer(no_args_is_help=True, help="Let Slack's user groups give roles.")
NO_WORKSPACE = "{tenant} has no Slack workspace. Set SLACK_BOT_TOKEN; the README says where to get one."
NO_GROUP = "There is no user group @{handle} in Slack. There are: {known}."


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show which group gives which role, how many people are in it, and when Slack was last asked."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, out, show, the_tenant
    from bot.db import slack_groups
    from bot.slack.usergroups import why_not

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = await slack_groups.find_group_roles(session)
            readings = {one.team_id: one for one in await slack_groups.find_readings(session)}
    asked = {team: one.read_at for team, one in readings.items()}
    rows = [
        [f"@{one.handle}", one.role, one.members, asked.get(one.team_id) or "never", one.team_id]
        for one in found
    ]
    show(found, ["Group", "Role", "People", "Asked (UTC)", "Workspace"], rows, as_json=as_json)
    if not as_json:
        for refused in {one.refused for one in readings.values() if one.refused}:
            out.print(why_not(refused), style="yellow", markup=False)


@app.command("set")
def set_(
    group: Annotated[str, typer.Argument(help="The group's handle, such as @noc.")],
    role: Annotated[str, typer.Argument(help="The role its members hold, such as noc.")],
    *,
    even_admin: Annotated[
        bool,
        typer.Option("--even-admin", help="The role may hold power over the workspace, as admin does."),
    ] = False,
    tenant: TenantName = None,
) -> None:
    """Let everybody in a Slack user group hold a role, everywhere, as long as they are in it."""
    run(_set(group.strip().removeprefix("@"), role, tenant, even_admin=even_admin))


async def _set(handle: str, role: str, slug: str | None, *, even_admin: bool) -> None:
    from bot.cli.opened import config, opened, operator, out, the_tenant
    from bot.core.group_roles import set_group_role
    from bot.db.slack_groups import GroupRole
    from bot.slack.calls import Calls

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        calls = Calls(config().slack_api_url)
        await calls.open()
        try:
            team_id, group = await _find(main, tenant, calls, handle)
        finally:
            await calls.close()
        new = GroupRole(
            team_id=team_id, group_id=group.id, role=role, handle=group.handle, even_power=even_admin
        )
        await set_group_role(main.database, tenant, new, by=operator())
    people = "1 person is" if len(group.users or ()) == 1 else f"{len(group.users or ())} people are"
    out.print(
        f"Whoever is in @{group.handle} holds the role {role} within seconds, while `backhaul run` runs; "
        f"{people} in it now.",
        markup=False,
    )


@app.command()
def clear(
    group: Annotated[str, typer.Argument(help="The group's handle, such as @noc.")],
    role: Annotated[str, typer.Argument(help="Only this role; without it: all it gives.")] = "",
    tenant: TenantName = None,
) -> None:
    """Let a Slack user group no longer give a role; its members lose it at once."""
    run(_clear(group, role, tenant))


async def _clear(group: str, role: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.group_roles import clear_group_role

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        await clear_group_role(main.database, tenant, group, role, by=operator())
    out.print(f"@{group.strip().removeprefix('@')} gives no {role or 'role'} any more.", markup=False)


async def _find(main: App, tenant: Tenant, calls: Calls, handle: str) -> tuple[str, Group]:
    """Return the group of this handle, and its workspace; all workspaces of the tenant are looked through."""
    from bot.slack.calls import CallError
    from bot.slack.usergroups import find_groups, why_not

    tokens = await _tokens(main, tenant, calls)
    if not tokens:
        fail(NO_WORKSPACE.format(tenant=tenant.name), Exit.UNAVAILABLE)
    found: list[tuple[str, Group]] = []
    try:
        for team_id, token in tokens.items():
            found += [(team_id, group) for group in await find_groups(calls, token, team_id)]
    except CallError as error:
        fail(why_not(error.reason), Exit.UNAVAILABLE)
    meant = [one for one in found if handle.lower() in (one[1].handle.lower(), one[1].id.lower())]
    if not meant:
        known = ", ".join(f"@{group.handle}" for _, group in found[:20]) or "none"
        fail(NO_GROUP.format(handle=handle[:60], known=known), Exit.NOT_FOUND)
    if len(meant) > 1:
        ids = ", ".join(group.id for _, group in meant)
        fail(f"Several groups are called @{handle[:60]}. Name the one you mean by its id: {ids}.", Exit.USAGE)
    return meant[0]


async def _tokens(main: App, tenant: Tenant, calls: Calls) -> dict[str, str]:
    """Return the bot's tokens in the tenant's workspaces."""
    from bot.db import slack_teams, tenants

    async with main.database.tenant(tenant.id) as session:
        rows = await slack_teams.find_teams(session)
    found = {
        row.team_id: main.cipher.open(row.bot_token, row=slack_teams.token_row(row.tenant_id, row.team_id))
        for row in rows
    }
    settings = main.config
    if settings.slack_bot_token is None:
        return found
    async with main.database.system() as session:
        single = len(await tenants.find_tenants(session)) == 1
    if settings.slack_tenant == tenant.slug or (settings.slack_tenant is None and single):
        token = settings.slack_bot_token.get_secret_value()
        found[(await calls.who_am_i(token)).team_id] = token
    return found
