"""The reminders port over dicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.api import EVERYWHERE, Effect, Scope
from plugins.reminders.port import (
    NewReminder,
    Reminder,
    ReminderChange,
    ReminderPage,
    ReminderQuery,
    ReminderStatus,
)
from tests.plugins.connectors.memory.store import Books, Row


class MemoryReminders:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    def _seen(self, scope: Scope, one: Reminder) -> bool:
        return (one.customer is None and one.ticket is None) or scope.covers(one.area)

    async def find(self, scope: Scope, query: ReminderQuery, limit: int = 20) -> ReminderPage:
        found = [
            one
            for one in self.books.all(Reminder, "reminders")
            if query.owner in {None, one.owner}
            and query.customer in {None, one.customer}
            and query.ticket in {None, one.ticket}
            and (one.open or not query.open_only)
            and (query.due_before is None or one.at < query.due_before)
            and self._seen(scope, one)
        ]
        found.sort(key=lambda one: (not one.open, one.at, one.number))
        return ReminderPage(reminders=tuple(found[:limit]), total=len(found))

    async def get(self, scope: Scope, number: str) -> Reminder | None:
        row = self.books.one("reminders", number)
        one = self.books.as_(Reminder, row) if row else None
        return one if one and self._seen(scope, one) else None

    async def add(self, effect: Effect, new: NewReminder) -> Reminder:
        def write() -> str:
            area = {name: new.area.get(name) for name in ("region", "site", "partner")}
            kept = {name: value for name, value in vars(new).items() if name != "area"}
            made = Reminder(number=self.books.next("reminders", "Do-{nr}"), made_at=self.books.now(),
                            made_by=effect.by, **kept, **area)  # fmt: skip
            self.books.add("reminders", made, next_at=new.at)
            return made.number

        return await self._got(await self.books.once(effect, write))

    async def change(self, effect: Effect, number: str, change: ReminderChange) -> Reminder:
        def write() -> str:
            row = self.books.one("reminders", number, "reminder") or {}
            was, now = self.books.as_(Reminder, row), self.books.now()
            status, at = change.status or was.status, change.at or was.at
            is_open = status is ReminderStatus.OPEN
            self.books.put(row, at=at, status=status, owner=change.owner or was.owner,
                           owner_name=change.owner_name or was.owner_name,
                           ended_at=None if is_open else now, ended_by="" if is_open else effect.by)  # fmt: skip
            if at != was.at or change.owner not in {None, was.owner} or (is_open and not was.open):
                self.books.put(row, turn=was.turn + 1, nags=0, escalated_at=None, next_at=max(at, now))
            return was.number

        return await self._got(await self.books.once(effect, write))

    async def find_due(self, now: datetime, limit: int = 100) -> Sequence[Reminder]:
        due = [
            (self.books.at(row, "next_at"), self.books.as_(Reminder, row))
            for row in self.books.find("reminders", status="OPEN")
            if row["next_at"] and self.books.at(row, "next_at") <= now
        ]
        return [one for _, one in sorted(due, key=lambda each: each[0])][:limit]

    async def find_late(self, since: datetime, limit: int = 100) -> Sequence[Reminder]:
        found = self.books.all(Reminder, "reminders", status="OPEN", escalated_at=None)
        return sorted((one for one in found if one.at <= since), key=lambda one: one.at)[:limit]

    def _same(self, one: Reminder) -> Row | None:
        rows = self.books.find("reminders", number=one.number, status="OPEN", turn=one.turn)
        return rows[0] if rows else None

    async def note_told(self, reminder: Reminder, next_at: datetime | None) -> bool:
        async with self.books.turn:
            row = self._same(reminder)
            if row is None or row["nags"] != reminder.nags:
                return False
            self.books.put(row, nags=reminder.nags + 1, next_at=next_at)
            return True

    async def note_escalated(self, reminder: Reminder, now: datetime) -> bool:
        async with self.books.turn:
            row = self._same(reminder)
            if row is None or row["escalated_at"]:
                return False
            self.books.put(row, escalated_at=now)
            return True

    async def _got(self, number: str) -> Reminder:
        found = await self.get(EVERYWHERE, number)
        assert found
        return found
