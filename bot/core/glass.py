"""What somebody may do only because they broke the glass, and what they give by it: that ends with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.contract.people import Right, User
from bot.contract.scope import Area, Scope
from bot.db import grants
from bot.db.grants import HeldRight
from bot.db.roles import find_permissions
from bot.db.session import Session
from bot.errors import NotAllowed

Check = Callable[[User], None]


@dataclass(frozen=True, kw_only=True)
class Tether:
    """The break-glass grant, or one made under one, that a new grant must not outlive."""

    grant_id: str
    expires_at: datetime


async def find_tether(session: Session, giver: User, check: Check, now: datetime) -> Tether | None:
    """Return what the giver's power hangs on; None when `check` lets them do it without broken glass.

    `check` raises NotAllowed for a person who may not do it.
    """
    held = await grants.find_rights(session, giver.id, now)
    passing = [one for one in held if one.passing]
    if not passing:
        return None
    lasting = await _lasting(session, giver, held)
    if _may(check, _as(giver, lasting)):
        return None
    tethers = {
        one.grant_id: Tether(grant_id=one.grant_id, expires_at=one.expires_at)
        for one in passing
        if one.expires_at is not None
    }
    last_first = sorted(tethers.values(), key=lambda one: one.expires_at, reverse=True)
    for one in last_first:
        with_it = [right for right in passing if right.grant_id == one.grant_id]
        if _may(check, _as(giver, [*lasting, *with_it])):
            return one
    return last_first[-1]  # it takes several of them together: the first one to end


async def check_lasting(session: Session, giver: User, permission: str, now: datetime) -> None:
    """Raise NotAllowed when the giver holds a permission through broken glass only: roles do not end."""

    def holds(user: User) -> None:
        if not user.may(permission):
            raise NotAllowed(permission)

    if await find_tether(session, giver, holds, now) is not None:
        raise NotAllowed(
            f"You hold `{permission}` through break-glass access only, which ends by itself, and what a role "
            "may do stays. Ask another admin, or give the person a role: that ends with your access."
        )


async def _lasting(session: Session, giver: User, held: Iterable[HeldRight]) -> list[HeldRight]:
    """Return the giver's rights without broken glass: their other grants, and roles they hold elsewhere."""
    known = tuple(held)
    elsewhere = giver.roles - {one.role for one in known}
    more = await find_permissions(session, elsewhere) if elsewhere else {}
    return [one for one in known if not one.passing] + [
        HeldRight(role=role, permission=one.permission, area=Area(), max_amount=None, max_count=None)
        for role, allowed in more.items()
        for one in allowed
    ]


def _as(giver: User, held: Iterable[HeldRight]) -> User:
    rights: dict[str, Right] = {}
    for one in held:
        right = Right(scope=Scope(frozenset({one.area})))
        rights[one.permission] = rights[one.permission].plus(right) if one.permission in rights else right
    return replace(giver, rights=rights)


def _may(check: Check, giver: User) -> bool:
    try:
        check(giver)
    except NotAllowed:
        return False
    return True
