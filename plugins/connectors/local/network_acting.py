"""The network port on our own tables: outages, planned work, and devices that are only simulated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.api import EVERYWHERE, Effect, NotFound
from plugins.connectors.local import queries_network_write as writes
from plugins.connectors.local.network_watching import Watching
from plugins.connectors.local.queries_effects import do_once
from plugins.connectors.local.queries_pools import do_add_pool, do_remove_pool, find_pools
from plugins.connectors.local.queries_scope import Session
from plugins.network.port import (
    Acted,
    Maintenance,
    NewMaintenance,
    NewOutage,
    NewPool,
    Off,
    Outage,
    OutageChange,
    Pool,
)

REDIAL, BOOT = timedelta(seconds=30), timedelta(minutes=3)
"""How long a router takes to dial in again, and an ONT to start."""


class Acting(Watching):
    """Writes; each happens once, whatever is repeated."""

    async def declare(self, effect: Effect, new: NewOutage) -> Outage:
        """Keep a new outage."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"number": await writes.do_declare(session, new, effect.by, self._now())}

            kept = await do_once(session, effect, write)
            return await writes.get_changed_outage(session, kept["number"])

    async def change_outage(self, effect: Effect, number: str, change: OutageChange) -> Outage:
        """Change an outage."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await writes.do_change_outage(session, number, change, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await writes.get_changed_outage(session, number)

    async def plan(self, effect: Effect, new: NewMaintenance) -> Maintenance:
        """Keep planned work."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"number": await writes.do_plan(session, new, effect.by)}

            kept = await do_once(session, effect, write)
            return await self._work(session, kept["number"])

    async def set_maintenance(self, effect: Effect, number: str, status: str) -> Maintenance:
        """Cancel planned work, or put it back."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await writes.do_set_work(session, number, status)
                return {"number": number}

            await do_once(session, effect, write)
            return await self._work(session, number)

    async def move_maintenance(
        self, effect: Effect, number: str, starts_at: datetime, ends_at: datetime
    ) -> Maintenance:
        """Put planned work to another time."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await writes.do_move_work(session, number, starts_at, ends_at, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await self._work(session, number)

    async def add_pool(self, effect: Effect, new: NewPool) -> Pool:
        """Keep an address pool."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"name": await do_add_pool(session, new)}

            kept = await do_once(session, effect, write)
            found = await find_pools(session, EVERYWHERE, kept["name"], 1)
        if not found:
            raise NotFound(f"There is no address pool {kept['name']} any more.")
        return found[0]

    async def remove_pool(self, effect: Effect, name: str) -> None:
        """Forget an address pool."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await do_remove_pool(session, name)
                return {"name": name}

            await do_once(session, effect, write)

    async def disconnect(self, effect: Effect, service: str) -> Acted:
        """Simulate a CoA disconnect: the session ends, and the router dials in again."""
        return await self._act(effect, service, REDIAL, writes.do_disconnect)

    async def reboot(self, effect: Effect, serial: str) -> Acted:
        """Simulate the reboot of an ONT."""
        return await self._act(effect, serial, BOOT, writes.do_reboot)

    async def swap_ont(
        self, effect: Effect, serial: str, new: str, model: str = "", off: Off | None = None
    ) -> Acted:
        """Put another ONT in the place of one, in our own records."""

        async def do(session: Session, target: str, at: datetime) -> str:
            return await writes.do_swap(session, target, new, model, at, off)

        return await self._act(effect, serial, BOOT, do)

    async def has_ont(self, serial: str) -> bool:
        """Say whether a serial is one's already, anywhere."""
        async with self._sql() as session:
            return await writes.has_ont(session, serial)

    async def _act(
        self,
        effect: Effect,
        target: str,
        back: timedelta,
        do: Callable[[Session, str, datetime], Awaitable[str]],
    ) -> Acted:
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                at = self._now()
                return {"target": await do(session, target, at), "at": at.isoformat()}

            kept = await do_once(session, effect, write)
        at = datetime.fromisoformat(kept["at"])
        return Acted(target=kept["target"], at=at, simulated=True, back_within=back)

    async def _work(self, session: Session, number: str) -> Maintenance:
        if (work := await writes.get_work(session, number, EVERYWHERE)) is None:
            raise NotFound(f"There is no maintenance {number}.")
        return work
