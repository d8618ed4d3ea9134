"""Who could do what somebody may not: a few names to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.contract.people import User
from bot.contract.platform import Holder
from bot.core.desk import Rows
from bot.core.holders import find_holders

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


def asked(held: Sequence[Holder]) -> str:
    """Return `Ask Bea Muthoni (billing) or Ada Njeri (admin).`: the role with the most people first."""
    people = {one.role: list(dict.fromkeys(h.person for h in held if h.role == one.role)) for one in held}
    order = Counter({role: len(names) for role, names in people.items()}).most_common(ROLES)
    parts = [f"{' or '.join(people[role][:NAMES])} ({role})" for role, _ in order]
    return f"Ask {', or '.join(parts)}." if parts else "Nobody here may at present."
