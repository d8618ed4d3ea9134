"""users.*, usergroups.*, team, bots and dnd: who somebody is and what they belong to."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.worker import client, refused


async def finds_nobody(bot: AsyncWebClient, email: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await bot.users_lookupByEmail(email=email)
    assert caught.value.response["error"] == "users_not_found"


async def test_users(isp: Slackd, bot: AsyncWebClient) -> None:
    ben = (await bot.users_info(user="UBEN"))["user"]
    assert (ben["is_admin"], ben["profile"]["email"], ben["deleted"]) == (True, "ben@acme.example", False)
    assert (await bot.users_info(user="UGST"))["user"]["is_ultra_restricted"] is True
    old = (await bot.users_info(user="UOLD"))["user"]
    assert old["deleted"] is True
    assert not {"is_admin", "is_restricted", "tz", "real_name"} & old.keys(), "absent, not false"
    await refused(isp, "user_not_found", bot.users_info(user="UNOBODY"))
    first = await bot.users_list(limit=3)
    rest = await bot.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    found = [each["id"] for each in first["members"] + rest["members"]]
    assert found == ["UBOT", "UANN", "UBEN", "UGST", "UOLD"]
    assert (await bot.users_lookupByEmail(email="Ann@acme.example"))["user"]["id"] == "UANN"
    for gone in ("old@acme.example", "nobody@acme.example"):
        await finds_nobody(bot, gone)
    assert isp.violations == [], "a look-up that finds nobody is an ordinary answer"
    assert (await bot.users_profile_get(user="UANN"))["profile"]["display_name"] == "ann"
    assert (await bot.users_getPresence(user="UANN"))["presence"] == "active"
    found = (await bot.users_conversations(user="UANN", types="public_channel,private_channel"))["channels"]
    assert [each["id"] for each in found] == ["CNOC", "COUT", "CARC"], "not the private one the bot is not in"


async def test_strangers_show_no_email(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.world.add_person("USTR", "stranger", "stranger@other.example", is_stranger=True, team_id="T9")
    user = (await bot.users_info(user="USTR"))["user"]
    assert (user["is_stranger"], user["team_id"]) == (True, "T9")
    assert "email" not in user["profile"]
    await finds_nobody(bot, "stranger@other.example")


async def test_user_groups(isp: Slackd, bot: AsyncWebClient) -> None:
    [group] = (await bot.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert (group["handle"], group["users"], group["user_count"]) == ("noc-team", ["UANN", "UBEN"], 2)
    assert "users" not in (await bot.usergroups_list())["usergroups"][0]
    made = (await bot.usergroups_create(name="Field techs"))["usergroup"]
    assert made["handle"] == "field-techs"
    await refused(isp, "handle_already_exists", bot.usergroups_create(name="Field techs"))
    await bot.usergroups_users_update(usergroup=made["id"], users=["UANN"])
    assert (await bot.usergroups_users_list(usergroup=made["id"]))["users"] == ["UANN"]
    await refused(isp, "invalid_users", bot.usergroups_users_update(usergroup=made["id"], users="UOLD"))
    await refused(isp, "no_such_subteam", bot.usergroups_users_list(usergroup="SNO"))
    await bot.usergroups_disable(usergroup=made["id"])
    await refused(isp, "no_such_subteam", bot.usergroups_users_list(usergroup=made["id"]))
    assert len((await bot.usergroups_list())["usergroups"]) == 1
    assert len((await bot.usergroups_list(include_disabled=True))["usergroups"]) == 2
    isp.world.home.is_paid = False
    await refused(isp, "plan_upgrade_required", bot.usergroups_list())


async def test_team_bot_and_rest(isp: Slackd, bot: AsyncWebClient) -> None:
    assert (await bot.team_info())["team"]["domain"] == "acme"
    await refused(isp, "team_not_found", bot.team_info(team="T9"))
    assert (await bot.bots_info(bot="BBOT"))["bot"]["user_id"] == "UBOT"
    await refused(isp, "bot_not_found", bot.bots_info(bot="BNO"))
    assert (await bot.dnd_info(user="UANN"))["snooze_enabled"] is False
    isp.world.people["UANN"].snoozed_until = isp.clock.now() + 60
    assert (await bot.dnd_teamInfo(users=["UANN", "UBEN"]))["users"]["UANN"]["snooze_enabled"] is True
    await isp.clock.advance(61)
    assert (await bot.dnd_info(user="UANN"))["snooze_enabled"] is False


async def test_marks_on_a_message(isp: Slackd, bot: AsyncWebClient) -> None:
    ts = isp.seat("UANN").write("CNOC", "cut")["ts"]
    at = {"channel": "CNOC", "timestamp": ts}
    await bot.reactions_add(name="eyes", **at)
    await refused(isp, "already_reacted", bot.reactions_add(name="eyes", **at))
    for wrong in (":eyes:", "EYES", " eyes "):
        await refused(isp, "invalid_name", bot.reactions_add(name=wrong, **at))
    answer = await refused(isp, "invalid_arguments", bot.api_call("reactions.add"))
    assert [line.rpartition(" ")[2] for line in answer["response_metadata"]["messages"]] == [
        *("name", "timestamp", "channel")
    ]
    found = (await bot.reactions_get(**at))["message"]
    assert found["reactions"] == [{"name": "eyes", "users": ["UBOT"], "count": 1}]
    assert (await bot.reactions_list())["items"][0]["message"]["ts"] == ts
    await bot.reactions_remove(name="eyes", **at)
    await refused(isp, "no_reaction", bot.reactions_remove(name="eyes", **at))
    await refused(isp, "no_item_specified", bot.reactions_remove(name="eyes"))
    await refused(isp, "bad_timestamp", bot.reactions_get(channel="CNOC", timestamp="0"))
    await refused(isp, "message_not_found", bot.reactions_get(channel="CNOC", timestamp="1.5"))
    await bot.pins_add(**at)
    await refused(isp, "already_pinned", bot.pins_add(**at))
    assert [each["message"]["ts"] for each in (await bot.pins_list(channel="CNOC"))["items"]] == [ts]
    await bot.pins_remove(**at)
    await refused(isp, "no_pin", bot.pins_remove(**at))


async def test_bookmarks(isp: Slackd, bot: AsyncWebClient) -> None:
    made = await bot.bookmarks_add(
        channel_id="CNOC", title="Map", type="link", link="https://map.acme.example"
    )
    where = {"channel_id": "CNOC", "bookmark_id": made["bookmark"]["id"]}
    await bot.bookmarks_edit(**where, title="Fibre map")
    [kept] = (await bot.bookmarks_list(channel_id="CNOC"))["bookmarks"]
    assert (kept["title"], kept["link"]) == ("Fibre map", "https://map.acme.example")
    await refused(
        isp, "invalid_link", bot.bookmarks_add(channel_id="CNOC", title="x", type="link", link="map")
    )
    await bot.bookmarks_remove(**where)
    await refused(isp, "not_found", bot.bookmarks_remove(**where))


async def test_a_revoked_token_is_told(isp: Slackd, bot: AsyncWebClient) -> None:
    assert (await bot.auth_revoke(test=True))["revoked"] is False
    assert (await bot.auth_revoke())["revoked"] is True
    await refused(isp, "token_revoked", bot.auth_test())
    app = client(isp, isp.world.app_token)
    context = isp.world.add_context(isp.world.home)
    found = (await app.apps_event_authorizations_list(event_context=context))["authorizations"]
    assert found[0]["team_id"] == "T1"
    await refused(isp, "invalid_event_context", app.apps_event_authorizations_list(event_context="x"))
