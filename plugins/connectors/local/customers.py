"""The customers port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.api import ConnectorContext, Effect, Scope
from plugins.connectors.local import names
from plugins.connectors.local import queries_customers as queries
from plugins.connectors.local.provisioning import Provisioning
from plugins.connectors.local.queries_choice import find_chosen
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_find import find_by_identifier
from plugins.connectors.local.queries_scope import Session
from plugins.connectors.local.queries_services import find_services, find_services_by_identifier
from plugins.connectors.local.queries_words import find_customer_rows, find_vocabulary, get_uses
from plugins.connectors.local.shapes import shapes_of, words_of
from plugins.customers.port import (
    ContactChange,
    Customer,
    CustomerPage,
    CustomerQuery,
    Found,
    Note,
    Plan,
    Service,
    ServicesChanged,
)

KINDS = ("name", "street")
WIDE = 60
"""How many rows are weighed for a few answers."""
FRESH = timedelta(minutes=1)
"""How long the words of all names are kept for finding misspelled ones."""


class LocalCustomers(Provisioning):
    """Subscribers, services, plans and notes in the `isp_*` tables."""

    tells_devices = False

    def __init__(self, context: ConnectorContext) -> None:
        super().__init__(context)
        self._vocabulary: tuple[datetime, Mapping[str, int]] | None = None

    async def find(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Found]:
        """Find by identifier; if nothing has that one, by words of name or address."""
        async with self._sql() as session:
            if found := await find_by_identifier(session, scope, text, limit):
                return found
            words = words_of(text[:200])[:8]
            return await self._find_by_words(session, scope, words, limit) if words else ()

    async def _find_by_words(
        self, session: Session, scope: Scope, words: list[str], limit: int
    ) -> Sequence[Found]:
        uses = await get_uses(session, KINDS, words)
        if len(uses) == len(words):
            whole = names.exact_candidates(words, uses)
            rows = await find_customer_rows(session, scope, KINDS, whole, need=len(words), limit=WIDE)
            if found := names.ranked(words, [queries.customer_of(row) for row in rows], limit):
                return found
        near = names.near_candidates(words, await self._words(session))
        if len({candidate.nr for candidate in near}) < (need := names.needed(words)):
            return ()
        rows = await find_customer_rows(session, scope, KINDS, near, need=need, limit=WIDE)
        return names.ranked(words, [queries.customer_of(row) for row in rows], limit)

    async def _words(self, session: Session) -> Mapping[str, int]:
        now = self._now()
        if self._vocabulary is None or now - self._vocabulary[0] > FRESH:
            self._vocabulary = now, await find_vocabulary(session, KINDS)
        return self._vocabulary[1]

    async def find_by(self, scope: Scope, query: CustomerQuery, limit: int = 50) -> CustomerPage:
        """Find all who fit."""
        async with self._sql() as session:
            return await find_chosen(session, scope, query, self.today(), limit, str(self._zone))

    async def get(self, scope: Scope, number: str) -> Customer | None:
        """Return the customer with this account number."""
        async with self._sql() as session:
            return await queries.get_customer(session, scope, number)

    async def services(self, scope: Scope, number: str) -> Sequence[Service]:
        """Return a customer's services, those in use first."""
        async with self._sql() as session:
            return await find_services(session, scope, number, self.today())

    async def find_services(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Service]:
        """Find services by number, PPPoE username, IP, MAC or ONT serial."""
        shapes = shapes_of(text)
        if not shapes.any:
            return ()
        async with self._sql() as session:
            return await find_services_by_identifier(session, scope, shapes, self.today(), limit)

    async def plans(self) -> Sequence[Plan]:
        """Return the plans on sale, cheapest first."""
        async with self._sql() as session:
            return await queries.find_plans(session)

    async def notes(self, scope: Scope, number: str, limit: int = 10) -> Sequence[Note]:
        """Return the notes on a customer, newest first."""
        async with self._sql() as session:
            return await queries.find_notes(session, scope, number, limit)

    async def add_note(
        self, effect: Effect, number: str, body: str, author: str = "", at: datetime | None = None
    ) -> Note:
        """Write a note on a customer."""
        note = Note(at=at or effect.at, by=effect.by, body=body, author=author)
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await queries.do_add_note(session, number, note)
                return {"at": note.at.isoformat(), "by": note.by, "body": note.body, "author": author}

            kept = await do_once(session, effect, write)
        written = datetime.fromisoformat(kept["at"])
        return Note(at=written, by=kept["by"], body=kept["body"], author=kept.get("author", ""))

    async def remove_note(self, effect: Effect, number: str, note: Note) -> Note:
        """Remove one note that stands just so."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await queries.do_remove_note(session, number, note)
                return {}

            await do_once(session, effect, write)
        return note

    async def change_contact(
        self, effect: Effect, number: str, new: ContactChange, was: ContactChange | None = None
    ) -> Customer:
        """Change how a subscriber is called and reached."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                await queries.do_change_contact(session, number, new, was)
                return {"number": number}

            kept = await do_once(session, effect, write)
            return await queries.get_changed(session, kept["number"])

    async def suspend(
        self, effect: Effect, number: str, reason: str, services: Sequence[str] = ()
    ) -> ServicesChanged:
        """Suspend active services and end their sessions."""
        async with self._sql() as session:

            async def write() -> Mapping[str, list[str]]:
                at = self._now()
                return {"services": await queries.do_suspend(session, number, reason, services, at)}

            kept = await do_once(session, effect, write)
            return await self._changed(session, number, kept["services"])

    async def resume(self, effect: Effect, number: str, services: Sequence[str] = ()) -> ServicesChanged:
        """Resume suspended services."""
        async with self._sql() as session:

            async def write() -> Mapping[str, list[str]]:
                return {"services": await queries.do_resume(session, number, services)}

            kept = await do_once(session, effect, write)
            return await self._changed(session, number, kept["services"])

    async def _changed(self, session: Session, number: str, services: Sequence[str]) -> ServicesChanged:
        customer = await queries.get_changed(session, number)
        return ServicesChanged(customer=customer, services=tuple(services))

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)
