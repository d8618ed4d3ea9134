"""chat.*: say something."""

from __future__ import annotations

from typing import Any

from tests.slackd.blocks import check_message
from tests.slackd.call import Call, method


@method("chat.postMessage")
def chat_post_message(call: Call) -> dict[str, Any]:
    channel = call.channel()
    for minded in check_message(call.args):
        call.mind(minded)
    message = {
        "type": "message",
        "ts": call.world.next_ts(),
        "user": call.user_id,
        "bot_id": call.bot_id,
        "app_id": call.app.id,
        "team": call.team.id,
        "text": call.text("text"),
        "blocks": call.args.get("blocks") or [],
        "bot_profile": {"id": call.bot_id, "app_id": call.app.id},
        "metadata": call.args.get("metadata"),
    }
    if root := call.text("thread_ts"):
        found = channel.find(root)
        if found is None:
            call.mind(f"unknown thread {root}")
        else:
            message["thread_ts"] = found.get("thread_ts", found["ts"])
            found.setdefault("thread_ts", found["ts"])
    channel.messages.append(message)
    shown = {k: v for k, v in message.items() if k != "metadata"}
    return {"channel": channel.id, "ts": message["ts"], "message": shown}
