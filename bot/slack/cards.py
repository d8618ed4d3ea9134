"""The card of a call: what waits and for whom, with its buttons; afterwards what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Waiting
from bot.core.cells import moment
from bot.core.gate_rows import in_words, preview_text
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.slack import mrkdwn, parts
from bot.slack.parts import Block

MARK = "card:"
"""Begins the block_id of what is replaced when the call moves on."""
APPROVE, DENY, CANCEL, UNDO = "call:approve", "call:deny", "call:cancel", "call:undo"
SHOWN_ID, MOST_SAID, MOST_NAMED, MOST_TEXT = 8, 600, 3, 3_900
FOOT = "undo"
"""In the block_id of the foot of an answer, which says how to take it back; the answer above it stays."""
SIGNS = {
    "done": "✅",
    "denied": "⛔",
    "cancelled": "↩️",
    "expired": "⌛",
    "failed": "❌",
    "unknown": "❓",
    "undone": "↩️",
}
WEIGHTY = re.compile(r"^(Amount|Customers affected):", re.MULTILINE)
"""What a yes is weighed by: how much money, how many people."""
WOULD_BE, ASKED_FOR = "What a yes does:", "What was asked for:"
"""Above a preview, which tells it as if it were so already."""
NOBODY = "Nobody can say yes to this at the moment: tell an admin, who can give somebody the right."
NOT_YOURS = "This does not wait for you any more: you could not decide it now."
NOT_SHOWN = "This is over. What became of it is not shown to you any more."


@dataclass(frozen=True, kw_only=True)
class Face:
    """How a card that waits is drawn for those who read it.

    `who` says whose yes it takes, by name. `asks`: one person reads it, and is asked for theirs.
    """

    who: str = ""
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class Readers:
    """What those who read a settled card may know: what it was about, why it was denied, what it said."""

    preview: bool = True
    reason: bool = False
    result: bool = False


def blocks(waiting: Waiting, text: str, zone: ZoneInfo, face: Face = Face()) -> Iterator[Block]:
    """Yield what waits, as far as `text` has not said it, who may decide, until when, and the buttons."""
    return _marked(_waiting(waiting, text, zone, face), waiting.call_id, waiting.version)


def undo(call_id: str, within: timedelta, did: str) -> Iterator[Block]:
    """Yield how to take it back, and until when; `did` is what was done."""
    minutes = int(within.total_seconds() // 60)
    if not call_id:
        return parts.context(f"To take it back within {minutes} min, say `undo`.")
    how = f"To take it back within {minutes} min, press Undo or say `undo {call_id[:SHOWN_ID]}`."
    return _marked([*parts.context(how), *_undo_button(call_id, did)], call_id, FOOT)


def head(waiting: Waiting, text: str) -> str:
    """Return what a reply says before it says what waits, which its card says."""
    before, found, _ = text.partition(f"**{waiting.summary}**")
    return before.strip() if found else text


def who_of(names: Sequence[str], more: int) -> str:
    """Return whose yes it takes: `Ben, Cem or one of 4 others`."""
    if not names:
        return NOBODY
    shown, rest = list(names[:MOST_NAMED]), len(names) - MOST_NAMED + more
    if rest > 0:
        shown.append("one other person" if rest == 1 else f"one of {rest} others")
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
    return f"Can say yes: {listed}."


def who_can(waiting: Waiting, names: Sequence[str], more: int) -> str:
    """Return whose yes a call takes, for somebody whose yes will not do."""
    if _is_own(waiting):
        return f"Only {waiting.asked_by}, who asked for it, can say yes."
    return who_of(names, more)


def redrawn(
    payload: Mapping[str, Any], waiting: Waiting, zone: ZoneInfo, face: Face, agreed: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a posted message with what waits now, and who has said yes so far."""
    rest = kept(payload)
    so_far = parts.context(f"✅ {mrkdwn.escape(' and '.join(agreed))} said yes.") if agreed else ()
    made = [*rest, *_marked(so_far, waiting.call_id, "agreed"), *blocks(waiting, "", zone, face)]
    return {"text": asked_text(waiting), "blocks": made}


