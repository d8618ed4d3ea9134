"""The Web API methods, as slack.com answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.slackd.blocks import check_message
from tests.slackd.world import Channel, SlackError, World

Method = Callable[[World, dict[str, Any]], dict[str, Any]]
METHODS: dict[str, tuple[Method, str, int]] = {}
"""Name -> function, scope, calls per minute (0: special)."""


def method(name: str, scope: str = "", per_minute: int = 0) -> Callable[[Method], Method]:
    def register(fn: Method) -> Method:
        METHODS[name] = (fn, scope, per_minute)
        return fn

    return register


@method("api.test")
def api_test(world: World, args: dict[str, Any]) -> dict[str, Any]:
    return {"args": args}


@method("auth.test")
def auth_test(world: World, args: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": "https://acme.slack.com/",
        "team": "Acme",
        "user": "backhaul",
        "team_id": world.team_id,
        "user_id": world.bot_user,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


@method("chat.postMessage", "chat:write")
def chat_post_message(world: World, args: dict[str, Any]) -> dict[str, Any]:
    channel = _channel(world, args)
    for minded in check_message(args):
        world.violate(f"chat.postMessage: {minded}")
    message = {
        "type": "message",
        "ts": world.next_ts(),
        "user": world.bot_user,
        "bot_id": world.bot_id,
        "app_id": world.app_id,
        "team": world.team_id,
        "text": args.get("text", ""),
        "blocks": args.get("blocks") or [],
        "bot_profile": {"id": world.bot_id, "app_id": world.app_id},
        "metadata": args.get("metadata"),
    }
    root = args.get("thread_ts")
    if root:
        found = channel.find(root)
        if found is None:
            world.violate(f"chat.postMessage: unknown thread {root}")
        else:
            message["thread_ts"] = found.get("thread_ts", found["ts"])
            found.setdefault("thread_ts", found["ts"])
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message["ts"], "message": _shown(message, metadata=False)}


@method("conversations.replies", "channels:history", 50)
def conversations_replies(world: World, args: dict[str, Any]) -> dict[str, Any]:
    channel = _channel(world, args)
    root = channel.find(_required(args, "ts"))
    if root is None:
        raise SlackError("thread_not_found")
    return _page(channel.thread(root.get("thread_ts", root["ts"])), args)


@method("conversations.history", "channels:history", 50)
def conversations_history(world: World, args: dict[str, Any]) -> dict[str, Any]:
    return _page(_channel(world, args).messages[::-1], args)


@method("conversations.open", "im:write", 50)
def conversations_open(world: World, args: dict[str, Any]) -> dict[str, Any]:
    user = _required(args, "users")
    if user not in world.people:
        raise SlackError("user_not_found")
    return {"channel": {"id": world.direct(user).id}}


@method("users.info", "users:read", 100)
def users_info(world: World, args: dict[str, Any]) -> dict[str, Any]:
    person = world.people.get(_required(args, "user"))
    if person is None:
        raise SlackError("user_not_found")
    info = person.info()
    if "users:read.email" not in world.scopes:
        info["profile"].pop("email")
    return {"user": info}


def _required(args: dict[str, Any], name: str) -> str:
    if name not in args:
        raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
    return str(args[name])


def _channel(world: World, args: dict[str, Any]) -> Channel:
    channel = world.channels.get(_required(args, "channel"))
    if channel is None:
        raise SlackError("channel_not_found")
    if world.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def _page(messages: list[dict[str, Any]], args: dict[str, Any]) -> dict[str, Any]:
    limit, start = int(args.get("limit") or 100), int(args.get("cursor") or 0)
    oldest = float(args.get("oldest") or 0)
    metadata = str(args.get("include_all_metadata")).lower() in {"true", "1"}
    kept = [m for m in messages if float(m["ts"]) > oldest]
    more = start + limit < len(kept)
    return {
        "messages": [_shown(m, metadata=metadata) for m in kept[start : start + limit]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _shown(message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    return {k: v for k, v in message.items() if metadata or k != "metadata"}
