"""What the network port says of planned work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.api import Effect, Scope
from plugins.network.nouns import Maintenance
from plugins.network.signs import NewMaintenance


class Upkeep(Protocol):
    """Planned work: its numbers are compared without regard to case."""

    async def maintenance(
        self,
        scope: Scope,
        until: datetime,
        limit: int = 20,
        *,
        since: datetime | None = None,
        area: str = "",
    ) -> Sequence[Maintenance]:
        """Return planned work that runs now or starts before an instant, which is left out; next first.

        With `since` also what was over after it; what was cancelled is never listed.
        """
        ...

    async def get_maintenance(self, scope: Scope, number: str) -> Maintenance | None:
        """Return one maintenance window, whatever its status."""
        ...

    async def plan(self, effect: Effect, new: NewMaintenance) -> Maintenance:
        """Keep planned work; NotFound when its place is not there."""
        ...

    async def set_maintenance(self, effect: Effect, number: str, status: str) -> Maintenance:
        """Cancel planned work (`cancelled`), or put it back (`planned`); Conflict when it is over."""
        ...

    async def move_maintenance(
        self, effect: Effect, number: str, starts_at: datetime, ends_at: datetime
    ) -> Maintenance:
        """Put planned work to another time; Conflict when it is over or cancelled."""
        ...
