"""Installing by OAuth (O1): codes, PKCE, organisations, rotation, and taking it all back."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by slack_sdk, of aiohttp
BACK = "https://bot.example/slack"
CLIENT = {"client_id": "1.2", "client_secret": "c" * 32}


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest()) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_workspace("T2", "Second")
        slackd.world.workspaces["T2"].add_person("UBOSS", "boss")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(base_url=slack.api_url)


async def visit(slack: Slackd, **asked: str) -> tuple[int, dict[str, str]]:
    """Open the page Slack shows for the address the SDK builds; where it sends back to."""
    page = f"http://{slack.base}/oauth/v2/authorize"
    scopes = asked.pop("scope", "chat:write,links:write"), asked.pop("user_scope", "")
    made = AuthorizeUrlGenerator(
        client_id="1.2",
        redirect_uri=BACK,
        scopes=scopes[0].split(","),
        user_scopes=scopes[1].split(","),
        authorization_url=page,
    )
    url = f"{made.generate(state='s1')}&{urlencode(asked)}"
    async with aiohttp.ClientSession() as http, http.get(url, allow_redirects=False) as answer:
        back = urlsplit(answer.headers.get("Location", ""))
        return answer.status, {name: each[0] for name, each in parse_qs(back.query).items()}


async def installed(slack: Slackd, web: AsyncWebClient, **asked: str) -> dict[str, Any]:
    _status, back = await visit(slack, **asked)
    answer = await web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=BACK)
    return dict(answer.data)


async def refused(slack: Slackd, code: str, call: Any) -> None:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code


async def test_a_workspace_installs_the_app_and_the_token_works(slack: Slackd, web: AsyncWebClient) -> None:
    status, back = await visit(slack, team="T2", user_scope="search:read")
    assert (status, back["state"]) == (302, "s1")
    answer = await web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=BACK)
    assert (answer["team"], answer["enterprise"]) == ({"id": "T2", "name": "Second"}, None)
    assert (answer["token_type"], answer["scope"], answer["app_id"]) == (
        "bot",
        "chat:write,links:write",
        "A1",
    )
    assert (answer["authed_user"]["id"], answer["authed_user"]["token_type"]) == ("UBOSS", "user")
    assert "refresh_token" not in answer.data
    who = await web.auth_test(token=answer["access_token"])
    assert (who["team_id"], who["user_id"]) == ("T2", answer["bot_user_id"])
    assert (await web.auth_test(token=answer["authed_user"]["access_token"]))["user_id"] == "UBOSS"


async def test_a_second_installation_adds_scopes(slack: Slackd, web: AsyncWebClient) -> None:
    first = await installed(slack, web, team="T2")
    again = await installed(slack, web, team="T2", scope="users:read")
    assert again["access_token"] == first["access_token"]
    assert again["scope"] == "chat:write,links:write,users:read"


async def test_a_code_is_good_once_and_for_ten_minutes(slack: Slackd, web: AsyncWebClient) -> None:
    _status, back = await visit(slack)
    await web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=BACK)
    await refused(slack, "invalid_code", web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=BACK))
    _status, late = await visit(slack)
    await slack.clock.advance(601)
    await refused(slack, "invalid_code", web.oauth_v2_access(**CLIENT, code=late["code"], redirect_uri=BACK))


async def test_the_client_and_its_way_back_are_checked(slack: Slackd, web: AsyncWebClient) -> None:
    for client, error in (
        ({"client_id": "9.9", "client_secret": "x"}, "invalid_client_id"),
        ({"client_id": "1.2", "client_secret": "x"}, "bad_client_secret"),
    ):
        _status, back = await visit(slack)
        await refused(slack, error, web.oauth_v2_access(**client, code=back["code"], redirect_uri=BACK))
    _status, back = await visit(slack)
    other = web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=f"{BACK}/other")
    await refused(slack, "bad_redirect_uri", other)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/slack"}, "bad_redirect_uri"),
        ({"redirect_uri": "https://bot.example/slackers"}, "bad_redirect_uri"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "no_scopes"),
        ({"team": "T9"}, "invalid_team"),
    ],
)
async def test_a_wrong_address_shows_an_error_and_leads_nowhere(
    slack: Slackd, asked: dict[str, str], error: str
) -> None:
    url = f"http://{slack.base}/oauth/v2/authorize"
    params = {"client_id": "1.2", "scope": "chat:write", "redirect_uri": BACK, "state": "s", **asked}
    async with aiohttp.ClientSession() as http:
        with slack.expect(error):
            answer = await http.get(url, params=params, allow_redirects=False)
    assert (answer.status, error in await answer.text()) == (400, True)


async def test_a_person_may_say_no_or_leave_out_what_is_optional(slack: Slackd, web: AsyncWebClient) -> None:
    _status, back = await visit(slack, _deny="1")
    assert back == {"state": "s1", "error": "access_denied"}
    answer = await installed(slack, web, team="T2", _drop="links:write,chat:write")
    assert answer["scope"] == "chat:write"


async def test_pkce_stands_in_for_the_secret(slack: Slackd, web: AsyncWebClient) -> None:
    verifier = "v" * 43
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"code_challenge": digest, "code_challenge_method": "S256"}
    _status, back = await visit(slack, **asked)
    wrong = web.oauth_v2_access(**CLIENT, code=back["code"], redirect_uri=BACK, code_verifier="w" * 43)
    await refused(slack, "invalid_code_verifier", wrong)
    _status, back = await visit(slack, **asked)
    proof = {"client_id": "1.2", "client_secret": "", "code_verifier": verifier}
    assert (await web.oauth_v2_access(**proof, code=back["code"], redirect_uri=BACK))["ok"]
    slack.world.app.manifest["oauth_config"]["pkce_enabled"] = False
    with slack.expect("pkce_not_allowed"):
        assert (await visit(slack, **asked))[0] == 400


async def test_an_organisation_installs_for_its_workspaces(slack: Slackd, web: AsyncWebClient) -> None:
    slack.world.add_workspace("T3", "Third")
    slack.world.add_enterprise("E1", "Group", "T2", "T3")
    answer = await installed(slack, web, team="E1", _user="UBOSS", scope="users:read")
    assert (answer["is_enterprise_install"], answer["team"]) == (True, None)
    assert answer["enterprise"] == {"id": "E1", "name": "Group"}
    token = answer["access_token"]
    await refused(slack, "missing_argument", web.users_list(token=token))
    for team in ("T2", "T3"):
        members = (await web.users_list(token=token, team_id=team))["members"]
        assert answer["bot_user_id"] in {each["id"] for each in members}
    await refused(slack, "team_access_not_granted", web.users_list(token=token, team_id="T1"))


async def test_an_organisation_needs_the_app_to_allow_it(slack: Slackd) -> None:
    slack.world.add_enterprise("E1", "Group", "T2")
    slack.world.app.manifest["settings"]["org_deploy_enabled"] = False
    with slack.expect("org_deploy_not_enabled"):
        assert (await visit(slack, team="E1"))[0] == 400


async def test_tokens_rotate_and_only_the_newest_two_work(slack: Slackd, web: AsyncWebClient) -> None:
    slack.world.app.manifest["settings"]["token_rotation_enabled"] = True
    first = await installed(slack, web, team="T2")
    assert (first["expires_in"], first["access_token"][:12]) == (43_200, "xoxe.xoxb-1-")
    rotate = {**CLIENT, "grant_type": "refresh_token"}
    second = await web.oauth_v2_access(**rotate, refresh_token=first["refresh_token"])
    await web.auth_test(token=first["access_token"])
    used = web.oauth_v2_access(**rotate, refresh_token=first["refresh_token"])
    await refused(slack, "invalid_refresh_token", used)
    third = await web.oauth_v2_access(**rotate, refresh_token=second["refresh_token"])
    await refused(slack, "token_revoked", web.auth_test(token=first["access_token"]))
    await web.auth_test(token=second["access_token"])
    await slack.clock.advance(43_201)
    await refused(slack, "token_expired", web.auth_test(token=third["access_token"]))


async def test_the_rotator_of_the_sdk_renews_a_token(slack: Slackd, web: AsyncWebClient) -> None:
    slack.world.app.manifest["settings"]["token_rotation_enabled"] = True
    first = await installed(slack, web, team="T2")
    rotator = AsyncTokenRotator(**CLIENT, client=web)
    renewed = await rotator.perform_token_rotation(
        installation=Installation(
            user_id="UBOSS",
            team_id="T2",
            bot_token=first["access_token"],
            bot_refresh_token=first["refresh_token"],
            bot_token_expires_at=1,
        )
    )
    assert renewed is not None
    assert (await web.auth_test(token=renewed.bot_token))["team_id"] == "T2"


async def test_a_lasting_token_is_exchanged_once(slack: Slackd, web: AsyncWebClient) -> None:
    old = (await installed(slack, web, team="T2"))["access_token"]
    await refused(slack, "token_rotation_not_enabled", web.oauth_v2_exchange(token=old, **CLIENT))
    slack.world.app.manifest["settings"]["token_rotation_enabled"] = True
    new = await web.oauth_v2_exchange(token=old, **CLIENT)
    assert new["refresh_token"].startswith("xoxe-1-")
    await refused(slack, "token_revoked", web.auth_test(token=old))
    await refused(slack, "token_already_exchanged", web.oauth_v2_exchange(token=old, **CLIENT))


async def test_an_uninstalled_app_is_told_and_locked_out(slack: Slackd, web: AsyncWebClient) -> None:
    async with Ear(slack) as ear:
        token = (await installed(slack, web, team="T2"))["access_token"]
        await web.apps_uninstall(token=token, **CLIENT)
        gone = await ear.hear("app_uninstalled")
        revoked = await ear.hear("tokens_revoked")
        assert gone["type"] == "app_uninstalled"
        assert revoked["tokens"]["oauth"] == []
        assert {each["team_id"] for each in ear.heard} == {"T2"}
    await refused(slack, "token_revoked", web.auth_test(token=token))
    again = await installed(slack, web, team="T2")
    assert again["access_token"] != token
    assert (await web.auth_test(token=again["access_token"]))["user_id"] == revoked["tokens"]["bot"][0]


async def test_a_revoked_token_is_told(slack: Slackd, web: AsyncWebClient) -> None:
    async with Ear(slack) as ear:
        answer = await installed(slack, web, team="T2", user_scope="search:read")
        assert (await web.auth_revoke(token=answer["authed_user"]["access_token"]))["revoked"]
        assert (await ear.hear("tokens_revoked"))["tokens"] == {"oauth": ["UBOSS"], "bot": []}
    await web.auth_test(token=answer["access_token"])
    call = web.auth_test(token=answer["authed_user"]["access_token"])
    await refused(slack, "token_revoked", call)
