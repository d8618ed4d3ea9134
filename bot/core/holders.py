"""Who may do a thing: the people who hold a permission by a role that was given to them."""

from __future__ import annotations

from datetime import datetime

from bot.contract.platform import Holder
from bot.core.grants import as_words
from bot.db import grants, roles, users
from bot.db.session import Session

MOST = 1_000


async def find_holders(session: Session, permission: str, now: datetime) -> list[Holder]:
    """Return the active people who hold a permission now, broken glass first; one per grant that gives it."""
    giving = {
        role.name: held
        for role in await roles.find_roles(session)
        for held in role.permissions
        if held.permission == permission
    }
    active = {one.id for one in await users.find_people(session, limit=MOST) if one.active}
    return [
        Holder(
            person_id=one.user_id,
            person=one.user,
            role=one.role,
            area=as_words(one.area),
            max_amount=giving[one.role].max_amount,
            max_count=giving[one.role].max_count,
            expires_at=one.expires_at,
        )
        for one in await grants.find_grants(session, now, limit=MOST)
        if one.role in giving and one.user_id in active
    ]
