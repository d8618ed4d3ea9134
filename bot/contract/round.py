"""One reply from several systems: any may be off, slow, away or out of reach, and holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from bot.contract.context import Context
from bot.contract.scope import Scope
from bot.errors import NotAllowed, NotFound, Unavailable

T = TypeVar("T")
PATIENCE = timedelta(seconds=5)
"""How long one system may keep the person at the phone from what the others know."""


class Round:
    """Asks ports for one reply: what cannot be had is None, and the reply can name why.

    `silent` are the ports that did not answer in time, `hidden` those that the reader has no right to.
    """

    def __init__(self, ctx: Context[Any]) -> None:
        self._ctx = ctx
        self._silent: dict[str, None] = {}
        self._hidden: dict[str, None] = {}

    @property
    def silent(self) -> tuple[str, ...]:
        """Return who did not answer, each once."""
        return tuple(self._silent)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Return what the reader may not see, each once; a plugin that is off is not there at all."""
        return tuple(self._hidden)

    async def ask(self, port: type[Any], read: Callable[[Any, Scope], Awaitable[T]]) -> T | None:
        """Return what a port says within the reader's reach, which `read` is given."""
        name: str = port.port_name
        if not self._ctx.enabled(name):
            return None
        if not self._ctx.user.may(f"{name}:read"):
            self._hidden[name] = None
            return None
        reach = self._ctx.user.scope(f"{name}:read")
        return await self.wait(name, lambda: read(self._ctx.port(port), reach))

    async def wait(self, name: str, read: Callable[[], Awaitable[T]]) -> T | None:
        """Return what is read if it comes in time; `name` is what is said not to answer."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await read()
        except (NotAllowed, NotFound):  # the place may narrow what the person may see
            return None
        except (Unavailable, TimeoutError):
            self._silent[name] = None
            return None
