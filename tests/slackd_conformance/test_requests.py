"""What Slack asks of every request (R1 to R6), in slack_sdk's words."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.worker import client, lines, refused, worker


async def test_who_the_token_is(isp: Slackd, bot: AsyncWebClient) -> None:
    answer = await bot.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T1", "UBOT", "BBOT")
    assert answer["is_enterprise_install"] is False
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert (await bot.api_test(foo="1"))["args"]["foo"] == "1"


async def test_credentials_are_told_apart(isp: Slackd) -> None:
    async def ask(token: str, method: str = "auth.test") -> str:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{isp.api_url}{method}", headers=headers) as got,
        ):
            assert got.status == 200
            return (await got.json()).get("error", "")

    with isp.expect("not_authed", "invalid_auth", "not_allowed_token_type", "unknown_method"):
        assert await ask("") == "not_authed"
        assert await ask("xoxb-nobody") == "invalid_auth"
        assert await ask(isp.world.app_token) == "not_allowed_token_type"
        assert await ask(isp.world.bot_token, "apps.connections.open") == "not_allowed_token_type"
        assert await ask(isp.world.bot_token, "chat.shout") == "unknown_method"
    token = isp.world.tokens[isp.world.bot_token]
    token.expires_at = isp.clock.now() - 1
    await refused(isp, "token_expired", client(isp).auth_test())
    token.expires_at = None
    isp.world.people["UBOT"].deleted = True
    await refused(isp, "account_inactive", client(isp).auth_test())
    isp.world.people["UBOT"].deleted = False
    isp.world.revoked = True
    await refused(isp, "token_revoked", client(isp).auth_test())


async def test_what_is_expected_must_come(isp: Slackd, bot: AsyncWebClient) -> None:
    with pytest.raises(AssertionError, match="user_not_found"), isp.expect("user_not_found"):
        await bot.auth_test()


async def test_both_verbs_and_json_only_where_it_is_read(isp: Slackd) -> None:
    headers = {"Authorization": f"Bearer {isp.world.bot_token}"}
    async with aiohttp.ClientSession(isp.api_url, headers=headers) as http:
        for verb, what in (("GET", {"params": {"user": "UANN"}}), ("POST", {"data": {"user": "UANN"}})):
            async with http.request(verb, "users.info", **what) as got:
                assert (await got.json())["user"]["name"] == "ann"
        async with http.post("chat.postMessage", json={"channel": "CNOC", "text": "hi"}) as got:
            ts = (await got.json())["ts"]
        with isp.expect("missing required field: channel"):
            async with http.post("chat.getPermalink", json={"channel": "CNOC", "message_ts": ts}) as got:
                answer = await got.json()
        with isp.expect("insecure_request"):
            token = {"Authorization": f"Bearer {isp.world.app_token}"}
            async with http.get("apps.connections.open", headers=token) as got:
                assert (await got.json())["error"] == "insecure_request"
    assert answer["error"] == "invalid_arguments"
    assert lines(answer) == [
        "[ERROR] missing required field: channel",
        "[ERROR] missing required field: message_ts",
    ]


async def test_a_broken_body_carries_nothing(isp: Slackd) -> None:
    async def post(body: str, **headers: str) -> str:
        told = {"Content-Type": "application/json; charset=utf-8", **headers}
        async with (
            aiohttp.ClientSession(isp.api_url) as http,
            http.post("chat.postMessage", data=body, headers=told) as got,
        ):
            return (await got.json())["error"]

    bearer = {"Authorization": f"Bearer {isp.world.bot_token}"}
    with isp.expect("missing required field: channel", "not_authed"):
        assert await post('{"channel": "CNOC", "text":', **bearer) == "invalid_arguments"
        assert await post("[1]", **bearer) == "invalid_arguments"
        assert await post(f'{{"token": "{isp.world.bot_token}", "channel": "CNOC"}}') == "not_authed"


async def test_missing_is_not_empty(isp: Slackd, bot: AsyncWebClient) -> None:
    answer = await refused(isp, "invalid_arguments", bot.api_call("chat.postMessage", data={"text": "x"}))
    assert lines(answer) == ["[ERROR] missing required field: channel"]
    await refused(isp, "channel_not_found", bot.chat_postMessage(channel="", text="x"))


async def test_scopes(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.admin().withdraw("chat:write")
    answer = await refused(isp, "missing_scope", bot.chat_postMessage(channel="CNOC", text="x"))
    assert answer["needed"] == "chat:write"
    assert "users:read" in answer["provided"].split(",")
    isp.admin().withdraw("im:history", "users:read.email")
    direct = isp.world.direct("UANN").id
    await refused(isp, "missing_scope", bot.conversations_history(channel=direct))
    assert (await bot.conversations_history(channel="CNOC"))["messages"] == []
    assert "email" not in (await bot.users_info(user="UANN"))["user"]["profile"]
    await refused(isp, "missing_scope", bot.users_lookupByEmail(email="ann@acme.example"))


async def test_a_name_slack_does_not_know_is_minded(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.strict = True
    with isp.expect("users.info: unknown argument usr"):
        await bot.api_call("users.info", params={"user": "UANN", "usr": "x"})
    with isp.expect("post_at is no integer", "must be an integer"), pytest.raises(SlackApiError):
        await bot.chat_scheduleMessage(channel="CNOC", post_at="tomorrow", text="x")
    with isp.expect("include_users is no boolean"):
        await bot.api_call("usergroups.list", params={"include_users": "maybe"})


@pytest.fixture
async def grid(isp: Slackd) -> Slackd:
    """Two workspaces of one organisation and a foreign one; the app is installed in the organisation."""
    world = isp.world
    world.add_workspace("T2", "Second").add_person("UZOE", "zoe")
    world.add_workspace("T9", "Foreign")
    world.add_enterprise("E1", "Acme Group", "T1", "T2")
    made = world.do_install(world.app, world.workspaces["T2"], bot_user="UBOT", bot_id="BBOT")
    world.workspaces["T2"].add_channel("CTWO", "two")
    made.scopes = set(worker()["oauth_config"]["scopes"]["bot"])
    made.team_id, made.enterprise_id = None, "E1"
    return isp


async def test_an_organisations_token_says_which_workspace(grid: Slackd) -> None:
    bot = client(grid, "xoxb-T2")
    await refused(grid, "missing_argument", bot.users_list())
    assert {each["id"] for each in (await bot.users_list(team_id="T2"))["members"]} == {"UBOT", "UZOE"}
    assert "UANN" in {each["id"] for each in (await bot.users_list(team_id="T1"))["members"]}
    await refused(grid, "team_access_not_granted", bot.users_list(team_id="T9"))
    await refused(grid, "team_not_found", bot.users_list(team_id="T7"))
    answer = await bot.chat_postMessage(channel="CTWO", text="hi")
    assert answer["message"]["team"] == "T2", "the channel says it"
    assert (await bot.auth_test())["is_enterprise_install"] is True


async def test_two_workspaces_are_two_worlds(isp: Slackd) -> None:
    team = isp.world.add_workspace("T2")
    team.add_person("UZOE", "zoe")
    isp.world.do_install(isp.world.app, team, scopes=isp.world.scopes)
    team.add_channel("CZOO", "zoo", "UZOE")
    first, second = client(isp), client(isp, "xoxb-T2")
    await refused(isp, "channel_not_found", first.chat_postMessage(channel="CZOO", text="x"))
    assert (await second.auth_test())["team_id"] == "T2"
    await second.chat_postMessage(channel="CZOO", text="x")
    assert len(team.channels["CZOO"].messages) == 1
    await refused(isp, "user_not_found", second.users_info(user="UANN"))


async def test_every_call_is_written_down(isp: Slackd, bot: AsyncWebClient) -> None:
    await refused(isp, "channel_not_found", bot.chat_postMessage(channel="CNO", text="x"))
    await bot.chat_postMessage(channel="CNOC", text="y")
    first, second = isp.calls
    assert (first.method, first.status, first.error) == ("chat.postMessage", 200, "channel_not_found")
    assert (second.args["text"], second.error, second.at) == ("y", "", isp.clock.now())
    assert isp.count("chat.postMessage") == 2
