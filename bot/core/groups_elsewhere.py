"""Groups of people elsewhere, asked for where they are: what a wish says of one proves nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.contract.groups import GroupWish
from bot.contract.people import Tenant
from bot.errors import Conflict, NotFound, Unavailable

FindHandle = Callable[[Tenant, str, str], Awaitable[str | None]]
"""Takes tenant, workspace and group; returns how the group is called there, None when there is none."""
NOT_ASKED = (
    "I am not connected to Slack here, so I can not see which group that is. Use the panel in Slack, or "
    "`backhaul slack groups set` on the server."
)
NO_GROUP = "Slack has no user group {group} in that workspace, so it gives no role. Choose one of its groups."
OTHER_NAME = "Slack calls the user group {group} @{now}, not @{handle}. Nothing was changed; choose it anew."


class GroupsElsewhere:
    """Asks what groups there are; `find` is given by whoever opens the connection to Slack."""

    def __init__(self) -> None:
        self.find: FindHandle | None = None

    async def check(self, tenant: Tenant, wish: GroupWish) -> None:
        """Raise unless there is this group under this name."""
        if self.find is None:
            raise Unavailable(NOT_ASKED)
        now = await self.find(tenant, wish.team_id, wish.group_id)
        if now is None:
            raise NotFound(NO_GROUP.format(group=wish.group_id))
        if now != wish.handle:
            raise Conflict(OTHER_NAME.format(group=wish.group_id, now=now, handle=wish.handle))
