"""Writing down in the audit what changes a tenant outside the gate: switches, settings, roles, links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.core.audit_body import make_body, plain_things
from bot.db import audit, users
from bot.db.session import Session


async def note(
    session: Session,
    *,
    event: str,
    by: str,
    text: str,
    facts: dict[str, Any] | None = None,
    things: Sequence[str] = (),
    at: datetime | None = None,
) -> None:
    """Append one row in the caller's transaction, last: the chain is held until it ends.

    `by` is a user's id, or what did it ("operator", "cli:root"); `text` is what people read.
    """
    person = await users.get_person(session, by)
    body = make_body({**(facts or {}), "by": person.name if person else by, "text": text})
    entry = audit.Entry(
        at=at or datetime.now(UTC),
        user_id=by,
        action_id="",
        event=event,
        body=body.chained,
        told=body.told,
        salt=body.salt,
        things=plain_things(things),
    )
    await audit.do_append(session, entry)
