"""The manifest asks for exactly what the bot uses."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadInput
from bot.slack.manifest import SCOPES, make_manifest
from bot.slack.scopes import table
from tests.slackd.catalogue import find_facts
from tests.slackd.manifest import check_manifest
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
    urls = {"request_url": address, "message_menu_options_url": address} if address else {}
    assert settings["interactivity"] == {"is_enabled": True, **urls}


def test_scopes_cover_the_calls() -> None:
    needed = [set(find_facts(name).scopes) for name in USED]
    assert all(any_of & set(SCOPES) for any_of in needed)
    assert set(SCOPES) - {"mpim:history"} == BOT_SCOPES, "the tests run with what the manifest asks for"


@pytest.mark.parametrize("url", [None, "https://bot.acme.example"])
def test_slack_takes_every_variant(url: str | None) -> None:
    both = (False, True)
    for agent, org, minimal in product(both, both, both):
        made = make_manifest(url, agent=agent, org=org, minimal=minimal)
        assert check_manifest(made) == []
        features, scopes = made["features"], made["oauth_config"]["scopes"]
        asked = {*scopes["bot"], *scopes.get("bot_optional", ())}
        assert ("agent_view" in features) is ("assistant:write" in asked) is (agent and not minimal)
        assert ("slash_commands" in features) is (not minimal)
        assert ("shortcuts" in features) is (not minimal)
        assert "unfurl_domains" not in features, "nobody would answer"
        assert made["settings"]["org_deploy_enabled"] is org
        assert minimal is (set(SCOPES) >= asked)


def test_links_are_asked_for_only_where_they_are_wanted() -> None:
    made = make_manifest(links=("Tickets.isp.example", "crm.isp.example", "tickets.isp.example"))
    assert check_manifest(made) == []
    assert made["features"]["unfurl_domains"] == ["tickets.isp.example", "crm.isp.example"]
    assert {"links:read", "links:write"} <= set(made["oauth_config"]["scopes"]["bot_optional"])
    assert {"link_shared", "entity_details_requested"} <= bot_events(made)
    for plain in (make_manifest(), make_manifest(minimal=True, links=("isp.example",))):
        asked = plain["oauth_config"]["scopes"]
        assert "unfurl_domains" not in plain["features"]
        assert not {"links:read", "links:write"} & {*asked["bot"], *asked.get("bot_optional", ())}
        assert not {"link_shared", "entity_details_requested"} & bot_events(plain)


def bot_events(made: dict[str, Any]) -> set[str]:
    return set(made["settings"]["event_subscriptions"]["bot_events"])


@pytest.mark.parametrize(
    "hosts", [("https://isp.example",), ("isp",), ("isp.example/x",), ("*.isp.example",), ("",)]
)
def test_what_is_no_host_is_refused(hosts: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="no name of a host"):
        make_manifest(links=hosts)


def test_slack_takes_five_hosts() -> None:
    with pytest.raises(BadInput, match="5 hosts at most"):
        make_manifest(links=[f"{n}.isp.example" for n in range(6)])


def test_what_is_spared_may_be_left_out() -> None:
    scopes = make_manifest()["oauth_config"]["scopes"]
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])
    assert set(SCOPES) <= set(scopes["bot"])
    assert "usergroups:read" in scopes["bot_optional"]


def test_the_bot_hears_that_it_was_removed() -> None:
    for minimal in (True, False):
        events = make_manifest(minimal=minimal)["settings"]["event_subscriptions"]["bot_events"]
        assert {"app_uninstalled", "tokens_revoked", "user_change"} <= set(events)


@pytest.mark.parametrize("url", ["bot.acme.example", "", "javascript:alert(1)", "https://a b"])
def test_no_address_no_manifest(url: str) -> None:
    with pytest.raises(BadInput, match="no web address"):
        make_manifest(url)


def test_the_readme_says_why_each_scope_is_asked_for() -> None:
    assert table() in Path("README.md").read_text(encoding="utf-8")
