"""The objects behind ports that are open: each once, and closed when no call uses a replaced one any more."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Hashable
from contextlib import AsyncExitStack
from typing import Any

from bot.trouble import warn


class Opener:
    """One context's way to its ports; while it is alive, what it opened stays open."""

    def __init__(self, open_port: Callable[[str, Opener], Any]) -> None:
        self._open_port = open_port

    def __call__(self, port: str) -> Any:
        """Return the object behind a port."""
        return self._open_port(port, self)


class Entry:
    """An object behind a port, and which openers use it; `kept` when somebody does who is no opener."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.users: weakref.WeakSet[Opener] = weakref.WeakSet()
        self.kept = False

    @property
    def used(self) -> bool:
        """Say whether somebody may still use it."""
        return self.kept or any(True for _ in self.users)


class OpenObjects:
    """Keeps objects by port and key: the latest of a port, and an older one until its last call ended."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, Hashable], Entry] = {}
        self._latest: dict[str, Hashable] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def get(self, port: str, key: Hashable, make: Callable[[], Any], user: Opener | None) -> Any:
        """Return the object of that key, made now if it is not open; it is the port's latest from now on."""
        entry = self._entries.get((port, key))
        if entry is None:
            entry = self._entries[port, key] = Entry(make())
        self._latest[port] = key
        if user is None:
            entry.kept = True
        elif user not in entry.users:
            entry.users.add(user)
            weakref.finalize(user, self.close_unused).atexit = False
        self.close_unused()
        return entry.made

    def close_unused(self) -> None:
        """Begin to close what was replaced and nobody uses; without a running loop it waits for next time."""
        unused = [at for at, e in self._entries.items() if self._latest.get(at[0]) != at[1] and not e.used]
        if not unused:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        for at in unused:
            made = self._entries.pop(at).made
            if hasattr(made, "aclose"):
                task = loop.create_task(_close(at[0], made))
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close every object that has an `aclose`, the replaced ones too."""
        opened = [entry.made for entry in self._entries.values()]
        self._entries, self._latest = {}, {}
        await asyncio.gather(*self._closing)
        async with AsyncExitStack() as closing:  # one that cannot be closed keeps no other open
            for one in opened:
                if hasattr(one, "aclose"):
                    closing.push_async_callback(one.aclose)


async def _close(port: str, made: Any) -> None:
    try:
        await made.aclose()
    except Exception as error:  # noqa: BLE001 - nobody waits for it, and the next object works already
        warn("connector_not_closed", error, port=port)
