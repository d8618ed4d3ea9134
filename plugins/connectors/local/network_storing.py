"""The network port on our own tables: splitters; boxes in store, with technicians and on lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from bot.api import EVERYWHERE, Conflict, Effect, NotFound, Scope
from plugins.connectors.local import queries_stock as queries
from plugins.connectors.local.network_acting import BOOT, Acting
from plugins.connectors.local.queries_effects import do_once
from plugins.connectors.local.queries_network_write import has_ont
from plugins.connectors.local.queries_scope import Session
from plugins.connectors.local.queries_splitters import find_splitters, find_splitters_of
from plugins.network.port import Acted, Cpe, CpeCount, CpePage, CpePut, CpeQuery, Off, Splitter


class Storing(Acting):
    """Splitters; ONTs and radios, from the store to the line and back."""

    async def find_splitters(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Splitter]:
        """Find splitters by name, or by words of name and port."""
        async with self._sql() as session:
            return await find_splitters(session, scope, text, limit)

    async def splitters(
        self,
        scope: Scope,
        *,
        port: str = "",
        device: str = "",
        area: str = "",
        service: str = "",
        limit: int = 50,
    ) -> Sequence[Splitter]:
        """Return splitters, those with the most offline first."""
        async with self._sql() as session:
            return await find_splitters_of(
                session, scope, port=port, device=device, area=area, service=service, limit=limit
            )

    async def cpes(self, scope: Scope, query: CpeQuery, limit: int = 50) -> CpePage:
        """Return boxes."""
        async with self._sql() as session:
            return await queries.find_cpes(session, scope, query, limit)

    async def cpe_counts(self, scope: Scope, query: CpeQuery) -> Sequence[CpeCount]:
        """Return how many boxes there are of each model at each place."""
        async with self._sql() as session:
            return await queries.find_cpe_counts(session, scope, query)

    async def get_cpe(self, scope: Scope, serial: str) -> Cpe | None:
        """Return one box."""
        async with self._sql() as session:
            return await queries.get_cpe(session, scope, serial)

    async def put_cpe(self, effect: Effect, serial: str, put: CpePut) -> Cpe:
        """Keep how a box stands."""

        async def do(session: Session, at: datetime) -> str:
            return await queries.do_put(session, serial, put, at)

        key = await self._once(effect, do)
        async with self._sql() as session:
            found = await queries.get_cpe(session, EVERYWHERE, key)
        if found is None:
            raise NotFound(f"{key} is not in the stock any more.")
        return found

    async def drop_cpe(self, effect: Effect, serial: str) -> None:
        """Forget a box."""

        async def do(session: Session, _at: datetime) -> str:
            return await queries.do_drop(session, serial)

        await self._once(effect, do)

    async def install_ont(self, effect: Effect, service: str, serial: str, model: str = "") -> Acted:
        """Put a box on a line, in our own records."""

        async def do(session: Session, target: str, at: datetime) -> str:
            if await has_ont(session, serial):
                raise Conflict(f"ONT {serial} is known already. Look at the label once more.")
            return await queries.do_install(session, target, queries.plain(serial), model, at)

        return await self._act(effect, service, BOOT, do)

    async def remove_ont(self, effect: Effect, service: str, off: Off | None = None) -> Acted:
        """Take the box off a line, in our own records."""

        async def do(session: Session, target: str, at: datetime) -> str:
            return await queries.do_remove(session, target, at, off)

        return await self._act(effect, service, BOOT, do)

    async def _once(self, effect: Effect, do: Callable[[Session, datetime], Awaitable[str]]) -> str:
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"serial": await do(session, self._now())}

            return str((await do_once(session, effect, write))["serial"])
