"""A job queue in memory for tests of the Slack room: jobs run after the commit that put them in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import event

Handler = Callable[[str, dict[str, Any]], Awaitable[None]]


class MemoryQueue:
    """`lose` drops jobs, as a crash between commit and run would; notices and cards for later lie in `later`."""

    def __init__(self) -> None:
        self.handlers: Mapping[str, Handler] = {}
        self.lose = False
        self.errors: list[BaseException] = []
        self.later: list[tuple[str, str, dict[str, Any]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

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
        def committed(_session: Any) -> None:
            if after and kind in {"call_notice", "slack_ask"}:
                self.later.append((kind, tenant, dict(payload)))
            elif not self.lose:
                task = asyncio.ensure_future(self._run(kind, dict(payload), tenant, after))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        event.listen(session.sync_session, "after_commit", committed, once=True)
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
            while self._tasks:
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
