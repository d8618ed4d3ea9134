"""What a process committed it works itself, at once; the queue gets what is for later, or for others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextvars import Context
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from bot.db.database import Database
from bot.db.session import Session, after_commit
from bot.slack.metrics import LANES
from bot.slack.ports import PRIORITY, Enqueue
from bot.trouble import warn

log = structlog.get_logger(__name__)


class Drain(Protocol):
    """Works a lane."""

    async def __call__(self, tenant_id: str, lane: str, head: Any = None) -> None:
        """Begin with `head`, which is taken already; without it leave a lane to whoever works in it."""


MOST, MOST_WAITING = 32, 500
"""Lanes of one kind in work at a time in one process, and those that wait for a place."""
LONGEST = timedelta(minutes=5)
"""A lane that takes longer is left, and found again by the sweep."""
GRACE = 10.0
"""Seconds for what runs when the process stops; then it is given back."""


def as_job(drain: Drain) -> Callable[[str, Mapping[str, Any]], Awaitable[None]]:
    """Return the handler of a job that names a lane to be worked."""

    async def handle(tenant_id: str, payload: Mapping[str, Any]) -> None:
        await drain(tenant_id, str(payload["lane"]))

    return handle


Take = Callable[[Session, str], Awaitable[Any]]
"""Takes the head of a lane, if it is anybody's to take."""


class Hands:
    """Works the lanes of one kind, so many at a time; the tenants whose lanes wait take turns.

    `take`: how the head of a lane is taken by the transaction that asks for it to be worked.
    """

    def __init__(self, kind: str, drain: Drain, take: Take | None = None, most: int = MOST) -> None:
        self.kind, self.drain, self.take, self._most = kind, drain, take, most
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._anew: dict[tuple[str, str], Any] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        LANES.labels(kind).set_function(lambda: len(self._running) + self.waiting)

    @property
    def waiting(self) -> int:
        """How many lanes wait for a place."""
        return sum(map(len, self._waiting.values()))

    @property
    def places(self) -> int:
        """How many lanes more could begin now."""
        return 0 if self._waiting else max(0, self._most - len(self._running))

    def begin(self, tenant_id: str, lane: str, head: Any = None) -> None:
        """Work a lane; one that is in work is looked at once more after that."""
        if (tenant_id, lane) in self._running:
            self._anew[tenant_id, lane] = head or self._anew.get((tenant_id, lane))
        elif head is not None or len(self._running) < self._most:
            # What is taken may not wait, for its lease runs. In no context of whoever committed: their logs,
            # and who listens to them, are not the lane's.
            task = asyncio.create_task(self._work(tenant_id, lane, head), context=Context())
            self._running[tenant_id, lane] = task
            task.add_done_callback(partial(self._done, tenant_id, lane))
        else:
            self._wait(tenant_id, lane)

    def _wait(self, tenant_id: str, lane: str) -> None:
        self._waiting.setdefault(tenant_id, {})[lane] = None

    def take_waiting(self) -> Mapping[str, Collection[str]]:
        """Return by tenant the lanes that wait, and work them no more."""
        waiting, self._waiting = self._waiting, {}
        return waiting

    def tasks(self) -> list[asyncio.Task[None]]:
        """What runs."""
        return list(self._running.values())

    async def _work(self, tenant_id: str, lane: str, head: Any) -> None:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await self.drain(tenant_id, lane, head)
        except Exception as error:  # noqa: BLE001 - the sweep finds the lane; the others go on
            warn("slack.lane_left", error, lane=lane, kind=self.kind)

    def _done(self, tenant_id: str, lane: str, task: asyncio.Task[None]) -> None:
        del self._running[tenant_id, lane]
        if (tenant_id, lane) in self._anew:
            head = self._anew.pop((tenant_id, lane))
            if head is not None:
                self.begin(tenant_id, lane, head)
            elif not task.cancelled():
                self._wait(tenant_id, lane)
        if self._waiting and len(self._running) < self._most:
            following = next(iter(self._waiting))
            lanes = self._waiting.pop(following)
            first = next(iter(lanes))
            del lanes[first]
            if lanes:
                self._waiting[following] = lanes
            self.begin(following, first)


class AtOnce:
    """An `Enqueue`: lanes to be worked now are, by this process, when the transaction has been committed.

    Nothing is lost with the process: what is in no lane's hands is found in the tables by the sweep.
    """

    def __init__(self, database: Database, queue: Enqueue) -> None:
        self._database, self._queue = database, queue
        self._hands: dict[str, Hands] = {}
        self._open = False

    def add(self, kind: str, drain: Drain, take: Take | None = None) -> None:
        """Work lanes of a kind."""
        self._hands[kind] = Hands(kind, drain, take)

    def open(self) -> None:
        """Work from now on."""
        self._open = True

    def close(self) -> None:
        """Leave what is new to the queue."""
        self._open = False

    async def __call__(
        self,
        session: Session,
        kind: str,
        payload: Mapping[str, Any],
        *,
        tenant: str,
        after: timedelta | None = None,
        dedupe: str | None = None,
        priority: int = 0,
    ) -> bool:
        """Have it done when the transaction is committed; False when the queue has it already."""
        hands = self._hands.get(kind)
        if hands is not None and self._open and not after and hands.waiting < MOST_WAITING:
            lane = str(payload["lane"])
            head = await hands.take(session, lane) if hands.take and hands.places else None
            self.begin(session, kind, tenant, lane, head)
            return True
        return await self._queue(
            session, kind, payload, tenant=tenant, after=after, dedupe=dedupe, priority=priority
        )

    def places(self, kind: str) -> int:
        """Return how many lanes of a kind could begin now."""
        return self._hands[kind].places if self._open and kind in self._hands else 0

    def begin(self, session: Session, kind: str, tenant_id: str, lane: str, head: Any = None) -> None:
        """Work a lane when the transaction is committed, from `head` on, which that transaction has taken."""
        after_commit(session, partial(self._begin, self._hands[kind], tenant_id, lane, head))

    def all(self) -> Collection[Hands]:
        """Whoever works here."""
        return self._hands.values()

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return bool(self._tasks())

    async def idle(self) -> None:
        """Wait until nothing runs or waits."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)
            await asyncio.sleep(0)  # what is done is taken off after this

    async def stop(self) -> None:
        """Let others have what waits, finish what runs, and give back what takes longer."""
        self.close()
        for hands in self._hands.values():
            for tenant_id, lanes in hands.take_waiting().items():
                await self._hand_over(hands.kind, tenant_id, lanes)
        if tasks := self._tasks():
            await asyncio.wait(tasks, timeout=GRACE)
        await asyncio.sleep(0)  # what began just now gives back only what it has in its hands
        for task in self._tasks():
            task.cancel()
        await asyncio.gather(*self._tasks(), return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for hands in self._hands.values() for task in hands.tasks()]

    def _begin(self, hands: Hands, tenant_id: str, lane: str, head: Any) -> None:
        if self._open or head is not None:
            hands.begin(tenant_id, lane, head)

    async def _hand_over(self, kind: str, tenant_id: str, lanes: Collection[str]) -> None:
        try:
            async with self._database.tenant(tenant_id) as session:
                for lane in lanes:
                    await self._queue(session, kind, {"lane": lane}, tenant=tenant_id, priority=PRIORITY)
        except Exception as error:  # noqa: BLE001 - another process's sweep finds them
            warn("slack.lanes_not_handed_over", error, kind=kind, lanes=len(lanes))
