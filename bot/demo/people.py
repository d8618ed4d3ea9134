"""Puts the staff of a simulated provider into its tenant, with roles as far as they reach."""

from __future__ import annotations

from bot.contract.people import Tenant
from bot.contract.scope import Area
from bot.core.journal import note
from bot.core.roles import do_add_built_in
from bot.db import grants, roles, users
from bot.db.database import Database
from bot.db.grants import NewGrant
from bot.db.roles import RolePermission
from bot.db.session import Session
from bot.demo.world.isp import Isp
from bot.demo.world.staff import STAFF, Colleague

BY = "demo"
CLERKS_CREDIT = RolePermission(permission="billing:credit", max_amount=500_000)
"""A clerk credits up to this much in minor units; for more an admin is asked."""


async def add_staff(database: Database, tenant: Tenant, isp: Isp) -> int:
    """Add those who are not there yet, each with a role; return how many were added."""
    async with database.tenant(tenant.id) as session:
        await do_add_built_in(session)
        there = {person.email for person in await users.find_people(session, isp.domain, limit=500)}
        missing = [c for c in STAFF[isp.slug] if c.email(isp) not in there]
        for colleague in missing:
            await _add(session, colleague, isp)
        if missing and isp.billing:
            await roles.do_allow(session, "billing", CLERKS_CREDIT)
        if missing:
            text = f"added {len(missing)} people of {isp.name}"
            await note(session, event="user.added", by=BY, text=text, facts={"count": len(missing)})
    return len(missing)


async def _add(session: Session, colleague: Colleague, isp: Isp) -> None:
    person = await users.do_add_person(session, name=colleague.name, email=colleague.email(isp))
    if colleague.left:
        await users.do_set_active(session, person.id, active=False)
        return
    area = Area(
        region=frozenset({colleague.region}) if colleague.region else None,
        site=frozenset({colleague.site}) if colleague.site else None,
    )
    reason = "simulated staff"
    await grants.do_grant(
        session, NewGrant(user_id=person.id, role=colleague.role, by=BY, area=area, reason=reason)
    )
