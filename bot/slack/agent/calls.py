"""Calls to Slack's agent features, each made once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.db.letters import Taken
from bot.slack.calls import EVENT_TYPE, Calls, RefusedError, made
from bot.slack.calls_out import update
from bot.slack.teams import Team

Settled = Callable[[], Awaitable[None]]
START, APPEND, END = "chat.startStream", "chat.appendStream", "chat.stopStream"
STATUS, LOADING = "agents.sessions.setStatus", "assistant.threads.setStatus"
RENAME = "agents.sessions.rename"
PROMPTS = "assistant.threads.setSuggestedPrompts"
ACTIVE, PROCESSING = "active", "processing"
CONFLICT = "streaming_state_conflict"
GROWING = "in_progress"
MOST_TITLE = 200
BAD_BLOCKS = ("invalid_blocks", "msg_blocks_too_many", "invalid_chunks")
OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
"""It grows no more: an earlier try ended it, its five minutes are over, or a person stopped it."""
LOOKED_AT, LIFE = 200, timedelta(minutes=10)
Chunk = Mapping[str, Any]


async def start(
    calls: Calls,
    token: str,
    *,
    channel: str,
    thread_ts: str,
    user: str,
    team_id: str,
    chunks: Sequence[Chunk],
) -> str:
    """Begin a message that grows, for this person; return its ts. It lives five minutes."""
    client = calls.client(token)
    found = await made(
        START,
        lambda: client.chat_startStream(
            channel=channel,
            thread_ts=thread_ts,
            recipient_user_id=user,
            recipient_team_id=team_id,
            task_display_mode="plan",
            chunks=[dict(each) for each in chunks],
        ),
    )
    return str(found["ts"])


async def append(calls: Calls, token: str, *, channel: str, ts: str, chunks: Sequence[Chunk]) -> None:
    """Let it grow."""
    client = calls.client(token)
    said = [dict(each) for each in chunks]
    await made(APPEND, lambda: client.chat_appendStream(channel=channel, ts=ts, chunks=said))


async def end(  # noqa: PLR0913 - what Slack takes
    calls: Calls,
    token: str,
    *,
    channel: str,
    ts: str,
    chunks: Sequence[Chunk] = (),
    blocks: Sequence[Mapping[str, Any]] = (),
    letter_id: str = "",
    status: str = ACTIVE,
) -> None:
    """Let it grow no more: its last words, the blocks below them, and what its thread's status is then."""
    client = calls.client(token)
    marked = {"event_type": EVENT_TYPE, "event_payload": {"letter": letter_id}} if letter_id else None
    await made(
        END,
        lambda: client.chat_stopStream(
            channel=channel,
            ts=ts,
            chunks=[dict(each) for each in chunks] or None,
            blocks=[dict(each) for each in blocks] or None,
            metadata=marked,
            session_status=status,
        ),
    )


async def set_status(
    calls: Calls, token: str, *, channel: str, thread_ts: str, status: str, title: str = "", user: str = ""
) -> str:
    """Show in a thread whether the bot works; return the title it has now.

    `title` and `user`, who began it, are for a conversation that is none yet in Slack's eyes; of one that is,
    they change nothing.
    """
    client = calls.client(token)
    found = await made(
        STATUS,
        lambda: client.agents_sessions_setStatus(
            channel_id=channel,
            thread_ts=thread_ts,
            status=status,
            title=title[:MOST_TITLE] or None,
            initiator_user_id=user or None,
        ),
    )
    return str(found.get("title") or "")


async def rename(calls: Calls, token: str, *, channel: str, thread_ts: str, title: str) -> None:
    """Give a conversation another title, whatever it has."""
    client = calls.client(token)
    await made(
        RENAME,
        lambda: client.agents_sessions_rename(
            channel_id=channel, thread_ts=thread_ts, title=title[:MOST_TITLE]
        ),
    )


async def set_loading(calls: Calls, token: str, *, channel: str, thread_ts: str, said: str) -> None:
    """Show or clear the older status line, which workspaces without agents know, too."""
    client = calls.client(token)
    await made(
        LOADING,
        lambda: client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread_ts, status=said),
    )


