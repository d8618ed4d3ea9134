"""Which Slack user groups give which roles, who is in them, and how fresh that is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

HARMLESS = ("admin:self", "admin:break_glass", "admin:people_read", "admin:health")
"""Permissions of the admin plugin that are no power over the workspace."""
POWERFUL = (
    "(g.role = 'admin' or exists (select 1 from role_permissions p where p.tenant_id = g.tenant_id "
    "and p.role = g.role and starts_with(p.permission, 'admin:') and not p.permission = any(:harmless)))"
)

BY_GROUP = (
    "select g.role from links l "  # noqa: S608 - own constant
    "join slack_group_members m on m.tenant_id = l.tenant_id "
    "and m.team_id = split_part(l.external_id, ':', 1) "
    "and m.user_id = split_part(l.external_id, ':', 2) "
    "join slack_group_readings r on r.tenant_id = m.tenant_id and r.team_id = m.team_id "
    "and r.refused = '' and r.read_at > :since "
    "join slack_group_roles g on g.tenant_id = m.tenant_id and g.team_id = m.team_id "
    "and g.group_id = m.group_id "
    "where l.surface = 'slack' and l.user_id = cast(:user as uuid) "
    "and not exists (select 1 from account_cuts c where c.tenant_id = l.tenant_id "
    "and c.surface = l.surface and c.external_id = l.external_id and c.cut) "
    f"and (g.even_power or not {POWERFUL})"
)
"""The roles a person's Slack groups give, by readings after `since`; none of a cut account.

A role with power over the tenant counts only where the owner said that it shall.
"""


@dataclass(frozen=True, kw_only=True)
class GroupRole:
    """Whoever is in the group holds the role; `even_power`: also one with power over the tenant."""

    team_id: str
    group_id: str
    role: str
    handle: str
    even_power: bool = False
    members: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """When Slack last told who is in the groups of a workspace; `refused` says why it does not."""

    team_id: str
    read_at: datetime | None
    refused: str


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A workspace to be asked about now; what it tells holds as of `at`."""

    team_id: str
    at: datetime


async def find_group_roles(session: AsyncSession) -> list[GroupRole]:
    """Return which group gives which role, with how many people are in it by the last reading."""
    rows = await session.execute(
        text(
            "select g.team_id, g.group_id, g.role, g.handle, g.even_power, "
            "(select count(*) from slack_group_members m where m.tenant_id = g.tenant_id "
            "and m.team_id = g.team_id and m.group_id = g.group_id) as members "
            "from slack_group_roles g order by g.team_id, g.handle, g.role"
        )
    )
    return [GroupRole(**dict(row)) for row in rows.mappings()]


async def find_readings(session: AsyncSession) -> list[Reading]:
    """Return how fresh what is known of each workspace is."""
    rows = await session.execute(
        text("select team_id, read_at, refused from slack_group_readings order by team_id")
    )
    return [Reading(**dict(row)) for row in rows.mappings()]


async def do_map(session: AsyncSession, new: GroupRole, *, by: str) -> None:
    """Let a group give a role; Slack is asked who is in it as soon as somebody looks."""
    bind = {"team": new.team_id, "group": new.group_id, "role": new.role, "by": by}
    await session.execute(
        text(
            "insert into slack_group_roles (team_id, group_id, role, handle, even_power, set_by) "
            "values (:team, :group, :role, :handle, :even, :by) "
            "on conflict (tenant_id, team_id, group_id, role) do update set handle = excluded.handle, "
            "even_power = excluded.even_power, set_by = excluded.set_by, set_at = now()"
        ),
        bind | {"handle": new.handle, "even": new.even_power},
    )
    await session.execute(
        text(
            "insert into slack_group_readings (team_id, stale_at) values (:team, clock_timestamp()) "
            "on conflict (tenant_id, team_id) do update set stale_at = clock_timestamp(), next_at = now()"
        ),
        {"team": new.team_id},
    )


async def do_name(session: AsyncSession, team_id: str, handles: Mapping[str, str]) -> None:
    """Keep how Slack calls groups, by their ids, whatever they were called when a role was given to them."""
    await session.execute(
        text(
            "update slack_group_roles g set handle = n.handle from jsonb_each_text(cast(:handles as jsonb))"
            " as n(id, handle) where g.team_id = :team and g.group_id = n.id and n.handle <> g.handle"
        ),
        {"team": team_id, "handles": json.dumps(handles)},
    )


