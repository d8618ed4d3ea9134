"""Giving and taking roles: within the giver's own reach, never to oneself, break-glass with an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.contract.people import Tenant, User
from bot.contract.scope import DIMENSIONS, Area, Scope
from bot.core.glass import find_tether
from bot.core.journal import note
from bot.core.roles import GUARDED, get_role
from bot.db import grants, users
from bot.db.database import Database
from bot.db.grants import Grant, NewGrant
from bot.db.roles import Role
from bot.db.session import Session
from bot.errors import BadInput, NotAllowed, NotFound

MAX_BREAK_GLASS = timedelta(hours=12)
"""Emergency access ends by itself; longer needs are an ordinary grant by somebody else."""
MAX_REASON = 500


def within(inner: Area, outer: Area) -> bool:
    """Say whether one area lies inside another."""
    for name in DIMENSIONS:
        wide, narrow = getattr(outer, name), getattr(inner, name)
        if wide is not None and (narrow is None or not narrow <= wide):
            return False
    return True


def check_reach(scope: Scope, area: Area) -> None:
    """Raise NotAllowed when an area is wider than the giver's own."""
    if not any(within(area, own) for own in scope.areas):
        raise NotAllowed(
            "You can only give roles within your own area. Narrow it with region, site or partner."
        )


def check_new(new: NewGrant, now: datetime) -> None:
    """Raise BadInput unless the grant makes sense."""
    if len(new.reason) > MAX_REASON:
        raise BadInput(f"Keep the reason under {MAX_REASON} characters.")
    if new.expires_at is not None and new.expires_at <= now:
        raise BadInput("The grant would end before it begins. Choose a later end.")
    if new.break_glass and not new.reason.strip():
        raise BadInput("Break-glass access needs a reason: it is audited and others read it.")
    if new.break_glass and (new.expires_at is None or new.expires_at > now + MAX_BREAK_GLASS):
        hours = int(MAX_BREAK_GLASS.total_seconds() // 3600)
        raise BadInput(f"Break-glass access lasts at most {hours} hours.")


async def grant(
    database: Database, tenant: Tenant, new: NewGrant, *, giver: User | None, now: datetime | None = None
) -> Grant:
    """Give a role. `giver` None is the operator of this machine, who is bound by no area.

    Raises NotAllowed when the giver gives to themselves (unless break-glass), gives power over the
    workspace they do not hold, or reaches beyond their own area. What somebody gives by the power of a
    break-glass grant ends with it at the latest; `Grant.under` names it.
    """
    now = now or datetime.now(UTC)
    check_new(new, now)
    async with database.tenant(tenant.id) as session:
        person = await users.get_person(session, new.user_id)
        if person is None or not person.active:
            raise NotFound("There is no active user with this id here.")
        role = await get_role(session, new.role)
        if giver is not None:
            check_giver(giver, new, role)
            new = await _tethered(session, giver, new, role, now)
        grant_id = await grants.do_grant(session, new)
        made = (await grants.find_grants(session, now, grant_id=grant_id))[0]
        event = "grant.break_glass" if new.break_glass else "grant.made"
        text = f"gave {person.name} the role {new.role}, {as_words(new.area)}"
        await note(
            session, event=event, by=new.by, text=text, facts={**shown(new), "grant": grant_id}, at=now
        )
        return made


async def _tethered(session: Session, giver: User, new: NewGrant, role: Role, now: datetime) -> NewGrant:
    """Return the grant as long as the giver's own power to give it, where that comes from broken glass."""
    if giver.id == new.user_id:
        return new
    tether = await find_tether(session, giver, lambda one: check_giver(one, new, role), now)
    if tether is None:
        return new
    until = min(new.expires_at or tether.expires_at, tether.expires_at)
    return replace(new, expires_at=until, under=tether.grant_id)


def check_power(giver: User, role: Role) -> None:
    """Raise NotAllowed when the role holds power over the workspace that the giver lacks."""
    held = sorted(one.permission for one in role.permissions if one.permission.startswith(GUARDED))
    if lacking := [permission for permission in held if not giver.may(permission)]:
        raise NotAllowed(f"The role “{role.name}” holds `{lacking[0]}`, which you do not hold yourself.")


def check_giver(giver: User, new: NewGrant, role: Role) -> None:
    """Raise NotAllowed unless this person may give this."""
    if giver.id == new.user_id and not new.break_glass:
        raise NotAllowed("Nobody gives a role to themselves. Ask another admin, or break the glass.")
    if not new.break_glass:
        check_power(giver, role)
    if giver.id != new.user_id:
        check_reach(giver.scope("admin:grants"), new.area)


def shown(new: NewGrant) -> dict[str, Any]:
    """Return a grant as the audit keeps it."""
    return {
        "user": new.user_id,
        "role": new.role,
        "area": as_words(new.area),
        "reason": new.reason,
        "until": new.expires_at.isoformat() if new.expires_at else None,
        "under": new.under,
    }


def as_words(area: Area) -> str:
    """Return an area as people read it: `region coast, north; site S4`, or `everywhere`."""
    parts = [
        f"{name} {', '.join(sorted(getattr(area, name)))}"
        for name in DIMENSIONS
        if getattr(area, name) is not None
    ]
    return "; ".join(parts) or "everywhere"


async def find(
    database: Database, tenant: Tenant, now: datetime, *, user_id: str | None = None, role: str | None = None
) -> list[Grant]:
    """Return the grants in force."""
    async with database.tenant(tenant.id) as session:
        return await grants.find_grants(session, now, user_id=user_id, role=role)


async def check_revoke(
    database: Database, tenant: Tenant, grant_id: str, *, giver: User, now: datetime
) -> Grant:
    """Return the grant that would end; raise what stands against this person ending it."""
    async with database.tenant(tenant.id) as session:
        return await _ended_by(session, grant_id, giver, now)


async def revoke(
    database: Database,
    tenant: Tenant,
    grant_id: str,
    *,
    by: str,
    giver: User | None,
    now: datetime | None = None,
) -> Grant:
    """End a grant at once; anyone may end their own, others end what lies within their reach."""
    now = now or datetime.now(UTC)
    async with database.tenant(tenant.id) as session:
        one = await _ended_by(session, grant_id, giver, now)
        if not await grants.do_revoke(session, one.id, by=by, now=now):
            raise NotFound("That grant is over already.")
        line = {"grant": one.id, "user": one.user_id, "role": one.role}
        text = f"took the role {one.role} from {one.user}"
        await note(session, event="grant.revoked", by=by, text=text, facts=line, at=now)
        return one


async def _ended_by(session: Session, grant_id: str, giver: User | None, now: datetime) -> Grant:
    if len(grant_id.strip()) < 4:  # noqa: PLR2004 - the first letters of an id, as lists show them
        raise BadInput("Name the grant by at least the first four letters of its id.")
    found = await grants.find_grants(session, now, grant_id=grant_id.strip().lower())
    if len(found) != 1:
        many = "Several grants begin" if found else "No grant in force begins"
        raise NotFound(f"{many} with “{grant_id[:40]}”. `admin grants` lists them with their ids.")
    one = found[0]
    if giver is not None and one.user_id != giver.id:
        check_reach(giver.scope("admin:grants"), one.area)
        check_power(giver, await get_role(session, one.role))
    return one
