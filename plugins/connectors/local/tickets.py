"""The tickets port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.api import EVERYWHERE, ConnectorContext, Effect, Scope
from plugins.connectors.local import queries_tickets as queries
from plugins.connectors.local import queries_tickets_files as filing
from plugins.connectors.local import queries_tickets_merge as merging
from plugins.connectors.local import queries_tickets_write as writes
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_tickets_counts import find_counts
from plugins.connectors.local.queries_tickets_volume import get_volume
from plugins.tickets.port import (
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
    TicketVolume,
)


class LocalTickets:
    """Tickets and their history in the `isp_*` tables; agents are the platform's users."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now

    async def find(self, scope: Scope, query: TicketQuery, limit: int = 20) -> TicketPage:
        """Find tickets: by SLA clock if the query says so, else newest first."""
        async with self._sql() as session:
            return await queries.find_tickets(session, scope, query, limit)

    async def get(self, scope: Scope, number: str) -> Ticket | None:
        """Return one ticket."""
        async with self._sql() as session:
            return await queries.get_ticket(session, scope, number)

    async def history(self, scope: Scope, number: str, limit: int = 20) -> Sequence[TicketEvent]:
        """Return the last lines of a ticket and of what was merged into it, oldest first."""
        async with self._sql() as session:
            return await queries.find_history(session, scope, number, limit)

    async def agents(self, text: str, limit: int = 5, *, left: bool = False) -> Sequence[Agent]:
        """Find staff by e-mail or part of a name; with `left` those too who work here no more, last."""
        if not text.strip():
            return ()
        async with self._sql() as session:
            return await queries.find_agents(session, text, limit, left=left)

    async def create(self, effect: Effect, new: NewTicket) -> Ticket:
        """Open a ticket."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                return {"number": await writes.do_create(session, new, effect.by, self._now())}

            kept = await do_once(session, effect, write)
            return await writes.get_changed(session, kept["number"])

    async def comment(self, effect: Effect, number: str, body: str, *, internal: bool = True) -> TicketEvent:
        """Add a line to the history; a public one counts as first response."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                event = TicketEvent(
                    at=self._now(), by=effect.by, kind="comment", body=body, internal=internal
                )
                await writes.do_comment(session, number, event)
                return {"at": event.at.isoformat()}

            kept = await do_once(session, effect, write)
        at = datetime.fromisoformat(kept["at"])
        return TicketEvent(at=at, by=effect.by, kind="comment", body=body, internal=internal)

    async def change(self, effect: Effect, number: str, change: TicketChange) -> Ticket:
        """Change a ticket and keep each change in its history."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await writes.do_change(session, number, change, effect.by, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await writes.get_changed(session, number)

    async def merge(self, effect: Effect, number: str, into: str) -> Ticket:
        """Close a duplicate in favour of another, and return it."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await merging.do_merge(session, number, into, effect.by, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await writes.get_changed(session, number)

    async def unmerge(self, effect: Effect, number: str) -> Ticket:
        """Bring a duplicate back as it was before it was merged."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await merging.do_unmerge(session, number, effect.by, self._now())
                return {"number": number}

            await do_once(session, effect, write)
            return await writes.get_changed(session, number)

    async def link(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        """Link the tickets that have no outage to one; return those that were linked."""
        async with self._sql() as session:

            async def write() -> Mapping[str, Sequence[str]]:
                return {"numbers": await merging.do_link(session, numbers, outage, effect.by, self._now())}

            return tuple((await do_once(session, effect, write))["numbers"])

    async def unlink(self, effect: Effect, numbers: Sequence[str], outage: str) -> Sequence[str]:
        """Unlink the tickets that are linked to this outage; return those that were."""
        async with self._sql() as session:

            async def write() -> Mapping[str, Sequence[str]]:
                return {"numbers": await merging.do_unlink(session, numbers, outage, effect.by, self._now())}

            return tuple((await do_once(session, effect, write))["numbers"])

    async def volume(
        self, scope: Scope, edges: Sequence[datetime], category: Category | None = None
    ) -> TicketVolume:
        """Count tickets between each edge and the next, and those open now."""
        async with self._sql() as session:
            return await get_volume(session, scope, edges, category)

    async def counts(
        self, scope: Scope, by: CountedBy, query: TicketQuery, limit: int = 20
    ) -> Sequence[TicketCount]:
        """Count the tickets that fit by one of their sides, the most first."""
        async with self._sql() as session:
            return await find_counts(session, scope, by, query, limit, self._now())

    async def attach(
        self, effect: Effect, number: str, files: Sequence[NewAttachment], note: str = ""
    ) -> Sequence[Attachment]:
        """Keep files on a ticket with one line of history."""
        async with self._sql() as session:

            async def write() -> Mapping[str, Sequence[str]]:
                kept = await filing.do_attach(session, number, files, note, effect.by, self._now())
                return {"numbers": kept}

            numbers = (await do_once(session, effect, write))["numbers"]
            found = [await filing.get_file(session, EVERYWHERE, one) for one in numbers]
            return tuple(file for file in found if file)

    async def attachments(self, scope: Scope, number: str, limit: int = 20) -> Sequence[Attachment]:
        """Return the files of a ticket, the oldest first."""
        async with self._sql() as session:
            return await filing.find_files(session, scope, number, limit)

    async def attachment(self, scope: Scope, number: str) -> Attachment | None:
        """Return one file."""
        async with self._sql() as session:
            return await filing.get_file(session, scope, number)

    async def read_attachment(self, scope: Scope, number: str) -> bytes | None:
        """Return what is in a file."""
        async with self._sql() as session:
            return await filing.get_content(session, scope, number)

    async def detach(self, effect: Effect, number: str, files: Sequence[str]) -> Sequence[str]:
        """Remove files of a ticket for good; return the names of those that were there."""
        async with self._sql() as session:

            async def write() -> Mapping[str, Sequence[str]]:
                return {"names": await filing.do_remove(session, number, files, effect.by, self._now())}

            return tuple((await do_once(session, effect, write))["names"])

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)
