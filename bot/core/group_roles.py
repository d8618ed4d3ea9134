"""Roles that Slack's user groups give: who maps them, and for how long a reading of them is good."""

from __future__ import annotations

from datetime import timedelta

from bot.contract.people import Tenant, User
from bot.contract.scope import Area
from bot.core.grants import check_power, check_reach
from bot.core.journal import note
from bot.core.roles import get_role
from bot.db import slack_groups
from bot.db.database import Database
from bot.db.session import Session
from bot.db.slack_groups import GroupRole
from bot.errors import NotAllowed, NotFound

TRUSTED = timedelta(minutes=15)
"""How long a reading is good; after that groups give nothing until Slack was asked again."""
POWER = (
    "The role “{role}” holds power over this workspace, and whoever manages @{handle} in Slack would decide "
    "who has it. If that is meant, say so with --even-admin."
)
POWER_HERE = (
    "The role “{role}” holds power over this workspace, and whoever manages @{handle} in Slack would decide "
    "who has it. Only the operator can let a group give it: `backhaul slack groups set` on the server."
)


async def check_group_role(database: Database, tenant: Tenant, new: GroupRole, *, giver: User) -> None:
    """Raise what stands against this person letting a group give a role."""
    async with database.tenant(tenant.id) as session:
        await _check(session, new, giver)


async def _check(session: Session, new: GroupRole, giver: User | None) -> None:
    role = await get_role(session, new.role)
    if giver is not None:
        check_power(giver, role)
        check_reach(giver.scope("admin:grants"), Area())
    if not new.even_power and await slack_groups.is_powerful(session, new.role):
        text = POWER if giver is None else POWER_HERE
        raise NotAllowed(text.format(role=new.role, handle=new.handle))


async def set_group_role(
    database: Database, tenant: Tenant, new: GroupRole, *, by: str, giver: User | None = None
) -> None:
    """Let a group give a role. `giver` None is the operator of this machine, who is bound by no area.

    Raises NotFound for a role that is not there, NotAllowed for one with power that was not meant, and for
    a giver who does not reach that far.
    """
    async with database.tenant(tenant.id) as session:
        await _check(session, new, giver)
        await slack_groups.do_map(session, new, by=by)
        text = f"let the Slack group @{new.handle} give the role {new.role}"
        await note(session, event="slack.group_mapped", by=by, text=text, facts=_facts(new))


async def clear_group_role(database: Database, tenant: Tenant, group: str, role: str, *, by: str) -> int:
    """Let a group, by its handle or id, no longer give a role (any, when empty); return how many it gave."""
    wanted = group.strip().removeprefix("@")
    async with database.tenant(tenant.id) as session:
        there = await slack_groups.find_group_roles(session)
        gone = [one for one in there if wanted in (one.handle, one.group_id) and role in ("", one.role)]
        if not gone:
            raise NotFound(
                f"@{wanted[:60]} gives no {'such ' if role else ''}role. `backhaul slack groups list` shows "
                "what is mapped."
            )
        for one in gone:
            await slack_groups.do_unmap(session, one.team_id, one.group_id, one.role)
            text = f"let the Slack group @{one.handle} no longer give the role {one.role}"
            await note(session, event="slack.group_unmapped", by=by, text=text, facts=_facts(one))
    return len(gone)


def _facts(one: GroupRole) -> dict[str, object]:
    return {"team": one.team_id, "group": one.group_id, "role": one.role, "even_power": one.even_power}
