"""What becomes of a message: stored in its thread, told to who listens, changed, deleted, shown."""

from __future__ import annotations

import asyncio
import copy
import itertools
from collections.abc import Callable
from typing import Any

from tests.slackd.call import Call
from tests.slackd.residents import Channel
from tests.slackd.richtext import rich_text
from tests.slackd.stamps import stamp
from tests.slackd.workspace import Workspace
from tests.slackd.world import World

TOMBSTONE = "This message was deleted."
SLACKBOT = "USLACKBOT"
MOST_REPLY_USERS = 5
Emit = Callable[..., list[asyncio.Task[Any]]]


def store(
    call: Call,
    channel: Channel,
    *,
    text: str = "",
    blocks: list[dict[str, Any]] | None = None,
    thread_ts: str = "",
    **more: Any,
) -> dict[str, Any]:
    """A message of the calling app: kept in its thread (M7), complete (M14), told as an event."""
    message = {
        "type": "message",
        "user": call.user_id,
        "ts": call.world.next_ts(),
        "bot_id": call.bot_id,
        "app_id": call.app.id,
        "text": text,
        "team": call.team.id,
        "bot_profile": bot_profile(call),
        "blocks": stamp(call.world, blocks or []) or text_blocks(call.world, text),
        "_own_blocks": bool(blocks),
        **more,
    }
    if not call.bot_id:
        del message["bot_profile"], message["bot_id"]
    add(channel, message, thread_ts)
    tell(call.emit, call.team, channel, message)
    _posted(call, channel, message)
    return message


def _posted(call: Call, channel: Channel, message: dict[str, Any]) -> None:
    from tests.slackd.sessions import posted  # sessions know streams, which know messages

    root = message.get("thread_ts", "")
    posted(call.slack, call.team, call.app, channel.id, root)


def bot_profile(call: Call) -> dict[str, Any]:
    return {
        "id": call.bot_id,
        "app_id": call.app.id,
        "name": call.app.name,
        "team_id": call.team.id,
        "deleted": False,
    }


def add(channel: Channel, message: dict[str, Any], thread_ts: str = "") -> dict[str, Any]:
    """Keep a message. A reply to a reply joins the root's thread; an unknown root makes no thread."""
    root = channel.find(thread_ts) if thread_ts else None
    message.pop("thread_ts", None)
    if root is not None:
        message["thread_ts"] = root.setdefault("thread_ts", root["ts"])
        message["parent_user_id"] = _author(channel, message["thread_ts"])
    channel.messages.append(message)
    return message


def _author(channel: Channel, ts: str) -> str:
    found = channel.find(ts)
    return str(found["user"]) if found and "user" in found else SLACKBOT


def text_blocks(world: World, text: str) -> list[dict[str, Any]]:
    """What Slack composes of a message that came without blocks."""
    return stamp(world, [rich_text(text)]) if text else []


def event_of(channel: Channel, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The `message` event of a message."""
    shown = {k: v for k, v in message.items() if not k.startswith("_") and k != "metadata"}
    where = {"channel": channel.id, "channel_type": channel.kind, "event_ts": message["ts"]}
    return {**copy.deepcopy(shown), **where, **more}


def tell(
    emit: Emit, team: Workspace, channel: Channel, message: dict[str, Any], **more: Any
) -> list[asyncio.Task[Any]]:
    """The `message` event, and `app_mention` to every app that is named, in no direct conversation (E2)."""
    event = event_of(channel, message, **more)
    told = emit(event, channel=channel, app=None)
    mention = {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"}
    for install in () if channel.direct else team.installs.values():
        if f"<@{install.bot_user}>" in message.get("text", "") and install.bot_user != message.get("user"):
            told += emit(mention, channel=channel, app=install.app)
    return told


def find_changed(
    channel: Channel, message: dict[str, Any], before: dict[str, Any], ts: str
) -> dict[str, Any]:
    """The message_changed event."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": shown(channel, message),
        "previous_message": shown(channel, before),
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }


def tell_changed(
    call: Call, channel: Channel, message: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    """Tell who listens that a message is another now."""
    event = find_changed(channel, message, before or message, call.world.next_ts())
    call.emit(event, channel=channel)


def delete(channel: Channel, message: dict[str, Any], ts: str) -> dict[str, Any]:
    """Take a message away and return its message_deleted event; a root with replies stays as a tombstone."""
    before = shown(channel, message)
    replies = [m for m in channel.messages if m.get("thread_ts") == message["ts"] and m is not message]
    if replies:
        _bury(message)
    else:
        channel.messages.remove(message)
        _unthread(channel, message)
    channel.pins = [pin for pin in channel.pins if pin["ts"] != message["ts"]]
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message["ts"],
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }


def _bury(message: dict[str, Any]) -> None:
    kept = {name: message[name] for name in ("type", "ts", "thread_ts")}
    message.clear()
    message |= {**kept, "subtype": "tombstone", "text": TOMBSTONE, "hidden": True, "user": SLACKBOT}
    message["parent_user_id"] = SLACKBOT


def _unthread(channel: Channel, deleted: dict[str, Any]) -> None:
    """With the last reply its tombstone goes, and a live root is no thread any more."""
    root = channel.find(deleted.get("thread_ts", ""))
    if root is None or any(m.get("thread_ts") == root["ts"] and m is not root for m in channel.messages):
        return
    if root.get("subtype") == "tombstone":
        channel.messages.remove(root)
    else:
        root.pop("thread_ts", None)


def is_tombstone(message: dict[str, Any]) -> bool:
    return message.get("subtype") == "tombstone"


def is_live(message: dict[str, Any]) -> bool:
    """Whether it is still being streamed."""
    return message.get("streaming_state") == "in_progress"


def shown(
    channel: Channel, message: dict[str, Any], *, metadata: bool = False, viewer: str = ""
) -> dict[str, Any]:
    """A message as the Web API answers it, with what its thread adds."""
    found = {k: v for k, v in message.items() if not k.startswith("_")}
    if not metadata or found.get("metadata") is None:
        found.pop("metadata", None)
    root = message.get("thread_ts")
    if root == message["ts"]:
        found |= _thread_facts(channel, message, viewer)
    return copy.deepcopy(found)


def _thread_facts(channel: Channel, root: dict[str, Any], viewer: str) -> dict[str, Any]:
    replies = [m for m in channel.messages if m.get("thread_ts") == root["ts"] and m is not root]
    if not replies:
        return {}
    users = list(dict.fromkeys(m["user"] for m in replies if m.get("user")))
    return {
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1]["ts"],
        "reply_users": list(itertools.islice(users, MOST_REPLY_USERS)),
        "is_locked": False,
        "subscribed": viewer in {root.get("user"), *users},
    }


def permalink(team: Workspace, channel: Channel, message: dict[str, Any]) -> str:
    link = f"{team.url}archives/{channel.id}/p{message['ts'].replace('.', '')}"
    root = message.get("thread_ts")
    return f"{link}?thread_ts={root}&cid={channel.id}" if root else link
