"""Connecting workspaces from the command line: the link, the list, the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.contract.people import Tenant
from bot.db import slack_teams, tenants
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.slack.install import read_link
from tests.bot.cli.conftest import Backhaul, in_a_thread
from tests.slackd import Slackd

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
OAUTH = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "c",
    "BACKHAUL_PUBLIC_URL": "https://bot.example.net",
    "BACKHAUL_KEY": KEY,
}


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> str:
    made = backhaul("tenants", "create", "acme", "Acme Fibre")
    assert made.code == 0, made.err
    return "acme"


@pytest.fixture
def slack() -> Iterator[Slackd]:
    with in_a_thread(Slackd()) as running:
        yield running


def plain(text: str) -> str:
    return " ".join(text.split())


def connect(backhaul: Backhaul, slug: str, token: str) -> None:
    """Put an installation there as the pages do."""
    cipher = Cipher.parse(KEY, where="test")

    async def put() -> None:
        database = Database(runtime_url=backhaul.urls.runtime, owner_url=backhaul.urls.owner, pool_size=1)
        async with database.system() as session:
            tenant = await tenants.get_tenant(session, slug)
        row = slack_teams.TeamRow(
            team_id="T1",
            tenant_id=tenant.id,
            name="Acme",
            bot_token=cipher.seal(token, row=slack_teams.token_row(tenant.id, "T1")),
            bot_user_id="UBOT",
            bot_id="BBOT",
            scopes="chat:write",
            installed_by="UANN",
            refresh_token="sealed",
            expires_at=datetime.now(UTC) + timedelta(hours=9),
        )
        async with database.tenant(tenant.id) as session:
            await slack_teams.do_install(session, row)
        await database.close()

    asyncio.run(put())


def test_a_link_says_for_whom_it_is(backhaul: Backhaul, acme: str) -> None:
    page = backhaul("slack", "links", "set", "ticket", "https://isp.example/t/{key}", **OAUTH)
    made = backhaul("slack", "install-link", "--minimal", **OAUTH)
    assert (page.code, made.code) == (0, 0), made.err
    found = urlsplit(made.out.strip())
    assert (found.netloc, found.path) == ("bot.example.net", f"/t/{acme}/slack")
    tenant_id = backhaul("tenants", "list", "--json", **OAUTH).json[0]["id"]
    tenant, cipher = Tenant(id=tenant_id, slug=acme, name="Acme"), Cipher.parse(KEY, where="test")
    link = read_link(cipher, tenant, parse_qs(found.query)["key"][0], datetime.now(UTC))
    assert (link.minimal, link.agent, link.links) == (True, False, True)
    events = [one["event"] for one in backhaul("audit", "search", "--json", **OAUTH).json]
    assert "slack.install_link" in events


@pytest.mark.parametrize("missing", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "BACKHAUL_PUBLIC_URL"])
@pytest.mark.usefixtures("acme")
def test_without_what_it_takes_there_is_no_link(backhaul: Backhaul, missing: str) -> None:
    refused = backhaul("slack", "install-link", **{k: v for k, v in OAUTH.items() if k != missing})
    assert (refused.code, missing in plain(refused.err)) == (3, True)


def test_workspaces_are_listed_checked_and_disconnected(backhaul: Backhaul, acme: str, slack: Slackd) -> None:
    env = {**OAUTH, "SLACK_API_URL": slack.api_url, "SLACK_SIGNING_SECRET": "s"}
    nothing = backhaul("slack", "check", **env)
    assert (nothing.code, "install-link" in nothing.err) == (3, True)
    connect(backhaul, acme, slack.world.bot_token)
    (shown,) = backhaul("slack", "workspaces", "list", "--json", **env).json
    assert (shown["id"], shown["installed_by"], shown["scopes"]) == ("T1", "UANN", "chat:write")
    assert shown["token"].startswith("renewed before 20")
    assert "Connected to workspace T1" in backhaul("slack", "check", **env).out
    wrong = backhaul("slack", "workspaces", "remove", "T9", **env)
    assert (wrong.code, "T9" in wrong.err) == (5, True)
    gone = backhaul("slack", "workspaces", "remove", "T1", **env)
    assert (gone.code, "is disconnected" in gone.out) == (0, True)
    assert slack.world.tokens[slack.world.bot_token].revoked
    assert backhaul("slack", "workspaces", "list", "--json", **env).json == []
    connect(backhaul, acme, "xoxb-of-nobody")
    late = backhaul("slack", "workspaces", "remove", "T1", **env)
    assert (late.code, "remove the app there, too" in plain(late.out)) == (0, True)
    events = [one["event"] for one in backhaul("audit", "search", "--json", **env).json]
    assert events.count("slack.removed") == 2
