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
from bot.conformance.reminders import RemindersConformance
from bot.conformance.returns import ReturnsConformance
from bot.conformance.tickets import TicketsConformance
from bot.conformance.visits import VisitsConformance
from bot.conformance.world import NOW
from plugins.customers.port import ServiceStatus
from plugins.network.port import Impact
from plugins.tickets.port import TicketStatus
from plugins.visits.port import Visit
from tests.plugins.connectors.memory.billing import MemoryBilling
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.email import MemoryMail
from tests.plugins.connectors.memory.mailbox import MemoryBox
from tests.plugins.connectors.memory.network import MemoryNetwork
from tests.plugins.connectors.memory.reminders import MemoryReminders
from tests.plugins.connectors.memory.rig import MemoryRig
from tests.plugins.connectors.memory.store import Books
from tests.plugins.connectors.memory.tickets import MemoryTickets
from tests.plugins.connectors.memory.visits import MemoryVisits

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


async def unturned(self: Any, effect: Any, number: str, change: Any) -> Any:
    """Writes the new time or owner and nothing else."""
    row = self.books.one("reminders", number, "reminder")
    told = {name: value for name, value in vars(change).items() if value is not None}
    await self.books.once(effect, lambda: self.books.put(row, **told))
    return await self._got(number)


unturned.__signature__ = inspect.signature(MemoryReminders.change)  # type: ignore[attr-defined]


async def removed_in_silence(self: Any, effect: Any, number: str, files: Any) -> Any:
    """Forgets files without a word in the history."""

    def write() -> list[str]:
        gone = [row for row in self.books.find("files", ticket=number) if row["number"] in files]
        for row in gone:
            self.books.rows("files").remove(row)
        return [row["name"] for row in gone]

    return await self.books.once(effect, write)


def beginning(self: Any, since: Any, until: Any) -> Any:
    """Forgets visits that have begun before."""
    found = self.books.all(Visit, "visits")
    return [v for v in found if (not since or v.starts_at >= since) and (not until or v.starts_at < until)]


def free_when_new(
    self: Any, who: str, starts: Any, ends: Any, but: str = "", right: Any = MemoryVisits._free
) -> None:
    """Looks where somebody is when a visit is made, and not when it moves."""
    if not but:
        right(self, who, starts, ends)


C, B, T, N = CustomersConformance, BillingConformance, TicketsConformance, NetworkConformance
E, R, V, M = EmailConformance, RemindersConformance, VisitsConformance, ReturnsConformance
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
    "the day's limit is not kept": (B, asks(MemoryBilling, "credit", new=lambda new: replace(new, day_limit=None))),
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
    "files ignore the scope": (T, asks(MemoryTickets, "attachments", scope=EVERYWHERE)),
    "a file is read by whoever knows its number": (T, asks(MemoryTickets, "read_attachment", scope=EVERYWHERE)),
    "a file comes back as text": (T, answers(MemoryTickets, "read_attachment", lambda read: read and read.replace(b"\r\n", b"\n"))),
    "what is removed leaves no line": (T, swaps(MemoryTickets, "detach", removed_in_silence)),
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
    "reminders of nowhere": (R, asks(MemoryReminders, "find", scope=EVERYWHERE)),
    "a reminder is found by whoever knows its number": (R, asks(MemoryReminders, "get", scope=EVERYWHERE)),
    "what is about nobody is seen by nobody": (R, swaps(MemoryReminders, "_seen", lambda self, scope, one: scope.covers(one.area))),
    "reminders in no order": (R, answers(MemoryReminders, "find", lambda page: replace(page, reminders=page.reminders[::-1]))),
    "the number of reminders is that of the page": (R, answers(MemoryReminders, "find", of_page("reminders", "total"))),
    "reminded again and again": (R, asks(MemoryReminders, "note_told", next_at=lambda at: at or NOW)),
    "the reminding goes on as it was": (R, swaps(MemoryReminders, "change", unturned)),
    "two tell a lead": (R, answers(MemoryReminders, "note_escalated", lambda done: True)),
    "two remind": (R, answers(MemoryReminders, "note_told", lambda done: True)),
    "done and reminded of": (R, asks(MemoryReminders, "change", change=lambda c: replace(c, status=None))),
    "visits of nowhere": (V, asks(MemoryVisits, "find", scope=EVERYWHERE)),
    "visits that only begin in the time": (V, swaps(MemoryVisits, "_touching", beginning)),
    "at two places": (V, swaps(MemoryVisits, "_free", lambda self, *told: None)),
    "moved to where somebody is": (V, swaps(MemoryVisits, "_free", free_when_new)),
    "technicians of everywhere": (V, asks(MemoryVisits, "technicians", region=None)),
    "a technician is told again": (V, answers(MemoryVisits, "note_told", lambda done: True)),
    "a note is written over": (V, answers(MemoryVisits, "change", lambda v: replace(v, note=v.note[-8:]))),
    "the newest first": (V, answers(MemoryVisits, "find", lambda found: list(reversed(found)))),
    "the last message again": (M, asks(MemoryBox, "read", after=lambda uid: max(uid - 1, 0))),
    "messages newest first": (M, answers(MemoryBox, "read", lambda found: found[::-1])),
    "messages counted from zero": (M, answers(MemoryBox, "read", lambda found: [replace(one, uid=one.uid - 17) for one in found])),
    "counted anew and not said": (M, swaps(MemoryBox, "validity", property(lambda self: 1, lambda self, value: None))),
    "more messages than asked for": (M, asks(MemoryBox, "read", most=99)),
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
