"""The visits port over dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.api import EVERYWHERE, Conflict, Effect, Scope
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitQuery, VisitStatus
from tests.plugins.connectors.memory.store import Books, first


class MemoryVisits:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    def _touching(self, since: datetime | None, until: datetime | None) -> list[Visit]:
        found = self.books.all(Visit, "visits")
        return [v for v in found if (not since or v.ends_at > since) and (not until or v.starts_at < until)]

    def _lies_in(self, visit: Visit, low: str) -> bool:
        sites = self.books.rows("sites")
        found = {row["code"] for row in sites if row["code"].lower() == low or low in row["name"].lower()}
        return visit.region == low or visit.site in found

    async def find(self, scope: Scope, query: VisitQuery, limit: int = 50) -> Sequence[Visit]:
        found = [
            v
            for v in self._touching(query.since, query.until)
            if query.technician in {None, v.technician}
            and query.customer in {None, v.customer}
            and query.ticket in {None, v.ticket}
            and (query.area is None or self._lies_in(v, query.area.lower()))
            and (v.ahead or not query.ahead_only)
            and scope.covers(v.area)
        ]
        return first(found, limit, lambda v: (v.starts_at, v.number))

    async def get(self, scope: Scope, number: str) -> Visit | None:
        row = self.books.one("visits", number)
        one = self.books.as_(Visit, row) if row else None
        return one if one and scope.covers(one.area) else None

    async def busy(self, since: datetime, until: datetime) -> Sequence[Visit]:
        return sorted((v for v in self._touching(since, until) if v.ahead), key=lambda v: v.starts_at)

    async def technicians(self, since: datetime, region: str | None = None) -> Mapping[str, str]:
        return {
            v.technician: v.technician_name
            for v in self.books.all(Visit, "visits")
            if v.starts_at > since and region in {None, v.region}
        }

    def _free(self, who: str, starts: datetime, ends: datetime, but: str = "") -> None:
        for one in self._touching(starts, ends):
            if one.ahead and one.technician == who and one.number != but:
                raise Conflict(f"{one.technician_name} has {one.number} at that time.")

    async def add(self, effect: Effect, new: NewVisit) -> Visit:
        def write() -> str:
            self._free(new.technician, new.starts_at, new.ends_at)
            area = {name: new.area.get(name) for name in ("region", "site", "partner")}
            kept = {name: value for name, value in vars(new).items() if name != "area"}
            made = Visit(number=self.books.next("visits", "Job-{nr}"), made_at=self.books.now(),
                         made_by=effect.by, **kept, **area)  # fmt: skip
            self.books.add("visits", made, told_turn=None)
            return made.number

        return await self._got(await self.books.once(effect, write))

    async def change(self, effect: Effect, number: str, change: VisitChange) -> Visit:
        def write() -> str:
            row = self.books.one("visits", number, "visit") or {}
            was = self.books.as_(Visit, row)
            who, starts = change.technician or was.technician, change.starts_at or was.starts_at
            ends, status = change.ends_at or was.ends_at, change.status or was.status
            turned = (who, starts, ends) != (was.technician, was.starts_at, was.ends_at)
            if turned or (status is VisitStatus.PLANNED and not was.ahead):
                self._free(who, starts, ends, was.number)
            self.books.put(row, technician=who, starts_at=starts, ends_at=ends, status=status,
                           technician_name=change.technician_name or was.technician_name,
                           note="\n".join(part for part in (was.note, change.note) if part),
                           turn=was.turn + turned)  # fmt: skip
            return was.number

        return await self._got(await self.books.once(effect, write))

    async def find_untold(self, now: datetime, until: datetime, limit: int = 100) -> Sequence[Visit]:
        found = [
            self.books.as_(Visit, row)
            for row in self.books.find("visits", status="PLANNED")
            if row["told_turn"] != row["turn"]
        ]
        return first(
            (v for v in found if v.starts_at <= until and v.ends_at > now), limit, lambda v: v.starts_at
        )

    async def note_told(self, visit: Visit) -> bool:
        async with self.books.turn:
            rows = self.books.find("visits", number=visit.number, turn=visit.turn)
            if not rows or rows[0]["told_turn"] == visit.turn:
                return False
            self.books.put(rows[0], told_turn=visit.turn)
            return True

    async def _got(self, number: str) -> Visit:
        found = await self.get(EVERYWHERE, number)
        assert found
        return found
