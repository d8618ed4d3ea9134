"""The tickets port over dicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from bot.api import BadInput, Conflict, Effect, Scope
from plugins.tickets.port import (
    DONE,
    MOST_FILES,
    Agent,
    Attachment,
    Category,
    CountedBy,
    NewAttachment,
    NewTicket,
    Ticket,
    TicketChange,
    TicketCount,
    TicketEvent,
    TicketPage,
    TicketQuery,
    TicketStatus,
    TicketVolume,
)
from tests.plugins.connectors.memory import words
from tests.plugins.connectors.memory.store import Books, Row, first


class MemoryTickets:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied

    def _ticket(self, row: Row) -> Ticket:
        customer = self.books.one("customers", row["customer"]) if row["customer"] else None
        return replace(self.books.as_(Ticket, row), customer_name=customer and customer["name"])

    def _the(self, number: str) -> tuple[Row, Ticket]:
        row = self.books.one("tickets", number, "ticket")
        assert row is not None
        return row, self._ticket(row)

    def _all(self, scope: Scope) -> list[Ticket]:
        return [t for t in map(self._ticket, self.books.rows("tickets")) if scope.covers(t.area)]

    async def find(self, scope: Scope, query: TicketQuery, limit: int = 20) -> TicketPage:
        found = [t for t in self._all(scope) if all(fits(t) for fits in self._conditions(query))]
        if query.by_clock:
            found.sort(key=lambda t: (t.due is None, t.due or t.opened_at, t.opened_at))
        else:
            found.sort(key=lambda t: (t.opened_at, t.number), reverse=not query.oldest_first)
        return TicketPage(tickets=tuple(found[:limit]), total=len(found))

    def _conditions(self, q: TicketQuery) -> list[Callable[[Ticket], bool]]:
        typed = words.tokens(q.text)
        given: dict[str, Callable[[Ticket, Any], bool]] = {
            "customer": lambda t, v: t.customer == v,
            "assignee": lambda t, v: (t.assignee or "") == v,
            "status": lambda t, v: t.status == v,
            "priority": lambda t, v: t.priority == v,
            "category": lambda t, v: t.category == v,
            "level": lambda t, v: t.level == v,
            "team": lambda t, v: (t.team or "") == v,
            "due_from": lambda t, v: t.due is not None and t.due >= v,
            "due_before": lambda t, v: t.due is not None and t.due < v,
            "opened_since": lambda t, v: t.opened_at >= v,
            "ended_since": lambda t, v: (
                (t.closed_at or t.resolved_at or datetime.min.replace(tzinfo=v.tzinfo)) >= v
            ),
            "opened_until": lambda t, v: t.opened_at < v,
            "ended_until": lambda t, v: (
                (t.closed_at or t.resolved_at or datetime.max.replace(tzinfo=v.tzinfo)) < v
            ),
            "area": self._lies_in,
            "outage": lambda t, v: (t.outage or "").lower() == v.lower(),
            "customers": lambda t, v: t.customer in v,
            "customer_kind": lambda t, v: self._kind(t) == v,
            "opened_by": lambda t, v: t.opened_by.lower() in {name.lower() for name in v},
            "missed_from": lambda t, v: _missed(t, v, q.missed_until or v),
            "numbers": lambda t, v: t.number.lower() in {n.lower() for n in v},
        }
        told = [
            (lambda t, f=fits, v=value: f(t, v))
            for name, fits in given.items()
            if (value := getattr(q, name)) is not None
        ]
        told += [lambda t: t.open] if q.open_only else []
        told += [lambda t: t.outage is None] if q.unlinked else []
        told += [lambda t: t.open and t.first_response_at is None] if q.unanswered else []
        told += [
            (lambda t, w=word: any(o.startswith(w) for o in words.tokens(f"{t.number} {t.subject}")))
            for word in typed
        ]
        return told

    def _kind(self, ticket: Ticket) -> str:
        row = self.books.one("customers", ticket.customer) if ticket.customer else None
        return row["kind"] if row else ""

    def _lies_in(self, ticket: Ticket, area: str) -> bool:
        low = area.lower()
        sites = {
            row["code"]
            for row in self.books.rows("sites")
            if row["code"].lower() == low or low in row["name"].lower()
        }
        return ticket.region == low or ticket.site in sites

    async def get(self, scope: Scope, number: str) -> Ticket | None:
        row = self.books.one("tickets", number)
        ticket = self._ticket(row) if row else None
        return ticket if ticket and scope.covers(ticket.area) else None

    async def history(self, scope: Scope, number: str, limit: int = 20) -> Sequence[TicketEvent]:
        seen = {t.number: t for t in self._all(scope)}
        told, waits = set[str](), [number]
        while waits:
            one = waits.pop()
            if one in seen and one not in told:
                told.add(one)
                waits += [t.number for t in seen.values() if t.merged_into == one]
        rows = [row for row in self.books.rows("events") if row["ticket"] in told]
        ordered = sorted(rows, key=lambda row: (self.books.at(row, "at"), row["id"]))
        return [
            self.books.as_(TicketEvent, row) for row in ordered[len(ordered) - min(limit, len(ordered)) :]
        ]

    async def agents(self, text: str, limit: int = 5, *, left: bool = False) -> Sequence[Agent]:
        low = text.strip().lower()
        found = [
            a
            for a in self.books.all(Agent, "agents")
            if low and (a.active or left) and (low in a.name.lower() or a.email.lower().startswith(low))
        ]
        return first(found, limit, lambda a: (a.email.lower() != low, a.name))

    # writing

    def _say(
        self, effect: Effect, number: str, kind: str, body: str, *, internal: bool = True
    ) -> TicketEvent:
        line = TicketEvent(
            at=self.books.now(), by=effect.by, kind=kind, body=body, internal=internal, ticket=number
        )
        self.books.add("events", line)
        return line

    async def create(self, effect: Effect, new: NewTicket) -> Ticket:
        def write() -> str:
            area = {"region": None, "site": None, "partner": None}
            if new.customer:
                customer = self.books.one("customers", new.customer, "customer") or {}
                area = {name: customer[name] for name in area}
            number = self.books.next("tickets", "t/7{nr:02}")
            ticket = Ticket(number=number, status=TicketStatus.OPEN, opened_at=self.books.now(), opened_by=effect.by,
                            **area, **vars(new))  # fmt: skip
            self.books.add("tickets", ticket)
            return number

        return self._the(await self.books.once(effect, write))[1]

    async def comment(self, effect: Effect, number: str, body: str, *, internal: bool = True) -> TicketEvent:
        def write() -> TicketEvent:
            row, ticket = self._the(number)
            if not internal and ticket.first_response_at is None:
                self.books.put(row, first_response_at=self.books.now())
            return self._say(effect, number, "comment", body, internal=internal)

        return await self.books.once(effect, write)

    async def change(self, effect: Effect, number: str, change: TicketChange) -> Ticket:
        def write() -> None:
            row, ticket = self._the(number)
            kinds = {"status": "status", "priority": "priority", "level": "escalate", "category": "category",
                     "assignee": "assign", "outage": "outage", "team": "assign", "first_response_due": "", "resolve_due": ""}  # fmt: skip
            for name, kind in kinds.items():
                wanted = getattr(change, name)
                if wanted is None or (wanted or None) == getattr(ticket, name):
                    continue
                self.books.put(row, **{name: wanted or None})
                if kind == "status" and wanted in DONE:
                    self._say(effect, number, "close", f"{wanted}: {change.resolution or ''}")
                elif kind:
                    self._say(effect, number, kind, f"{getattr(ticket, name)} → {wanted}")
            if change.status:
                self._ended(row, ticket, change.status, change.resolution)
            if change.comment:
                self._say(effect, number, "comment", change.comment)

        await self.books.once(effect, write)
        return self._the(number)[1]

    def _ended(self, row: Row, ticket: Ticket, status: TicketStatus, resolution: str | None) -> None:
        now, closed = self.books.now(), status is TicketStatus.CLOSED
        self.books.put(
            row,
            resolved_at=(ticket.resolved_at or now) if status in DONE else None,
            closed_at=(ticket.closed_at or now) if closed else None,
            resolution=(resolution or ticket.resolution) if status in DONE else None,
            merged_into=ticket.merged_into if status in DONE else None,
        )

    async def merge(self, effect: Effect, number: str, into: str) -> Ticket:
        def write() -> None:
            if number == into:
                raise BadInput(f"{number} cannot be merged into itself.")
            row, gone = self._the(number)
            _, stays = self._the(into)
            for ticket in (gone, stays):
                if not ticket.open or ticket.merged_into:
                    raise Conflict(f"{ticket.number} is {ticket.status}.")
            row["before"] = row["status"]
            self.books.put(row, status=TicketStatus.CLOSED, merged_into=into)
            self._ended(row, replace(gone, merged_into=into), TicketStatus.CLOSED, f"merged into {into}")
            self._say(effect, number, "merge", f"merged into {into}")
            self._say(effect, into, "merge", f"{number} was merged into this one: {gone.subject}")

        await self.books.once(effect, write)
        return self._the(number)[1]

    async def unmerge(self, effect: Effect, number: str) -> Ticket:
        def write() -> None:
            row, gone = self._the(number)
            if gone.merged_into is None:
                raise Conflict(f"{number} is not merged.")
            row["status"] = row["before"]
            self._ended(row, gone, TicketStatus[row["before"]], None)
            self._say(effect, number, "merge", f"taken out of {gone.merged_into}")
            self._say(effect, gone.merged_into, "merge", f"{number} was taken out again")

        await self.books.once(effect, write)
        return self._the(number)[1]

    async def link(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        return await self._relink(effect, numbers, None, outage)

    async def unlink(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        return await self._relink(effect, numbers, outage, None)

    async def _relink(
        self, effect: Effect, numbers: Sequence[str], before: str | None, after: str | None
    ) -> Sequence[str]:
        def write() -> list[str]:
            rows = [
                row
                for row in self.books.rows("tickets")
                if row["number"] in numbers and row["outage"] == before
            ]
            for row in rows:
                self.books.put(row, outage=after)
                self._say(effect, row["number"], "outage", f"{before or 'none'} → {after or 'none'}")
            return [row["number"] for row in rows]

        return await self.books.once(effect, write)

    # files

    def _file(self, row: Row) -> Attachment:
        said = self.books.one("tickets", row["ticket"]) or {}
        return replace(self.books.as_(Attachment, row), **{k: said[k] for k in ("region", "site", "partner")})

    async def attach(
        self, effect: Effect, number: str, files: Sequence[NewAttachment], note: str = ""
    ) -> Sequence[Attachment]:
        def write() -> list[str]:
            self._the(number)
            if len(self.books.find("files", ticket=number)) + len(files) > MOST_FILES:
                raise Conflict("No more fit.")
            said = note or ", ".join(file.name for file in files)
            self._say(effect, number, "file", said)
            kept = []
            for file in files:
                about = {k: getattr(file, k) for k in ("name", "media_type", "size", "sha256")}
                made = Attachment(number=self.books.next("files", "f/{nr:05}"), ticket=number, by=effect.by,
                                  at=self.books.now(), note=said, **about)  # fmt: skip
                self.books.add("files", made, content=file.content)
                kept.append(made.number)
            return kept

        kept = await self.books.once(effect, write)
        return [self._file(row) for one in kept if (row := self.books.one("files", one))]

    async def attachments(self, scope: Scope, number: str, limit: int = 20) -> Sequence[Attachment]:
        mine = [t.number for t in self._all(scope) if number in {t.number, t.merged_into}]
        found = [self._file(row) for row in self.books.rows("files") if row["ticket"] in mine]
        return sorted(found, key=lambda file: (file.at, file.number))[:limit] if number in mine else []

    async def attachment(self, scope: Scope, number: str) -> Attachment | None:
        row = self.books.one("files", number)
        found = self._file(row) if row else None
        return found if found and scope.covers(found.area) else None

    async def read_attachment(self, scope: Scope, number: str) -> bytes | None:
        row = self.books.one("files", number)
        return row["content"] if row and await self.attachment(scope, number) else None

    async def detach(self, effect: Effect, number: str, files: Sequence[str]) -> Sequence[str]:
        def write() -> list[str]:
            self._the(number)
            gone = [row for row in self.books.find("files", ticket=number) if row["number"] in files]
            for row in gone:
                self.books.rows("files").remove(row)
            names = sorted(row["name"] for row in gone)
            if names:
                self._say(effect, number, "file", f"removed {', '.join(names)}")
            return names

        return await self.books.once(effect, write)

    async def volume(
        self, scope: Scope, edges: Sequence[datetime], category: Category | None = None
    ) -> TicketVolume:
        seen = [t for t in self._all(scope) if category in {None, t.category}]
        ends = [t.closed_at or t.resolved_at for t in seen if not t.open]

        def counted(times: Sequence[datetime | None]) -> tuple[int, ...]:
            return tuple(sum(at is not None and a <= at < b for at in times) for a, b in pairwise(edges))

        return TicketVolume(
            opened=counted([t.opened_at for t in seen]),
            finished=counted(ends),
            backlog=sum(t.open for t in seen),
        )

    async def counts(
        self, scope: Scope, by: CountedBy, query: TicketQuery, limit: int = 20
    ) -> Sequence[TicketCount]:
        fits, now = self._conditions(query), self.books.now()
        found = [t for t in self._all(scope) if all(fit(t) for fit in fits)]
        keys = [self._kind(t) if by is CountedBy.CUSTOMER_TYPE else str(getattr(t, by) or "") for t in found]
        names = {a.email: a.name for a in self.books.all(Agent, "agents")} if by is CountedBy.ASSIGNEE else {}
        names |= {t.customer or "": t.customer_name or "" for t in found} if by is CountedBy.CUSTOMER else {}
        if by is CountedBy.SITE:
            names |= {row["code"]: row["name"] for row in self.books.rows("sites")}
        counted = [
            TicketCount(
                key=key,
                name=names.get(key, ""),
                count=keys.count(key),
                late=sum(t.breached(now) for t, k in zip(found, keys, strict=True) if k == key),
            )
            for key in set(keys)
        ]
        return sorted(counted, key=lambda one: (-one.count, one.key))[:limit]


def _missed(ticket: Ticket, begin: datetime, end: datetime) -> bool:
    """Say whether an answer or a solution was due in a stretch and did not come in time."""
    over = ticket.resolved_at or ticket.closed_at
    clocks = (
        (ticket.first_response_due, ticket.first_response_at or over),
        (ticket.resolve_due, over),
    )
    return any(due and begin <= due < end and (at is None or at > due) for due, at in clocks)
