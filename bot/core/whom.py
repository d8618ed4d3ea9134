"""Who could do what somebody may not: a few names to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.contract.people import User
from bot.contract.platform import Holder
from bot.core.desk import Rows
from bot.core.holders import find_holders
from bot.errors import LimitExceeded

NAMES = 2
"""Names given for one role."""
ROLES = 2


async def whom_to_ask(database: Rows, tenant_id: str, user: User, permission: str, now: datetime) -> str:
    """Return a sentence that names some who hold a permission which this person lacks; else nothing."""
    if user.may(permission):
        return ""
    async with database.tenant(tenant_id) as session:
        held = await find_holders(session, permission, now)
    return asked(held)


async def whom_beyond(
    database: Rows, tenant_id: str, user: User, permission: str, now: datetime, over: LimitExceeded
) -> str:
    """Return a sentence that names some whose limits let them do what was over this person's."""
    if over.amount is None and over.count is None:
        return ""
    async with database.tenant(tenant_id) as session:
        held = await find_holders(session, permission, now)
    return beyond([one for one in held if one.person_id != user.id], over)


def beyond(held: Sequence[Holder], over: LimitExceeded) -> str:
    """Return a sentence that names some of those whose limits let them do it."""
    higher = [one for one in held if _reaches(one, over)]
    return asked(higher) if higher else "Nobody here has a higher limit; an admin can raise yours."


def _reaches(one: Holder, over: LimitExceeded) -> bool:
    if over.unlike and one.max_amount is not None:
        return False
    pairs = ((one.max_amount, over.amount), (one.max_count, over.count))
    return all(limit is None or wanted is None or limit >= wanted for limit, wanted in pairs)


def asked(held: Sequence[Holder]) -> str:
    """Return `Ask Bea Muthoni (billing) or Ada Njeri (admin).`: the role with the most people first."""
    people = {one.role: list(dict.fromkeys(h.person for h in held if h.role == one.role)) for one in held}
    order = Counter({role: len(names) for role, names in people.items()}).most_common(ROLES)
    parts = [f"{' or '.join(people[role][:NAMES])} ({role})" for role, _ in order]
    return f"Ask {', or '.join(parts)}." if parts else "Nobody here may at present."
