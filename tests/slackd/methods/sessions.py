"""agents.sessions.*: what an agent says of its work in a thread."""

from __future__ import annotations

from typing import Any

from tests.slackd import sessions
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel

TITLE_MOST = 200
STOP_EVENT = "agent_session_stopped"
NO_STOP = "missing_agent_session_stopped_event_subscription"


@method("agents.sessions.setStatus")
def agents_sessions_set_status(call: Call) -> dict[str, Any]:
    status = call.required("status")
    channel, thread = _place(call)
    if status not in sessions.STATUSES:
        raise SlackError("invalid_status")
    if any(call.args.get(name) for name in ("icon_emoji", "icon_url", "username")):
        call.require_scope("chat:write.customize")
    initiator, title = call.text("initiator_user_id"), call.text("title")
    if initiator and initiator not in channel.members:
        raise SlackError("user_not_found")
    if len(title) > TITLE_MOST:
        raise SlackError(
            "invalid_arguments", "[ERROR] must be less than 201 characters [json-pointer:/title]"
        )
    session = sessions.open_session(call.team, call.app, channel, thread, initiator=initiator, title=title)
    sessions.set_status(call.slack, session, status)
    if call.app.manifest is not None and STOP_EVENT not in call.app.bot_events:
        call.warn(NO_STOP)
    return {"status": status, "agent_status": status, "title": session.title}


@method("agents.sessions.rename")
def agents_sessions_rename(call: Call) -> dict[str, Any]:
    title = call.required("title")
    channel, thread = _place(call)
    if not 0 < len(title) <= TITLE_MOST:
        raise SlackError("invalid_name")
    session = sessions.find_session(call.team, call.app, channel.id, thread)
    if session is None and channel.direct and _is_own(call, channel, thread):
        session = sessions.open_session(call.team, call.app, channel, thread)
    if session is None:
        raise SlackError("session_not_found")
    session.title = title
    return {"title": title}


def _is_own(call: Call, channel: Channel, ts: str) -> bool:
    """In a direct conversation with an agent each of its messages begins a session."""
    return (channel.find(ts) or {}).get("bot_id") == call.bot_id


def _place(call: Call) -> tuple[Channel, str]:
    """The channel and the thread's root: only an agent in a paid workspace, only where it is."""
    if not call.app.is_agent or not call.team.is_paid:
        raise SlackError("feature_disabled")
    channel = call.team.channels.get(call.required("channel_id"))
    if channel is None or (call.user_id not in channel.members and not channel.is_public):
        raise SlackError("channel_not_found")
    if call.user_id not in channel.members:
        raise SlackError("not_authorized")
    thread = call.text("thread_ts")
    if not thread:
        raise SlackError("thread_ts_required")
    root = sessions.root_of(channel, thread)
    if not root:
        call.mind(f"no message {thread} in {channel.id}")
    elif root != thread:
        call.mind(f"{thread} is not the first message of its thread")
    return channel, root or thread
