"""Streamed messages (S1-S7), driven by slack_sdk's own chat_stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import BlocksChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock

FOR_ANN = {"recipient_user_id": "UANN", "recipient_team_id": "T1"}


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock()) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)


@pytest.fixture
def root(slack: Slackd) -> str:
    return str(slack.seat("UANN").write("CNOC", "status?")["ts"])


def message(slack: Slackd, ts: str, channel: str = "CNOC") -> dict[str, Any]:
    found = slack.world.channels[channel].find(ts)
    assert found is not None
    return found


async def refused(slack: Slackd, code: str, call: Any) -> dict[str, Any]:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code
    return caught.value.response.data


async def test_the_sdk_streams_a_message_from_start_to_stop(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, buffer_size=8, **FOR_ANN)
    await stream.append(markdown_text="**All** is ")
    await stream.append(markdown_text="well in [Nyali](https://x.example)")
    shown = message(slack, stream.ts)
    assert shown["streaming_state"] == "in_progress"
    assert shown["thread_ts"] == root
    answer = await stream.stop(markdown_text=".", blocks=[{"type": "divider"}])
    assert shown["text"] == "**All** is well in [Nyali](https://x.example)."
    assert shown["streaming_state"] == "completed"
    parts = shown["blocks"][0]["elements"][0]["elements"]
    assert parts[0] == {"type": "text", "text": "All", "style": {"bold": True}}
    assert parts[2] == {"type": "link", "url": "https://x.example", "text": "Nyali"}
    assert [each["type"] for each in answer["message"]["blocks"]] == ["rich_text", "divider"]


async def test_a_stop_without_any_text_still_makes_a_message(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)
    await stream.stop()
    assert message(slack, stream.ts)["streaming_state"] == "completed"
    assert [record.method for record in slack.calls] == ["chat.startStream", "chat.stopStream"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"thread_ts": "", **FOR_ANN}, "invalid_thread_ts"),
        ({"thread_ts": "1.000009", **FOR_ANN}, "invalid_thread_ts"),
        ({"recipient_team_id": "T1"}, "missing_recipient_user_id"),
        ({"recipient_user_id": "UANN"}, "missing_recipient_team_id"),
        ({"recipient_user_id": "UNOBODY", "recipient_team_id": "T1"}, "user_not_found"),
        ({"recipient_user_id": "UANN", "recipient_team_id": "T9"}, "team_not_found"),
        ({"username": "x", **FOR_ANN}, "missing_scope"),
        ({"task_display_mode": "fancy", **FOR_ANN}, "invalid_arguments"),
    ],
)
async def test_a_start_is_refused(
    slack: Slackd, web: AsyncWebClient, root: str, args: dict[str, str], code: str
) -> None:
    await refused(slack, code, web.chat_startStream(**{"channel": "CNOC", "thread_ts": root, **args}))
    assert slack.world.replies() == []


async def test_a_direct_conversation_needs_no_recipient(slack: Slackd, web: AsyncWebClient) -> None:
    direct = slack.world.direct("UANN")
    asked = slack.seat("UANN").write(direct.id, "hi")["ts"]
    answer = await web.chat_startStream(channel=direct.id, thread_ts=asked, markdown_text="hello")
    assert message(slack, answer["ts"], direct.id)["text"] == "hello"


@pytest.mark.parametrize(
    ("chunk", "why"),
    [
        ({"type": "song"}, "unknown chunk type"),
        ({"type": "task_update", "id": "1", "title": "x"}, "missing required field: status"),
        ({"type": "task_update", "id": "1", "title": "x", "status": "done"}, "status must be one of"),
        ({"type": "task_update", "id": "1", "title": "x" * 257, "status": "pending"}, "more than 256"),
        ({"type": "plan_update", "title": "x" * 257}, "more than 256"),
        ({"type": "markdown_text", "text": "x", "style": 1}, "unexpected field: style"),
        (
            {
                "type": "task_update",
                "id": "1",
                "title": "x",
                "status": "complete",
                "sources": [{"type": "url"}],
            },
            "a source has url and text",
        ),
    ],
)
async def test_a_wrong_chunk_is_refused(
    slack: Slackd, web: AsyncWebClient, root: str, chunk: dict[str, Any], why: str
) -> None:
    call = web.chat_startStream(channel="CNOC", thread_ts=root, chunks=[chunk], **FOR_ANN)
    answer = await refused(slack, "invalid_chunks", call)
    assert why in answer["response_metadata"]["messages"][0]


async def test_a_file_block_is_more_than_a_stream_can_take(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    chunk = {"type": "blocks", "blocks": [{"type": "file", "external_id": "x", "source": "remote"}]}
    call = web.chat_startStream(channel="CNOC", thread_ts=root, chunks=[chunk], **FOR_ANN)
    await refused(slack, "internal_error", call)


async def test_too_much_markdown_in_one_call_is_refused(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    call = web.chat_startStream(channel="CNOC", thread_ts=root, markdown_text="x" * 12_001, **FOR_ANN)
    await refused(slack, "msg_too_long", call)


async def test_a_task_said_again_is_replaced_where_it_stands(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)
    for status in ("pending", "in_progress", "complete"):
        await stream.append(chunks=[TaskUpdateChunk(id="1", title="Look up", status=status)])
        await stream.append(chunks=[TaskUpdateChunk(id="2", title="Ping", status="pending")])
    await stream.stop(markdown_text="Done")
    blocks = message(slack, stream.ts)["blocks"]
    assert [(b.get("task_id"), b.get("status")) for b in blocks] == [
        ("1", "complete"),
        ("2", "pending"),
        (None, None),
    ]


async def test_in_plan_mode_all_tasks_are_one_block(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, task_display_mode="plan", **FOR_ANN)
    await stream.append(chunks=[PlanUpdateChunk(title="Find the fault")])
    for task in ("1", "2"):
        await stream.append(chunks=[TaskUpdateChunk(id=task, title="Look", status="complete", output="ok")])
    await stream.stop()
    [plan] = message(slack, stream.ts)["blocks"]
    assert (plan["type"], plan["title"], len(plan["tasks"])) == ("plan", "Find the fault", 2)


async def test_blocks_over_fifty_are_dropped_with_a_warning(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)
    answer = await stream.append(chunks=[BlocksChunk(blocks=[{"type": "divider"}] * 51)])
    assert "dropped" in answer["warning"]
    await refused(slack, "msg_blocks_too_many", stream.stop(blocks=[{"type": "divider"}] * 51))
    await stream.stop(blocks=[{"type": "divider"}] * 50)
    assert len(message(slack, stream.ts)["blocks"]) == 100


async def test_a_stopped_stream_takes_nothing_more(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    ts = (await web.chat_startStream(channel="CNOC", thread_ts=root, **FOR_ANN))["ts"]
    await refused(slack, "no_text", web.chat_appendStream(channel="CNOC", ts=ts))
    await web.chat_stopStream(channel="CNOC", ts=ts)
    gone = "message_not_in_streaming_state"
    await refused(slack, gone, web.chat_appendStream(channel="CNOC", ts=ts, markdown_text="x"))
    await refused(slack, gone, web.chat_stopStream(channel="CNOC", ts=ts))
    await refused(
        slack, "message_not_found", web.chat_appendStream(channel="CNOC", ts="1.2", markdown_text="x")
    )
    await refused(
        slack, "message_not_owned_by_app", web.chat_appendStream(channel="CNOC", ts=root, markdown_text="x")
    )


async def test_a_stream_ends_after_five_minutes_whatever_is_appended(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)
    for at in range(5):
        await stream.append(chunks=[{"type": "markdown_text", "text": f"{at} "}])
        await slack.clock.advance(59)
    session = slack.world.home.sessions["A1", "CNOC", root]
    assert (message(slack, stream.ts)["streaming_state"], session.status) == ("in_progress", "processing")
    await slack.clock.advance(6)
    assert (message(slack, stream.ts)["streaming_state"], session.status) == ("errored", "active")
    append = stream.append(chunks=[{"type": "markdown_text", "text": "late"}])
    await refused(slack, "message_not_in_streaming_state", append)
    assert message(slack, stream.ts)["text"] == "0 1 2 3 4 "


async def test_a_test_may_end_streams_sooner_or_when_nothing_comes(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    slack.world.limits.stream, slack.world.limits.stream_idle = 90, 30
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)
    await stream.append(chunks=[{"type": "markdown_text", "text": "a"}])
    await slack.clock.advance(29)
    await stream.append(chunks=[{"type": "markdown_text", "text": "b"}])
    await slack.clock.advance(29)
    assert message(slack, stream.ts)["streaming_state"] == "in_progress"
    await slack.clock.advance(2)
    assert message(slack, stream.ts)["streaming_state"] == "errored"


async def test_what_has_come_can_be_read_but_not_changed_while_it_streams(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    stream = await web.chat_stream(channel="CNOC", thread_ts=root, buffer_size=1, **FOR_ANN)
    await stream.append(markdown_text="half")
    replies = await web.conversations_replies(channel="CNOC", ts=root)
    assert replies["messages"][1]["text"] == "half"
    change = web.chat_update(channel="CNOC", ts=stream.ts, text="x")
    await refused(slack, "streaming_state_conflict", change)
    await refused(slack, "cant_delete_message", web.chat_delete(channel="CNOC", ts=stream.ts))
    await stream.stop()
    await web.chat_update(channel="CNOC", ts=stream.ts, text="whole", blocks=[])
    assert message(slack, stream.ts)["text"] == "whole"


async def test_the_session_ends_as_the_app_says(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    session = None
    for status in (None, "suspended", "closed"):
        stream = await web.chat_stream(channel="CNOC", thread_ts=root, buffer_size=1, **FOR_ANN)
        await stream.append(markdown_text="x")
        session = slack.world.home.sessions["A1", "CNOC", root]
        assert (session.status, session.initiator) == ("processing", "UANN")
        await stream.stop(session_status=status)
        assert session.status == (status or "active")
    stop = (await web.chat_stream(channel="CNOC", thread_ts=root, **FOR_ANN)).stop(session_status="asleep")
    await refused(slack, "invalid_arguments", stop)
