"""The manifest of an app that may do everything a bot may, and what tests of refusals share."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.agent import manifest

SCOPES = (
    *("app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join"),
    *("channels:manage", "channels:read", "chat:write", "dnd:read", "groups:history", "groups:read"),
    *("groups:write", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write"),
    *("pins:read", "pins:write", "reactions:read", "reactions:write", "team:read", "usergroups:read"),
    *("usergroups:write", "users.profile:read", "users:read", "users:read.email"),
)
EVENTS = (
    *("app_mention", "message.channels", "message.groups", "message.im", "message.mpim"),
    *("reaction_added", "reaction_removed", "member_joined_channel", "member_left_channel"),
    *("channel_archive", "channel_left", "channel_rename", "pin_added", "team_join", "user_change"),
    *("subteam_members_changed", "subteam_updated", "tokens_revoked", "app_uninstalled"),
)


def worker(*, scopes: tuple[str, ...] = SCOPES, events: tuple[str, ...] = EVENTS) -> dict[str, Any]:
    made = manifest(events=events)
    for name in ("agent_view", "unfurl_domains"):
        made["features"].pop(name)
    made["oauth_config"]["scopes"] = {"bot": list(scopes)}
    return made


def client(slack: Slackd, token: str = "") -> AsyncWebClient:
    """slack_sdk's own, without its retries."""
    return AsyncWebClient(token=token or slack.world.bot_token, base_url=slack.api_url, retry_handlers=[])


async def refused(slack: Slackd, code: str, call: Awaitable[Any]) -> dict[str, Any]:
    """The answer to a call Slack refuses with `code`; it is a violation too, and the only one."""
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    answer = caught.value.response.data
    assert answer["error"] == code
    assert slack.violations == [], slack.violations
    return answer


def lines(answer: dict[str, Any]) -> list[str]:
    return answer["response_metadata"]["messages"]
