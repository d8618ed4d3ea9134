"""What is missing is said in sentences, and only what is serious is serious."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.slack.calls import Calls, RefusedError
from bot.slack.checkup import Checkup, check_up
from bot.slack.manifest import make_manifest
from tests.slackd import Slackd

FULL = make_manifest()["oauth_config"]["scopes"]


@pytest.fixture
async def calls(slack: Slackd) -> AsyncIterator[Calls]:
    made = Calls(slack.api_url)
    await made.open()
    yield made
    await made.close()


async def _look(slack: Slackd, calls: Calls, app_token: str | None = None, *, http: bool = True) -> Checkup:
    return await check_up(calls, slack.world.bot_token, app_token=app_token, over_http=http)


async def test_with_everything_nothing_is_missing(slack: Slackd, calls: Calls) -> None:
    slack.world.install.scopes.update(FULL["bot"], FULL["bot_optional"])
    found = await _look(slack, calls, slack.world.app_token)
    assert (found.team_id, found.bot_user_id, found.findings, found.sound) == ("T1", "UBOT", (), True)


async def test_a_spared_scope_is_said_and_harmless(slack: Slackd, calls: Calls) -> None:
    slack.world.install.scopes.update(FULL["bot"])
    found = await _look(slack, calls)
    assert found.sound
    assert "usergroups:read" in " ".join(one.text for one in found.findings)
    assert "User groups give no roles" in " ".join(one.text for one in found.findings)


async def test_a_needed_scope_is_serious(slack: Slackd, calls: Calls) -> None:
    slack.world.install.scopes.update(FULL["bot"], FULL["bot_optional"])
    slack.world.install.scopes.discard("users:read.email")
    found = await _look(slack, calls)
    assert not found.sound
    needed, how = found.findings
    assert needed.text.startswith("Needed, and not granted: users:read.email")
    assert "install the app again" in how.text


async def test_no_way_in_and_a_wrong_one_are_serious(slack: Slackd, calls: Calls) -> None:
    slack.world.install.scopes.update(FULL["bot"], FULL["bot_optional"])
    assert "SLACK_APP_TOKEN" in (await _look(slack, calls, http=False)).findings[0].text
    with slack.expect("invalid_auth"):
        wrong = await _look(slack, calls, "xapp-wrong", http=False)
    assert not wrong.sound
    assert "connections:write" in wrong.findings[0].text


async def test_free_plans_have_no_groups(slack: Slackd, calls: Calls) -> None:
    slack.world.install.scopes.update(FULL["bot"], FULL["bot_optional"])
    slack.world.home.is_paid = False
    with slack.expect("plan_upgrade_required"):
        found = await _look(slack, calls)
    assert found.sound
    assert "paid plans only" in found.findings[0].text


async def test_a_wrong_token_is_refused(slack: Slackd, calls: Calls) -> None:
    with slack.expect("invalid_auth"), pytest.raises(RefusedError, match="invalid_auth"):
        await check_up(calls, "xoxb-wrong", app_token=None, over_http=True)
