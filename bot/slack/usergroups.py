"""Who is in which user group: asked of Slack, kept in the tables, and dropped when Slack no longer tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot.contract.people import Tenant
from bot.core.journal import note
from bot.db import slack_groups
from bot.db.database import Database
from bot.errors import Unavailable
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, made
from bot.slack.routes import Route, Routes
from bot.slack.teams import Team, Teams

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=5)
"""How old a reading gets at most, also when no event tells of a change."""
PAUSE, LONG_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
"""Before the next asking: after one that is under way, and after a refusal."""
GROUP = re.compile(r"S[A-Z0-9]{1,40}")
WHY = {
    "plan_upgrade_required": "Slack has user groups on paid plans only, so they give no roles here.",
    "missing_scope": (
        "The Slack app may not read user groups, so they give no roles: add the scope usergroups:read and "
        "install the app again."
    ),
}
OTHERWISE = "Slack does not let me read user groups ({reason}), so they give no roles."
UPDATED, CHANGED = "subteam_updated", "subteam_members_changed"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A user group; `users` None when Slack did not tell who is in it."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] | None


def why_not(reason: str) -> str:
    """Return why groups give no roles, as a sentence."""
    return WHY.get(reason.split(" ", maxsplit=1)[0], OTHERWISE.format(reason=reason[:80]))


async def find_groups(calls: Calls, token: str, team_id: str) -> list[Group]:
    """Return the own user groups in use of a workspace, or of all workspaces of an organisation."""
    teams = await find_teams(calls, token) if team_id.startswith("E") else [None]
    found = [group for each in teams for group in await _groups(calls, token, each)]
    return list({group.id: group for group in found}.values())  # an organisation's own are in each of them


async def find_teams(calls: Calls, token: str) -> list[str]:
    """Return the workspaces of an organisation that the bot was added to."""
    client, teams, cursor = calls.client(token), list[str](), ""
    while True:
        page = await made(
            "auth.teams.list",
            lambda: client.auth_teams_list(cursor=cursor or None, limit=100),  # noqa: B023 - awaited at once
        )
        teams += [str(one["id"]) for one in page.get("teams") or []]
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return teams


async def _groups(calls: Calls, token: str, team_id: str | None) -> list[Group]:
    client = calls.client(token)
    found = await made("usergroups.list", lambda: client.usergroups_list(include_users=True, team_id=team_id))
    return [
        Group(
            id=str(one["id"]),
            handle=str(one.get("handle") or ""),
            name=str(one.get("name") or ""),
            users=tuple(map(str, one["users"])) if isinstance(one.get("users"), list) else None,
        )
        for one in found.get("usergroups") or []
        if not one.get("date_delete") and not one.get("is_external") and GROUP.fullmatch(str(one.get("id")))
    ]


class Usergroups:
    """Keeps what the groups of a tenant's workspaces give fresh; many processes may do so at once."""

    def __init__(self, database: Database, teams: Teams, calls: Calls, routes: Routes) -> None:
        """Hear of groups by these routes."""
        self._database, self._teams, self._calls = database, teams, calls
        for kind in (UPDATED, CHANGED):
            routes.add(f"event:{kind}", Route(now=self.heed, beside=self.follow))

    async def refresh(self, tenant_id: str) -> None:
        """Ask Slack about the workspaces where that is due."""
        async with self._database.tenant(tenant_id) as session:
            due = await slack_groups.do_claim(session, every=EVERY, pause=PAUSE)
        for claimed in due:
            try:
                team = await self._teams.find(claimed.team_id)
            except Unavailable:  # Slack has not told yet whose the token is; the next round may know
                continue
            if team is not None and team.tenant_id == tenant_id:
                await self._read(team, claimed)

    async def find_handle(self, tenant: Tenant, team_id: str, group_id: str) -> str | None:
        """Ask Slack how a group is called; None when there is none, Unavailable when Slack does not tell."""
        team = await self._teams.find(team_id)
        if team is None or team.tenant_id != tenant.id:
            return None
        try:
            groups = await find_groups(self._calls, team.token, team.team_id)
        except CallError as error:
            raise Unavailable(why_not(error.reason)) from None
        return next((one.handle for one in groups if one.id == group_id), None)

    async def heed(self, team: Team, body: Mapping[str, Any]) -> None:
        """Take in the news of a group before they are acknowledged: who was taken out is out at once."""
        if (news := group_news(body)) is None:
            return
        group_id, gone = news
        async with self._database.tenant(team.tenant_id) as session:
            await slack_groups.do_stale(session, team.team_id, group_id, gone)

    async def follow(self, team: Team, body: Mapping[str, Any]) -> None:
        """Ask Slack anew after such news, which may be taken in a moment later than this begins."""
        await self.heed(team, body)
        await self.refresh(team.tenant_id)

    async def _read(self, team: Team, claimed: slack_groups.Claimed) -> None:
        try:
            groups = await find_groups(self._calls, team.token, team.team_id)
        except RefusedError as error:
            await self._refuse(team, error.reason)
        except CallError as error:  # Slack is slow or away: the last reading is good for some minutes
            pause = error.pause if isinstance(error, LimitedError) else PAUSE
            log.warning("slack.groups_not_read", team=team.team_id, reason=error.reason)
            async with self._database.tenant(team.tenant_id) as session:
                await slack_groups.do_wait(session, team.team_id, pause)
        else:
            async with self._database.tenant(team.tenant_id) as session:
                mapped = {one.group_id for one in await slack_groups.find_group_roles(session)}
                members = {(g.id, u) for g in groups if g.id in mapped for u in g.users or ()}
                await slack_groups.do_read(session, claimed, sorted(members))
                names = {group.id: group.handle for group in groups if group.id in mapped and group.handle}
                await slack_groups.do_name(session, team.team_id, names)

    async def _refuse(self, team: Team, reason: str) -> None:
        code = reason.split(" ", maxsplit=1)[0]
        async with self._database.tenant(team.tenant_id) as session:
            if await slack_groups.do_refuse(session, team.team_id, code, LONG_PAUSE):
                log.warning("slack.groups_refused", team=team.team_id, reason=code)
                facts = {"team": team.team_id, "reason": code}
                await note(session, event="slack.groups_refused", by="slack", text=why_not(code), facts=facts)


def group_news(body: Mapping[str, Any]) -> tuple[str, tuple[str, ...] | None] | None:
    """Return which group an event tells of, and who is not in it any more (None: nobody is in it).

    None for no news of a group.
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") not in {UPDATED, CHANGED}:
        return None
    group = event.get("subteam")
    shown: Mapping[str, Any] = group if isinstance(group, Mapping) else {}
    group_id = event.get("subteam_id") or shown.get("id")
    if not isinstance(group_id, str) or not GROUP.fullmatch(group_id):
        return None
    if shown.get("date_delete"):
        return group_id, None
    gone = event.get("removed_users")
    return group_id, tuple(map(str, gone)) if isinstance(gone, list) else ()
