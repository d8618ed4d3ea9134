"""The one door to every action: may they, what exactly, must someone agree, run it, write it down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Protocol

from bot.contract.action import Action, Via
from bot.contract.entity import Match
from bot.contract.people import User
from bot.contract.plugin import PluginInfo
from bot.contract.reply import Reply, Waiting
from bot.core.resolve import Resolved
from bot.db.database import Database
from bot.host.registry import Owned, View

NO_PLUGINS: Mapping[str, PluginInfo] = MappingProxyType({})


class Gate:
    """One per tenant and view. Commands, buttons, models, schedules, REST: everyone comes through here."""

    def __init__(  # noqa: PLR0913 - the composition root hands over the world
        self,
        *,
        database: Database,
        view: View,
        around: Any,
        plugins: Mapping[str, PluginInfo] = NO_PLUGINS,
        enqueue: Callable[..., Awaitable[Any]] | None = None,
        lease: timedelta = timedelta(seconds=30),
    ) -> None: ...

    async def call(
        self,
        user: User,
        action_id: str,
        args: Mapping[str, Any],
        *,
        via: Via = Via.PERSON,
        key: str | None = None,
        thread: str = "",
    ) -> Reply:
        """Run one action, or park it until somebody says yes (then `reply.waiting` is set)."""
        raise NotImplementedError

    async def decide(
        self, user: User, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        """Say yes or no to a parked call; the asker's no cancels it.

        `version` is `Waiting.version` of the preview the person saw, where the surface knows it.
        """
        raise NotImplementedError

    async def undo(self, user: User, call_id: str) -> Reply:
        """Take a finished call back while its undo window is open."""
        raise NotImplementedError

    async def waiting(self, user: User) -> list[Waiting]:
        """Return the parked calls this person could decide, or asked for, oldest first."""
        raise NotImplementedError

    async def find(self, user: User, kind: str, text: str, limit: int = 8) -> Sequence[Match]:
        """Return the things of one kind these words may mean, best first, within the person's reach."""
        raise NotImplementedError

    async def resolve(self, user: User, owned: Owned[Action], args: Mapping[str, Any]) -> Resolved:
        """Turn the entity words of a call into records, or say why not (NotFound, Ambiguous)."""
        raise NotImplementedError

    async def expire(self, call_id: str) -> None:
        """Close a parked call whose time is over (job `call_expire`)."""
        raise NotImplementedError

    async def remind(self, call_id: str) -> None:
        """Remind of a parked call (job `call_remind`)."""
        raise NotImplementedError
