"""Canvases, search and steps of workflows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd.documents import content
from tests.slackd.errors import SlackError
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear

STEP = {
    "title": "Look up",
    "description": "Look up a customer",
    "input_parameters": {"number": {"type": "string"}},
    "output_parameters": {"name": {"type": "string", "is_required": True}},
}


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest()) as slackd:
        slackd.world.app.manifest["functions"] = {"look_up": STEP}
        slackd.world.add_person("UANN", "ann", "ann@isp.example")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        slackd.world.add_channel("CCORE", "core", "UANN", private=True)
        yield slackd
        assert slackd.violations == []


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)


def markdown(text: str) -> dict[str, str]:
    return {"type": "markdown", "markdown": text}


async def refused(slack: Slackd, code: str, call: Any) -> None:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code


async def test_a_canvas_is_written_changed_and_read(slack: Slackd, web: AsyncWebClient) -> None:
    made = await web.canvases_create(title="Hand-over", document_content=markdown("# Night\n\nAll quiet"))
    canvas = made["canvas_id"]
    [head] = (await web.canvases_sections_lookup(canvas_id=canvas, criteria={"section_types": ["h1"]}))[
        "sections"
    ]
    [quiet] = (await web.canvases_sections_lookup(canvas_id=canvas, criteria={"contains_text": "quiet"}))[
        "sections"
    ]
    changes = [
        {"operation": "insert_after", "section_id": head["id"], "document_content": markdown("From 22:00")},
        {"operation": "replace", "section_id": quiet["id"], "document_content": markdown("Nyali was down")},
        {"operation": "insert_at_end", "document_content": markdown("- call the field team")},
        {"operation": "rename", "title_content": markdown("Night of Monday")},
    ]
    await web.canvases_edit(canvas_id=canvas, changes=changes)
    read = await web.canvases_getContent(canvas_id=canvas)
    assert read["content"] == "# Night\n\nFrom 22:00\n\nNyali was down\n\n- call the field team"
    assert read["title"] == "Night of Monday"
    await web.canvases_edit(canvas_id=canvas, changes=[{"operation": "delete", "section_id": head["id"]}])
    assert (await web.canvases_getContent(canvas_id=canvas))["content"].startswith("From 22:00")
    await web.canvases_delete(canvas_id=canvas)
    await refused(slack, "canvas_not_found", web.canvases_getContent(canvas_id=canvas))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"operation": "shuffle"}, "canvas_editing_failed"),
        ({"operation": "delete", "section_id": "none"}, "canvas_editing_failed"),
        ({"operation": "insert_at_end", "document_content": {"type": "html"}}, "canvas_editing_failed"),
    ],
)
async def test_a_change_of_a_canvas_is_refused(
    slack: Slackd, web: AsyncWebClient, change: dict[str, Any], code: str
) -> None:
    canvas = (await web.canvases_create(document_content=markdown("x")))["canvas_id"]
    await refused(slack, code, web.canvases_edit(canvas_id=canvas, changes=[change]))


def test_a_change_of_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(SlackError, match="canvas_too_large"):
        content(markdown("x" * ((1 << 20) + 1)))


async def test_a_channel_has_one_canvas_and_a_free_workspace_no_loose_ones(
    slack: Slackd, web: AsyncWebClient
) -> None:
    document = markdown("x")
    await web.conversations_canvases_create(channel_id="CNOC", document_content=document)
    again = web.conversations_canvases_create(channel_id="CNOC", document_content=document)
    await refused(slack, "channel_canvas_already_exists", again)
    slack.world.home.is_paid = False
    await refused(slack, "free_teams_cannot_create_standalone_canvases", web.canvases_create(title="x"))


async def test_access_to_a_canvas_is_given_to_people_or_channels(slack: Slackd, web: AsyncWebClient) -> None:
    canvas = (await web.canvases_create(title="x"))["canvas_id"]
    asked = {"canvas_id": canvas, "access_level": "write"}
    await web.canvases_access_set(**asked, channel_ids=["CNOC"])
    await refused(slack, "invalid_parameters", web.canvases_access_set(**asked))
    await refused(slack, "user_not_found", web.canvases_access_set(**asked, user_ids=["UNOBODY"]))
    await web.canvases_access_delete(canvas_id=canvas, channel_ids=["CNOC"])
    assert slack.world.home.canvases[canvas].access == {}


async def test_the_app_searches_only_what_it_may_and_for_somebody(slack: Slackd, web: AsyncWebClient) -> None:
    ann = slack.seat("UANN")
    ann.write("CNOC", "the Nyali OLT is down")
    ann.write("CCORE", "Nyali change tonight")
    async with Ear(slack) as ear:
        await ann.say("CNOC", "<@UBOT> what of it?")
        token = (await ear.hear("app_mention"))["action_token"]
    asked = {"query": "nyali", "action_token": token, "content_types": ["messages", "users"]}
    found = (await web.api_call("assistant.search.context", json=asked))["results"]
    assert [each["channel_id"] for each in found["messages"]] == ["CNOC"]
    asked = {"query": "ann", "action_token": token, "content_types": ["users"]}
    people = (await web.api_call("assistant.search.context", json=asked))["results"]["users"]
    assert [each["email"] for each in people] == ["ann@isp.example"]
    bare = web.api_call("assistant.search.context", json={"query": "nyali"})
    await refused(slack, "invalid_action_token", bare)


async def test_a_step_of_a_workflow_ends_once(slack: Slackd, web: AsyncWebClient) -> None:
    async with Ear(slack) as ear:
        step = await slack.seat("UANN").run_function("look_up", number="100234")
        event = await ear.hear("function_executed")
    assert (event["inputs"], event["function"]["callback_id"]) == ({"number": "100234"}, "look_up")
    asked = {"function_execution_id": event["function_execution_id"]}
    empty = web.functions_completeSuccess(**asked, outputs={})
    await refused(slack, "parameter_validation_failed", empty)
    await web.functions_completeSuccess(**asked, outputs={"name": "Amina"})
    assert (step.state, step.outputs) == ("success", {"name": "Amina"})
    late = web.functions_completeError(**asked, error="x")
    await refused(slack, "execution_not_in_running_state", late)
