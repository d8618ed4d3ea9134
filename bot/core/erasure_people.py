"""Erasing somebody who worked here: their name goes, that they did what they did stays under their id."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.contract.people import Tenant
from bot.core.audit_told import ERASED
from bot.core.erasure import BATCH, CALLS_ERASED, Erased, Wish, check_reason
from bot.db import audit, call_words, letter_words, links, person_words, users
from bot.db.database import Database
from bot.db.users import Person
from bot.errors import Conflict, NotFound

KIND = "person"
STILL_HERE = "{name} still works here: deactivate them first, so that nothing new is kept about them."


async def erase_person(
    database: Database, tenant: Tenant, person_id: str, *, by: str, reason: str, now: datetime | None = None
) -> Erased:
    """Take the name, address and accounts of a deactivated person out of what is kept.

    Ended calls, letters, arrivals and texts of the audit that name them lose all their words, as those
    about a customer do. Calls that still wait or run keep the name; erase again after them.
    """
    wish = Wish(thing=f"{KIND}:{person_id}", by=by, why=check_reason(reason), at=now or datetime.now(UTC))
    async with database.tenant(tenant.id) as session:
        person = await users.get_person(session, person_id)
        if person is None:
            raise NotFound("There is no such user here.")
        if person.active:
            raise Conflict(STILL_HERE.format(name=person.name))
        accounts = await links.find_links(session, person.id)
    said = [one.external_id.rpartition(":")[2] for one in accounts]
    pattern = person_words.named([*_names(person), *said] or [person.id])
    rows = calls = 0
    while count := await _erase_rows(database, tenant, wish, pattern):
        rows += count
    while count := await _erase_calls(database, tenant, wish, pattern):
        calls += count
    async with database.tenant(tenant.id) as session:
        await letter_words.do_erase_words(session, wish.thing, pattern)
        waits = await person_words.get_open_count(session, person.id, pattern)
        await person_words.do_take_name(session, person.id, whole=not waits)
    return Erased(rows=rows, calls=calls, open=waits)


def _names(person: Person) -> list[str]:
    """Return what somebody is found by; who was erased before has no name any more."""
    return [one for one in (person.name, person.email) if one not in {"", call_words.ERASED}]


async def _erase_rows(database: Database, tenant: Tenant, wish: Wish, pattern: str) -> int:
    async with database.tenant(tenant.id) as session:
        seqs = await audit.find_naming(session, pattern, BATCH)
        if seqs:
            await audit.do_erase(session, wish.entry(ERASED, {"rows": seqs}), seqs)
    return len(seqs)


async def _erase_calls(database: Database, tenant: Tenant, wish: Wish, pattern: str) -> int:
    async with database.tenant(tenant.id) as session:
        ids = await person_words.find_calls(session, pattern, BATCH)
        if ids:
            await call_words.do_erase_these(session, ids)
            await audit.do_append(session, wish.entry(CALLS_ERASED, {"calls": ids}))
    return len(ids)
