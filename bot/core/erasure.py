"""Erasing what the audit and past calls keep about somebody: the chain stays whole, and says who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.contract.people import Tenant
from bot.core.audit_body import canonical, plain_things
from bot.core.audit_told import ERASED
from bot.db import audit, call_words, handed, letter_words
from bot.db.audit import Entry
from bot.db.database import Database
from bot.errors import BadInput

BATCH = 200
"""Rows one record names: a body's lists are no longer."""
MAX_REASON = 500
CALLS_ERASED = "calls.erased"


@dataclass(frozen=True, kw_only=True)
class Erased:
    """Beside how many rows of the audit and of how many calls was erased; `open` calls were left."""

    rows: int
    calls: int
    open: int


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to erase, who wants it and why."""

    thing: str
    by: str
    why: str
    at: datetime

    def entry(self, event: str, what: Mapping[str, Sequence[object]]) -> Entry:
        """Return the row that says what was erased."""
        return Entry(
            at=self.at,
            user_id=self.by,
            action_id="",
            event=event,
            body=canonical({"by": self.by, **what, "why": self.why}),
            things=plain_things([self.thing]),
        )


async def erase(
    database: Database, tenant: Tenant, thing: str, *, by: str, reason: str, now: datetime | None = None
) -> Erased:
    """Erase arguments, previews, sentences and given files of every row and ended call about a thing.

    That something was done about it, by whom and when, stays. Rows from before texts stood beside the chain
    keep theirs, and so do calls that still wait or run.
    """
    if ":" not in thing:
        raise BadInput("Name the thing with its kind, e.g. `customer:100234`.")
    wish = Wish(thing=thing, by=by, why=check_reason(reason), at=now or datetime.now(UTC))
    rows = calls = 0
    while count := await _erase_rows(database, tenant, wish):
        rows += count
    while count := await _erase_calls(database, tenant, wish):
        calls += count
    async with database.tenant(tenant.id) as session:
        return Erased(rows=rows, calls=calls, open=await call_words.get_open_count(session, thing))


def check_reason(reason: str) -> str:
    """Return why something is erased; BadInput unless it says so shortly."""
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadInput(f"Say why in up to {MAX_REASON} characters, without naming the person: it is kept.")
    return reason.strip()


async def _erase_rows(database: Database, tenant: Tenant, wish: Wish) -> int:
    async with database.tenant(tenant.id) as session:
        seqs = await audit.find_told(session, wish.thing, BATCH)
        if seqs:
            await audit.do_erase(session, wish.entry(ERASED, {"rows": seqs}), seqs)
    return len(seqs)


async def _erase_calls(database: Database, tenant: Tenant, wish: Wish) -> int:
    async with database.tenant(tenant.id) as session:
        await letter_words.do_erase_words(session, wish.thing)
        await handed.do_erase(session, wish.thing)  # before the calls forget which files they were given
        ids = await call_words.do_erase_words(session, wish.thing, BATCH)
        if ids:
            await audit.do_append(session, wish.entry(CALLS_ERASED, {"calls": ids}))
    return len(ids)
