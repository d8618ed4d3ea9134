"""The world changes while the app is at work (4.6), and the app is told what it may hear."""

from __future__ import annotations

import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.ear import Ear
from tests.slackd_conformance.worker import refused


async def test_the_bot_is_thrown_out(isp: Slackd, bot: AsyncWebClient) -> None:
    async with Ear(isp) as ear:
        await asyncio.gather(*isp.admin().kick("CNOC", "UBOT"))
        assert (await ear.hear("channel_left"))["channel"] == "CNOC"
        await isp.seat("UANN").say("CNOC", "<@UBOT> are you there?")
        await refused(isp, "not_in_channel", bot.chat_postMessage(channel="CNOC", text="x"))
        await asyncio.gather(*isp.admin().invite("CNOC", "UBOT", by="UANN"))
        assert (await ear.hear("member_joined_channel"))["inviter"] == "UANN"
        await isp.seat("UANN").say("CNOC", "<@UBOT> and now?")
        await ear.hear("app_mention")
        assert [each["text"] for each in ear.events("message")] == ["<@UBOT> and now?"]


async def test_a_channel_is_archived_renamed_deleted(isp: Slackd, bot: AsyncWebClient) -> None:
    async with Ear(isp) as ear:
        await asyncio.gather(*isp.admin().archive("CNOC", by="UBEN"))
        assert (await ear.hear("channel_archive"))["user"] == "UBEN"
        await refused(isp, "is_archived", bot.chat_postMessage(channel="CNOC", text="x"))
        isp.admin().unarchive("CNOC")
        await asyncio.gather(*isp.admin().rename("CNOC", "noc-emea"))
        assert (await ear.hear("channel_rename"))["channel"]["name"] == "noc-emea"
        isp.admin().delete_channel("CNOC")
        await refused(isp, "channel_not_found", bot.chat_postMessage(channel="CNOC", text="x"))


async def test_somebody_leaves_the_company(isp: Slackd, bot: AsyncWebClient) -> None:
    async with Ear(isp) as ear:
        await asyncio.gather(*isp.admin().deactivate("UBEN"))
        user = (await ear.hear("user_change"))["user"]
        assert (user["id"], user["deleted"]) == ("UBEN", True)
        assert (await ear.hear("subteam_members_changed"))["removed_users"] == ["UBEN"]
        assert [each["user"] for each in ear.events("member_left_channel")] == ["UBEN"]
        assert (await bot.usergroups_users_list(usergroup="SNOC"))["users"] == ["UANN"]
        assert "UBEN" not in (await bot.conversations_members(channel="CNOC"))["members"]
        await asyncio.gather(*isp.admin().hire("UZOE", "zoe", "zoe@acme.example"))
        assert (await ear.hear("team_join"))["user"]["profile"]["email"] == "zoe@acme.example"


async def test_group_changes_are_told(isp: Slackd) -> None:
    async with Ear(isp) as ear:
        assert isp.admin().set_group("SNOC", "UANN", "UBEN") == [], "nothing changed"
        await asyncio.gather(*isp.admin().join_group("SNOC", "UGST"))
        changed = await ear.hear("subteam_members_changed")
        assert (changed["subteam_id"], changed["added_users"]) == ("SNOC", ["UGST"])
        assert (await ear.hear("subteam_updated"))["subteam"]["users"] == ["UANN", "UBEN", "UGST"]


async def test_only_what_was_asked_for_is_told(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.world.app.settings["event_subscriptions"]["bot_events"] = ["reaction_added", "user_change"]
    isp.admin().withdraw("users:read")
    async with Ear(isp) as ear:
        ts = isp.seat("UANN").write("CNOC", "x")["ts"]
        await asyncio.gather(*isp.admin().change("UANN", title="Engineer"))  # no scope any more
        await bot.reactions_add(name="eyes", channel="CNOC", timestamp=ts)
        added = await ear.hear("reaction_added")
        await bot.reactions_remove(name="eyes", channel="CNOC", timestamp=ts)  # not subscribed
        assert (added["user"], added["item"]["ts"], added["item_user"]) == ("UBOT", ts, "UANN")
        assert len(ear.heard) == 1


async def test_the_app_is_removed(isp: Slackd, bot: AsyncWebClient) -> None:
    async with Ear(isp) as ear:
        isp.admin().uninstall()
        assert (await ear.hear("tokens_revoked"))["tokens"]["bot"] == ["UBOT"]
        await ear.hear("app_uninstalled")
        await refused(isp, "token_revoked", bot.auth_test())
