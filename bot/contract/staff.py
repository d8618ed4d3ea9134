"""Who works here, for plugins that speak of colleagues: names, addresses, who is active. Reading only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, Protocol

from bot.contract.platform_cards import Member


class Staff(Protocol):
    """The people of this workspace; `ctx.port(Staff)` opens it for every plugin."""

    port_name: ClassVar[str] = "staff"

    async def find(self, words: str = "", limit: int = 50) -> Sequence[Member]:
        """Return people by name or e-mail, whole matches first; the deactivated too."""

    async def get_all(self, ids: Collection[str]) -> Sequence[Member]:
        """Return those of these people who are or were here, by name."""

    async def find_policies(self, team: str) -> Sequence[str]:
        """Return the approval policies that ask for a yes of whoever is on call for a team, in words."""
