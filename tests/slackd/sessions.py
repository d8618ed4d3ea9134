"""Agent sessions: the status, title and stop button of a thread a person shares with an agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.slackd.apps import App
from tests.slackd.residents import Channel
from tests.slackd.streams import STOPPED_BY_USER, Stream
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

STATUSES = ("active", "processing", "suspended", "closed")


@dataclass(kw_only=True)
class Session:
    """`loading` is the text of the old assistant status; `stopped` while a stop is unanswered."""

    team: str
    app: str
    channel: str
    thread_ts: str
    initiator: str = ""
    title: str = ""
    status: str = "active"
    loading: str = ""
    stopped: bool = False
    timer: Any = None


def find_session(team: Workspace, app: App, channel: str, thread_ts: str) -> Session | None:
    found: Session | None = team.sessions.get((app.id, channel, thread_ts))
    return found


def root_of(channel: Channel, ts: str) -> str:
    """The first message of the thread `ts` is in; "" when there is no such message."""
    message = channel.find(ts)
    return str(message.get("thread_ts") or message["ts"]) if message else ""


def open_session(team: Workspace, app: App, channel: Channel, thread_ts: str, **first: str) -> Session:
    """The session of this thread; made, with its first title and initiator, when there is none."""
    session = find_session(team, app, channel.id, thread_ts)
    if session is None:
        root = channel.find(thread_ts) or {}
        first["initiator"] = first.get("initiator") or str(root.get("user", ""))
        session = Session(team=team.id, app=app.id, channel=channel.id, thread_ts=thread_ts, **first)
        team.sessions[app.id, channel.id, thread_ts] = session
    return session


def set_status(slack: Slackd, session: Session, status: str) -> None:
    """`processing` runs for an hour from now (`Limits.processing`); any other status stays."""
    if session.timer is not None:
        session.timer.cancel()
    session.status, session.timer = status, None
    if status != "processing":
        session.stopped, session.loading = False, ""
        return
    session.timer = slack.world.clock.call_later(
        slack.world.limits.processing, lambda: set_status(slack, session, "active")
    )


def posted(slack: Slackd, team: Workspace, app: App, channel: str, thread_ts: str) -> None:
    """The app answered in the thread: its old-style status is over."""
    session = find_session(team, app, channel, thread_ts)
    if session is not None and session.loading:
        set_status(slack, session, "active")


def running(team: Workspace, app: App, channel: str, thread_ts: str) -> list[Stream]:
    """The live streams of a thread."""
    return [
        stream
        for stream in team.streams.values()
        if stream.live and (stream.app, stream.channel, stream.thread_ts) == (app.id, channel, thread_ts)
    ]


def stop(slack: Slackd, session: Session, user: str) -> dict[str, Any]:
    """The stop button: end the thread's streams; the event that tells the app so."""
    team, app = slack.world.workspaces[session.team], slack.world.apps[session.app]
    streams = running(team, app, session.channel, session.thread_ts)
    for stream in streams:
        stream.finish(STOPPED_BY_USER)
    session.stopped = True
    slack.world.clock.call_later(slack.world.limits.stop_patience, lambda: _check_answered(slack, session))
    return {
        "type": "agent_session_stopped",
        "channel": session.channel,
        "thread_ts": session.thread_ts,
        "user": user,
        "streaming_message_ts": [stream.ts for stream in streams],
        "event_ts": slack.world.next_ts(),
    }


def _check_answered(slack: Slackd, session: Session) -> None:
    if session.stopped and session.status == "processing":
        where = f"{session.channel} {session.thread_ts}"
        slack.world.violate(
            f"agent_session_stopped: session {where} left in processing for {slack.world.limits.stop_patience:g} s"
        )
