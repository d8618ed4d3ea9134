"""Owning a call while it runs: the lease, its heartbeat, and the check right before an effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.contract.context import Context, Store
from bot.contract.people import User
from bot.contract.port import Effect
from bot.core.gate_setup import Setup
from bot.core.reconcile import OWN_STORE
from bot.db import call_runs
from bot.errors import LeaseLost, UserError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class LeasedEffect(Effect):
    """An effect whose steps are each noted under their own key before they happen."""

    begin: Callable[[str], Awaitable[None]]

    def step(self, name: str) -> Effect:
        """Return the effect of one step, with its own key."""
        key = f"{self.key}/{name}"
        return replace(self, key=key, check=partial(self.begin, key))


class Lease:
    """This process's hold on one call."""

    def __init__(self, setup: Setup, call_id: str, fence: int) -> None:
        self._setup, self.call_id, self.fence = setup, call_id, fence
        self.ports: list[str] = []
        self.keys: list[str] = []
        self.lost = False

    @property
    def begun(self) -> bool:
        """Whether anything outside may have been changed."""
        return bool(self.keys)

    def effect(self, user: User, at: datetime) -> Effect:
        """Return the effect handed to the action."""
        key = self.call_id
        return LeasedEffect(key=key, check=partial(self.begin, key), by=user.name, at=at, begin=self.begin)

    async def begin(self, key: str) -> None:
        """Note that an effect is about to happen; LeaseLost when somebody else owns the call by now."""
        if self.lost:
            raise LeaseLost(self.call_id)
        async with self._setup.database.tenant(self._setup.tenant.id) as session:
            mine = await call_runs.do_begin_effect(
                session, self.call_id, self.fence, key=key, ports=self.ports, lease=self._setup.lease
            )
        if not mine:
            self.lost = True
            raise LeaseLost(self.call_id)
        if key not in self.keys:
            self.keys.append(key)

    def watch(self, context: Context[Any]) -> Context[Any]:
        """Return the context with its ports and its store noted when they are used."""

        def open_port(name: str) -> Any:
            self.use(name)
            return context.open_port(name)

        return replace(context, open_port=open_port, store=LeasedStore(context.store, self))

    def use(self, port: str) -> None:
        """Note a port that may have to be asked what happened."""
        if port not in self.ports:
            self.ports.append(port)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Prolong the lease in the background while the call runs."""
        beat = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.wait({beat})

    async def _beat(self) -> None:
        pause = self._setup.lease.total_seconds() / 3
        while not self.lost:
            await asyncio.sleep(pause)
            try:
                async with self._setup.database.tenant(self._setup.tenant.id) as session:
                    self.lost = not await call_runs.do_renew(
                        session, self.call_id, self.fence, self._setup.lease
                    )
            except UserError:  # the database is away: the lease runs on, the next beat may save it
                log.warning("lease_not_renewed", call=self.call_id)


class LeasedStore:
    """A plugin's store during a write: changing it is an effect too."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self._store, self._lease = store, lease

    async def get(self, key: str) -> Any:
        """Return the value, or None."""
        return await self._store.get(key)

    async def items(self) -> dict[str, Any]:
        """Return everything kept, by key."""
        return await self._store.items()

    async def set(self, key: str, value: Any) -> None:
        """Keep the value."""
        await self._begin()
        await self._store.set(key, value)

    async def swap(self, key: str, old: Any, new: Any) -> bool:
        """Keep the new value if the old one is still there."""
        await self._begin()
        return await self._store.swap(key, old, new)

    async def pop(self, key: str) -> Any:
        """Remove and return the value, or None if someone was faster."""
        await self._begin()
        return await self._store.pop(key)

    async def next(self, counter: str) -> int:
        """Return 1, 2, 3, ... and no number twice; a number that is never used harms nobody."""
        return await self._store.next(counter)

    async def _begin(self) -> None:
        self._lease.use(OWN_STORE)
        await self._lease.begin(self._lease.call_id)
