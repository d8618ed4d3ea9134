"""reactions.*, pins.*: marks on a message."""

from __future__ import annotations

import re
from typing import Any

from tests.slackd import messages
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.marks import add_reaction, drop_reaction, reaction_event
from tests.slackd.pages import page
from tests.slackd.residents import Channel

EMOJI = re.compile(r"^[a-z0-9_+'\-]+(::skin-tone-[2-6])?$")
MOST_PINS = 100


def _target(call: Call, *, reads_channel_first: bool = False) -> tuple[Channel, dict[str, Any]]:
    """The message meant; the three methods do not look at the arguments in the same order (M13)."""
    if call.name != "reactions.add":
        for name in ("file", "file_comment"):
            if name in call.args:
                raise SlackError(f"{name}_not_found")
        if "channel" not in call.args:
            raise SlackError("no_item_specified")
    if not reads_channel_first:
        _check_timestamp(call)
    channel = call.channel(member=False, alive=False)
    _check_timestamp(call)
    message = channel.find(call.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


def _check_timestamp(call: Call) -> None:
    if call.text("timestamp") in {"", "0"}:
        raise SlackError("bad_timestamp")


@method("reactions.add")
def reactions_add(call: Call) -> dict[str, Any]:
    channel, message = _target(call)
    if channel.archived:
        raise SlackError("is_archived")
    name = call.required("name")
    if not EMOJI.match(name):
        raise SlackError("invalid_name")
    if not add_reaction(message, name, call.user_id):
        raise SlackError("already_reacted")
    event = reaction_event(call.team, "reaction_added", channel, message, name, call.user_id)
    call.emit(event, channel=channel)
    return {}


@method("reactions.remove")
def reactions_remove(call: Call) -> dict[str, Any]:
    channel, message = _target(call)
    name = call.required("name")
    if not drop_reaction(message, name, call.user_id):
        raise SlackError("no_reaction")
    event = reaction_event(call.team, "reaction_removed", channel, message, name, call.user_id)
    call.emit(event, channel=channel)
    return {}


@method("reactions.get")
def reactions_get(call: Call) -> dict[str, Any]:
    channel, message = _target(call, reads_channel_first=True)
    return {"type": "message", "channel": channel.id, "message": _linked(call, channel, message)}


def _linked(call: Call, channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
    link = messages.permalink(call.team, channel, message)
    return messages.shown(channel, message, viewer=call.user_id) | {"permalink": link}


@method("reactions.list")
def reactions_list(call: Call) -> dict[str, Any]:
    user = call.text("user", call.user_id)
    if user not in call.team.people:
        raise SlackError("user_not_found")
    found = [
        (channel, message)
        for channel in call.team.channels.values()
        if channel.is_public or call.user_id in channel.members
        for message in channel.messages
        if any(user in each["users"] for each in message.get("reactions", ()))
    ]
    shown, rest = page(call, found[::-1])
    items = [{"type": "message", "channel": c.id, "message": _linked(call, c, m)} for c, m in shown]
    return {"items": items, **rest}


def _pinned(call: Call) -> tuple[Channel, dict[str, Any]]:
    channel = call.channel(alive=False)
    if "timestamp" not in call.args:
        raise SlackError("no_item_specified")
    _check_timestamp(call)
    message = channel.find(call.text("timestamp"))
    if message is None or messages.is_tombstone(message):
        raise SlackError("message_not_found")
    return channel, message


@method("pins.add")
def pins_add(call: Call) -> dict[str, Any]:
    channel, message = _pinned(call)
    if any(pin["ts"] == message["ts"] for pin in channel.pins):
        raise SlackError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    pin = {"ts": message["ts"], "created": int(call.now()), "created_by": call.user_id}
    channel.pins.append(pin)
    message.setdefault("pinned_to", []).append(channel.id)
    call.emit(_pin_event(call, "pin_added", channel, message), channel=channel)
    return {}


@method("pins.remove")
def pins_remove(call: Call) -> dict[str, Any]:
    channel, message = _pinned(call)
    kept = [pin for pin in channel.pins if pin["ts"] != message["ts"]]
    if len(kept) == len(channel.pins):
        raise SlackError("no_pin")
    channel.pins = kept
    message.pop("pinned_to", None)
    call.emit(_pin_event(call, "pin_removed", channel, message), channel=channel)
    return {}


def _pin_event(call: Call, kind: str, channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
    item = {"type": "message", "channel": channel.id, "message": messages.shown(channel, message)}
    by = {"user": call.user_id, "channel_id": channel.id}
    return {"type": kind, **by, "item": item, "event_ts": call.world.next_ts()}


@method("pins.list")
def pins_list(call: Call) -> dict[str, Any]:
    channel = call.channel(member=False, alive=False)
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": pin["created"],
            "created_by": pin["created_by"],
            "message": _linked(call, channel, message),
        }
        for pin in channel.pins[::-1]
        if (message := channel.find(pin["ts"])) is not None
    ]
    return {"items": items}
