"""Slack's user groups: what the first tenant mapped and read, and a question to every function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.db import links, rights, roles, slack_groups
from bot.db.database import Database
from bot.db.slack_groups import Claimed, GroupRole
from tests.probes.asking import Asks
from tests.probes.core import Things

AT = datetime(2026, 11, 20, tzinfo=UTC)
LATER, PAUSE = AT + timedelta(hours=1), timedelta(minutes=1)
TEAM, GROUP, ROLE = "TGRP", "SGRP", "watch"
MAPPED = GroupRole(team_id=TEAM, group_id=GROUP, role=ROLE, handle="watch", even_power=True)


async def fill(database: Database, things: Things) -> None:
    """Let a group of the tenant's Slack give a role, and somebody be in it."""
    async with database.tenant(things.tenant.id) as session:
        await roles.do_add_role(session, name=ROLE)
        await roles.do_allow(session, ROLE, roles.RolePermission(permission="admin:roles"))
        await links.do_link(
            session, surface="slack", external_id=f"{TEAM}:U1", user_id=things.person, how="code", by="x"
        )
        await slack_groups.do_map(session, MAPPED, by="x")
        await slack_groups.do_read(session, Claimed(team_id=TEAM, at=AT), [(GROUP, "U1")])


ASKS: Asks = {
    slack_groups.find_group_roles: lambda s, a: slack_groups.find_group_roles(s),
    slack_groups.find_readings: lambda s, a: slack_groups.find_readings(s),
    slack_groups.do_map: lambda s, a: slack_groups.do_map(s, MAPPED, by="y"),
    slack_groups.do_name: lambda s, a: slack_groups.do_name(s, TEAM, {GROUP: "renamed"}),
    slack_groups.do_unmap: lambda s, a: slack_groups.do_unmap(s, TEAM, GROUP, ROLE),
    slack_groups.do_claim: lambda s, a: slack_groups.do_claim(s, every=PAUSE, pause=PAUSE),
    slack_groups.do_read: lambda s, a: slack_groups.do_read(s, Claimed(team_id=TEAM, at=LATER), []),
    slack_groups.do_refuse: lambda s, a: slack_groups.do_refuse(s, TEAM, "missing_scope", PAUSE),
    slack_groups.do_wait: lambda s, a: slack_groups.do_wait(s, TEAM, PAUSE),
    slack_groups.do_stale: lambda s, a: slack_groups.do_stale(s, TEAM, GROUP, None),
    slack_groups.do_forget_team: lambda s, a: slack_groups.do_forget_team(s, TEAM),
    rights.find_all_rights: lambda s, a: rights.find_all_rights(
        s, a.person, now=AT, idle=AT - timedelta(days=1), since=AT - timedelta(days=1)
    ),
    slack_groups.is_powerful: lambda s, a: slack_groups.is_powerful(s, ROLE),
}
