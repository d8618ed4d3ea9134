"""Writing down how a run ended: result, undo, audit and notices in one transaction, if it is still ours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.contract.place import Place
from bot.contract.reply import Reply
from bot.core.audit_body import reply_facts
from bot.core.audit_note import Note, write_note
from bot.core.gate_reply import keep_error, keep_reply
from bot.core.gate_rows import in_words, of_user
from bot.core.gate_setup import Setup
from bot.db import call_runs, calls
from bot.db.call_runs import Ending
from bot.db.calls import Call
from bot.db.session import Session
from bot.errors import Conflict, OutcomeUnknown, TakenOver, Unavailable, UserError

log = structlog.get_logger(__name__)
SAID = 2_000
"""Characters of a failure that the audit keeps; of a reply it keeps what it was about, and its hash."""
PAUSES = (0.1, 0.5, 2.0)
"""Seconds between tries to write an end down while the database is away."""
CLOSED = timedelta(seconds=1)
"""How long after its end it is sure that a span is over."""
TAKEN_OVER = (
    "This took so long that another process took it over; it will say how it ended. "
    "Look at it before you ask again."
)


@dataclass(frozen=True, kw_only=True)
class End:
    """How a run ended, as the row's state and the audit's event, and what was said."""

    state: str
    event: str
    reply: Reply | None = None
    error: UserError | None = None
    incident: str = ""
    recovered: bool = False

    @property
    def said(self) -> str:
        """What was said, in words."""
        return str(self.error) if self.error else (self.reply.text if self.reply else "")


async def finish(setup: Setup, call: Call, fence: int, end: End, *, watched: bool) -> Reply:
    """Write the end down and return the reply; raise what was said if it did not end well."""
    for pause in (*PAUSES, None):
        try:
            written = await _write(setup, call, fence, end, watched=watched)
        except (Unavailable, OutcomeUnknown, Conflict) as error:
            log.warning("end_not_written", call=call.id, state=end.state, error=type(error).__name__)
            if pause is None:
                raise _unwritten(end) from error
            await asyncio.sleep(pause)
        else:
            break
    if not written:
        raise TakenOver(TAKEN_OVER)
    if end.error:
        raise end.error
    return replace(end.reply or Reply(""), call_id=call.id)


async def _write(setup: Setup, call: Call, fence: int, end: End, *, watched: bool) -> bool:
    """Write the end down in one transaction; False when the call is no longer ours."""
    now = setup.around.now()
    undo, until = None, None
    if end.reply and end.reply.undo and end.reply.undo_within:
        undo = {"action": end.reply.undo.action_id, "args": keep_reply(end.reply)["undo"][1]}
        until = now + end.reply.undo_within
    kept = keep_error(end.error) if end.error else keep_reply(end.reply or Reply(""))
    ending = Ending(state=end.state, at=now, reply=kept, undo=undo, undo_until=until)
    async with setup.database.tenant(setup.tenant.id) as session:
        if not await call_runs.do_finish(session, call.id, fence, ending):
            there = await calls.get_call(session, call.id)  # an earlier try may have been kept after all
            return there is not None and (there.fence, there.state) == (fence, end.state)
        await setup.notify(session, call.id, "card" if watched and not end.recovered else end.state)
        if until is not None:  # then nothing offers any more to take it back
            await setup.notify(session, call.id, "card", after=until - now + CLOSED)
        await _note(setup, session, call, end)
    return True


def _told(call: Call, end: End) -> dict[str, Any]:
    """Return what an end says to the audit: of a plugin's reply only what it was about, and its hash."""
    if end.reply and not end.recovered:
        return {"text": in_words(call), "reply": reply_facts(end.said)}
    return {"text": end.said[:SAID]}


async def _note(setup: Setup, session: Session, call: Call, end: End) -> None:
    facts: dict[str, Any] = {
        "args": call.args,
        **_told(call, end),
        "incident": end.incident,
        "via": call.via,
        "place": str(Place.of(call.place)),
        "recovered": end.recovered,
        "undo_of": call.undo_of,
    }
    asker = of_user(call)
    if call.undo_of and end.state == "done":
        await calls.do_mark_undone(session, call.undo_of, at=setup.around.now(), by=call.asked_by)
        await setup.notify(session, call.undo_of, "card")
        original = await calls.get_call(session, call.undo_of)
        if original is not None:
            undone = Note(
                event="undone",
                action_id=original.action_id,
                user=asker,
                call_id=original.id,
                things=original.things,
                facts={"text": f"taken back by {call.asked_name}"},
            )  # fmt: skip - as it reads
            await write_note(setup, session, undone)
    note = Note(
        event=end.event,
        action_id=call.action_id,
        user=asker,
        call_id=call.id,
        things=call.things,
        facts=facts,
    )
    await write_note(setup, session, note)


def _unwritten(end: End) -> UserError:
    """Return what is said when it ended but the database did not take that down."""
    if end.state == "failed" and end.error:
        return end.error
    return OutcomeUnknown(
        "It was carried out, but I could not write that down: the database does not answer. "
        "I will look again by myself; look at it before you try again."
        if end.state == "done"
        else end.said
    )
