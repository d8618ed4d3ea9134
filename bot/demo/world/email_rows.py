"""E-mails to subscribers, and the templates they came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.bills import Bills
from bot.demo.world.calendar import MONTHS
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import GRACE_DAYS
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Ints, days, instants
from bot.demo.world.world import World

MAIL_DAYS = 45
REMIND_AFTER = 3
PER_CUSTOMER = 64
TEMPLATES = {
    "invoice": (
        "Your {isp} invoice of {invoice_date}",
        (
            "Dear {name},\n\nyour invoice of {invoice_date} over {invoice_total} is ready. "
            "It is due on {due}. Pay by mobile money with your account number {number} as reference.\n\n{isp}"
        ),
    ),
    "payment_reminder": (
        "Reminder: {overdue} is overdue",
        (
            "Dear {name},\n\n{overdue} was due on {due} and we have not received it. "
            "Please pay within 11 days so that your service is not suspended. Account {number}.\n\n{isp}"
        ),
    ),
    "service_suspended": (
        "Your service is suspended",
        (
            "Dear {name},\n\nyour line is suspended because the invoice due on {due} is unpaid. "
            "It comes back within minutes of your payment of {overdue}. Account {number}.\n\n{isp}"
        ),
    ),
    "outage_notice": (
        "Service interruption in your area",
        (
            "Dear {name},\n\nyour line is affected by a fault in your area. Our team is on it; "
            "we expect the repair by {eta}. You need not call us; we will write when it is done.\n\n{isp}"
        ),
    ),
    "outage_resolved": (
        "Service restored in your area",
        (
            "Dear {name},\n\nthe fault in your area is repaired. "
            "Please restart your router if you are still offline.\n\n{isp}"
        ),
    ),
    "ticket_received": (
        "We received your request {ticket}",
        (
            "Dear {name},\n\nthank you for writing. Your request has the number {ticket}. "
            "We answer as soon as we can.\n\n{isp}"
        ),
    ),
    "maintenance_notice": (
        "Planned work on {work_day}",
        (
            "Dear {name},\n\non {work_day} between 01:00 and 03:00 we work on the network in your area. "
            "Your line may be down for up to 30 minutes.\n\n{isp}"
        ),
    ),
    "payment_thanks": (
        "Payment received",
        ("Dear {name},\n\nthank you, we received {paid} on {paid_on}.\n\n{isp}"),
    ),
}


def template_rows(world: World) -> Batch:
    """Return the templates."""
    isp = world.isp.name
    return Batch.of(
        "isp_email_templates",
        {
            "name": list(TEMPLATES),
            "subject": [subject.replace("{isp}", isp) for subject, _ in TEMPLATES.values()],
            "body": [body.replace("{isp}", isp) for _, body in TEMPLATES.values()],
        },
    )


def email_rows(chunk: Chunk, bills: Bills) -> Batch:
    """Return what was sent in the last weeks: invoices, reminders, suspensions."""
    world, today = chunk.world, chunk.world.calendar.today
    reach = np.array([e is not None for e in chunk.emails])[:, None]
    issued = bills.billed & reach & (bills.issued > today - MAIL_DAYS)
    late = bills.issued + GRACE_DAYS + REMIND_AFTER
    paid_day = np.where(bills.paid, (bills.paid_at + world.calendar.offset) // DAY, today + 1)
    remind = bills.billed & reach & (late <= today) & (paid_day > late) & (late > today - MAIL_DAYS)
    stopped = np.zeros_like(remind)
    stopped[:, -1] = (bills.suspended_on > today - MAIL_DAYS) & reach[:, 0]
    parts = [
        _mails(chunk, bills, "invoice", (issued, bills.issued), 0),
        _mails(chunk, bills, "payment_reminder", (remind, late), 1),
        _mails(
            chunk,
            bills,
            "service_suspended",
            (stopped, np.broadcast_to(bills.suspended_on[:, None], late.shape)),
            2,
        ),
    ]
    joined = {name: [v for part in parts for v in part[name]] for name in parts[0]}
    return Batch.of("isp_emails", joined)


def _mails(
    chunk: Chunk, bills: Bills, template: str, what: tuple[Any, Ints], kind: int
) -> dict[str, list[Any]]:
    world, (mask, on) = chunk.world, what
    row, col = np.nonzero(mask)
    size, (subject, body) = len(row), TEMPLATES[template]
    sent_on, due_on = days(on[row, col]), days(bills.issued[row, col] + GRACE_DAYS)
    names = [chunk.names[k][1] or chunk.names[k][0] for k in row.tolist()]
    money = [f"{chunk.prices[k] / 100:,.2f} {world.isp.currency}" for k in row.tolist()]
    slots = [
        {
            "isp": world.isp.name,
            "name": n,
            "invoice_date": f"{d:%d %b %Y}",
            "due": f"{u:%d %b %Y}",
            "invoice_total": m,
            "overdue": m,
            "number": chunk.numbers[k],
        }
        for n, d, u, m, k in zip(names, sent_on, due_on, money, row.tolist(), strict=True)
    ]
    at = on[row, col] * DAY + (5 + kind) * HOUR + (row % 50) * MINUTE - world.calendar.offset
    bounced = chunk.rng(f"bounces-{template}").random(size) < 0.012  # share
    return {
        "id": world.ids.many("email", ((row + chunk.low) * PER_CUSTOMER + kind * MONTHS + col).tolist()),
        "customer_id": [chunk.ids[k] for k in row.tolist()],
        "to_address": [chunk.emails[k] for k in row.tolist()],
        "subject": [subject.format_map(s) for s in slots],
        "body": [body.format_map(s) for s in slots],
        "template": [template] * size,
        "status": np.where(bounced, "bounced", "sent").tolist(),
        "at": instants(np.minimum(at, world.calendar.now)),
        "by": ["billing run"] * size,
    }
