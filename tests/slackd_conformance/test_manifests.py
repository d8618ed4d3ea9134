"""Manifests: Slack's schema, what must fit together, and the apps.manifest methods (A1)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.manifest import make_manifest
from tests.slackd import Slackd
from tests.slackd.manifest import check_manifest
from tests.slackd_conformance.desk_app import SCOPES, manifest

Manifest = dict[str, Any]


@pytest.mark.parametrize("url", [None, "https://bot.acme.example/"])
def test_our_own_manifest_is_taken(url: str | None) -> None:
    assert check_manifest(make_manifest(url)) == []


@pytest.mark.parametrize("url", ["", "https://bot.acme.example/slack/events"])
def test_the_apps_of_these_tests_are_taken(url: str) -> None:
    assert check_manifest(manifest(url)) == []


def put(*path: str | int, value: Any) -> Callable[[Manifest], None]:
    def change(made: Manifest) -> None:
        *way, last = path
        for step in way:
            made = made[step]  # type: ignore[index]
        made[last] = value  # type: ignore[index]

    return change


SCOPE = ("oauth_config", "scopes", "bot")
BOT_EVENTS = ("settings", "event_subscriptions", "bot_events")
WRONG: list[tuple[Callable[[Manifest], None], str]] = [
    (put("display_information", "name", value="x" * 36), "/display_information/name"),
    (put("display_information", value={}), "/display_information"),
    (put("features", "slash_commands", 0, "command", value="backhaul"), "/features/slash_commands/0/command"),
    (put("features", "shortcuts", 0, "name", value="x" * 25), "/features/shortcuts/0/name"),
    (put("features", "colour", value="red"), "/features/colour"),
    (put("features", "unfurl_domains", value=["a.example"] * 6), "/features/unfurl_domains"),
    (put(*SCOPE, value=["chat:write"]), "/oauth_config/scopes/bot"),
    (put(*SCOPE, value=[*SCOPES, "chat:rite"]), "/oauth_config/scopes/bot"),
    (put(*BOT_EVENTS, value=["member_joined_channel"]), "/settings/event_subscriptions/bot_events/0"),
    (put(*BOT_EVENTS, value=["message.channel"]), "/settings/event_subscriptions/bot_events/0"),
    (put("settings", "interactivity", value={"is_enabled": False}), "/settings/interactivity/is_enabled"),
    (put("settings", "socket_mode_enabled", value=False), "/settings/event_subscriptions/request_url"),
    (put("features", "agent_view", value={}), "/oauth_config/scopes/bot"),
]


@pytest.mark.parametrize(("change", "pointer"), WRONG, ids=[pointer for _, pointer in WRONG])
def test_a_wrong_manifest_is_refused_where_it_is_wrong(
    change: Callable[[Manifest], None], pointer: str
) -> None:
    made = copy.deepcopy(manifest())
    change(made)
    assert pointer in {each.pointer for each in check_manifest(made)}


def test_an_app_with_a_wrong_manifest_does_not_start() -> None:
    with pytest.raises(ValueError, match="/display_information/name"):
        Slackd(manifest={"display_information": {"name": ""}})


async def test_an_app_is_made_changed_and_exported() -> None:
    async with Slackd() as slack:
        scopes = frozenset({"app_configurations:read", "app_configurations:write"})
        slack.world.add_token("xoxe-1", "config", slack.world.app, own_scopes=scopes)
        web = AsyncWebClient(token="xoxe-1", base_url=slack.api_url)
        assert (await web.apps_manifest_validate(manifest=json.dumps(manifest())))["ok"]
        made = await web.apps_manifest_create(manifest=json.dumps(manifest()))
        assert set(made["credentials"]) == {
            *("client_id", "client_secret", "verification_token", "signing_secret")
        }
        more = manifest()
        more["oauth_config"]["scopes"]["bot"].append("files:read")
        changed = await web.apps_manifest_update(app_id=made["app_id"], manifest=json.dumps(more))
        assert changed["permissions_updated"] is True
        assert (await web.apps_manifest_export(app_id=made["app_id"]))["manifest"] == more
        with slack.expect("invalid_manifest"), pytest.raises(SlackApiError) as caught:
            await web.apps_manifest_validate(manifest=json.dumps({"features": {}}))
        assert caught.value.response["errors"][0]["field"] == "display_information"
        assert slack.violations == []
