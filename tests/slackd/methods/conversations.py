"""conversations.*: what is there, who is in it, what was said."""

from __future__ import annotations

from typing import Any

from tests.slackd import messages
from tests.slackd.call import KINDS, Call, method
from tests.slackd.channels import channel_object
from tests.slackd.errors import SlackError
from tests.slackd.pages import history, page, read_limit
from tests.slackd.residents import Channel

TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
MOST_LIMITED = 15
"""Messages a page under the rule of May 2025 (R8)."""


@method("conversations.list")
def conversations_list(call: Call) -> dict[str, Any]:
    kinds = read_types(call)
    found = [
        channel
        for channel in call.team.channels.values()
        if channel.kind in kinds
        and (channel.is_public or call.user_id in channel.members)
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    shown, rest = page(call, found)
    return {"channels": [_listed(call, each) for each in shown], **rest}


def read_types(call: Call) -> set[str]:
    """The kinds asked for, each of which needs its own scope."""
    asked = [each.strip() for each in call.text("types", "public_channel").split(",") if each.strip()]
    if not set(asked) <= TYPES.keys():
        raise SlackError("invalid_types")
    kinds = {TYPES[each] for each in asked or ["public_channel"]}
    needed = {f"{KINDS[kind]}:read" for kind in kinds}
    if missed := needed - call.scopes:
        raise SlackError(
            "missing_scope", needed=",".join(sorted(missed)), provided=",".join(sorted(call.scopes))
        )
    return kinds


def _listed(call: Call, channel: Channel) -> dict[str, Any]:
    shown = channel_object(call, channel)
    return shown if channel.kind == "im" else {**shown, "num_members": len(channel.members)}


@method("conversations.info")
def conversations_info(call: Call) -> dict[str, Any]:
    channel = call.channel(member=False, alive=False)
    call.require_kind(channel, "read")
    shown = channel_object(call, channel)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": {**shown, "last_read": channel.last_read}}


@method("conversations.members")
def conversations_members(call: Call) -> dict[str, Any]:
    read_limit(call)
    channel = call.channel(member=False, alive=False)
    call.require_kind(channel, "read")
    shown, rest = page(call, sorted(channel.members))
    return {"members": shown, **rest}


@method("conversations.history")
def conversations_history(call: Call) -> dict[str, Any]:
    """The channel without the replies in its threads; an archived one can be read."""
    read_limit(call)
    channel = _readable(call)
    top = [m for m in channel.messages if _is_top(m)]
    found = history(call, top)
    found["messages"] = _shown(call, channel, found["messages"])
    return {**found, "pin_count": len(channel.pins), "channel_actions_ts": None, "channel_actions_count": 0}


def _is_top(message: dict[str, Any]) -> bool:
    root = message.get("thread_ts")
    return root in {None, message["ts"]} or message.get("subtype") == "thread_broadcast"


@method("conversations.replies")
def conversations_replies(call: Call) -> dict[str, Any]:
    """The thread a message is in, its root first on every page; a message without replies alone."""
    channel = _readable(call)
    found = channel.find(call.text("ts"))
    if found is None:
        raise SlackError("thread_not_found")
    root, *replies = channel.thread(found.get("thread_ts", found["ts"]))
    kept = history(call, replies, is_thread=True)
    return {**kept, "messages": _shown(call, channel, [root, *kept["messages"]])}


def _readable(call: Call) -> Channel:
    channel = call.channel(alive=False)
    call.require_kind(channel, "history")
    if call.slack.pace.is_limited_history:
        call.args["limit"] = str(min(call.integer("limit", MOST_LIMITED) or MOST_LIMITED, MOST_LIMITED))
    return channel


def _shown(call: Call, channel: Channel, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    metadata = call.flag("include_all_metadata")
    return [messages.shown(channel, m, metadata=metadata, viewer=call.user_id) for m in found]


@method("conversations.open")
def conversations_open(call: Call) -> dict[str, Any]:
    """A direct conversation with one person, or with up to eight."""
    if "channel" in call.args:
        channel = call.channel(alive=False)
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 8:
        raise SlackError("too_many_users")
    _check_people(call, users)
    call.require_scope("im:write" if len(users) == 1 else "mpim:write")
    channel = call.team.direct(*users, bot=call.user_id)
    was_open, channel.is_open = channel.is_open, True
    shown = channel_object(call, channel) if call.flag("return_im") else {"id": channel.id}
    return {"no_op": was_open, "already_open": was_open, "channel": shown}


def _check_people(call: Call, users: list[str]) -> None:
    for user in users:
        person = call.team.people.get(user)
        if person is None:
            raise SlackError("user_not_found")
        if person.deleted:
            raise SlackError("user_disabled")
        if person.is_stranger:
            raise SlackError("user_not_visible")


@method("conversations.close")
def conversations_close(call: Call) -> dict[str, Any]:
    channel = call.channel(alive=False)
    if channel.kind not in {"im", "mpim"}:
        raise SlackError("method_not_supported_for_channel_type")
    was_open, channel.is_open = channel.is_open, False
    return {} if was_open else {"no_op": True, "already_closed": True}


@method("conversations.mark")
def conversations_mark(call: Call) -> dict[str, Any]:
    channel = call.channel(alive=False)
    if channel.find(call.required("ts")) is None:
        raise SlackError("invalid_timestamp")
    channel.last_read = call.required("ts")
    return {}
