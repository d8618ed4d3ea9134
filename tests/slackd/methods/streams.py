"""chat.startStream, chat.appendStream, chat.stopStream: a message that grows while people read it."""

from __future__ import annotations

from typing import Any

from tests.slackd import sessions
from tests.slackd.blocks import check_blocks
from tests.slackd.call import Call, method
from tests.slackd.chunks import BLOCKS_MOST, read_chunks
from tests.slackd.errors import SlackError
from tests.slackd.messages import store, tell_changed
from tests.slackd.residents import Channel
from tests.slackd.streams import EXPIRED, STOPPED, STOPPED_BY_USER, Stream

MODES = ("timeline", "plan", "dense")
TEXT_MOST = 40_000


@method("chat.startStream")
def chat_start_stream(call: Call) -> dict[str, Any]:
    channel = call.channel()
    if channel.direct and call.app.features.get("app_home", {}).get("messages_tab_enabled") is False:
        raise SlackError("messages_tab_disabled")
    thread = _thread(call, channel)
    _check_recipient(call, channel)
    mode = call.text("task_display_mode") or "timeline"
    if mode not in MODES:
        raise SlackError(
            "invalid_arguments", "[ERROR] must be one of timeline, plan [json-pointer:/task_display_mode]"
        )
    if any(call.args.get(name) for name in ("icon_emoji", "icon_url", "username")):
        call.require_scope("chat:write.customize")
    chunks = read_chunks(call.args)
    _check_blocks(chunks)
    message = store(call, channel, text="", blocks=[], thread_ts=thread, streaming_state="in_progress")
    stream = Stream(
        message=message, channel=channel.id, team=call.team.id, app=call.app.id, thread_ts=thread, mode=mode
    )
    call.team.streams[channel.id, stream.ts] = stream
    stream.timer = call.world.clock.call_later(call.world.limits.stream, lambda: _expire(call, stream))
    _take(call, stream, chunks)
    if call.app.is_agent and call.team.is_paid:
        session = sessions.open_session(call.team, call.app, channel, thread)
        sessions.set_status(call.slack, session, "processing")
    return {"channel": channel.id, "ts": stream.ts}


@method("chat.appendStream")
def chat_append_stream(call: Call) -> dict[str, Any]:
    channel = call.channel()
    stream = _stream(call, channel)
    if stream.state == STOPPED_BY_USER:
        raise SlackError("stopped_by_user")
    _check_live(stream)
    chunks = read_chunks(call.args)
    if not chunks:
        raise SlackError("no_text")
    _check_blocks(chunks)
    _take(call, stream, chunks)
    return {"channel": channel.id, "ts": stream.ts}


@method("chat.stopStream")
def chat_stop_stream(call: Call) -> dict[str, Any]:
    channel = call.channel()
    stream = _stream(call, channel)
    _check_live(stream)
    status = call.text("session_status") or "active"
    if status not in sessions.STATUSES:
        raise SlackError(
            "invalid_arguments", "[ERROR] must be a session status [json-pointer:/session_status]"
        )
    chunks, blocks = read_chunks(call.args), call.structure("blocks", "invalid_blocks_format") or []
    if len(blocks) > BLOCKS_MOST:
        raise SlackError("msg_blocks_too_many")
    _check_blocks(chunks, blocks)
    _take(call, stream, chunks)
    if metadata := call.structure("metadata", "invalid_metadata_format"):
        stream.message["metadata"] = metadata
    stream.finish(STOPPED, blocks)
    _settle(call, stream, status)
    tell_changed(call, channel, stream.message)
    shown = {name: value for name, value in stream.message.items() if name != "metadata"}
    return {"channel": channel.id, "ts": stream.ts, "message": shown}


def _thread(call: Call, channel: Channel) -> str:
    """The root of the thread to stream into; a stream is always an answer."""
    said = call.text("thread_ts")
    root = sessions.root_of(channel, said) if said else ""
    if not root:
        raise SlackError("invalid_thread_ts", f"[ERROR] {said or 'nothing'} is not a valid thread_ts")
    return root


def _check_recipient(call: Call, channel: Channel) -> None:
    """Outside of direct messages Slack wants to know for whom it streams."""
    user, team = call.text("recipient_user_id"), call.text("recipient_team_id")
    if channel.kind in {"channel", "group"}:
        if not user:
            raise SlackError("missing_recipient_user_id")
        if not team:
            raise SlackError("missing_recipient_team_id")
    if user and user not in channel.members:
        raise SlackError("user_not_found")
    if team and team not in call.world.workspaces and team not in call.world.enterprises:
        raise SlackError("team_not_found")


def _stream(call: Call, channel: Channel) -> Stream:
    ts = call.required("ts")
    message = channel.find(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != call.bot_id:
        raise SlackError("message_not_owned_by_app")
    stream: Stream | None = call.team.streams.get((channel.id, ts))
    if stream is None:
        raise SlackError("message_not_in_streaming_state")
    return stream


def _check_live(stream: Stream) -> None:
    if not stream.live:
        raise SlackError("message_not_in_streaming_state")


def _check_blocks(chunks: list[dict[str, Any]], bottom: list[dict[str, Any]] | None = None) -> None:
    blocks = [block for chunk in chunks for block in chunk.get("blocks", [])]
    for found in (blocks, bottom or []):
        problems = check_blocks(found[:BLOCKS_MOST], "message") if found else []
        if problems:
            raise SlackError("invalid_blocks", *(str(each) for each in problems))


def _take(call: Call, stream: Stream, chunks: list[dict[str, Any]]) -> None:
    grown = len(stream.text) + sum(len(each.get("text") or "") for each in chunks)
    if grown > TEXT_MOST:
        raise SlackError("msg_too_long")
    for warning in stream.append(chunks):
        call.warn(warning)
    if call.world.limits.stream_idle is not None:
        if stream.idle is not None:
            stream.idle.cancel()
        idle = call.world.limits.stream_idle
        stream.idle = call.world.clock.call_later(idle, lambda: _expire(call, stream))


def _expire(call: Call, stream: Stream) -> None:
    if stream.live:
        stream.finish(EXPIRED)
        _settle(call, stream, "active")


def _settle(call: Call, stream: Stream, status: str) -> None:
    session = sessions.find_session(call.team, call.app, stream.channel, stream.thread_ts)
    if session is not None:
        sessions.set_status(call.slack, session, status)
