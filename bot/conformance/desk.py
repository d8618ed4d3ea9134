"""The small ISP's desk: its staff, their tickets, and what subscribers were told."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from plugins.email.port import Email, Template
from plugins.tickets.port import Agent, Category, Level, Priority, Ticket, TicketStatus

ADA, CHIPO = "ada.obi@acme.example", "chipo.dube@acme.example"
Names = dict[str, str]


def parts(n: Names, now: datetime) -> dict[str, Any]:
    """Return the parts of the world that are about tickets and mails."""
    return {
        "agents": (Agent(email=ADA, name="Ada Obi"), Agent(email=CHIPO, name="Chipo Dube")),
        "tickets": _tickets(n, now),
        "templates": (
            Template(name="reminder", subject="Invoice {invoice}", body="Dear {name}"),
            Template(name="apology", subject="Sorry", body="Dear {name}, we are sorry."),
        ),
        "emails": _emails(n, now),
    }


def _ticket(n: Names, now: datetime, name: str, subject: str, whose: str, **more: Any) -> Ticket:
    area = ("south", "STH-01", "coastnet") if whose == "grace" else ("north", "NTH-03", None)
    usual: dict[str, Any] = {
        "status": TicketStatus.OPEN,
        "priority": Priority.NORMAL,
        "opened_at": now - timedelta(hours=3),
    }
    return Ticket(
        number=n[f"tkt {name}"],
        subject=subject,
        customer=n[whose],
        opened_by="Ada Obi",
        region=area[0],
        site=area[1],
        partner=area[2],
        **(usual | more),
    )


def _tickets(n: Names, now: datetime) -> tuple[Ticket, ...]:
    ticket = partial(_ticket, n, now)

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    return (
        ticket(
            "light",
            "No light on ONT",
            "amina",
            priority=Priority.HIGH,
            category=Category.NO_SERVICE,
            first_response_due=ago(minutes=20),
            resolve_due=now + timedelta(hours=5),
        ),
        ticket(
            "slow",
            "Slow in the evening",
            "amina",
            assignee=ADA,
            first_response_at=ago(hours=1),
            category=Category.SLOW,
            resolve_due=now + timedelta(hours=2),
            opened_at=ago(hours=4),
        ),
        ticket(
            "bill",
            "Wrong invoice",
            "amina",
            status=TicketStatus.CLOSED,
            opened_at=ago(days=3),
            resolved_at=ago(days=2),
            closed_at=ago(days=2),
            category=Category.BILLING,
            resolution="Explained",
        ),
        ticket("mill", "No light at the mill", "grace", assignee=ADA, opened_at=ago(hours=2)),
        ticket("card", "Card was refused", "kano", opened_at=ago(hours=6), level=Level.L2, assignee=CHIPO),
    )


def _emails(n: Names, now: datetime) -> tuple[Email, ...]:
    def mail(hours: int, whose: str, to: str, subject: str) -> Email:
        return Email(
            at=now - timedelta(hours=hours),
            to=to,
            subject=subject,
            body="Hello",
            status="sent",
            by="Ada Obi",
            customer=n[whose],
        )

    return (
        mail(30, "amina", "amina.bello@mail.example", "Your invoice"),
        mail(2, "amina", "amina.bello@mail.example", "Technician tomorrow at 10:00"),
        mail(5, "grace", "grace@mail.example", "Your mast"),
    )
