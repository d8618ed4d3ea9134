"""The visits port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.api import EVERYWHERE, ConnectorContext, Effect, NotFound, Scope
from plugins.connectors.local import queries_visits as queries
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_scope import Session
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitQuery


class LocalVisits:
    """Visits in `isp_visits`."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now

    async def find(self, scope: Scope, query: VisitQuery, limit: int = 50) -> Sequence[Visit]:
        """Find visits, by their beginning."""
        async with self._sql() as session:
            return await queries.find_visits(session, scope, query, limit)

    async def get(self, scope: Scope, number: str) -> Visit | None:
        """Return one visit."""
        async with self._sql() as session:
            return await queries.get_visit(session, scope, number.strip().upper())

    async def busy(self, since: datetime, until: datetime) -> Sequence[Visit]:
        """Return what takes technicians' time then, wherever it is."""
        async with self._sql() as session:
            return await queries.find_busy(session, since, until)

    async def technicians(self, since: datetime, region: str | None = None) -> Mapping[str, str]:
        """Return who had visits since then, in a region or anywhere."""
        async with self._sql() as session:
            return await queries.find_technicians(session, since, region)

    async def add(self, effect: Effect, new: NewVisit) -> Visit:
        """Make an appointment."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"number": await queries.do_add_visit(session, new, effect.by, self._now())}

            return await self._got(session, (await do_once(session, effect, write))["number"])

    async def change(self, effect: Effect, number: str, change: VisitChange) -> Visit:
        """Change one."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await queries.do_change_visit(session, number, change)
                return {"number": number}

            await do_once(session, effect, write)
            return await self._got(session, number)

    async def find_untold(self, now: datetime, until: datetime, limit: int = 100) -> Sequence[Visit]:
        """Return planned visits that begin by then and of which nobody was told as they are now."""
        async with self._sql() as session:
            return await queries.find_untold(session, now, until, limit)

    async def note_told(self, visit: Visit) -> bool:
        """Note that the technician is told."""
        async with self._sql() as session:
            return await queries.do_note_visit_told(session, visit)

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)

    async def _got(self, session: Session, number: str) -> Visit:
        found = await queries.get_visit(session, EVERYWHERE, number)
        if found is None:
            raise NotFound(f"There is no visit {number}.")
        return found
