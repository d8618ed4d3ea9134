"""What people here have to do, behind the local connector, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.api import EVERYWHERE
from plugins.connectors.local import queries_reminders, queries_visits
from plugins.reminders.port import NewReminder, Reminder, ReminderChange, ReminderQuery, ReminderStatus
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitQuery, VisitStatus
from tests.plugins.building import NOW, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA

LATER = NOW + timedelta(days=1)
CALL = NewReminder(text="call back", at=NOW, owner="ada@acme.example", owner_name="Ada", customer=AMINA)

VISIT = NewVisit(
    customer=AMINA, customer_name="Amina Bello", technician="ada@acme.example", technician_name="Ada",
    starts_at=LATER, ends_at=LATER + timedelta(hours=1),
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What the first tenant's people have to do."""

    reminder: Reminder
    visit: Visit


async def fill(isp: Isp) -> Work:
    """Keep a reminder."""
    async with isp.sql() as session:
        number = await queries_reminders.do_add_reminder(session, CALL, "Ada", NOW)
        reminder = await queries_reminders.get_reminder(session, EVERYWHERE, number)
        number = await queries_visits.do_add_visit(session, VISIT, "Ada", NOW)
        visit = await queries_visits.get_visit(session, EVERYWHERE, number)
    assert reminder and visit
    return Work(reminder=reminder, visit=visit)


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
    queries_visits.find_visits: lambda s, a: queries_visits.find_visits(s, EVERYWHERE, VisitQuery(), 5),
    queries_visits.get_visit: lambda s, a: queries_visits.get_visit(s, EVERYWHERE, a.visit.number),
    queries_visits.find_busy: lambda s, a: queries_visits.find_busy(s, NOW, LATER + timedelta(days=1)),
    queries_visits.find_technicians: lambda s, a: queries_visits.find_technicians(s, NOW),
    queries_visits.do_add_visit: lambda s, a: queries_visits.do_add_visit(
        s, replace(VISIT, technician="eve@x.example"), "Eve", NOW
    ),
    queries_visits.do_change_visit: lambda s, a: queries_visits.do_change_visit(
        s, a.visit.number, VisitChange(status=VisitStatus.DONE)
    ),
    queries_visits.find_untold: lambda s, a: queries_visits.find_untold(s, NOW, LATER, 5),
    queries_visits.do_note_visit_told: lambda s, a: queries_visits.do_note_visit_told(s, a.visit),
    queries_reminders.do_note_escalated: lambda s, a: queries_reminders.do_note_escalated(s, a.reminder, NOW),
}
