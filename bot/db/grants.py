"""Who holds which role, where, until when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.scope import Area

ANYWHERE = Area()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One role held by one person within one area; `expires_at` None is for good."""

    id: str
    user_id: str
    user: str
    role: str
    area: Area = ANYWHERE
    reason: str = ""
    break_glass: bool = False
    granted_by: str = ""
    granted_at: datetime
    expires_at: datetime | None = None
    under: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewGrant:
    """A grant to make. `by` is a user's id, or what grants it ("demo", "import").

    `under` is the break-glass grant by whose power it is made, and with which it ends.
    """

    user_id: str
    role: str
    by: str
    area: Area = ANYWHERE
    reason: str = ""
    break_glass: bool = False
    expires_at: datetime | None = None
    effect_key: str | None = None
    under: str | None = None


@dataclass(frozen=True, kw_only=True)
class HeldRight:
    """One permission through one grant; `permission` is empty for a role that may do nothing yet.

    `passing`: it is a break-glass grant, or was made by the power of one.
    """

    role: str
    permission: str
    area: Area
    max_amount: int | None
    max_count: int | None
    grant_id: str = ""
    expires_at: datetime | None = None
    passing: bool = False


def area_of(row: Row[Any]) -> Area:
    """Read the three scope columns."""
    return Area(region=_set(row.regions), site=_set(row.sites), partner=_set(row.partners))


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


HELD = (
    "select g.role, coalesce(p.permission, '') as permission, p.max_amount, p.max_count, "
    "g.regions, g.sites, g.partners, g.id, g.expires_at, "
    "g.break_glass or g.under is not null as passing from grants g "
    "left join role_permissions p on p.tenant_id = g.tenant_id and p.role = g.role "
    "where g.user_id = cast(:user as uuid) and g.revoked_at is null "
    "and (g.expires_at is null or g.expires_at > :now)"
)
"""Every permission of every grant of a person in force now."""


async def find_rights(session: AsyncSession, user_id: str, now: datetime) -> list[HeldRight]:
    """Return every permission of every grant in force now."""
    rows = await session.execute(text(HELD), {"user": user_id, "now": now})
    return [held_of(row) for row in rows]


def held_of(row: Row[Any]) -> HeldRight:
    """Read a row of `HELD`; what has no area holds everywhere."""
    return HeldRight(
        role=row.role,
        permission=row.permission,
        area=area_of(row),
        max_amount=row.max_amount,
        max_count=row.max_count,
        grant_id=str(row.id) if row.id else "",
        expires_at=row.expires_at,
        passing=row.passing,
    )


async def find_grants(
    session: AsyncSession,
    now: datetime,
    *,
    user_id: str | None = None,
    role: str | None = None,
    grant_id: str | None = None,
    limit: int = 500,
) -> list[Grant]:
    """Return the grants in force now, break-glass ones first, then by person, each one's newest first."""
    rows = await session.execute(
        text(
            "select g.*, u.name as person from grants g "
            "join users u on u.tenant_id = g.tenant_id and u.id = g.user_id "
            "where g.revoked_at is null and (g.expires_at is null or g.expires_at > :now) "
            "and (cast(:user as text) is null or g.user_id::text = :user) "
            "and (cast(:role as text) is null or g.role = :role) "
            "and (cast(:grant as text) is null or starts_with(g.id::text, :grant)) "
            "order by g.break_glass desc, u.name, g.granted_at desc limit :limit"
        ),
        {"now": now, "user": user_id, "role": role, "grant": grant_id, "limit": limit},
    )
    return [
        Grant(
            id=str(row.id),
            user_id=str(row.user_id),
            user=row.person,
            role=row.role,
            area=area_of(row),
            reason=row.reason,
            break_glass=row.break_glass,
            granted_by=row.granted_by,
            granted_at=row.granted_at,
            expires_at=row.expires_at,
            under=str(row.under) if row.under else None,
        )
        for row in rows
    ]


async def do_grant(session: AsyncSession, new: NewGrant) -> str:
    """Grant it and return the grant's id; the same effect key grants once."""
    bind = {
        "user": new.user_id,
        "role": new.role,
        "regions": _list(new.area.region),
        "sites": _list(new.area.site),
        "partners": _list(new.area.partner),
        "reason": new.reason,
        "glass": new.break_glass,
        "by": new.by,
        "until": new.expires_at,
        "key": new.effect_key,
        "under": new.under,
    }
    done = await session.execute(
        text(
            "insert into grants (user_id, role, regions, sites, partners, reason, break_glass, "
            "granted_by, expires_at, effect_key, under) "
            "values (cast(:user as uuid), :role, :regions, :sites, :partners, :reason, :glass, :by, "
            ":until, :key, cast(:under as uuid)) on conflict (tenant_id, effect_key) do nothing returning id"
        ),
        bind,
    )
    row = done.one_or_none()
    if row is None:
        done = await session.execute(
            text("select id from grants where effect_key = :key"), {"key": new.effect_key}
        )
        row = done.one()
    return str(row.id)


def _list(values: frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)


async def was_granted(session: AsyncSession, effect_key: str) -> bool:
    """Say whether this effect made a grant."""
    done = await session.execute(text("select 1 from grants where effect_key = :key"), {"key": effect_key})
    return done.one_or_none() is not None


async def do_revoke(session: AsyncSession, grant_id: str, *, by: str, now: datetime) -> bool:
    """End a grant now, and what was given by its power; False when it was over already."""
    done = await session.execute(
        text(
            "with recursive ends as ("
            "select id from grants where id = cast(:id as uuid) and revoked_at is null "
            "union select g.id from grants g join ends on g.under = ends.id) "
            "update grants set revoked_at = :now, revoked_by = :by "
            "where id in (select id from ends) and revoked_at is null returning id"
        ),
        {"id": grant_id, "by": by, "now": now},
    )
    return bool(done.all())