def asked_text(waiting: Waiting) -> str:
    """Return what a phone shows of a card that asks."""
    return mrkdwn.escape(f"{waiting.asked_by} asks: {waiting.summary}\nNeeds {waiting.needs}.")[:MOST_TEXT]


def closed(payload: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """Return the card of somebody who may not read it any more; it no longer says what waits, or waited."""
    said = NOT_YOURS if call.state == "asked" else NOT_SHOWN
    made = [*kept(payload), *_marked(parts.sections(said), call.id, "closed")]
    return {"text": said, "blocks": made}


def settled(
    payload: Mapping[str, Any],
    call: Call,
    said: Sequence[Decision],
    zone: ZoneInfo,
    readers: Readers,
    *,
    now: datetime,
    undone_by: str = "",
) -> dict[str, Any]:  # fmt: skip - as wide as it is
    """Return a posted message with what became of its call in the place of its buttons.

    An answer that tells of the call keeps its words; only its foot changes.
    """
    outcome = ended(call, said, zone, whole=readers.reason, undone_by=undone_by)
    if _is_answer(payload):
        return _with_foot(payload, call, outcome, now)
    summary = in_words(call) if readers.preview else in_words(call).split(": ", maxsplit=1)[0]
    what = f"*{mrkdwn.escape(call.asked_name)} asked:* {mrkdwn.escape(summary)}"
    made = list(parts.sections(what))
    if readers.preview and (preview := preview_text(call.preview)):
        made += parts.sections(_weighed(ASKED_FOR, preview))
    made += parts.sections(_signed(call, f"*{mrkdwn.escape(outcome)}*"))
    if readers.result and (words := str((call.reply or {}).get("text", ""))):
        made += parts.sections(mrkdwn.escape(words[:MOST_SAID]))
    made += _undo_until(call, zone, now, summary)
    text = f"{_signed(call, mrkdwn.escape(outcome))}\n{mrkdwn.escape(summary)}"
    return {"text": text[:MOST_TEXT], "blocks": [*kept(payload), *_marked(made, call.id, call.state)]}


def kept(payload: Mapping[str, Any]) -> list[Block]:
    """Return the blocks of a message that stay whatever becomes of the call."""
    return [each for each in payload.get("blocks", ()) if not str(each.get("block_id", "")).startswith(MARK)]


def ended(call: Call, said: Sequence[Decision], zone: ZoneInfo, *, whole: bool, undone_by: str = "") -> str:
    """Return in a sentence how a call stands that waits no more, and through whom."""
    at = f" at {moment(call.ended_at, zone)}" if call.ended_at else ""
    yes = " and ".join(one.name for one in said if one.yes and one.user_id != call.asked_by)
    by, done = (f"Approved by {yes}, ", "done") if yes else ("", f"done by {call.asked_name}")
    no = next((one.name for one in said if not one.yes), "somebody")
    why = f": {call.reason.strip().removesuffix('.')}" if call.reason and whole else ""
    has_it = f" {call.asked_name} has the reason." if call.reason and not whole else ""
    texts = {
        "approved": f"{by}it is being done right now.",
        "running": f"{by}it is being done right now.",
        "done": f"{by}{done}{at}.",
        "denied": f"Denied by {no}{at}{why}. Nothing was done.{has_it}",
        "cancelled": f"Withdrawn by {call.asked_name}{at}{why}. Nothing was done.",
        "expired": f"Nobody said yes in time, so it expired{at}. Nothing was done.",
        "failed": f"{by}it failed{at}. The audit says why.",
        "unknown": f"{by}it ended{at} and nobody knows whether it happened. Look before asking again.",
        "undone": f"{by}{done}, {_taken_back(call, undone_by)}{at}.",
    }
    told = texts.get(call.state, f"This is {call.state}.")
    return told[:1].upper() + told[1:]


def _taken_back(call: Call, undone_by: str) -> str:
    if undone_by == call.asked_name:
        return "and taken back by the same"
    return f"and taken back by {undone_by}" if undone_by else "and taken back"


def _is_answer(payload: Mapping[str, Any]) -> bool:
    """Say whether a message is the answer of a call that was made, not the question whether to make it."""
    marked = [str(each.get("block_id", "")) for each in payload.get("blocks", ())]
    marked = [each for each in marked if each.startswith(MARK)]
    return bool(marked) and all(each.split(":")[-2:-1] == [FOOT] for each in marked)


def _with_foot(payload: Mapping[str, Any], call: Call, outcome: str, now: datetime) -> dict[str, Any]:
    """Return an answer as long as it can be taken back, and with what became of it afterwards."""
    text = str(payload.get("text", ""))
    if _can_undo(call, now):
        return {"text": text, "blocks": list(payload["blocks"])}
    over = () if call.state == "done" else parts.sections(_signed(call, f"*{mrkdwn.escape(outcome)}*"))
    return {"text": text, "blocks": [*kept(payload), *_marked(over, call.id, call.state)]}


def _waiting(waiting: Waiting, text: str, zone: ZoneInfo, face: Face) -> Iterator[Block]:
    if not text or waiting.summary not in text:
        who = mrkdwn.escape(waiting.asked_by)
        yield from parts.sections(f"*{who} asks:* {mrkdwn.escape(waiting.summary)}")
    if waiting.preview and (not text or waiting.preview not in text):
        yield from parts.sections(_weighed(WOULD_BE, waiting.preview))
    until = f", until {moment(waiting.expires_at, zone)}" if waiting.expires_at else ""
    yield from parts.context(mrkdwn.escape(f"Needs {waiting.needs}{until}."))
    if face.who and not face.asks:
        yield from parts.context(mrkdwn.escape(face.who))
    if not waiting.call_id:
        return
    own = _is_own(waiting)
    yield {"type": "actions", "elements": list(_buttons(waiting, own=own, asks=face.asks))}
    number = waiting.call_id[:SHOWN_ID]
    no = "cancel" if own else "deny"
    yield from parts.context(f"Or say `approve {number}` or `{no} {number}`.")


def _is_own(waiting: Waiting) -> bool:
    """Say whether it only takes the yes of who asked for it."""
    return waiting.needs == f"a yes from {waiting.asked_by}"


def _buttons(waiting: Waiting, *, own: bool, asks: bool) -> Iterator[Block]:
    """Yield the buttons; who is asked for a yes has nothing to cancel."""
    value = f"{waiting.call_id} {waiting.version}".strip()
    yield parts.button(APPROVE, "Yes, do it" if own else "Approve", value, "primary")
    if not own:
        yield parts.button(DENY, "Deny", value, "danger")
    if not asks:
        yield parts.button(CANCEL, "Cancel", value)


def _weighed(said: str, preview: str) -> str:
    shown = WEIGHTY.sub(r"*\1:*", mrkdwn.escape(preview))
    return f"*{said}*\n{shown}"


def _signed(call: Call, text: str) -> str:
    return f"{SIGNS[call.state]} {text}" if call.state in SIGNS else text


def _can_undo(call: Call, now: datetime) -> bool:
    return bool(call.state == "done" and call.undo and call.undo_until and call.undo_until > now)


def _undo_until(call: Call, zone: ZoneInfo, now: datetime, did: str) -> Iterator[Block]:
    if call.undo_until and _can_undo(call, now):
        yield from parts.context(f"It can be taken back until {moment(call.undo_until, zone)}.")
        yield from _undo_button(call.id, did)


def _undo_button(call_id: str, did: str) -> Iterator[Block]:
    confirm = {
        "title": parts.plain("Take it back?"),
        "text": parts.plain(parts.asked_once_more(f"This is put back as it was, right away: {did}")),
        "confirm": parts.plain("Take it back"),
        "deny": parts.plain("Leave it"),
        "style": "danger",
    }
    yield {"type": "actions", "elements": [{**parts.button(UNDO, "Undo", call_id), "confirm": confirm}]}


def _marked(made: Iterable[Block], call_id: str, state: str) -> Iterator[Block]:
    for at, each in enumerate(made):
        yield {**each, "block_id": f"{MARK}{call_id[:36]}:{state[:40]}:{at}"}
