"""The reminders port: what our own people said they would do by a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from bot.api import Effect, Scope
from plugins.reminders.about import find_about, offer, offer_written
from plugins.reminders.nouns import (
    NewReminder,
    Reminder,
    ReminderChange,
    ReminderPage,
    ReminderQuery,
    ReminderRef,
    ReminderStatus,
)
from plugins.reminders.promised import Promised, promised_in

__all__ = [
    "NewReminder",
    "Promised",
    "Reminder",
    "ReminderChange",
    "ReminderPage",
    "ReminderQuery",
    "ReminderRef",
    "ReminderStatus",
    "Reminders",
    "find_about",
    "offer",
    "offer_written",
    "promised_in",
]


class Reminders(Protocol):
    """Keeps reminders. Searches see those about customers inside `scope`, and those about no customer.

    Writes happen once per effect. The last three are for the job that reminds: it sees all.
    """

    port_name: ClassVar[str] = "reminders"

    async def find(self, scope: Scope, query: ReminderQuery, limit: int = 20) -> ReminderPage:
        """Find reminders, by their time."""
        ...

    async def get(self, scope: Scope, number: str) -> Reminder | None:
        """Return one reminder."""
        ...

    async def add(self, effect: Effect, new: NewReminder) -> Reminder:
        """Keep a new one."""
        ...

    async def change(self, effect: Effect, number: str, change: ReminderChange) -> Reminder:
        """Change one; with a new time, owner or a reopening, its reminding begins anew."""
        ...

    async def find_due(self, now: datetime, limit: int = 100) -> Sequence[Reminder]:
        """Return the open ones of which their owner is to be reminded by now."""
        ...

    async def find_late(self, since: datetime, limit: int = 100) -> Sequence[Reminder]:
        """Return the open ones whose time came before `since` and of which no lead was told."""
        ...

    async def note_told(self, reminder: Reminder, next_at: datetime | None) -> bool:
        """Note that the owner is reminded, and when again; False when it changed meanwhile."""
        ...

    async def note_escalated(self, reminder: Reminder, now: datetime) -> bool:
        """Note that leads are told of it; False when it changed meanwhile."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
