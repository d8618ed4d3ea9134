"""The small ISP's people: plans, subscribers, their services and accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from bot.api import Money
from plugins.billing.port import Invoice, InvoiceLine, InvoiceStatus, Payment
from plugins.customers.port import Customer, CustomerStatus, Note, Plan, Service, ServiceStatus

CUSTOMERS = ("amina", "zoe", "kano", "bola", "grace", "dayo", "sade", "sade too")
SERVICES = ("amina", "zoe", "kano", "bola", "grace", "dayo")
"""Everybody has one line; Zoë has a second, `zoe/2`, and the last two share a name and have none."""
INVOICES = ("paid", "begun", "late", "open", "grace")
PAYMENTS = ("whole", "part", "failed", "failed grace")
TICKETS = ("light", "slow", "bill", "mill", "card")
Names = dict[str, str]


def names(numbers: Callable[[str, int], str]) -> Names:
    """Return what each is called, by what the checks call it."""
    lines = [f"{name}/1" for name in SERVICES] + ["zoe/2"]
    kinds = {
        "customer": CUSTOMERS,
        "service": lines,
        "invoice": INVOICES,
        "payment": PAYMENTS,
        "ticket": TICKETS,
    }
    tagged = {"invoice": "inv ", "payment": "pay ", "ticket": "tkt "}
    return {
        tagged.get(kind, "") + name: numbers(kind, nr)
        for kind, all_ in kinds.items()
        for nr, name in enumerate(all_, 1)
    }


def parts(n: Names, now: datetime) -> dict[str, Any]:
    """Return the parts of the world that are about people."""
    return {
        "plans": tuple(PLANS.values()),
        "customers": _customers(n),
        "notes": _notes(n, now),
        "services": _services(n, now),
        "invoices": _invoices(n, now.date()),
        "payments": _payments(n, now),
    }


def _notes(n: Names, now: datetime) -> tuple[tuple[str, Note], ...]:
    said = ((n["amina"], 3), (n["amina"], 1), (n["amina"], 2), (n["grace"], 1))
    return tuple(
        (whose, Note(at=now - timedelta(days=days), by="Ada Obi", body=f"Called, {days} days ago."))
        for whose, days in said
    )


def eur(minor: int) -> Money:
    """Return so many cents."""
    return Money(minor, "EUR")


PLANS = {
    plan.code: plan
    for plan in (
        Plan(
            code="F100", name="Fibre 100", kind="fiber", down_kbps=100_000, up_kbps=50_000, price=eur(4_500)
        ),
        Plan(code="F50", name="Fibre 50", kind="fiber", down_kbps=50_000, up_kbps=25_000, price=eur(3_000)),
        Plan(code="W10", name="Air 10", kind="wireless", down_kbps=10_000, up_kbps=2_000, price=eur(2_000)),
        Plan(
            code="F20",
            name="Fibre 20",
            kind="fiber",
            down_kbps=20_000,
            up_kbps=5_000,
            price=eur(1_000),
            active=False,
        ),
    )
}


NORTH: dict[str, Any] = {"region": "north", "site": "NTH-03", "since": date(2024, 3, 1)}


def _customers(n: Names) -> tuple[Customer, ...]:
    return (
        Customer(
            number=n["amina"],
            name="Amina Bello",
            email="Amina.Bello@mail.example",
            phone="+254712345678",
            alt_phone="+254733000111",
            street="12 Harbour Road",
            city="Northport",
            tier="critical",
            **NORTH,
        ),
        Customer(
            number=n["zoe"],
            name="Zoë O'Brien-Müller",
            street="3 Quay Street",
            email="zoe@mail.example",
            **NORTH,
        ),
        Customer(
            number=n["kano"],
            name="Kano Textiles Ltd",
            kind="business",
            contact="Ibrahim Musa",
            street="14 Harbour Road",
            email="office@kano.example",
            **NORTH,
        ),
        Customer(number=n["bola"], name="Bola Ade", street="16 Harbour Road", phone="+254711000222", **NORTH),
        Customer(
            number=n["grace"],
            name="Grace Otieno",
            phone="+254712999888",
            street="1 Hill Lane",
            email="grace@mail.example",
            region="south",
            site="STH-01",
            partner="coastnet",
        ),
        *_without_a_line(n),
    )


def _without_a_line(n: Names) -> tuple[Customer, ...]:
    """Return who is cut off, and two prospects of one name."""
    cut, new = CustomerStatus.SUSPENDED, CustomerStatus.PROSPECT
    return (
        Customer(number=n["dayo"], name="Dayo Eze", street="18 Harbour Road", status=cut, **NORTH),
        Customer(number=n["sade"], name="Sade Kamau", street="9 Mill Lane", status=new, **NORTH),
        Customer(number=n["sade too"], name="Sade Kamau", street="2 Quay Street", status=new, **NORTH),
    )


def _services(n: Names, now: datetime) -> tuple[Service, ...]:
    def line(name: str, plan: str, **more: Any) -> Service:
        since: dict[str, Any] = {"activated_on": date(2024, 3, 1), "status": ServiceStatus.ACTIVE}
        whose = name.split("/", maxsplit=1)[0]
        sold = PLANS[plan]
        return Service(
            number=n[name],
            customer=n[whose],
            plan=sold,
            kind=sold.kind,
            username=f"{name.replace('/', '')}@isp",
            **(since | more),
        )

    cut: dict[str, Any] = {
        "status": ServiceStatus.SUSPENDED,
        "suspended_at": now - timedelta(days=4),
        "suspend_reason": "unpaid",
    }
    return (
        line(
            "amina/1",
            "F100",
            ipv4="10.20.30.40",
            ipv6_prefix="2001:db8:12:3400::/56",
            vlan=120,
            cpe_mac="aa:bb:cc:dd:ee:0f",
            ont_serial="HWTC1A2B3C4D",
        ),
        line("zoe/1", "F50"),
        line("kano/1", "F100", ont_serial="HWTC00000002"),
        line("bola/1", "F50", ont_serial="HWTC00000003"),
        line("grace/1", "W10"),
        line("dayo/1", "F50", **cut),
        line("zoe/2", "F50"),
    )


def _invoices(n: Names, today: date) -> tuple[Invoice, ...]:
    def bill(name: str, whose: str, total: int, days: int, paid: int = 0) -> Invoice:
        due = today - timedelta(days=days)
        return Invoice(
            number=n[f"inv {name}"],
            customer=n[whose],
            issued_on=due - timedelta(days=14),
            due_on=due,
            total=eur(total),
            paid=eur(paid),
            status=InvoiceStatus.PAID if paid == total else InvoiceStatus.OPEN,
            lines=(InvoiceLine(text="A month of Fibre 100", amount=eur(total)),),
        )

    return (
        bill("paid", "amina", 4_500, 70, paid=4_500),
        bill("begun", "amina", 4_500, 40, paid=500),
        bill("late", "amina", 4_500, 5),
        bill("open", "amina", 4_500, -9),
        bill("grace", "grace", 9_000, 95),
    )


def _payments(n: Names, now: datetime) -> tuple[Payment, ...]:
    def paid(name: str, whose: str, minor: int, days: int, of: str, **more: Any) -> Payment:
        usual: dict[str, Any] = {"method": "card", "status": "succeeded"}
        return Payment(
            number=n[f"pay {name}"],
            customer=n[whose],
            amount=eur(minor),
            at=now - timedelta(days=days),
            invoice=n[f"inv {of}"],
            **(usual | more),
        )

    return (
        paid("whole", "amina", 4_500, 60, "paid", reference="QX-12 a"),
        paid("part", "amina", 500, 30, "begun", method="cash"),
        paid(
            "failed",
            "amina",
            4_500,
            2,
            "late",
            status="failed",
            failure="insufficient_funds",
            provider="Mollie",
        ),
        paid(
            "failed grace",
            "grace",
            9_000,
            1,
            "grace",
            status="failed",
            failure="provider_timeout",
            provider="Mollie",
        ),
    )
