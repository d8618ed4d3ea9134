"""Roles that Slack's user groups give: who maps them, and for how long a reading of them is good."""

from __future__ import annotations

from datetime import timedelta

from bot.contract.people import Tenant
from bot.core.journal import note
from bot.core.roles import get_role
from bot.db import slack_groups
from bot.db.database import Database
from bot.db.slack_groups import GroupRole
from bot.errors import NotAllowed, NotFound

TRUSTED = timedelta(minutes=15)
"""How long a reading is good; after that groups give nothing until Slack was asked again."""
POWER = (
    "The role “{role}” holds power over this workspace, and whoever manages @{handle} in Slack would decide "
    "who has it. If that is meant, say so with --even-admin."
)


async def set_group_role(database: Database, tenant: Tenant, new: GroupRole, *, by: str) -> None:
    """Let a group give a role; only the operator of this machine maps groups, so there is no giver to check.

    Raises NotFound for a role that is not there, NotAllowed for one with power that was not meant.
    """
    async with database.tenant(tenant.id) as session:
        await get_role(session, new.role)
        if not new.even_power and await slack_groups.is_powerful(session, new.role):
            raise NotAllowed(POWER.format(role=new.role, handle=new.handle))
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
