"""A job queue in memory for tests of the Slack room: jobs run after the commit that put them in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.db.session import after_commit

Handler = Callable[[str, dict[str, Any]], Awaitable[None]]


class MemoryQueue:
    """`lose` drops jobs, as a crash between commit and run would; notices and cards for later lie in `later`.

    What a room works itself it `joins`: that is waited for, and lost, alike.
    """

    def __init__(self) -> None:
        self.handlers: Mapping[str, Handler] = {}
        self._lose = False
        self._at_once: Any = None
        self.errors: list[BaseException] = []
        self.later: list[tuple[str, str, dict[str, Any]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self, room: Any) -> None:
        """Be the queue of a room."""
        self.handlers, self._at_once = room.handlers, room.at_once
        for hands in room.at_once.all():
            hands.drain = self._noted(hands.drain)

    def _noted(self, drain: Callable[[str, str, Any], Awaitable[None]]) -> Any:
        async def noted(tenant: str, lane: str, head: Any = None) -> None:
            try:
                await drain(tenant, lane, head)
            except Exception as error:
                self.errors.append(error)

        return noted

    def loses_jobs(self) -> None:
        """Lose what is given to the queue, and nothing that the room works itself."""
        self._lose = True

    @property
    def lose(self) -> bool:
        return self._lose

    @lose.setter
    def lose(self, lose: bool) -> None:
        self._lose = lose
        if self._at_once is not None:
            (self._at_once.close if lose else self._at_once.open)()

    async def enqueue(
        self,
        session: Any,
        kind: str,
        payload: Mapping[str, Any],
        *,
        tenant: str,
        after: timedelta | None = None,
        dedupe: str | None = None,
        priority: int = 0,
    ) -> bool:
        def committed() -> None:
            if after and kind in {"call_notice", "slack_ask"}:
                self.later.append((kind, tenant, dict(payload)))
            elif not self._lose:
                task = asyncio.ensure_future(self._run(kind, dict(payload), tenant, after))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        after_commit(session, committed)
        return True

    async def _run(self, kind: str, payload: dict[str, Any], tenant: str, after: timedelta | None) -> None:
        try:
            if after:
                await asyncio.sleep(after.total_seconds())
            await self.handlers[kind](tenant, payload)
        except Exception as error:
            self.errors.append(error)

    async def idle(self) -> None:
        """Wait until nothing runs or waits."""
        async with asyncio.timeout(30):
            while self._tasks or (self._at_once is not None and self._at_once.busy):
                await asyncio.gather(*self._tasks, return_exceptions=True)
                if self._at_once is not None:
                    await self._at_once.idle()

    async def stop(self) -> None:
        hands = self._at_once.all() if self._at_once is not None else ()
        for task in [*self._tasks, *(task for each in hands for task in each.tasks())]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