async def do_unmap(session: AsyncSession, team_id: str, group_id: str, role: str) -> bool:
    """Let a group no longer give a role; False when it gave none."""
    done = await session.execute(
        text(
            "delete from slack_group_roles where team_id = :team and group_id = :group and role = :role "
            "returning role"
        ),
        {"team": team_id, "group": group_id, "role": role},
    )
    return done.one_or_none() is not None


async def do_claim(session: AsyncSession, *, every: timedelta, pause: timedelta) -> list[Claimed]:
    """Take the workspaces whose groups somebody has to ask about; nobody else gets them for `pause`."""
    rows = await session.execute(
        text(
            "update slack_group_readings r set next_at = now() + cast(:pause as interval) "
            "where r.next_at <= now() and (r.read_at is null or r.read_at <= r.stale_at "
            "or r.read_at < now() - cast(:every as interval)) "
            "and exists (select 1 from slack_group_roles g where g.tenant_id = r.tenant_id "
            "and g.team_id = r.team_id) returning r.team_id, now() as at"
        ),
        {"pause": pause, "every": every},
    )
    return [Claimed(team_id=row.team_id, at=row.at) for row in rows]


async def do_read(session: AsyncSession, claimed: Claimed, members: Iterable[tuple[str, str]]) -> bool:
    """Keep (group, person) of every mapped group; False when a later reading was kept meanwhile."""
    done = await session.execute(
        text(
            "update slack_group_readings set read_at = :at, refused = '' where team_id = :team "
            "and (read_at is null or read_at < :at) returning team_id"
        ),
        {"team": claimed.team_id, "at": claimed.at},
    )
    if done.one_or_none() is None:
        return False
    await _drop_all(session, claimed.team_id)
    rows = [{"team": claimed.team_id, "group": group, "user": user} for group, user in members]
    if rows:
        await session.execute(
            text(
                "insert into slack_group_members (team_id, group_id, user_id) values (:team, :group, :user)"
            ),
            rows,
        )
    return True


async def do_refuse(session: AsyncSession, team_id: str, reason: str, pause: timedelta) -> bool:
    """Forget who is in the groups, for Slack does not tell; False when that was known."""
    await _drop_all(session, team_id)
    done = await session.execute(
        text(
            "with old as materialized (select refused from slack_group_readings where team_id = :team) "
            "update slack_group_readings set refused = :reason, read_at = null, "
            "next_at = now() + cast(:pause as interval) where team_id = :team "
            "returning (select refused from old) as before"
        ),
        {"team": team_id, "reason": reason, "pause": pause},
    )
    row = done.one_or_none()
    return row is not None and row.before != reason


async def do_wait(session: AsyncSession, team_id: str, pause: timedelta) -> None:
    """Ask about a workspace no sooner than in a while."""
    await session.execute(
        text(
            "update slack_group_readings set next_at = now() + cast(:pause as interval) where team_id = :team"
        ),
        {"team": team_id, "pause": pause},
    )


async def do_stale(
    session: AsyncSession, team_id: str, group_id: str, gone: Collection[str] | None = ()
) -> None:
    """Note that a group changed: whoever is gone (None: all) is out at once, the rest is asked for."""
    await session.execute(
        text(
            "delete from slack_group_members where team_id = :team and group_id = :group "
            "and (cast(:all as boolean) or user_id = any(:users))"
        ),
        {"team": team_id, "group": group_id, "all": gone is None, "users": list(gone or ())},
    )
    await session.execute(
        text(
            "update slack_group_readings set stale_at = clock_timestamp(), next_at = now() "
            "where team_id = :team"
        ),
        {"team": team_id},
    )


async def do_forget_team(session: AsyncSession, team_id: str) -> None:
    """Forget who is in the groups of a workspace that is gone; the mapping stays for when it comes back."""
    await _drop_all(session, team_id)
    await session.execute(
        text("update slack_group_readings set read_at = null where team_id = :team"), {"team": team_id}
    )


async def is_powerful(session: AsyncSession, role: str) -> bool:
    """Say whether a role holds power over the tenant."""
    done = await session.execute(
        text(
            f"select {POWERFUL} as powerful from roles x cross join lateral "  # noqa: S608 - own constant
            "(select x.name as role, x.tenant_id) g where x.name = :role"
        ),
        {"role": role, "harmless": list(HARMLESS)},
    )
    row = done.one_or_none()
    return bool(row and row.powerful)


async def _drop_all(session: AsyncSession, team_id: str) -> None:
    await session.execute(text("delete from slack_group_members where team_id = :team"), {"team": team_id})
