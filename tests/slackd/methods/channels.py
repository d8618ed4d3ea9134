"""conversations.*: make a channel and change it."""

from __future__ import annotations

import re
from typing import Any

from tests.slackd import channels
from tests.slackd.call import KINDS, Call, method
from tests.slackd.channels import channel_object
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel

NAME = re.compile(r"^[\w\-]+$")
MOST_NAME, MOST_TOPIC = 80, 250
MANAGED = frozenset({"channel", "group"})


def changed(call: Call, *, member: bool = True, alive: bool = True, verb: str = "write") -> Channel:
    """The channel, when the caller's scopes let it be changed; conversations between people are not."""
    channel = call.channel(member=member, alive=alive)
    kind = channel.kind
    broad = "channels:manage" if kind == "channel" else f"{KINDS[kind]}:write"
    call.require_scope(broad, f"{KINDS[kind]}:{verb}", *(["channels:write"] if kind == "channel" else []))
    return channel


def _managed(call: Call, **more: Any) -> Channel:
    channel = changed(call, **more)
    if channel.kind not in MANAGED:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


@method("conversations.create")
def conversations_create(call: Call) -> dict[str, Any]:
    name, private = _name(call), call.flag("is_private")
    call.require_scope(*(["groups:write"] if private else ["channels:manage", "channels:write"]))
    made = Channel(
        call.world.next_id("C"),
        name,
        {call.user_id},
        team_id=call.team.id,
        private=private,
        created=int(call.now()),
        creator=call.user_id,
    )
    call.team.channels[made.id] = made
    if not private:
        call.emit(channels.happened(call.team, made, "created"), channel=made)
    return {"channel": channel_object(call, made)}


def _name(call: Call) -> str:
    name = call.required("name").removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MOST_NAME:
        raise SlackError("invalid_name_maxlength")
    if name != name.lower() or not NAME.match(name):
        raise SlackError("invalid_name_specials")
    if not re.search(r"\w", name.replace("_", "")):
        raise SlackError("invalid_name_punctuation")
    if any(each.name == name for each in call.team.channels.values() if each.kind in MANAGED):
        raise SlackError("name_taken")
    return name


@method("conversations.rename")
def conversations_rename(call: Call) -> dict[str, Any]:
    channel = _managed(call)
    if channel.creator != call.user_id:
        raise SlackError("not_authorized")
    channel.name = _name(call)
    call.emit(channels.happened(call.team, channel, "rename"), channel=channel)
    return {"channel": channel_object(call, channel)}


@method("conversations.archive")
def conversations_archive(call: Call) -> dict[str, Any]:
    channel = _managed(call, alive=False)
    if channel.archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    channel.archived = True
    call.emit(channels.happened(call.team, channel, "archive", call.user_id), channel=channel)
    return {}


@method("conversations.unarchive")
def conversations_unarchive(call: Call) -> dict[str, Any]:
    channel = _managed(call, member=False, alive=False)
    if not channel.archived:
        raise SlackError("not_archived")
    channel.archived = False
    call.emit(channels.happened(call.team, channel, "unarchive", call.user_id), channel=channel)
    return {}


@method("conversations.setTopic", "conversations.setPurpose")
def conversations_set_topic(call: Call) -> dict[str, Any]:
    name = "topic" if call.name.endswith("Topic") else "purpose"
    channel = changed(call, verb="write.topic")
    value = call.required(name)
    if len(value) > MOST_TOPIC:
        raise SlackError("too_long")
    setattr(channel, name, value)
    return {"channel": channel_object(call, channel)}


@method("conversations.invite")
def conversations_invite(call: Call) -> dict[str, Any]:
    channel = changed(call, verb="write.invites")
    users = [each.strip() for each in call.required("users").split(",") if each.strip()]
    wrong = [{"user": user, "ok": False, "error": _refusal(call, channel, user)} for user in users]
    errors = [each for each in wrong if each["error"]]
    if not users:
        raise SlackError("no_user")
    if errors and not (call.flag("force") and len(errors) < len(users)):
        raise SlackError(str(errors[0]["error"]), errors=errors)
    for user in [each["user"] for each in wrong if not each["error"]]:
        channel.members.add(str(user))
        call.emit(channels.joined(call.team, channel, str(user), call.user_id), channel=channel)
    return {"channel": channel_object(call, channel)}


def _refusal(call: Call, channel: Channel, user: str) -> str:
    person = call.team.people.get(user)
    if person is None or person.deleted:
        return "user_not_found"
    if user == call.user_id:
        return "cant_invite_self"
    if user in channel.members:
        return "already_in_channel"
    return "ura_max_channels" if person.is_ultra_restricted else ""


@method("conversations.kick")
def conversations_kick(call: Call) -> dict[str, Any]:
    channel, person = _managed(call), call.person()
    if person.id == call.user_id:
        raise SlackError("cant_kick_self")
    if person.id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.name == "general":
        raise SlackError("cant_kick_from_general")
    channel.members.discard(person.id)
    call.emit(channels.left(call.team, channel, person.id), channel=channel)
    return {"errors": {}}


@method("conversations.join")
def conversations_join(call: Call) -> dict[str, Any]:
    channel = call.channel(member=False)
    if not channel.is_public:
        raise SlackError("method_not_supported_for_channel_type")
    if call.user_id in channel.members:
        call.warn("already_in_channel")
    else:
        channel.members.add(call.user_id)
        call.emit(channels.joined(call.team, channel, call.user_id), channel=channel)
    return {"channel": channel_object(call, channel)}


@method("conversations.leave")
def conversations_leave(call: Call) -> dict[str, Any]:
    channel = call.channel(member=False)
    if channel.kind not in MANAGED:
        raise SlackError("method_not_supported_for_channel_type")
    if call.user_id not in channel.members:
        return {"not_in_channel": True}
    if channel.name == "general":
        raise SlackError("cant_leave_general")
    channel.members.discard(call.user_id)
    call.emit(channels.left(call.team, channel, call.user_id), channel=channel)
    return {}
