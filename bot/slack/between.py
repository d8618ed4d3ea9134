"""Whether somebody spoke in a thread just before: asked of Slack, which delivers events in any order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.calls import Calls, made
from bot.slack.event import Heard
from bot.slack.teams import Team

LOOKED_AT = 200


async def spoke_between(calls: Calls, team: Team, heard: Heard, since: str) -> bool:
    """Say whether somebody else spoke after the bot's last message and before what was heard.

    `since` is the ts from which it is looked; where too much was said to see all of it, somebody did.
    Raises CallError when Slack does not tell.
    """
    client = calls.client(team.token)
    found = await made(
        "conversations.replies",
        lambda: client.conversations_replies(
            channel=heard.channel, ts=heard.thread, oldest=since, latest=heard.ts, limit=LOOKED_AT
        ),
    )
    if found.get("has_more"):
        return True
    spoke = False
    for one in sorted(found.get("messages") or [], key=lambda each: _moment(each.get("ts"))):
        if _moment(since) < _moment(one.get("ts")) < _moment(heard.ts):
            own = _is_own(one, team)
            spoke = not own and (spoke or one.get("user") != heard.user or bool(one.get("bot_id")))
    return spoke


def _is_own(message: Mapping[str, Any], team: Team) -> bool:
    return message.get("user") == team.bot_user_id or bool(
        team.bot_id and message.get("bot_id") == team.bot_id
    )


def _moment(ts: object) -> tuple[int, int]:
    """Return a ts as numbers: seconds and millionths."""
    seconds, _, rest = str(ts or "0").partition(".")
    return int(seconds), int(rest.ljust(6, "0")[:6] or 0)
