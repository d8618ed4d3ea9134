"""conversations.*: what is there, who is in it, what was said, and how it is changed."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.ear import Ear
from tests.slackd_conformance.worker import lines, refused


def names(answer: Any, key: str = "channels") -> list[str]:
    return [each["name"] for each in answer[key]]


async def test_list_in_pages(isp: Slackd, bot: AsyncWebClient) -> None:
    assert names(await bot.conversations_list()) == ["noc", "outages", "archive"]
    assert names(await bot.conversations_list(exclude_archived=True)) == ["noc", "outages"]
    assert names(await bot.conversations_list(types="private_channel")) == [], "the bot is not in it"
    first = await bot.conversations_list(limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await bot.conversations_list(limit=2, cursor=cursor)
    assert (names(second), second["response_metadata"]["next_cursor"]) == (["archive"], "")
    await refused(isp, "invalid_cursor", bot.conversations_list(cursor="nonsense"))
    await refused(isp, "invalid_types", bot.conversations_list(types="channel"))
    answer = await refused(isp, "invalid_arguments", bot.conversations_list(limit="ten"))
    assert lines(answer) == ["[ERROR] must provide a number [json-pointer:/limit]"]
    isp.admin().withdraw("mpim:read")
    answer = await refused(isp, "missing_scope", bot.conversations_list(types="public_channel,mpim"))
    assert answer["needed"] == "mpim:read"


async def test_info_and_members(isp: Slackd, bot: AsyncWebClient) -> None:
    channel = (await bot.conversations_info(channel="CNOC", include_num_members=True))["channel"]
    assert (channel["is_member"], channel["is_private"], channel["num_members"]) == (True, False, 3)
    assert (await bot.conversations_info(channel="COUT"))["channel"]["is_member"] is False
    assert (await bot.conversations_info(channel="CARC"))["channel"]["is_archived"] is True
    await refused(isp, "channel_not_found", bot.conversations_info(channel="CSEC"))
    direct = isp.world.direct("UANN").id
    assert (await bot.conversations_info(channel=direct))["channel"]["user"] == "UANN"
    assert (await bot.conversations_members(channel="CNOC"))["members"] == ["UANN", "UBEN", "UBOT"]
    await refused(isp, "channel_not_found", bot.conversations_members(channel="CSEC"))


async def test_history_walks_back_and_forward(isp: Slackd, bot: AsyncWebClient) -> None:
    said = [isp.seat("UANN").write("CNOC", str(n))["ts"] for n in range(7)]
    isp.seat("UBEN").write("CNOC", "a reply is not in the history", thread=said[0])

    async def read(**what: Any) -> tuple[list[str], str]:
        answer = await bot.conversations_history(channel="CNOC", limit=3, **what)
        cursor = answer.get("response_metadata", {}).get("next_cursor", "")
        assert answer["has_more"] is bool(cursor)
        return [m["text"] for m in answer["messages"]], cursor

    page, cursor = await read()
    assert page == ["6", "5", "4"]
    assert (await read(cursor=cursor))[0] == ["3", "2", "1"]
    assert await read(latest=said[3]) == (["2", "1", "0"], "")
    assert (await read(latest=said[3], inclusive=True))[0] == ["3", "2", "1"]
    page, cursor = await read(oldest=said[1])
    assert page == ["4", "3", "2"], "the three just after it"
    assert (await read(oldest=said[1], cursor=cursor))[0] == ["6", "5"]
    assert (await read(oldest=said[1], latest=said[3]))[0] == ["2"]
    for wrong, code in (
        ({"latest": "abc", "oldest": "abc", "cursor": "x"}, "invalid_ts_latest"),
        ({"oldest": "abc", "cursor": "x"}, "invalid_ts_oldest"),
        ({"cursor": "x"}, "invalid_cursor"),
    ):
        await refused(isp, code, read(**wrong))
        await refused(isp, "channel_not_found", bot.conversations_history(channel="CNO", **wrong))


async def test_replies_begin_with_the_root(isp: Slackd, bot: AsyncWebClient) -> None:
    ann = isp.seat("UANN")
    root = ann.write("CNOC", "root")["ts"]
    said = [ann.write("CNOC", str(n), thread=root)["ts"] for n in range(4)]
    first = await bot.conversations_replies(channel="CNOC", ts=said[2], limit=3)
    assert [m["text"] for m in first["messages"]] == ["root", "0", "1", "2"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await bot.conversations_replies(channel="CNOC", ts=root, limit=3, cursor=cursor)
    assert ([m["text"] for m in second["messages"]], second["has_more"]) == (["root", "3"], False)
    alone = ann.write("CNOC", "alone")["ts"]
    assert len((await bot.conversations_replies(channel="CNOC", ts=alone))["messages"]) == 1
    await refused(isp, "thread_not_found", bot.conversations_replies(channel="CNOC", ts="1700000000.1"))
    await refused(isp, "channel_not_found", bot.conversations_replies(channel="CSEC", ts=root))
    await refused(isp, "not_in_channel", bot.conversations_history(channel="COUT"))
    assert (await bot.conversations_history(channel="CARC"))["messages"] == []


async def test_direct_conversations(isp: Slackd, bot: AsyncWebClient) -> None:
    first = await bot.conversations_open(users="UANN")
    again = await bot.conversations_open(users=["UANN"], return_im=True)
    assert (first["already_open"], again["already_open"]) == (False, True)
    assert (first["channel"]["id"], again["channel"]["user"]) == (again["channel"]["id"], "UANN")
    group = (await bot.conversations_open(users=["UANN", "UBEN"]))["channel"]["id"]
    assert (await bot.conversations_info(channel=group))["channel"]["is_mpim"] is True
    await bot.conversations_close(channel=group)
    await refused(isp, "method_not_supported_for_channel_type", bot.conversations_close(channel="CNOC"))
    await refused(isp, "user_not_found", bot.conversations_open(users="UNOBODY"))
    await refused(isp, "user_disabled", bot.conversations_open(users="UOLD"))
    await refused(isp, "users_list_not_supplied", bot.conversations_open(users=""))
    isp.admin().withdraw("im:write")
    await refused(isp, "missing_scope", bot.conversations_open(users="UBEN"))


async def test_a_channel_for_an_outage(isp: Slackd, bot: AsyncWebClient) -> None:
    made = (await bot.conversations_create(name="outage-12"))["channel"]
    where = made["id"]
    assert (made["is_member"], made["creator"]) == (True, "UBOT")
    for name, code in (
        *(("outage-12", "name_taken"), ("Outage", "invalid_name_specials")),
        *(("x" * 81, "invalid_name_maxlength"), ("", "invalid_name_required")),
    ):
        await refused(isp, code, bot.conversations_create(name=name))
    await bot.conversations_setTopic(channel=where, topic="fibre cut")
    await bot.conversations_setPurpose(channel=where, purpose="repair")
    assert (await bot.conversations_info(channel=where))["channel"]["topic"]["value"] == "fibre cut"
    await bot.conversations_invite(channel=where, users=["UANN", "UBEN"])
    await refused(isp, "already_in_channel", bot.conversations_invite(channel=where, users="UANN"))
    await refused(isp, "user_not_found", bot.conversations_invite(channel=where, users="UNOBODY"))
    await bot.conversations_kick(channel=where, user="UBEN")
    await refused(isp, "not_in_channel", bot.conversations_kick(channel=where, user="UBEN"))
    await refused(isp, "cant_kick_self", bot.conversations_kick(channel=where, user="UBOT"))
    await bot.conversations_rename(channel=where, name="outage-12-done")
    await refused(isp, "not_authorized", bot.conversations_rename(channel="CNOC", name="x"))
    await bot.conversations_archive(channel=where)
    await refused(isp, "already_archived", bot.conversations_archive(channel=where))
    await refused(isp, "is_archived", bot.chat_postMessage(channel=where, text="x"))
    await bot.conversations_unarchive(channel=where)
    await refused(isp, "not_archived", bot.conversations_unarchive(channel=where))
    assert isp.world.channels[where].members == {"UBOT", "UANN"}
    private = (await bot.conversations_create(name="core-change", is_private=True))["channel"]
    assert private["is_private"] is True


async def test_join_and_leave(isp: Slackd, bot: AsyncWebClient) -> None:
    await bot.conversations_join(channel="COUT")
    assert (await bot.conversations_join(channel="COUT"))["warning"] == "already_in_channel"
    assert (await bot.users_conversations())["channels"][1]["name"] == "outages"
    await bot.conversations_leave(channel="COUT")
    assert (await bot.conversations_leave(channel="COUT"))["not_in_channel"] is True
    await refused(isp, "channel_not_found", bot.conversations_join(channel="CSEC"))
    await refused(isp, "is_archived", bot.conversations_join(channel="CARC"))


async def test_the_bots_own_deeds_are_told(isp: Slackd, bot: AsyncWebClient) -> None:
    async with Ear(isp) as ear:
        await bot.conversations_join(channel="COUT")
        joined = await ear.hear("member_joined_channel")
        assert (joined["user"], joined["channel"], joined["channel_type"]) == ("UBOT", "COUT", "C")
        await bot.conversations_archive(channel="COUT")
        assert (await ear.hear("channel_archive"))["channel"] == "COUT"
