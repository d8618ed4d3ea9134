"""Links and work objects (M15): who is told, what may be shown, and the side panel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.metadata import (
    EntityAttributes,
    EntityMetadata,
    EntityPayload,
    EntityStringField,
    EntityTitle,
    EntityTypedField,
    EntityUserIDField,
    EventAndEntityMetadata,
    ExternalRef,
    IncidentEntityFields,
)
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear

LINK = "https://app.isp.example/outages/7"
CARD = {"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Nyali is down"}}]}


def outage(**more: Any) -> EntityMetadata:
    fields = IncidentEntityFields(
        status=EntityStringField(value="open", tag_color="red"),
        assigned_to=EntityTypedField(type="slack#/types/user", user=EntityUserIDField(user_id="UANN")),
    )
    payload = EntityPayload(
        attributes=EntityAttributes(title=EntityTitle(text="Nyali is down")), fields=fields
    )
    return EntityMetadata(
        **{
            "entity_type": "slack#/entities/incident",
            "entity_payload": payload,
            "external_ref": ExternalRef(id="outage-7"),
            "url": LINK,
            "app_unfurl_url": LINK,
            **more,
        }
    )


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest()) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        yield slackd
        assert slackd.violations == []


@pytest.fixture(autouse=True)
async def ear(slack: Slackd) -> AsyncIterator[Ear]:
    async with Ear(slack) as listening:
        yield listening


@pytest.fixture
def web(slack: Slackd) -> AsyncWebClient:
    return AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)


async def refused(slack: Slackd, code: str, call: Any) -> None:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code


async def test_a_link_of_the_app_is_told_and_shown(slack: Slackd, web: AsyncWebClient, ear: Ear) -> None:
    ts = await slack.seat("UANN").say("CNOC", f"see {LINK} and https://other.example/x")
    event = await ear.hear("link_shared")
    assert event["links"] == [{"domain": "isp.example", "url": LINK}]
    assert (event["message_ts"], event["source"], event["user"]) == (ts, "conversations_history", "UANN")
    await web.chat_unfurl(channel="CNOC", ts=ts, unfurls={LINK: CARD})
    [shown] = slack.world.channels["CNOC"].find(ts)["attachments"]
    assert (shown["from_url"], shown["blocks"]) == (LINK, CARD["blocks"])
    await web.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls={LINK: CARD})
    assert len(slack.world.channels["CNOC"].find(ts)["attachments"]) == 1


async def test_of_other_links_and_of_its_own_the_app_hears_nothing(
    slack: Slackd, web: AsyncWebClient, ear: Ear
) -> None:
    await slack.seat("UANN").say("CNOC", "https://notisp.example/x https://isp.example.evil.example/y")
    await web.chat_postMessage(channel="CNOC", text=LINK, unfurl_links=False, unfurl_media=False)
    await ear.hear("message")
    assert ear.events("link_shared") == []


async def test_a_link_still_being_written_gets_a_preview(
    slack: Slackd, web: AsyncWebClient, ear: Ear
) -> None:
    [name] = await slack.seat("UANN").type_link("CNOC", LINK)
    event = await ear.hear("link_shared")
    assert (event["channel"], event["source"]) == ("COMPOSER", "composer")
    await web.chat_unfurl(unfurl_id=name, source="composer", unfurls={LINK: CARD})
    assert slack.seat("UANN").preview(name).shown == {LINK: CARD}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"unfurls": {"https://app.isp.example/else": CARD}}, "cannot_unfurl_url"),
        ({"unfurls": {LINK: {"nothing": 1}}}, "cannot_parse_attachment"),
        ({"unfurls": {LINK: {"blocks": [{"type": "song"}]}}}, "cannot_parse_attachment"),
        ({"unfurls": {}}, "missing_unfurls"),
        ({"ts": "1.000002", "unfurls": {LINK: CARD}}, "cannot_find_message"),
        ({"channel": "CNONE", "unfurls": {LINK: CARD}}, "cannot_find_channel"),
        ({"channel": None, "unfurls": {LINK: CARD}}, "missing_channel"),
        ({"unfurl_id": "x", "unfurls": {LINK: CARD}}, "missing_source"),
        ({"unfurl_id": "x", "source": "composer", "unfurls": {LINK: CARD}}, "invalid_unfurl_id"),
        ({"metadata": {"entities": [{}]}}, "invalid_metadata_format"),
    ],
)
async def test_an_unfurl_is_refused(
    slack: Slackd, web: AsyncWebClient, args: dict[str, Any], code: str
) -> None:
    ts = await slack.seat("UANN").say("CNOC", LINK)
    await refused(slack, code, web.chat_unfurl(**{"channel": "CNOC", "ts": ts, **args}))


async def test_a_work_object_opens_its_side_panel(slack: Slackd, web: AsyncWebClient, ear: Ear) -> None:
    ann = slack.seat("UANN")
    ts = await ann.say("CNOC", LINK)
    await web.chat_unfurl(channel="CNOC", ts=ts, metadata=EventAndEntityMetadata(entities=[outage()]))
    await web.chat_unfurl(channel="CNOC", ts=ts, metadata=EventAndEntityMetadata(entities=[outage()]))
    message = slack.world.channels["CNOC"].find(ts)
    assert message is not None
    assert len(message["attachments"]) == 1, "once more changes it, and adds nothing"
    opened = await ann.open_entity("CNOC", ts)
    event = await ear.hear("entity_details_requested")
    assert (event["entity_url"], event["external_ref"], event["user"]) == (LINK, {"id": "outage-7"}, "UANN")
    other = outage(external_ref=ExternalRef(id="outage-8"))
    wrong = web.entity_presentDetails(trigger_id=event["trigger_id"], metadata=other)
    await refused(slack, "entity_metadata_does_not_match_trigger", wrong)
    await web.entity_presentDetails(trigger_id=event["trigger_id"], metadata=outage())
    assert opened.entity["entity_payload"]["attributes"]["title"]["text"] == "Nyali is down"
    for trigger in ("1.2.abc", event["trigger_id"]):
        gone = web.entity_presentDetails(trigger_id=trigger, metadata=outage())
        await refused(slack, "invalid_trigger_id", gone)
    late = await ann.open_entity("CNOC", ts)
    await slack.clock.advance(3.5)
    gone = web.entity_presentDetails(trigger_id=late.event["trigger_id"], metadata=outage())
    await refused(slack, "invalid_trigger_id", gone)


async def test_a_work_object_is_looked_at_closely(slack: Slackd, web: AsyncWebClient) -> None:
    ts = await slack.seat("UANN").say("CNOC", LINK)
    good = outage().to_dict()

    def changed(**payload: Any) -> dict[str, Any]:
        return {**good, "entity_payload": {**good["entity_payload"], **payload}}

    for entity in (
        {**good, "entity_type": "slack#/entities/circuit"},
        {**good, "external_ref": {}},
        {**good, "app_unfurl_url": ""},
        changed(fields={"colour": {"value": "red"}}),
        changed(fields={"date_created": {"value": "today"}}),
        changed(attributes={"title": "Nyali"}),
        changed(custom_fields=[{"key": "a", "value": "x"}]),
        changed(display_order=["status", "lost"]),
        changed(actions={"primary_actions": [{"text": "x", "action_id": str(at)} for at in range(3)]}),
    ):
        call = web.chat_unfurl(channel="CNOC", ts=ts, metadata={"entities": [entity]})
        await refused(slack, "invalid_metadata_format", call)


async def test_a_button_below_a_link_is_the_apps(slack: Slackd, web: AsyncWebClient, ear: Ear) -> None:
    ann = slack.seat("UANN")
    ts = await ann.say("CNOC", LINK)
    button = {"type": "button", "action_id": "take", "text": {"type": "plain_text", "text": "Take it"}}
    blocks = [{"type": "actions", "elements": [{**button, "value": "7"}]}]
    await web.chat_unfurl(channel="CNOC", ts=ts, unfurls={LINK: {"blocks": blocks}})
    assert (await ann.click("CNOC", ts, "take")).error == ""
    [told] = [each for each in ear.heard if each["type"] == "block_actions"]
    assert (told["actions"][0]["value"], told["container"]["type"]) == ("7", "message_attachment")
    assert (told["container"]["app_unfurl_url"], told["app_unfurl"]["from_url"]) == (LINK, LINK)
    assert "message" not in told, "what the person wrote is not the app's"
    assert (await ann.click("CNOC", ts, "give")).error == "stale"
