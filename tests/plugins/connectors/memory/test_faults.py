"""The checks can fail: each fault an author might make is put into the other connector, and one of them sees it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.api import EVERYWHERE, Money
from bot.conformance.billing import BillingConformance
from bot.conformance.customers import CustomersConformance
from bot.conformance.email import EmailConformance
from bot.conformance.network import NetworkConformance
from bot.conformance.tickets import TicketsConformance
from plugins.customers.port import ServiceStatus
from plugins.network.port import Impact
from plugins.tickets.port import TicketStatus
from tests.plugins.connectors.memory.billing import MemoryBilling
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.email import MemoryMail
from tests.plugins.connectors.memory.network import MemoryNetwork
from tests.plugins.connectors.memory.rig import MemoryRig
from tests.plugins.connectors.memory.store import Books
from tests.plugins.connectors.memory.tickets import MemoryTickets

Patch = Callable[[pytest.MonkeyPatch], None]


def answers(cls: type, name: str, spoil: Callable[[Any], Any]) -> Patch:
    """Spoil what a method returns."""
    right = getattr(cls, name)

    async def wrong(self: Any, *args: Any, **kwargs: Any) -> Any:
        return spoil(await right(self, *args, **kwargs))

    wrong.__signature__ = inspect.signature(right)  # type: ignore[attr-defined]
    return lambda patch: patch.setattr(cls, name, wrong)


def asks(cls: type, name: str, **other: Any) -> Patch:
    """Call a method with something else than was asked for."""
    right = getattr(cls, name)
    signature = inspect.signature(right)

    async def wrong(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        for key, value in other.items():
            given.arguments[key] = value(given.arguments[key]) if callable(value) else value
        return await right(*given.args, **given.kwargs)

    wrong.__signature__ = signature  # type: ignore[attr-defined]
    return lambda patch: patch.setattr(cls, name, wrong)


def swaps(cls: type, name: str, wrong: Any) -> Patch:
    return lambda patch: patch.setattr(cls, name, wrong)


async def twice(self: Books, effect: Any, write: Any) -> Any:
    """Forgets which keys were used."""
    await effect.check()
    self.done[effect.key] = write()
    return self.done[effect.key]


async def racing(self: Books, effect: Any, write: Any) -> Any:
    """Looks first and keeps afterwards, with a gap between."""
    if effect.key in self.done:
        return self.done[effect.key]
    await asyncio.sleep(0)
    await effect.check()
    self.done[effect.key] = write()
    return self.done[effect.key]


async def unchecked(self: Books, effect: Any, write: Any) -> Any:
    """Never asks whether the call is still ours."""
    if effect.key not in self.done:
        self.done[effect.key] = write()
    return self.done[effect.key]


async def half(self: Books, effect: Any, write: Any) -> Any:
    """Keeps the key of what failed."""
    async with self.turn:
        if effect.key not in self.done:
            await effect.check()
            self.done[effect.key] = None
            self.done[effect.key] = write()
        return self.done[effect.key]


def local_time(note: Any) -> Any:
    return replace(note, at=note.at.replace(tzinfo=None))


def a_float(payment: Any) -> Any:
    return replace(payment, amount=Money(payment.amount.minor / 1, payment.amount.currency))


def of_page(name: str, total: str) -> Callable[[Any], Any]:
    return lambda page: replace(page, **{total: len(getattr(page, name))})


def of_hits(impact: Impact) -> Impact:
    return replace(impact, services=len(impact.hits), customers=len({hit.customer for hit in impact.hits}))


async def everywhere(self: Any, scope: Any, text: str, limit: int = 5) -> Any:
    """Finds whoever fits, wherever they are."""
    people = [self._customer(row) for row in self.books.rows("customers")]
    return ([f for c in people if (f := self._identified(c, text))] or self._worded(people, text))[:limit]


def not_restored(patch: pytest.MonkeyPatch) -> None:
    """Taking a ticket out of another forgets where it stood."""
    right = MemoryTickets.unmerge

    async def unmerge(self: Any, effect: Any, number: str) -> Any:
        return replace(await right(self, effect, number), status=TicketStatus.PENDING)

    patch.setattr(MemoryTickets, "unmerge", unmerge)


def left_suspended(patch: pytest.MonkeyPatch) -> None:
    """Resuming forgets the reason and the time."""
    right = Books.put

    def put(self: Books, row: Any, **values: Any) -> None:
        if values.get("status") is ServiceStatus.ACTIVE:
            values.pop("suspend_reason", None)
        right(self, row, **values)

    patch.setattr(Books, "put", put)


def sent_again(patch: pytest.MonkeyPatch) -> None:
    """What was handed over and not answered goes back into the queue."""

    def give_up(self: Any, now: Any) -> None:
        for row in self.books.find("emails", status="sending"):
            if self.books.at(row, "lease") < now:
                self.books.put(row, status="queued", due_at=now)

    patch.setattr(MemoryMail, "_give_up", give_up)


async def taken_again(self: Any, message: Any, lease: Any) -> None:
    """Hands over whatever is asked for."""


C, B, T, N = CustomersConformance, BillingConformance, TicketsConformance, NetworkConformance
E = EmailConformance
FAULTS: dict[str, tuple[type, Patch]] = {
    "one more than the limit": (C, asks(MemoryCustomers, "find", limit=lambda n: n + 1)),
    "the search ignores the scope": (C, swaps(MemoryCustomers, "find", everywhere)),
    "reading ignores the scope": (C, asks(MemoryCustomers, "get", scope=EVERYWHERE)),
    "the same key writes twice": (C, swaps(Books, "once", twice)),
    "two with one key at once write twice": (C, swaps(Books, "once", racing)),
    "the lease is not asked for": (C, swaps(Books, "once", unchecked)),
    "what failed counts as done": (C, swaps(Books, "once", half)),
    "times without a zone": (C, answers(MemoryCustomers, "add_note", local_time)),
    "a record of the wrong kind": (C, answers(MemoryCustomers, "plans", lambda plans: [vars(p) for p in plans])),
    "the worst first": (C, answers(MemoryCustomers, "find", lambda found: list(reversed(found)))),
    "plans in no order": (C, answers(MemoryCustomers, "plans", lambda plans: list(reversed(plans)))),
    "resuming leaves the reason": (C, left_suspended),
    "nothing where None is promised": (C, answers(MemoryCustomers, "get", lambda c: c or [])),
    "a balance with the wrong sign": (B, answers(MemoryBilling, "balances", lambda all_: {k: replace(b, owed=-b.owed) for k, b in all_.items()})),
    "money as a float": (B, answers(MemoryBilling, "pay", a_float)),
    "the count is that of the page": (B, answers(MemoryBilling, "find_payments", of_page("payments", "count"))),
    "the sums ignore the scope": (B, asks(MemoryBilling, "overdue", scope=EVERYWHERE)),
    "the month's limit is not kept": (B, asks(MemoryBilling, "credit", new=lambda new: replace(new, month_limit=None))),
    "the end of the period is in it": (B, asks(MemoryBilling, "find_credits", until=lambda at: at.replace(year=9999))),
    "an unnamed invoice is settled first": (B, asks(MemoryBilling, "pay", new=lambda new: replace(new, invoice=None))),
    "invoices oldest first": (B, answers(MemoryBilling, "invoices", lambda found: list(reversed(found)))),
    "the ledger ends elsewhere": (B, answers(MemoryBilling, "ledger", lambda told: told and replace(told, after=told.before))),
    "the total is that of the page": (T, answers(MemoryTickets, "find", of_page("tickets", "total"))),
    "the history ignores the scope": (T, asks(MemoryTickets, "history", scope=EVERYWHERE)),
    "every comment is a first response": (T, asks(MemoryTickets, "comment", internal=False)),
    "a merge taken back is not whole": (T, not_restored),
    "another's link is taken": (T, answers(MemoryTickets, "link", lambda linked: [*linked, "x"])),
    "the first lines instead of the last": (T, asks(MemoryTickets, "history", limit=10_000)),
    "the volume ignores the category": (T, asks(MemoryTickets, "volume", category=None)),
    "who is hit counts the list": (N, answers(MemoryNetwork, "impact", of_hits)),
    "who is hit ignores the scope": (N, asks(MemoryNetwork, "impact", scope=EVERYWHERE)),
    "levels without their sign": (N, asks(MemoryNetwork, "weak", below=abs)),
    "sessions of nowhere": (N, asks(MemoryNetwork, "sessions", scope=EVERYWHERE)),
    "who had an address, whenever": (N, asks(MemoryNetwork, "holders", since=lambda at: at.replace(year=2000))),
    "outages that are over": (N, asks(MemoryNetwork, "outages", active_only=False)),
    "in doubt and sent again": (E, sent_again),
    "two hand the same message over": (E, swaps(MemoryMail, "hand_over", taken_again)),
    "the counts are those of the page": (E, answers(MemoryMail, "find", of_page("emails", "total"))),
    "a mailing of others": (E, asks(MemoryMail, "get_mailing", scope=EVERYWHERE)),
    "no pace": (E, asks(MemoryMail, "take_due", per_minute=10_000)),
    "a simulation that is not said": (N, swaps(MemoryNetwork, "reaches_devices", False)),
}  # fmt: skip


async def seen_by(suite: type) -> str:
    """Return the first check that fails, and why."""
    for name in dir(suite):
        if name.startswith("test_"):
            try:
                await getattr(suite(), name)(rig=MemoryRig())
            except pytest.skip.Exception:
                continue
            except (Exception, pytest.fail.Exception) as error:
                return f"{name}: {error!r}"
    return ""


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    suite, put_in = FAULTS[fault]
    put_in(monkeypatch)
    assert await seen_by(suite), "no check minds"


@pytest.mark.parametrize("suite", dict.fromkeys(s for s, _ in FAULTS.values()), ids=lambda s: s.__name__)
async def test_without_a_fault_nothing_is_seen(suite: type) -> None:
    assert await seen_by(suite) == ""
