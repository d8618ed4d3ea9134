"""chat.*: what Slack takes, keeps, changes and refuses (M1 to M14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.ear import Ear
from tests.slackd_conformance.worker import lines, refused

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


async def post(bot: AsyncWebClient, **what: Any) -> str:
    return (await bot.api_call("chat.postMessage", json={"channel": "CNOC", **what}))["ts"]


async def test_content_is_needed(isp: Slackd, bot: AsyncWebClient) -> None:
    for nothing in (
        *({}, {"text": ""}, {"blocks": []}, {"attachments": []}),
        *({"attachments": [{"color": "x"}]}, {"attachments": [{"blocks": []}]}),
    ):
        await refused(isp, "no_text", post(bot, **nothing))
    for form in ("abc", "{}", ""):
        call = bot.api_call("chat.postMessage", data={"channel": "CNOC", "text": "x", "blocks": form})
        await refused(isp, "invalid_blocks_format", call)
    await post(bot, text="  ")
    await post(bot, blocks=[SECTION])
    await post(bot, attachments=[{"fallback": ""}])


async def test_markdown_stands_alone(isp: Slackd, bot: AsyncWebClient) -> None:
    await refused(isp, "markdown_text_conflict", post(bot, markdown_text="*x*", text="x"))
    await refused(isp, "markdown_text_conflict", post(bot, markdown_text="*x*", blocks=[SECTION]))
    await refused(isp, "msg_too_long", post(bot, markdown_text="x" * 12_001))
    await post(bot, markdown_text="**bold** word")
    assert isp.world.replies()[0]["blocks"][0]["type"] == "rich_text"


async def test_long_text_is_cut_and_said(isp: Slackd, bot: AsyncWebClient) -> None:
    answer = await bot.chat_postMessage(channel="CNOC", text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")
    assert "message_truncated" in answer["response_metadata"]["warnings"]
    ts = answer["ts"]
    await refused(isp, "msg_too_long", bot.chat_update(channel="CNOC", ts=ts, text="x" * 4001))


async def test_blocks_are_checked(isp: Slackd, bot: AsyncWebClient) -> None:
    answer = await refused(isp, "invalid_blocks", post(bot, blocks=[SECTION] * 51))
    assert lines(answer)
    answer = await refused(isp, "invalid_blocks", post(bot, blocks=[SECTION, {"type": "nonsense"}]))
    assert "/blocks/1" in lines(answer)[0]
    await refused(isp, "invalid_metadata_format", post(bot, text="x", metadata="nonsense"))
    await refused(isp, "invalid_metadata_schema", post(bot, text="x", metadata={"event_type": "y"}))


async def test_where_a_message_may_go(isp: Slackd, bot: AsyncWebClient) -> None:
    for channel, code in (
        *(("CSEC", "channel_not_found"), ("CARC", "is_archived"), ("#nowhere", "channel_not_found")),
        *(("COUT", "not_in_channel"), ("UOLD", "channel_not_found"), ("UBOT", "cannot_dm_bot")),
    ):
        await refused(isp, code, post(bot, channel=channel, text="x"))
    isp.world.scopes.add("chat:write.public")
    assert (await bot.chat_postMessage(channel="#outages", text="x"))["channel"] == "COUT"
    assert (await bot.chat_postMessage(channel="noc", text="x"))["channel"] == "CNOC"
    answer = await bot.chat_postMessage(channel="UANN", text="x")
    assert answer["channel"] == isp.world.direct("UANN").id
    await refused(isp, "channel_not_found", bot.chat_update(channel="noc", ts=answer["ts"], text="y"))
    await refused(isp, "missing_scope", post(bot, text="x", username="somebody else"))
    isp.world.app.features["app_home"]["messages_tab_enabled"] = False
    await refused(isp, "messages_tab_disabled", post(bot, channel="UANN", text="x"))


async def test_a_message_to_somebody_gone_is_minded(isp: Slackd, bot: AsyncWebClient) -> None:
    direct = isp.world.direct("UANN").id
    isp.admin().deactivate("UANN")
    isp.strict = True
    with isp.expect("somebody who is deactivated"):
        await post(bot, channel=direct, text="x", unfurl_links=False, unfurl_media=False)


async def test_threads(isp: Slackd, bot: AsyncWebClient) -> None:
    root = isp.seat("UANN").write("CNOC", "root")["ts"]
    first = await post(bot, text="1", thread_ts=root)
    await post(bot, text="2", thread_ts=first)
    assert [m["text"] for m in isp.world.channels["CNOC"].thread(root)] == ["root", "1", "2"]
    found = (await bot.conversations_replies(channel="CNOC", ts=first))["messages"]
    assert (found[0]["reply_count"], found[0]["latest_reply"]) == (2, found[2]["ts"])
    assert found[1]["parent_user_id"] == "UANN"
    future = f"{int(isp.clock.now()) + 4000}.000001"
    for wrong in ("631152000.000001", future, "abc"):
        answer = await refused(isp, "invalid_thread_ts", post(bot, text="x", thread_ts=wrong))
        assert re.fullmatch(r"\[ERROR\] \d+ is not a valid thread_ts", lines(answer)[0])
    isp.strict = True
    with isp.expect("unknown thread"):
        ts = await post(
            bot, text="top", thread_ts="1700000000.000001", unfurl_links=False, unfurl_media=False
        )
    message = isp.world.channels["CNOC"].find(ts)
    assert message is not None
    assert "thread_ts" not in message


async def test_a_stored_message_is_complete(isp: Slackd, bot: AsyncWebClient) -> None:
    metadata = {"event_type": "reply", "event_payload": {"n": 1}}
    ts = await post(bot, text="hi <@UANN>", metadata=metadata)
    [bare] = (await bot.conversations_history(channel="CNOC"))["messages"]
    assert {"bot_id", "app_id", "user", "team", "blocks", "bot_profile"} <= bare.keys()
    assert "metadata" not in bare
    assert bare["blocks"][0]["elements"][0]["elements"][1] == {"type": "user", "user_id": "UANN"}
    found = await bot.conversations_history(channel="CNOC", include_all_metadata=True)
    assert found["messages"][0]["metadata"] == metadata
    link = (await bot.chat_getPermalink(channel="CNOC", message_ts=ts))["permalink"]
    assert link == f"https://acme.slack.com/archives/CNOC/p{ts.replace('.', '')}"
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    await post(bot, text="x", blocks=[{"type": "actions", "elements": [button]}])
    kept = isp.world.replies()[-1]["blocks"][0]
    assert kept["block_id"]
    assert kept["elements"][0]["action_id"]


async def test_update_is_of_ones_own(isp: Slackd, bot: AsyncWebClient) -> None:
    said = isp.seat("UANN").write("CNOC", "mine")["ts"]
    await refused(isp, "cant_update_message", bot.chat_update(channel="CNOC", ts=said, text="x"))
    await refused(isp, "message_not_found", bot.chat_update(channel="CNOC", ts="1700000000.000009", text="x"))
    ts = await post(bot, text="plain")
    answer = await bot.chat_update(channel="CNOC", ts=ts, text="changed")
    assert (answer["text"], answer["message"]["edited"]["user"]) == ("changed", "UBOT")
    assert "changed" in str(answer["message"]["blocks"]), "made of the text again"
    other = isp.world.add_app("A2")
    isp.world.do_install(other, isp.world.home, bot_user="UTWO")
    isp.world.channels["CNOC"].members.add("UTWO")
    second = AsyncWebClient(token="xoxb-T1-A2", base_url=isp.api_url)
    await refused(isp, "cant_update_message", second.chat_update(channel="CNOC", ts=ts, text="x"))
    isp.world.channels["CNOC"].archived = True
    await refused(isp, "is_inactive", bot.chat_update(channel="CNOC", ts=ts, text="x"))


async def test_text_alone_keeps_the_blocks(isp: Slackd, bot: AsyncWebClient) -> None:
    ts = await post(bot, text="card", blocks=[{**SECTION, "block_id": "b"}])
    isp.strict = True
    with isp.expect("the old blocks stay"):
        await bot.chat_update(channel="CNOC", ts=ts, text="new")
    assert isp.world.replies()[0]["blocks"] == [{**SECTION, "block_id": "b"}]
    await bot.chat_update(channel="CNOC", ts=ts, text="new", blocks=[])
    assert isp.world.replies()[0]["blocks"][0]["type"] == "rich_text"


@pytest.mark.parametrize("change", ["update", "delete"])
async def test_a_live_stream_is_left_alone(isp: Slackd, bot: AsyncWebClient, change: str) -> None:
    ts = await post(bot, text="x")
    isp.world.replies()[0]["streaming_state"] = "in_progress"
    if change == "update":
        await refused(isp, "streaming_state_conflict", bot.chat_update(channel="CNOC", ts=ts, text="y"))
    else:
        await refused(isp, "cant_delete_message", bot.chat_delete(channel="CNOC", ts=ts))


async def test_a_deleted_root_leaves_a_tombstone(isp: Slackd, bot: AsyncWebClient) -> None:
    root = await post(bot, text="root")
    reply = await post(bot, text="reply", thread_ts=root)
    await bot.chat_delete(channel="CNOC", ts=root)
    [left] = (await bot.conversations_history(channel="CNOC"))["messages"]
    assert (left["subtype"], left["text"], left["user"]) == (
        *("tombstone", "This message was deleted."),
        "USLACKBOT",
    )
    assert left["reply_count"] == 1
    await refused(isp, "message_not_found", bot.chat_update(channel="CNOC", ts=root, text="x"))
    await bot.chat_delete(channel="CNOC", ts=reply)
    assert (await bot.conversations_history(channel="CNOC"))["messages"] == []
    said = isp.seat("UANN").write("CNOC", "mine")["ts"]
    await bot.chat_delete(channel="CNOC", ts=await post(bot, text="only reply", thread_ts=said))
    [left] = (await bot.conversations_history(channel="CNOC"))["messages"]
    assert "thread_ts" not in left, "without replies it is no thread"
    await refused(isp, "cant_delete_message", bot.chat_delete(channel="CNOC", ts=said))


async def test_ephemeral_is_for_one_and_kept_nowhere(isp: Slackd, bot: AsyncWebClient) -> None:
    answer = await refused(
        isp, "invalid_arguments", bot.chat_postEphemeral(channel="CNOC", user="ann", text="x")
    )
    assert "^[UW][A-Z0-9]{2,}$" in lines(answer)[0]
    for user in ("UGST", "UNOBODY"):
        await refused(isp, "user_not_in_channel", bot.chat_postEphemeral(channel="CNOC", user=user, text="x"))
    ts = (await bot.chat_postEphemeral(channel="CNOC", user="UANN", text="psst"))["message_ts"]
    assert (await bot.conversations_history(channel="CNOC"))["messages"] == []
    assert [m["text"] for m in isp.seat("UANN").sees("CNOC")] == ["psst"]
    assert isp.seat("UBEN").sees("CNOC") == []
    isp.strict = True
    with isp.expect("cannot be reached again", "message_not_found"), pytest.raises(SlackApiError):
        await bot.chat_update(channel="CNOC", ts=ts, text="x")


async def test_messages_for_later(isp: Slackd, bot: AsyncWebClient) -> None:
    now = int(isp.clock.now())

    async def schedule(at: int) -> str:
        return (await bot.chat_scheduleMessage(channel="CNOC", post_at=at, text="later"))[
            "scheduled_message_id"
        ]

    await refused(isp, "time_in_past", schedule(now - 1))
    await refused(isp, "time_too_far", schedule(now + 121 * 86_400))
    first, second = await schedule(now + 600), await schedule(now + 900)
    found = (await bot.chat_scheduledMessages_list(channel="CNOC"))["scheduled_messages"]
    assert [(m["id"], m["post_at"]) for m in found] == [(first, now + 600), (second, now + 900)]
    await bot.chat_deleteScheduledMessage(channel="CNOC", scheduled_message_id=second)
    await refused(
        isp,
        "invalid_scheduled_message_id",
        bot.chat_deleteScheduledMessage(channel="CNOC", scheduled_message_id=second),
    )
    async with Ear(isp) as ear:
        await isp.clock.advance(599)
        assert isp.world.replies() == []
        await isp.clock.advance(1)
        assert (await ear.hear("message"))["text"] == "later"
        await isp.until(lambda: isp.delivery.acks)
        await isp.clock.advance(1000)
    assert len(isp.world.replies()) == 1
    assert (await bot.chat_scheduledMessages_list())["scheduled_messages"] == []
    start = (now // 300 + 100) * 300
    for n in range(30):
        await schedule(start + n)
    await refused(isp, "restricted_too_many", schedule(start + 299))


async def test_what_is_said_is_told(isp: Slackd, bot: AsyncWebClient) -> None:
    """The app hears its own messages, with its bot_id: whoever answers them talks to themselves."""
    async with Ear(isp) as ear:
        ts = await post(bot, text="hi <@UBOT> and <@UANN>")
        heard = await ear.hear("message")
        assert (heard["bot_id"], heard["channel_type"], heard["ts"]) == ("BBOT", "channel", ts)
        await bot.chat_update(channel="CNOC", ts=ts, text="ho")
        await bot.chat_delete(channel="CNOC", ts=ts)
        await bot.chat_postEphemeral(channel="CNOC", user="UANN", text="nobody hears that")
        await isp.until(lambda: len(ear.events("message")) == 3)
        changed, deleted = ear.events("message")[1:]
        assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "ho")
        assert changed["previous_message"]["text"].startswith("hi")
        assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
        assert ear.events("app_mention") == [], "one does not mention oneself"
        direct = isp.world.direct("UANN").id
        await bot.chat_postMessage(channel=direct, text="in private")
        await isp.until(lambda: len(ear.events("message")) == 4)
        assert ear.events("message")[3]["channel_type"] == "im"
