"""The card of a call: what waits and for whom, with its buttons; afterwards what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Waiting
from bot.core.cells import moment
from bot.core.gate_rows import in_words, waiting_of
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.slack import mrkdwn, parts
from bot.slack.parts import Block

MARK = "card:"
"""Begins the block_id of what is replaced when the call moves on."""
APPROVE, DENY, CANCEL, UNDO = "call:approve", "call:deny", "call:cancel", "call:undo"
SHOWN_ID, MOST_SAID = 8, 600


def blocks(waiting: Waiting, text: str, zone: ZoneInfo) -> Iterator[Block]:
    """Yield what waits, as far as `text` has not said it, who may decide, until when, and the buttons."""
    return _marked(_waiting(waiting, text, zone), waiting.call_id, waiting.version)


def undo(call_id: str, within: timedelta) -> Iterator[Block]:
    """Yield how to take it back, and until when."""
    minutes = int(within.total_seconds() // 60)
    said = parts.context(f"To take it back within {minutes} min, say `undo` in this thread.")
    return _marked([*said, *_undo_button(call_id)], call_id, "undo") if call_id else said


def settled(
    payload: Mapping[str, Any],
    call: Call,
    said: Sequence[Decision],
    zone: ZoneInfo,
    *,
    whole: bool,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip - as wide as it is
    """Return a posted message with what became of its call in the place of its buttons.

    `whole`: its readers may know reasons and results.
    """
    rest = [each for each in payload.get("blocks", ()) if not str(each.get("block_id", "")).startswith(MARK)]
    outcome = ended(call, said, zone, whole=whole)
    end = [*parts.sections(f"*{mrkdwn.escape(outcome)}*"), *_undo_until(call, zone, now)]
    what = [] if rest else list(parts.sections(mrkdwn.escape(in_words(call))))
    made = [*rest, *what, *_marked(end, call.id, call.state)]
    text = f"{mrkdwn.escape(outcome)}\n{mrkdwn.escape(in_words(call))}"
    return {"text": text[:3_900], "blocks": made}


def redrawn(payload: Mapping[str, Any], call: Call, zone: ZoneInfo, *, yes: int) -> dict[str, Any] | None:
    """Return a posted message with what waits now, when it would do something else or more said yes."""
    shown = waiting_of(call, yes)
    rest = [each for each in payload.get("blocks", ()) if not str(each.get("block_id", "")).startswith(MARK)]
    if f"{shown.version[:40]}:" in str(payload.get("blocks")) and not yes:
        return None
    made = [*rest, *blocks(shown, "", zone)]
    return {"text": mrkdwn.escape(f"{shown.summary}\n{shown.needs}")[:3_900], "blocks": made}


def ended(call: Call, said: Sequence[Decision], zone: ZoneInfo, *, whole: bool) -> str:
    """Return in a sentence how a call stands that waits no more."""
    at = f" at {moment(call.ended_at, zone)}" if call.ended_at else ""
    yes = " and ".join(one.name for one in said if one.yes)
    by = f"Approved by {yes}" if yes else "Confirmed"
    no = next((one.name for one in said if not one.yes), "somebody")
    why = f": {call.reason}" if call.reason and whole else ""
    texts = {
        "approved": f"{by}. It is being done right now.",
        "running": f"{by}. It is being done right now.",
        "done": f"{by}, done{at}.",
        "denied": f"Denied by {no}{at}{why}. Nothing was done.",
        "cancelled": f"Withdrawn by {call.asked_name}{at}{why}. Nothing was done.",
        "expired": f"Nobody said yes in time, so it expired{at}. Nothing was done.",
        "failed": f"{by}, but it failed{at}. The audit says why.",
        "unknown": f"{by}, and it ended{at} and nobody knows whether it happened. Look before asking again.",
        "undone": f"{by}, done, and taken back{at}.",
    }
    return texts.get(call.state, f"This is {call.state}.")


def _waiting(waiting: Waiting, text: str, zone: ZoneInfo) -> Iterator[Block]:
    if waiting.summary not in text:
        yield from parts.sections(f"*Waiting:* {mrkdwn.escape(waiting.summary)}")
    if waiting.preview not in text:
        yield from parts.sections(mrkdwn.escape(waiting.preview))
    until = f", until {moment(waiting.expires_at, zone)}" if waiting.expires_at else ""
    number = waiting.call_id[:SHOWN_ID]
    how = f"Asked by {waiting.asked_by}. Or say `approve {number}` or `deny {number}`."
    yield from parts.context(mrkdwn.escape(f"Needs {waiting.needs}{until}. {how}"))
    value = f"{waiting.call_id} {waiting.version}".strip()
    if not waiting.call_id:
        return
    own = waiting.needs == f"a yes from {waiting.asked_by}"
    elements = [parts.button(APPROVE, "Yes, do it" if own else "Approve", value, "primary")]
    elements += [] if own else [parts.button(DENY, "Deny", value, "danger")]
    yield {"type": "actions", "elements": [*elements, parts.button(CANCEL, "Cancel", value)]}


def _undo_until(call: Call, zone: ZoneInfo, now: datetime) -> Iterator[Block]:
    if call.state == "done" and call.undo and call.undo_until and call.undo_until > now:
        yield from parts.context(f"It can be taken back until {moment(call.undo_until, zone)}.")
        yield from _undo_button(call.id)


def _undo_button(call_id: str) -> Iterator[Block]:
    yield {"type": "actions", "elements": [parts.button(UNDO, "Undo", call_id)]}


def _marked(made: Iterator[Block] | Sequence[Block], call_id: str, state: str) -> Iterator[Block]:
    for at, each in enumerate(made):
        yield {**each, "block_id": f"{MARK}{call_id[:36]}:{state[:40]}:{at}"}
