"""What people here have to do, behind the local connector, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.api import EVERYWHERE
from plugins.connectors.local import queries_reminders
from plugins.reminders.port import NewReminder, Reminder, ReminderChange, ReminderQuery, ReminderStatus
from tests.plugins.building import NOW, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA

LATER = NOW + timedelta(days=1)
CALL = NewReminder(text="call back", at=NOW, owner="ada@acme.example", owner_name="Ada", customer=AMINA)


@dataclass(frozen=True)
class Work:
    """What the first tenant's people have to do."""

    reminder: Reminder


async def fill(isp: Isp) -> Work:
    """Keep a reminder."""
    async with isp.sql() as session:
        number = await queries_reminders.do_add_reminder(session, CALL, "Ada", NOW)
        reminder = await queries_reminders.get_reminder(session, EVERYWHERE, number)
    assert reminder
    return Work(reminder=reminder)


ASKS: Asks = {
    queries_reminders.find_reminders: lambda s, a: queries_reminders.find_reminders(
        s, EVERYWHERE, ReminderQuery(), 5
    ),
    queries_reminders.get_reminder: lambda s, a: queries_reminders.get_reminder(
        s, EVERYWHERE, a.reminder.number
    ),
    queries_reminders.do_add_reminder: lambda s, a: queries_reminders.do_add_reminder(s, CALL, "Eve", NOW),
    queries_reminders.do_change_reminder: lambda s, a: queries_reminders.do_change_reminder(
        s, a.reminder.number, ReminderChange(status=ReminderStatus.DONE), "Eve", NOW
    ),
    queries_reminders.find_due: lambda s, a: queries_reminders.find_due(s, LATER, 5),
    queries_reminders.find_late: lambda s, a: queries_reminders.find_late(s, LATER, 5),
    queries_reminders.do_note_told: lambda s, a: queries_reminders.do_note_told(s, a.reminder, None),
    queries_reminders.do_note_escalated: lambda s, a: queries_reminders.do_note_escalated(s, a.reminder, NOW),
}
