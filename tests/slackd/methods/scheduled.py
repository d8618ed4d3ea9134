"""Messages for later: chat.scheduleMessage and its list, posted by the clock."""

from __future__ import annotations

from typing import Any

from tests.slackd import messages
from tests.slackd.call import Call, method
from tests.slackd.content import read_content
from tests.slackd.errors import SlackError
from tests.slackd.methods.chat import find_target, read_look
from tests.slackd.pages import page
from tests.slackd.timestamps import read_thread_ts

FURTHEST = 120 * 86_400
WINDOW, MOST_IN_WINDOW = 300, 30
LAST_CHANCE = 60
"""Seconds before its time after which a message cannot be taken back."""


@method("chat.scheduleMessage")
def chat_schedule_message(call: Call) -> dict[str, Any]:
    channel = find_target(call)
    at = call.integer("post_at")
    if at <= call.now():
        raise SlackError("time_in_past")
    if at > call.now() + FURTHEST:
        raise SlackError("time_too_far")
    if _neighbours(call, channel.id, at) >= MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    content = {**read_content(call), **read_look(call)}
    content["thread_ts"] = read_thread_ts(call.text("thread_ts"), call.now())
    made = {
        "id": call.world.next_id("Q"),
        "channel_id": channel.id,
        "post_at": at,
        "date_created": int(call.now()),
        "text": content["text"],
        "_content": content,
        "_app": call.app.id,
    }
    call.team.scheduled[made["id"]] = made
    call.world.clock.call_later(at - call.now(), lambda: _post(call, made["id"]))
    shown = {"text": content["text"], "type": "delayed_message", "user": call.user_id, "bot_id": call.bot_id}
    return {"channel": channel.id, "scheduled_message_id": made["id"], "post_at": at, "message": shown}


def _neighbours(call: Call, channel: str, at: int) -> int:
    start = at - at % WINDOW
    return sum(
        each["channel_id"] == channel and start <= each["post_at"] < start + WINDOW
        for each in call.team.scheduled.values()
    )


def _post(call: Call, scheduled_id: str) -> None:
    """Its time has come; what cannot be posted any more is dropped, as Slack drops it."""
    made = call.team.scheduled.pop(scheduled_id, None)
    channel = call.team.channels.get(made["channel_id"]) if made else None
    if made and channel and not channel.archived and call.user_id in channel.members:
        messages.store(call, channel, **made["_content"])


@method("chat.deleteScheduledMessage")
def chat_delete_scheduled_message(call: Call) -> dict[str, Any]:
    call.channel(alive=False)
    made = call.team.scheduled.get(call.required("scheduled_message_id"))
    wrong = made is None or made["_app"] != call.app.id or made["channel_id"] != call.text("channel")
    if wrong or made["post_at"] - call.now() < LAST_CHANCE:
        raise SlackError("invalid_scheduled_message_id")
    del call.team.scheduled[made["id"]]
    return {}


@method("chat.scheduledMessages.list")
def chat_scheduled_messages_list(call: Call) -> dict[str, Any]:
    wanted = call.text("channel")
    found = sorted(
        (m for m in call.team.scheduled.values() if m["_app"] == call.app.id),
        key=lambda m: (m["post_at"], m["id"]),
    )
    kept = [m for m in found if not wanted or m["channel_id"] == wanted]
    shown, rest = page(call, kept)
    public = [{k: v for k, v in m.items() if not k.startswith("_")} for m in shown]
    return {"scheduled_messages": public, **rest}
