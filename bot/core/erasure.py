"""Erasing what the audit keeps about somebody: the chain stays whole, and says who erased what and why."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.contract.people import Tenant
from bot.core.audit_body import canonical, plain_things
from bot.core.audit_told import ERASED
from bot.db import audit
from bot.db.audit import Entry
from bot.db.database import Database
from bot.errors import BadInput

BATCH = 200
"""Rows one record names: a body's lists are no longer."""
MAX_REASON = 500


async def erase(
    database: Database, tenant: Tenant, thing: str, *, by: str, reason: str, now: datetime | None = None
) -> int:
    """Erase arguments, previews and sentences of every row about a thing; return of how many.

    That something was done about it, by whom and when, stays. Rows from before texts stood beside the chain
    keep theirs.
    """
    if ":" not in thing:
        raise BadInput("Name the thing with its kind, e.g. `customer:100234`.")
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise BadInput(f"Say why in up to {MAX_REASON} characters, without naming the person: it is kept.")
    erased = 0
    while True:
        async with database.tenant(tenant.id) as session:
            seqs = await audit.find_told(session, thing, BATCH)
            if not seqs:
                return erased
            body = canonical({"by": by, "rows": seqs, "why": reason.strip()})
            entry = Entry(
                at=now or datetime.now(UTC),
                user_id=by,
                action_id="",
                event=ERASED,
                body=body,
                things=plain_things([thing]),
            )
            await audit.do_erase(session, entry, seqs)
        erased += len(seqs)
