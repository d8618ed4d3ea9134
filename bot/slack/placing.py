"""Where a reply is said: in the thread, to one person alone, or in their direct conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.contract.reply import Reply, Tone
from bot.db.inbox import Taken
from bot.db.letters import INSIDE, Kind, Letter
from bot.slack.calls import CallError, Calls, RefusedError
from bot.slack.clicks import DO, FORM
from bot.slack.commands import COMMAND
from bot.slack.deeds import Done
from bot.slack.event import LINKS, WORDS, Heard
from bot.slack.parts import ANSWER
from bot.slack.remedies import BAD_TOKEN
from bot.slack.teams import Team
from bot.slack.words import plain

log = structlog.get_logger(__name__)

AFTER_COMMAND = "type /backhaul and its number"
IN_PRIVATE = "I answered you in our direct conversation, for not everybody here may read it."
SHUT = (
    "A guest or somebody of another organisation may read this channel, so I answered you in our direct "
    "conversation. An admin can let me answer here: Channel rules on my Home tab."
)
ONLY_PRIVATE = "I may answer this only in private. Please ask me in a direct message."
THE_REST = "The rest is in our direct conversation."
STOPPED = "I could not answer this: it stopped me {times} times. An admin finds it kept as no. {id}."
MOST_RESPONSES = 4
"""Messages to one response_url; Slack takes five."""
RESPONSE_LIFE = 30 * 60.0
NOT_HERE = "NotHere"
"""The error of what the rules of a place do not let: that is between the bot and who asked."""
NO_RIGHT = frozenset({"NotAllowed", NOT_HERE, "NotLinked", "LimitExceeded"})


@dataclass(frozen=True, kw_only=True)
class Said:
    """A reply, and how it goes out; `replace`: in place of the message that was pressed.

    Without a channel it goes to their direct conversation, which is opened when it is sent. `inside`: it is
    not said openly where anybody but members reads by then.
    """

    reply: Reply
    channel: str
    thread_ts: str | None
    kind: Kind = Kind.POST
    target: str | None = None
    replace: bool = False
    inside: bool = False


def stopped(taken: Taken) -> Reply:
    """Return what is said of an arrival that was in hand whenever a process died."""
    said = STOPPED.format(times=taken.tries - 1, id=taken.id[:8])
    return Reply(said, tone=Tone.BAD, error="Broken")


def told_by_number(heard: Heard) -> str:
    """Return how one of several is chosen by its number; empty where nobody knows what a number means."""
    if heard.nowhere:
        return ""
    return AFTER_COMMAND if heard.only_them else ANSWER


async def find_places(calls: Calls, team: Team, heard: Heard, done: Done) -> list[Said]:
    """Return where a reply is said, so that nobody reads it who should not.

    What may be said where outsiders read along was decided by the rules of that channel.
    """
    reply, unseen = done.reply, done.unseen
    if reply is None or heard.deed == LINKS or (heard.only_them and heard.reply_at):
        return [] if reply is None or heard.deed == LINKS else [responded(heard, reply)]
    failed = heard.deed == FORM and reply.error and not heard.direct
    if heard.nowhere or failed:  # a form that failed comes back with all they entered, for them alone to keep
        return await _to_them(calls, team, heard, reply)
    if not heard.direct and _only_for_them(heard, reply):
        return [whispered(reply, heard)]
    if heard.direct or not (reply.private or heard.only_them):
        return [here(reply, heard, inside=done.inside)]
    try:
        channel = await calls.open_direct(team.token, heard.user)
    except CallError as error:
        log.warning("slack.no_direct_channel", reason=error.reason)
        if isinstance(error, RefusedError) and not error.reason.startswith(BAD_TOKEN):
            return [whispered(Reply(ONLY_PRIVATE), heard)]
        channel = ""  # Slack is away: the sender opens the conversation when it is back
    shown = _with_question(reply, heard, team) if unseen else reply
    direct = Said(reply=shown, channel=channel, thread_ts=None)
    told = whispered(Reply(SHUT), heard) if unseen else here(Reply(IN_PRIVATE), heard)
    return [direct] if heard.only_them else [direct, told]


async def _to_them(calls: Calls, team: Team, heard: Heard, reply: Reply) -> list[Said]:
    """Say it in their direct conversation; CallError when that may go better later."""
    try:
        channel = await calls.open_direct(team.token, heard.user)
    except RefusedError as error:
        log.warning("slack.no_direct_channel", reason=error.reason)
        channel = ""  # the sender tries once more; then it is kept, and they are told where they asked
    told = _with_question(replace(reply, private=False), heard, team)
    return [Said(reply=told, channel=channel, thread_ts=None)]


def _with_question(reply: Reply, heard: Heard, team: Team) -> Reply:
    """Return an answer that says what was asked, for where that does not stand above it."""
    asked = f"You asked: {plain(heard.text, team.bot_user_id, {})}" if heard.text else ""
    return replace(reply, understood="; ".join(filter(None, (asked, reply.understood))))


def here(reply: Reply, heard: Heard, *, inside: bool = False) -> Said:
    """Say it in the thread."""
    said, thread = replace(reply, private=False), heard.thread or None
    return Said(reply=said, channel=heard.channel, thread_ts=thread, inside=inside)


def whispered(reply: Reply, heard: Heard) -> Said:
    """Say it where they asked, for them alone to read."""
    pressed = "message" in heard.told
    in_thread = heard.told.get("in_thread") if pressed else heard.thread != heard.ts
    thread, said = (heard.thread or None) if in_thread else None, replace(reply, private=False)
    return Said(reply=said, channel=heard.channel, thread_ts=thread, kind=Kind.EPHEMERAL)


def responded(heard: Heard, reply: Reply) -> Said:
    """Say it to them alone; what they pressed is replaced where the answer takes its place."""
    return Said(
        reply=replace(reply, private=False),
        channel=heard.channel,
        thread_ts=None,
        kind=Kind.RESPOND,
        target=heard.reply_at,
        replace=heard.deed not in {COMMAND, DO} and not reply.error,
    )


def letters_of(said: Said, heard: Heard, taken: Taken, messages: Sequence[Mapping[str, Any]]) -> list[Letter]:
    """Return the letters of its messages; what a response_url takes no more of goes to them directly.

    A letter that is late for its response_url (`until`) is sent to its `user` by the sender.
    """
    responds = said.kind is Kind.RESPOND
    until = float(heard.ts) + RESPONSE_LIFE
    letters = []
    for at, message in enumerate(messages, 1):
        payload = {**message, INSIDE: True} if said.inside else dict(message)
        if responds:
            payload |= {"replace": said.replace and at == 1, "until": until if at <= MOST_RESPONSES else 0.0}
            if at == MOST_RESPONSES < len(messages):
                payload |= _with_rest(message)
        letters.append(_letter(said, heard, taken, payload))
    return letters


def _letter(said: Said, heard: Heard, taken: Taken, payload: Mapping[str, Any]) -> Letter:
    # What one person alone is told keeps the order of what they are told, and holds up nobody else.
    alone = not said.channel or said.kind in {Kind.RESPOND, Kind.EPHEMERAL}
    where = f"{said.channel}@{heard.user}" if alone else said.channel
    return Letter(
        lane=f"{taken.team_id}:{where}:{said.thread_ts or ''}",
        team_id=taken.team_id,
        channel=said.channel,
        thread_ts=said.thread_ts,
        payload=payload,
        inbox_id=taken.id,
        kind=said.kind,
        target=said.target,
        user=heard.user,
        card=payload.get("card"),
    )


def _with_rest(message: Mapping[str, Any]) -> dict[str, Any]:
    note = {"type": "context", "elements": [{"type": "plain_text", "text": THE_REST}]}
    return {"blocks": [*message.get("blocks", ()), note]}


def _only_for_them(heard: Heard, reply: Reply) -> bool:
    """Say whether a press came to nothing: that concerns nobody else in the channel.

    A choice is words, and is answered as words are, unless somebody without the right pressed it.
    """
    if reply.error == NOT_HERE:
        return True
    if "message" not in heard.told:
        return False
    return reply.error in NO_RIGHT if heard.deed == WORDS else bool(reply.error)
