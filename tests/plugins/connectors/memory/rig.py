"""Puts a world of the conformance checks into the other connector's dicts."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from bot.conformance import World
from tests.plugins.connectors.memory.billing import MemoryBilling
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.email import MemoryMail
from tests.plugins.connectors.memory.mailbox import MemoryBox
from tests.plugins.connectors.memory.network import MemoryNetwork
from tests.plugins.connectors.memory.reminders import MemoryReminders
from tests.plugins.connectors.memory.store import Books
from tests.plugins.connectors.memory.tickets import MemoryTickets
from tests.plugins.connectors.memory.visits import MemoryVisits

FORMS = {
    "customer": "C-{nr}",
    "service": "line-{nr}",
    "invoice": "2026/{nr}",
    "payment": "{nr}5",
    "ticket": "t/7{nr:02}",
    "outage": "o{nr}",
    "maintenance": "w{nr}",
}


class MemoryRig:
    """Numbers that look like nothing of ours."""

    lacks: frozenset[str] = frozenset()
    ports: ClassVar[dict[str, Any]] = {
        "billing": MemoryBilling,
        "customers": MemoryCustomers,
        "email": MemoryMail,
        "network": MemoryNetwork,
        "reminders": MemoryReminders,
        "tickets": MemoryTickets,
        "visits": MemoryVisits,
    }

    def __init__(self) -> None:
        self.books: dict[str, Books] = {}

    def numbers(self, kind: str, nr: int) -> str:
        return FORMS[kind].format(nr=nr)

    def open(self, world: World, port: str) -> Any:
        return self.box if port == "returns" else self.ports[port](self.books[world.tenant.slug])

    @cached_property
    def box(self) -> MemoryBox:
        return MemoryBox()

    def deliver(self, *mails: bytes) -> None:
        self.box.mails += mails

    def recount(self, *mails: bytes) -> None:
        self.box.mails, self.box.validity = list(mails), self.box.validity + 1

    async def load(self, world: World) -> None:
        books = self.books[world.tenant.slug] = Books(tenant=world.tenant, now=lambda: world.now)
        for table in ("plans", "customers", "services", "invoices", "payments", "agents", "tickets", "templates",
                      "emails", "sites", "devices", "ports", "outages", "maintenance", "pools", "cpes", "splitters"):  # fmt: skip
            for record in getattr(world, table):
                books.add(table, record)
        for number, note in world.notes:
            books.add("notes", note, customer=number)
        for service, port in world.wires.items():
            books.rows("wires").append({"service": service, "port": port})
        for service, name in world.behind.items():
            books.rows("behind").append({"service": service, "splitter": name})
        for far in world.onts:
            books.add("onts", far.ont, port=far.port, service=far.service)
        for one in world.sessions:
            books.add("sessions", one.session, service=one.service)
        for reading in world.readings:
            books.add("readings", reading)
