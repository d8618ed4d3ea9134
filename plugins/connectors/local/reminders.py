"""The reminders port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.api import EVERYWHERE, ConnectorContext, Effect, NotFound, Scope
from plugins.connectors.local import queries_reminders as queries
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_scope import Session
from plugins.reminders.port import NewReminder, Reminder, ReminderChange, ReminderPage, ReminderQuery


class LocalReminders:
    """Reminders in `isp_staff_reminders`."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now

    async def find(self, scope: Scope, query: ReminderQuery, limit: int = 20) -> ReminderPage:
        """Find reminders, by their time."""
        async with self._sql() as session:
            return await queries.find_reminders(session, scope, query, limit)

    async def get(self, scope: Scope, number: str) -> Reminder | None:
        """Return one reminder."""
        async with self._sql() as session:
            return await queries.get_reminder(session, scope, number.strip().upper())

    async def add(self, effect: Effect, new: NewReminder) -> Reminder:
        """Keep a new one."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"number": await queries.do_add_reminder(session, new, effect.by, self._now())}

            return await self._got(session, (await do_once(session, effect, write))["number"])

    async def change(self, effect: Effect, number: str, change: ReminderChange) -> Reminder:
        """Change one; with a new time, owner or a reopening, its reminding begins anew."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await queries.do_change_reminder(session, number, change, effect.by, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await self._got(session, number)

    async def find_due(self, now: datetime, limit: int = 100) -> Sequence[Reminder]:
        """Return the open ones of which their owner is to be reminded by now."""
        async with self._sql() as session:
            return await queries.find_due(session, now, limit)

    async def find_late(self, since: datetime, limit: int = 100) -> Sequence[Reminder]:
        """Return the open ones whose time came before then and of which no lead was told."""
        async with self._sql() as session:
            return await queries.find_late(session, since, limit)

    async def note_told(self, reminder: Reminder, next_at: datetime | None) -> bool:
        """Note that the owner is reminded, and when again."""
        async with self._sql() as session:
            return await queries.do_note_told(session, reminder, next_at)

    async def note_escalated(self, reminder: Reminder, now: datetime) -> bool:
        """Note that leads are told of it."""
        async with self._sql() as session:
            return await queries.do_note_escalated(session, reminder, now)

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)

    async def _got(self, session: Session, number: str) -> Reminder:
        found = await queries.get_reminder(session, EVERYWHERE, number)
        if found is None:
            raise NotFound(f"There is no reminder {number}.")
        return found
