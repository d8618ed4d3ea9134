"""assistant.*: the older names for a thread's status and title, suggested prompts, and search."""

from __future__ import annotations

from typing import Any

from tests.slackd import search, sessions
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel

PROMPTS_MOST = 4


@method("assistant.threads.setStatus")
def assistant_threads_set_status(call: Call) -> dict[str, Any]:
    """Any text means processing, none means active."""
    channel, thread = _thread(call)
    status = call.text("status")
    if any(call.args.get(name) for name in ("icon_emoji", "icon_url", "username")):
        call.require_scope("chat:write.customize")
    session = sessions.open_session(call.team, call.app, channel, thread)
    sessions.set_status(call.slack, session, "processing" if status else "active")
    session.loading = status
    return {}


@method("assistant.threads.setTitle")
def assistant_threads_set_title(call: Call) -> dict[str, Any]:
    channel, thread = _thread(call)
    sessions.open_session(call.team, call.app, channel, thread).title = call.required("title")
    return {}


@method("assistant.threads.setSuggestedPrompts")
def assistant_threads_set_suggested_prompts(call: Call) -> dict[str, Any]:
    if not call.app.is_agent:
        raise SlackError("not_agent_app")
    if call.args.get("thread_ts"):
        channel, thread = _thread(call)
    else:
        channel, thread = _channel(call), ""
    prompts = call.structure("prompts")
    if not isinstance(prompts, list) or not 0 < len(prompts) <= PROMPTS_MOST:
        raise SlackError("invalid_arguments", f"[ERROR] 1 to {PROMPTS_MOST} items [json-pointer:/prompts]")
    for at, prompt in enumerate(prompts):
        for name in ("title", "message"):
            if not isinstance(prompt, dict) or not isinstance(prompt.get(name), str) or not prompt[name]:
                wrong = f"[ERROR] missing required field: {name} [json-pointer:/prompts/{at}]"
                raise SlackError("invalid_arguments", wrong)
    call.team.prompts[call.app.id, channel.id, thread] = {"title": call.text("title"), "prompts": prompts}
    return {}


@method("assistant.search.context")
def assistant_search_context(call: Call) -> dict[str, Any]:
    query = call.text("query")
    if not query.strip():
        raise SlackError("missing_query")
    if call.token is not None and call.token.kind == "bot":
        search.check_action_token(call.team, call.text("action_token"))
    return {"results": search.find(call.team, call.scopes, query, call.args)}


def _channel(call: Call) -> Channel:
    channel = call.team.channels.get(call.required("channel_id"))
    if channel is None or call.user_id not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def _thread(call: Call) -> tuple[Channel, str]:
    channel = _channel(call)
    root = sessions.root_of(channel, call.required("thread_ts"))
    if not root:
        raise SlackError("invalid_thread_ts")
    return channel, root
