"""The manifest asks for exactly what the bot uses."""

from __future__ import annotations

import pytest

from bot.slack.manifest import SCOPES, make_manifest
from tests.slackd.catalogue import find_facts
from tests.slackd.world import BOT_SCOPES

USED = {
    "chat.postMessage",
    "conversations.replies",
    "conversations.history",
    "conversations.open",
    "users.info",
}


@pytest.mark.parametrize("url", [None, "https://bot.acme.example/"])
def test_one_way_in_for_events_and_clicks(url: str | None) -> None:
    settings = make_manifest(url)["settings"]
    address = f"{url}slack/events" if url else None
    assert settings["socket_mode_enabled"] is (url is None)
    assert settings["event_subscriptions"].get("request_url") == address
    assert settings["interactivity"] == {"is_enabled": True, **({"request_url": address} if address else {})}


def test_scopes_cover_the_calls() -> None:
    needed = [set(find_facts(name).scopes) for name in USED]
    assert all(any_of & set(SCOPES) for any_of in needed)
    assert set(SCOPES) - {"mpim:history"} == BOT_SCOPES, "the tests run with what the manifest asks for"
