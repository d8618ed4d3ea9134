"""How the letters of an answer end what its thread shows: a message that grows, or that somebody works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.reply import Reply
from bot.db.inbox import Taken as Work
from bot.db.letters import Kind, Letter, Taken
from bot.db.slack_streams import State, Stream
from bot.slack import mrkdwn, parts
from bot.slack.agent.live import Live
from bot.slack.agent.shown import quieted
from bot.slack.event import Heard
from bot.slack.render import SIGNS

BARE: Mapping[str, Any] = {"text": "", "bare": True}


def closed(
    letters: Sequence[Letter],
    open_: Sequence[Stream],
    taken: Work,
    reply: Reply | None,
    live: Live | None,
    *,
    is_agent: bool,
) -> list[Letter]:
    """Return the letters with what ends all that is open; the last message that grew becomes the answer.

    `reply` is what the first letter in the thread says. Of a thread that no agent works in, the older status
    line goes by itself when something is posted.
    """
    found, heard = list(letters), Heard.read(taken.payload)
    if not open_:
        return found
    *before, last = open_
    at = next((i for i, each in enumerate(found) if _is_here(each, heard)), None)
    ended = [_ends(each, heard, taken) for each in before if each.state is not State.WORKING]
    if last.state is not State.WORKING:
        if at is None:
            ended.append(_ends(last, heard, taken))
        else:
            how = _how(found[at].payload, reply, live, in_private=heard.direct)
            payload = {**found[at].payload, **how}
            found[at] = replace(found[at], kind=Kind.STREAM, target=last.ts, payload=payload)
    is_over = taken.stopped or (live is not None and (live.over or live.stop.is_set()))
    if is_over or (last.state is not State.LIVE and (is_agent or at is None)):
        found.append(settling(heard, taken.team_id, taken.id))
    return [*ended, *found]


def settling(heard: Heard, team_id: str, inbox_id: str | None = None) -> Letter:
    """Return the letter after which a thread shows that nobody works."""
    return Letter(
        lane=f"{team_id}:{heard.channel}:{heard.thread}",
        team_id=team_id,
        channel=heard.channel,
        thread_ts=heard.thread,
        payload={"text": ""},
        inbox_id=inbox_id,
        kind=Kind.STATUS,
    )


def ends_bare(letter: Taken) -> Letter:
    """Return the letter that ends what grew for another one, which is said elsewhere."""
    return Letter(
        lane=letter.lane,
        team_id=letter.team_id,
        channel=letter.channel,
        thread_ts=letter.thread_ts,
        payload=BARE,
        kind=Kind.STREAM,
        target=letter.target,
    )


def _ends(stream: Stream, heard: Heard, taken: Work) -> Letter:
    last = settling(heard, taken.team_id, taken.id)
    return replace(last, kind=Kind.STREAM, target=stream.ts, payload=BARE)


def _is_here(letter: Letter, heard: Heard) -> bool:
    return (letter.kind, letter.channel, letter.thread_ts) == (Kind.POST, heard.channel, heard.thread)


def _how(
    payload: Mapping[str, Any], reply: Reply | None, live: Live | None, *, in_private: bool
) -> dict[str, Any]:
    """Return how the message is ended: what it shows of the words already is not said again.

    Where it is not known what it shows, or that is not how the answer begins, all is said anew.
    """
    if live is not None and (live.over or live.stop.is_set()):
        return {"over": True}
    if live is None:
        return {"anew": True} if in_private else {}
    shown = live.shown
    if not shown.sure:
        return {"anew": True} if in_private else {"chunks": shown.last()}
    if not shown.words:
        return {"chunks": shown.last()}
    text = reply.text if reply else ""
    told = [*parts.sections(SIGNS[reply.tone] + mrkdwn.to_mrkdwn(text).strip())] if reply else []
    blocks = list(payload.get("blocks") or ())
    if not text.startswith(shown.words) or any(each not in blocks for each in told):
        return {"anew": True}
    for each in told:
        blocks.remove(each)
    rest = quieted(text[len(shown.words) :])
    return {
        "bottom": blocks,
        "chunks": [*shown.last(), *([{"type": "markdown_text", "text": rest}] if rest else [])],
    }
