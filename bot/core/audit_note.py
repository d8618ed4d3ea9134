"""Writing the audit: one row for everything anyone asked, was refused, decided or did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.contract.people import User
from bot.core.audit_body import make_body, plain_things, tidy_text
from bot.core.gate_measure import OTHER, count
from bot.core.gate_setup import Setup
from bot.db.audit import Entry, do_append
from bot.db.session import Session
from bot.errors import NotFound

LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True)
class Note:
    """What happened, before it becomes a row.

    Events: asked, approved, denied, cancelled, expired, changed, reminded, ran, failed, unknown,
    undone, recovered, refused, unclear, tried.
    """

    event: str
    action_id: str
    user: User
    call_id: str | None = None
    things: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


async def write_note(setup: Setup, session: Session, note: Note, *, quiet: bool = False) -> None:
    """Append the row within the caller's transaction, as its last statement."""
    trial = {"trial": sorted(setup.tried)} if setup.tried else {}
    body = make_body({"by": note.user.name, **note.facts, **trial})
    await do_append(
        session,
        Entry(
            at=setup.around.now(),
            user_id=tidy_text(note.user.id)[:LONGEST_NAME],
            action_id=tidy_text(note.action_id)[:LONGEST_NAME],
            event=note.event,
            call_id=note.call_id,
            things=plain_things(note.things),
            body=body.chained,
            told=body.told,
            salt=body.salt,
        ),
        quiet=quiet,
    )
    count(label(setup, note.action_id), note.event)


async def note_alone(setup: Setup, note: Note, *, quiet: bool = False) -> None:
    """Append the row in a transaction of its own."""
    async with setup.database.tenant(setup.tenant.id) as session:
        await write_note(setup, session, note, quiet=quiet)


def label(setup: Setup, action_id: str) -> str:
    """Return the action's id as a metric label; what is no action here shares one."""
    try:
        return setup.view.action(action_id).id
    except NotFound:
        return OTHER
