"""Agent sessions, their older names, the stop button, and guests (S8-S12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.agent_moves import entity
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear

PROMPT = {"title": "Outages", "message": "What is down?"}


@pytest.fixture
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=getattr(request, "param", None) or manifest()) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_person("UGUEST", "contractor", is_restricted=True)
        slackd.world.add_channel("CNOC", "noc", "UANN", "UGUEST")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def ear(slack: Slackd) -> AsyncIterator[Ear]:
    async with Ear(slack) as listening:
        yield listening


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)


@pytest.fixture
def root(slack: Slackd) -> str:
    return str(slack.seat("UANN").write("CNOC", "status?")["ts"])


async def refused(slack: Slackd, code: str, call: Any) -> None:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code


async def test_a_session_is_made_with_its_first_status_and_keeps_its_title(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    ann = slack.seat("UANN")
    asked = {"channel_id": "CNOC", "thread_ts": root}
    first = await web.agents_sessions_setStatus(**asked, status="processing", title="Status")
    again = await web.agents_sessions_setStatus(**asked, status="suspended", title="Other")
    session = ann.session("CNOC", root)
    assert (first["status"], again["status"], again["title"]) == ("processing", "suspended", "Status")
    assert (session.status, session.initiator) == ("suspended", "UANN")
    await web.agents_sessions_rename(**asked, title="Nyali is down")
    assert session.title == "Nyali is down"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"status": "thinking about Nyali"}, "invalid_status"),
        ({"channel_id": "CNONE"}, "channel_not_found"),
        ({"channel_id": "COUT"}, "not_authorized"),
        ({"thread_ts": None}, "thread_ts_required"),
        ({"initiator_user_id": "UNOBODY"}, "user_not_found"),
        ({"title": "x" * 201}, "invalid_arguments"),
        ({"username": "x"}, "missing_scope"),
    ],
)
async def test_a_status_is_refused(
    slack: Slackd, web: AsyncWebClient, root: str, args: dict[str, str], code: str
) -> None:
    slack.world.add_channel("COUT", "outages").members.discard("UBOT")
    call = {"channel_id": "CNOC", "thread_ts": root, "status": "active", **args}
    await refused(slack, code, web.agents_sessions_setStatus(**call))


async def test_a_name_needs_a_session_and_a_length(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    asked = {"channel_id": "CNOC", "thread_ts": root}
    await refused(slack, "session_not_found", web.agents_sessions_rename(**asked, title="x"))
    await web.agents_sessions_setStatus(**asked, status="active")
    await refused(slack, "invalid_name", web.agents_sessions_rename(**asked, title="x" * 201))


async def test_a_direct_message_of_the_agent_can_be_titled(slack: Slackd, web: AsyncWebClient) -> None:
    direct = slack.world.direct("UANN").id
    sent = await web.chat_postMessage(
        channel=direct, text="Your shift begins", unfurl_links=False, unfurl_media=False
    )
    await web.agents_sessions_rename(channel_id=direct, thread_ts=sent["ts"], title="Shift")
    assert slack.seat("UANN").session(direct, sent["ts"]).title == "Shift"


@pytest.mark.parametrize("slack", [manifest(events=["app_mention"])], indirect=True)
async def test_without_the_stop_event_there_is_a_warning_and_no_button(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    answer = await web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="processing")
    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"
    with pytest.raises(AssertionError, match="no stop button"):
        await slack.seat("UANN").stop("CNOC", root)


async def test_an_app_that_is_no_agent_has_no_sessions(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    del slack.world.app.manifest["features"]["agent_view"]
    asked = {"channel_id": "CNOC", "thread_ts": root}
    await refused(slack, "feature_disabled", web.agents_sessions_setStatus(**asked, status="active"))
    await refused(
        slack, "not_agent_app", web.assistant_threads_setSuggestedPrompts(channel_id="CNOC", prompts=[PROMPT])
    )
    await web.assistant_threads_setStatus(**asked, status="is looking")


async def test_a_free_workspace_has_no_sessions(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    slack.world.home.is_paid = False
    call = web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="active")
    await refused(slack, "feature_disabled", call)


async def test_processing_ends_by_itself_after_an_hour_without_news(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    asked = {"channel_id": "CNOC", "thread_ts": root, "status": "processing"}
    await web.agents_sessions_setStatus(**asked)
    session = slack.seat("UANN").session("CNOC", root)
    await slack.clock.advance(3500)
    await web.agents_sessions_setStatus(**asked)
    await slack.clock.advance(3599)
    assert session.status == "processing"
    await slack.clock.advance(2)
    assert session.status == "active"


async def test_the_stop_button_ends_the_streams_and_tells_the_app(
    slack: Slackd, web: AsyncWebClient, ear: Ear, root: str
) -> None:
    stream = await web.chat_stream(
        channel="CNOC", thread_ts=root, buffer_size=1, recipient_user_id="UANN", recipient_team_id="T1"
    )
    await stream.append(markdown_text="half")
    session = await slack.seat("UANN").stop("CNOC", root)
    [event] = ear.events("agent_session_stopped")
    assert (event["user"], event["channel"], event["thread_ts"]) == ("UANN", "CNOC", root)
    assert event["streaming_message_ts"] == [stream.ts]
    assert session.status == "processing"
    await refused(slack, "stopped_by_user", stream.append(markdown_text="more"))
    await web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="active")
    await slack.clock.advance(60)


async def test_a_stopped_session_left_processing_is_a_violation(
    slack: Slackd, web: AsyncWebClient, ear: Ear, root: str
) -> None:
    await web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="processing")
    await slack.seat("UANN").stop("CNOC", root)
    assert ear.events("agent_session_stopped")
    with slack.expect("left in processing"):
        await slack.clock.advance(11)


async def test_a_person_renames_what_they_talk_about(
    slack: Slackd, web: AsyncWebClient, ear: Ear, root: str
) -> None:
    await web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="active", title="Old")
    await slack.seat("UANN").rename_session("CNOC", root, "New")
    event = await ear.hear("agent_session_title_changed")
    assert (event["title"], event["previous_title"], event["team_id"]) == ("New", "Old", "T1")


async def test_the_old_status_shows_until_the_app_answers(
    slack: Slackd, web: AsyncWebClient, root: str
) -> None:
    asked = {"channel_id": "CNOC", "thread_ts": root}
    await web.assistant_threads_setStatus(**asked, status="is looking at Nyali")
    session = slack.seat("UANN").session("CNOC", root)
    assert (session.status, session.loading) == ("processing", "is looking at Nyali")
    await web.chat_postMessage(
        channel="CNOC", thread_ts=root, text="Up", unfurl_links=False, unfurl_media=False
    )
    assert (session.status, session.loading) == ("active", "")
    await web.assistant_threads_setStatus(**asked, status="again")
    await web.assistant_threads_setStatus(**asked, status="")
    assert session.status == "active"
    await web.assistant_threads_setTitle(**asked, title="Nyali")
    assert session.title == "Nyali"
    asked["thread_ts"] = "1.000002"
    await refused(slack, "invalid_thread_ts", web.assistant_threads_setTitle(**asked, title="x"))


async def test_prompts_are_few_and_whole(slack: Slackd, web: AsyncWebClient, ear: Ear) -> None:
    ann = slack.seat("UANN")
    shown = await ann.open_chat(entity("channel_id", "CNOC"))
    opened = await ear.hear("app_home_opened")
    assert (opened["tab"], shown) == ("messages", [])
    assert opened["context"]["entities"][0]["value"] == "CNOC"
    direct = opened["channel"]
    await web.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=[PROMPT], title="Ask me")
    assert ann.prompts() == [PROMPT]
    for wrong in ([PROMPT] * 5, [{"title": "x"}], []):
        call = web.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=wrong)
        await refused(slack, "invalid_arguments", call)


async def test_what_a_person_looks_at_is_told(slack: Slackd, ear: Ear) -> None:
    await slack.seat("UANN").change_context(entity("channel_id", "CNOC"))
    event = await ear.hear("app_context_changed")
    assert (event["user"], event["context"]["entities"][0]["type"]) == ("UANN", "slack#/types/channel_id")


async def test_a_guest_has_no_stop_button(slack: Slackd, web: AsyncWebClient, root: str) -> None:
    await web.agents_sessions_setStatus(channel_id="CNOC", thread_ts=root, status="processing")
    with pytest.raises(AssertionError, match="guests"):
        await slack.seat("UGUEST").stop("CNOC", root)


async def test_where_an_app_takes_no_messages_it_streams_none(slack: Slackd, web: AsyncWebClient) -> None:
    slack.world.app.manifest["features"]["app_home"]["messages_tab_enabled"] = False
    direct = slack.world.direct("UANN").id
    asked = slack.seat("UANN").write(direct, "hi")["ts"]
    await refused(slack, "messages_tab_disabled", web.chat_startStream(channel=direct, thread_ts=asked))


async def test_of_guests_an_agent_hears_nothing_but_words(slack: Slackd, ear: Ear) -> None:
    guest = slack.seat("UGUEST")
    await guest.open_chat()
    await guest.change_context(entity("channel_id", "CNOC"))
    await guest.say("CNOC", "hello <@UBOT>")
    assert {each["type"] for each in ear.events()} == {"message", "app_mention"}
