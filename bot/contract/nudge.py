"""Something the bot says to people by itself, beside their questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.contract.reply import Reply
from bot.errors import Unavailable


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """Said once per `key` and person: to the one whose e-mail address or id is `to`, or to all of a `role`.

    It reaches them in a direct message where their chat account is linked, else with their next answer in a
    terminal. Its choices are words to say in return, so write them as whole commands; buttons are left out.
    With a `permission` it is only for those whose right to it reaches the row `area`. Whoever it is
    about, by id, e-mail address or name in `but_not`, is never told. What waits to be said
    under keys that begin with `instead_of` is dropped: this is newer.
    """

    key: str
    reply: Reply
    to: str = ""
    role: str = ""
    but_not: str = ""
    permission: str = ""
    area: Mapping[str, str | None] = field(default_factory=dict)
    instead_of: str = ""


class Nudging(Protocol):
    """Saying something to people by itself, for one plugin."""

    async def put(self, nudge: Nudge) -> int:
        """Keep it for those it is for; return how many of them had not been told it."""

    async def reaches(self, nudge: Nudge) -> int:
        """Return how many people it would be for."""

    async def withdraw(self, begins: str) -> int:
        """Drop what waits to be said under keys that begin so; return how much that was."""


class NoNudging:
    """Refuses: this context was made for reading."""

    async def put(self, nudge: Nudge) -> int:
        """Refuse."""
        raise Unavailable(f"“{nudge.key}” cannot be said from here: nothing may be changed.")

    async def reaches(self, nudge: Nudge) -> int:
        """Refuse."""
        return await self.put(nudge)

    async def withdraw(self, begins: str) -> int:
        """Refuse."""
        raise Unavailable(f"“{begins}” cannot be withdrawn from here: nothing may be changed.")


NOBODY_TOLD: Nudging = NoNudging()
