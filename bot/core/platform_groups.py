"""Groups of people elsewhere that give roles, as the port `platform` offers them to admins."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contract.groups import GroupCard, GroupWish
from bot.contract.people import User
from bot.contract.port import Effect
from bot.core import group_roles
from bot.core.surroundings import Surroundings
from bot.db import slack_groups
from bot.db.slack_groups import GroupRole


class PlatformGroups:
    """Which group gives which role. Every write checks the lease right before it changes anything."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._database = around.database
        self._tenant = around.tenant

    async def group_roles(self) -> Sequence[GroupCard]:
        """Return which groups give which roles."""
        async with self._database.tenant(self._tenant.id) as session:
            found = await slack_groups.find_group_roles(session)
        return [
            GroupCard(
                team_id=one.team_id,
                group_id=one.group_id,
                handle=one.handle,
                role=one.role,
                members=one.members,
            )
            for one in found
        ]

    async def check_group_role(self, by: User, wish: GroupWish) -> None:
        """Ask where the group is; raise what stands against this person letting it give a role."""
        await self._around.groups.check(self._tenant, wish)
        await group_roles.check_group_role(self._database, self._tenant, _row(wish), giver=by)

    async def set_group_role(self, effect: Effect, by: User, wish: GroupWish) -> None:
        """Let a group give a role to everybody in it."""
        await self._around.groups.check(self._tenant, wish)
        await effect.check()
        await group_roles.set_group_role(self._database, self._tenant, _row(wish), by=by.id, giver=by)
        self._around.forget()

    async def clear_group_role(self, effect: Effect, by: User, group: str, role: str) -> None:
        """Let a group no longer give a role."""
        await effect.check()
        await group_roles.clear_group_role(self._database, self._tenant, group, role, by=by.id)
        self._around.forget()


def _row(wish: GroupWish) -> GroupRole:
    return GroupRole(team_id=wish.team_id, group_id=wish.group_id, role=wish.role, handle=wish.handle)
