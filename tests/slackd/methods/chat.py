"""chat.*: post, update, delete, to one person only, and where a message is found."""

from __future__ import annotations

import copy
import re
from typing import Any

from tests.slackd import messages
from tests.slackd.call import Call, method
from tests.slackd.content import MOST_UPDATED, read_content
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel
from tests.slackd.stamps import stamp
from tests.slackd.timestamps import read_thread_ts

USER_ID = re.compile(r"^[UW][A-Z0-9]{2,}$")
LOOKS = ("username", "icon_emoji", "icon_url")


@method("chat.postMessage")
def chat_post_message(call: Call) -> dict[str, Any]:
    channel = find_target(call)
    content = read_content(call)
    look = read_look(call)
    thread = read_thread_ts(call.text("thread_ts"), call.now())
    if thread and channel.find(thread) is None:
        call.mind(f"unknown thread {thread}: posted top level")
    broadcast = {"subtype": "thread_broadcast"} if thread and call.flag("reply_broadcast") else {}
    message = messages.store(call, channel, thread_ts=thread, **content, **look, **broadcast)
    return {"channel": channel.id, "ts": message["ts"], "message": messages.shown(channel, message)}


def find_target(call: Call) -> Channel:
    """Where to post: an id, a name, or a person, whose direct conversation is opened (M8)."""
    said = call.required("channel")
    if USER_ID.match(said) and said not in call.team.channels:
        channel = _direct(call, said)
    else:
        channel = call.channel(member=False, alive=False, by_name=True)
    if call.user_id not in channel.members and "chat:write.public" not in call.scopes:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    _check_messages_tab(call, channel)
    if channel.kind == "im" and any(call.team.people[user].deleted for user in channel.members):
        call.mind("a message to somebody who is deactivated")
    return channel


def _direct(call: Call, user: str) -> Channel:
    person = call.team.people.get(user)
    if person is None or person.deleted or person.is_stranger:
        raise SlackError("channel_not_found")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    return call.team.direct(user, bot=call.user_id)


def _check_messages_tab(call: Call, channel: Channel) -> None:
    home = call.app.features.get("app_home", {})
    if channel.direct and home.get("messages_tab_enabled") is False:
        raise SlackError("messages_tab_disabled")


def read_look(call: Call) -> dict[str, Any]:
    """Another name or picture than the app's own needs chat:write.customize."""
    look = {name: call.text(name) for name in LOOKS if call.text(name)}
    if look:
        call.require_scope("chat:write.customize")
    return look


@method("chat.meMessage")
def chat_me_message(call: Call) -> dict[str, Any]:
    channel = call.channel()
    message = messages.store(call, channel, text=call.required("text"), subtype="me_message")
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.update")
def chat_update(call: Call) -> dict[str, Any]:
    """Only the caller's own, never one that is being streamed; text alone keeps the blocks (M9)."""
    channel, message = own_message(call, "cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    if messages.is_live(message):
        raise SlackError("streaming_state_conflict")
    content = read_content(call, most=MOST_UPDATED)
    before = copy.deepcopy(message)
    _apply(call, message, content)
    message["edited"] = {"user": call.user_id, "ts": call.world.next_ts()}
    messages.tell_changed(call, channel, message, before)
    shown = messages.shown(channel, message)
    echoed = {k: v for k, v in shown.items() if k not in {"ts", "reactions"}}
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": echoed}


def _apply(call: Call, message: dict[str, Any], content: dict[str, Any]) -> None:
    keeps = "blocks" not in call.args and "markdown_text" not in call.args and message.get("_own_blocks")
    if keeps:
        call.mind("text without blocks: the old blocks stay")
        content.pop("blocks")
    else:
        own = content["blocks"]
        made = stamp(call.world, own) or messages.text_blocks(call.world, content["text"])
        content |= {"blocks": made, "_own_blocks": bool(own)}
    message |= content


def own_message(call: Call, refusal: str) -> tuple[Channel, dict[str, Any]]:
    """The channel and the message meant by `channel` and `ts`, when the caller wrote it."""
    channel = call.channel(alive=False)
    ts = call.required("ts")
    message = channel.find(ts)
    if message is None or messages.is_tombstone(message):
        if any(each["ts"] == ts for each in channel.ephemeral):
            call.mind("an ephemeral message cannot be reached again")
        raise SlackError("message_not_found")
    if message.get("user") != call.user_id:
        raise SlackError(refusal)
    return channel, message


@method("chat.delete")
def chat_delete(call: Call) -> dict[str, Any]:
    channel, message = own_message(call, "cant_delete_message")
    if messages.is_live(message):
        raise SlackError("cant_delete_message")
    ts = message["ts"]
    call.emit(messages.delete(channel, message, call.world.next_ts()), channel=channel)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral")
def chat_post_ephemeral(call: Call) -> dict[str, Any]:
    """Seen by one person who is in the channel, kept nowhere (M11)."""
    user = call.required("user")
    if not USER_ID.match(user):
        line = f"[ERROR] input must match regex pattern: {USER_ID.pattern} [json-pointer:/user]"
        raise SlackError("invalid_arguments", line)
    channel = call.channel()
    if user not in channel.members or call.team.people[user].deleted:
        raise SlackError("user_not_in_channel")
    content = read_content(call, may_be_empty=True)
    message = {
        "type": "message",
        "subtype": "bot_message",
        "user": call.user_id,
        "bot_id": call.bot_id,
        "app_id": call.app.id,
        "is_ephemeral": True,
        "ts": call.world.next_ts(),
        "_to": user,
        **content,
        **read_look(call),
        "blocks": stamp(call.world, content["blocks"]),
    }
    if thread := read_thread_ts(call.text("thread_ts"), call.now()):
        message["thread_ts"] = thread
    channel.ephemeral.append(message)
    return {"message_ts": message["ts"]}


@method("chat.getPermalink")
def chat_get_permalink(call: Call) -> dict[str, Any]:
    channel = call.channel(member=False, alive=False)
    message = channel.find(call.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": messages.permalink(call.team, channel, message)}
