"""The tickets port: trouble tickets, their history, and the staff who work on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from bot.api import Effect, Scope
from plugins.tickets.attachment import MOST as MOST_FILES
from plugins.tickets.attachment import Attachment, AttachmentRef, NewAttachment
from plugins.tickets.nouns import (
    DONE,
    Agent,
    AgentRef,
    Category,
    CountedBy,
    Level,
    NewTicket,
    Priority,
    StaffRef,
    Team,
    TeamRef,
    Ticket,
    TicketChange,
    TicketCount,
    TicketEvent,
    TicketPage,
    TicketQuery,
    TicketRef,
    TicketStatus,
    TicketVolume,
)

__all__ = [
    "DONE",
    "MOST_FILES",
    "Agent",
    "AgentRef",
    "Attachment",
    "AttachmentRef",
    "Category",
    "CountedBy",
    "Level",
    "NewAttachment",
    "NewTicket",
    "Priority",
    "StaffRef",
    "Team",
    "TeamRef",
    "Ticket",
    "TicketChange",
    "TicketCount",
    "TicketEvent",
    "TicketPage",
    "TicketQuery",
    "TicketRef",
    "TicketStatus",
    "TicketVolume",
    "Tickets",
]


class Tickets(Protocol):
    """Open, find and move tickets. Searches see only rows inside `scope`; a write is whole or not at all."""

    port_name: ClassVar[str] = "tickets"

    async def find(self, scope: Scope, query: TicketQuery, limit: int = 20) -> TicketPage:
        """Find tickets: by SLA clock if the query says so, else newest first."""
        ...

    async def get(self, scope: Scope, number: str) -> Ticket | None:
        """Return one ticket."""
        ...

    async def history(self, scope: Scope, number: str, limit: int = 20) -> Sequence[TicketEvent]:
        """Return the last lines of a ticket and of what was merged into it, oldest first.

        What was merged is told as far as it lies inside `scope`.
        """
        ...

    async def agents(self, text: str, limit: int = 5, *, left: bool = False) -> Sequence[Agent]:
        """Find staff by e-mail or part of a name; with `left` those too who work here no more, last."""
        ...

    async def create(self, effect: Effect, new: NewTicket) -> Ticket:
        """Open a ticket; it lies where its customer lies."""
        ...

    async def comment(self, effect: Effect, number: str, body: str, *, internal: bool = True) -> TicketEvent:
        """Add a line to the history; a public one counts as first response."""
        ...

    async def change(self, effect: Effect, number: str, change: TicketChange) -> Ticket:
        """Change a ticket and keep each change in its history; what stays as it was leaves no line.

        Reopening one forgets when and how it was resolved; the history still knows.
        """
        ...

    async def merge(self, effect: Effect, number: str, into: str) -> Ticket:
        """Close a duplicate in favour of another, and return it; Conflict unless both are open."""
        ...

    async def unmerge(self, effect: Effect, number: str) -> Ticket:
        """Bring a duplicate back as it was before it was merged; Conflict when it is not merged."""
        ...

    async def link(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        """Link the tickets that have no outage to one; return those that were linked."""
        ...

    async def unlink(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        """Unlink the tickets that are linked to this outage; return those that were."""
        ...

    async def volume(
        self, scope: Scope, edges: Sequence[datetime], category: Category | None = None
    ) -> TicketVolume:
        """Count tickets from each edge to right before the next, and those open now; edges ascend."""
        ...

    async def counts(
        self, scope: Scope, by: CountedBy, query: TicketQuery, limit: int = 20
    ) -> Sequence[TicketCount]:
        """Count the tickets that fit, by assignee, site or another of these; the most first.

        `late` are those of them whose SLA clock has run out by now. The order of the query does not matter.
        """
        ...

    async def attach(
        self, effect: Effect, number: str, files: Sequence[NewAttachment], note: str = ""
    ) -> Sequence[Attachment]:
        """Keep files on a ticket with one internal line of history, `note` or their names; all or none.

        Conflict when the ticket would have more than MOST_FILES, or than the system takes.
        """
        ...

    async def attachments(self, scope: Scope, number: str, limit: int = 20) -> Sequence[Attachment]:
        """Return the files of a ticket and of what was merged into it, oldest first, without their bytes."""
        ...

    async def attachment(self, scope: Scope, number: str) -> Attachment | None:
        """Return one file by its own number, without its bytes."""
        ...

    async def read_attachment(self, scope: Scope, number: str) -> bytes | None:
        """Return the bytes of a file, as they were given; None when there is none of that number."""
        ...

    async def detach(self, effect: Effect, number: str, files: Sequence[str]) -> Sequence[str]:
        """Remove files of a ticket for good, by their numbers; return the names of those that were there.

        The line of history they came with stays, and another says who removed them.
        """
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
