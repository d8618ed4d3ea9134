"""What the gate shows without a call being made: calls on a page, and the blocks of the Home tab."""

from __future__ import annotations

from collections.abc import Collection

from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.reply import Reply
from bot.core import approvals_show, panels
from bot.core.approvals_show import Shown
from bot.core.approvers import Asking, find_asking
from bot.core.gate_setup import Setup
from bot.host.registry import Owned


class Shows:
    """The side of the gate that only shows."""

    _setup: Setup

    async def show(self, user: User, call_id: str) -> Shown:
        """Return one call as this person may see it, whatever became of it."""
        return await approvals_show.get_shown(self._setup, user, call_id)

    async def look(self, user: User, panel: Owned[Panel], *, place: Place = SOMEWHERE) -> Reply | None:
        """Return what a block of the Home tab tells this person; None when there is nothing for them."""
        return await panels.look(self._setup, user, panel, place)

    async def find_deciders(self, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people could decide a call that waits."""
        return await panels.find_deciders(self._setup, call_id, user_ids)

    async def find_concerned(self, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people may know of a call, whatever became of it."""
        return await panels.find_concerned(self._setup, call_id, user_ids)

    async def asking(self, call_id: str, surface: str) -> Asking | None:
        """Return a call that waits, and who could agree to it and can be told so on a surface."""
        return await find_asking(self._setup, call_id, surface)

    async def show_waiting(self, user: User) -> list[Shown]:
        """Return what `waiting` does, with what this person can say to each."""
        return await approvals_show.find_waiting_shown(self._setup, user)

    async def show_own(self, user: User) -> list[Shown]:
        """Return what this person asked for lately that waits no more, newest first."""
        return await approvals_show.find_own_shown(self._setup, user)
