"""conversations.*: read a channel."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError


@method("conversations.replies")
def conversations_replies(call: Call) -> dict[str, Any]:
    channel = call.channel()
    root = channel.find(call.required("ts"))
    if root is None:
        raise SlackError("thread_not_found")
    return _page(channel.thread(root.get("thread_ts", root["ts"])), call)


@method("conversations.history")
def conversations_history(call: Call) -> dict[str, Any]:
    return _page(call.channel().messages[::-1], call)


@method("conversations.open")
def conversations_open(call: Call) -> dict[str, Any]:
    user = call.required("users")
    if user not in call.team.people:
        raise SlackError("user_not_found")
    return {"channel": {"id": call.team.direct(user).id}}


def _page(messages: list[dict[str, Any]], call: Call) -> dict[str, Any]:
    limit, start = call.integer("limit") or 100, call.integer("cursor")
    oldest = float(call.text("oldest") or 0)
    metadata = call.flag("include_all_metadata")
    kept = [m for m in messages if float(m["ts"]) > oldest]
    more = start + limit < len(kept)
    return {
        "messages": [_shown(m, metadata=metadata) for m in kept[start : start + limit]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _shown(message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    return {k: v for k, v in message.items() if metadata or k != "metadata"}