async def suggest(
    calls: Calls, token: str, *, channel: str, prompts: Sequence[Mapping[str, str]], title: str = ""
) -> None:
    """Offer what one may ask, at the top of the conversation with the agent."""
    client = calls.client(token)
    offered = [dict(each) for each in prompts]
    await made(
        PROMPTS,
        lambda: client.assistant_threads_setSuggestedPrompts(
            channel_id=channel, prompts=offered, title=title or None
        ),
    )


async def settle(calls: Calls, token: str, *, channel: str, thread_ts: str, is_agent: bool = True) -> None:
    """Let a thread show that nobody works any more, as far as this workspace shows it at all."""
    place = {"channel": channel, "thread_ts": thread_ts}
    if is_agent:
        with suppress(RefusedError):
            await set_status(calls, token, **place, status=ACTIVE)
            return
    with suppress(RefusedError):
        await set_loading(calls, token, **place, said="")


async def find_growing(calls: Calls, team: Team, letter: Taken) -> str | None:
    """Return the ts of the bot's newest message in the letter's thread that still grows, if there is one."""
    client, cursor, found = calls.client(team.token), "", None
    since = str((letter.created_at - LIFE).timestamp())
    while True:
        page = await made(
            "conversations.replies",
            lambda: client.conversations_replies(
                channel=letter.channel,
                ts=letter.thread_ts or "",
                oldest=since,
                limit=LOOKED_AT,
                cursor=cursor or None,  # noqa: B023 - awaited at once
            ),
        )
        for one in page.get("messages") or []:
            if one.get("bot_id") == team.bot_id and one.get("streaming_state") == GROWING:
                found = str(one["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


async def finish(calls: Calls, team: Team, letter: Taken, settled: Settled) -> str:
    """End a growing message by a letter, which takes its place where it grows no more; return its ts.

    The letter's payload: `blocks` (all that is said), `bottom` (without the words that are shown already),
    `chunks` (what of it was not shown yet), `anew` (what is shown is not to stay), `over` (it grows no more),
    `bare` (nothing is said). Safe to be done again. RefusedError when there is no such message: then the
    letter can be posted. `settled` has the thread show that nobody works, where ending it does not.
    """
    payload, ts = letter.payload, letter.target or await _found(calls, team, letter)
    bare = bool(payload.get("bare"))
    if not ts:
        await settled()
        if bare:
            return ""
        raise RefusedError(END, "no such message")
    if not (payload.get("over") and await _replaced(calls, team, letter, ts)):
        await _end(calls, team, letter, ts, settled)
    return ts


async def _end(calls: Calls, team: Team, letter: Taken, ts: str, settled: Settled) -> None:
    payload, channel = letter.payload, letter.channel
    bare, blocks = bool(payload.get("bare")), payload.get("bottom", payload.get("blocks"))
    chunks = payload.get("chunks") or ()
    try:
        if not (bare or payload.get("anew") or blocks is None):
            await end(
                calls, team.token, channel=channel, ts=ts, chunks=chunks, blocks=blocks, letter_id=letter.id
            )
            return
        if letter.maybe_sent and await _found(calls, team, letter) != ts:  # an earlier try has ended it
            await settled()
        else:
            await end(calls, team.token, channel=channel, ts=ts)
    except RefusedError as error:
        if error.reason.startswith(BAD_BLOCKS) and not (bare or payload.get("anew")):
            raise
        await settled()
        if error.reason.split(" ", maxsplit=1)[0] not in OVER and not bare:
            raise
    if not bare:
        await update(calls, team.token, channel=channel, ts=ts, message=payload)


async def _replaced(calls: Calls, team: Team, letter: Taken, ts: str) -> bool:
    """Put a letter in the place of what grew; False when it still grows."""
    try:
        await update(calls, team.token, channel=letter.channel, ts=ts, message=letter.payload)
    except RefusedError as error:
        if not error.reason.startswith(CONFLICT):
            raise
        return False
    return True


async def _found(calls: Calls, team: Team, letter: Taken) -> str | None:
    try:
        return await find_growing(calls, team, letter)
    except RefusedError:  # we may not look: it ends by itself within minutes
        return None
