"""Who reads along where somebody speaks: what events say of it, and what clicks, which say nothing, rely on."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.channel import SHARED, ChannelRule
from bot.contract.place import PlaceKind
from bot.contract.reply import Reply
from bot.db import channels
from bot.slack.place import get_place, kind_of
from tests.bot.core.gate_world import Desk
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_notices import CREDIT, desk, jobs, new, thread

__all__ = ["desk", "jobs"]


@pytest.mark.parametrize(
    ("body", "event", "channel", "kind"),
    [
        ({"is_ext_shared_channel": True}, {"channel_type": "channel"}, "C1", PlaceKind.SHARED),
        ({"is_ext_shared_channel": True}, {"channel_type": "im"}, "D1", PlaceKind.SHARED),
        ({"is_ext_shared_channel": False}, {"channel_type": "im"}, "D1", PlaceKind.DIRECT),
        ({}, {"channel_type": "channel"}, "C1", PlaceKind.PUBLIC),
        ({}, {"channel_type": "group"}, "C1", PlaceKind.PRIVATE),
        ({}, {"channel_type": "mpim"}, "G1", PlaceKind.PRIVATE),
        ({}, {}, "C1", PlaceKind.PRIVATE),
    ],
)
def test_an_event_says_who_reads_along(body: Any, event: Any, channel: str, kind: PlaceKind) -> None:
    assert kind_of(body, event, channel) is kind


async def say(office: Office, words: str, **envelope: Any) -> None:
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    ts = seat.write("CNOC", f"<@UBOT> {words}")
    await office.room.ingest.receive(team, {**seat.events("CNOC", ts)[1], **envelope})
    await office.queue.idle()


async def press(office: Office) -> PlaceKind:
    team, ts = await office.room.teams.find("T1"), office.slack.world.next_ts()
    assert team is not None
    pressed = {"type": "button", "action_id": "say:1", "value": "card 1", "action_ts": ts}
    body = {
        "type": "block_actions",
        "user": {"id": "UANN"},
        "team": {"id": "T1"},
        "channel": {"id": "CNOC"},
        "message": {"ts": "1.2"},
        "actions": [pressed],
    }
    assert await office.room.ingest.receive(team, body) == "kept"
    await office.queue.idle()
    kind: PlaceKind = office.answers.asked[-1].place.kind
    return kind


@pytest.mark.refused("thread_ts")
async def test_a_click_is_told_where_it_is_by_slack_and_by_events(office: Office) -> None:
    assert await press(office) is PlaceKind.PUBLIC
    await say(office, "hello")
    assert await press(office) is PlaceKind.PRIVATE
    await say(office, "hello", is_ext_shared_channel=True)
    assert await press(office) is PlaceKind.SHARED
    await say(office, "hello", is_ext_shared_channel=False)
    assert await press(office) is PlaceKind.PUBLIC, "an event may be old: Slack was asked"


@pytest.mark.refused("channel_not_found")
async def test_channels_that_are_named_are_known_by_their_name(office: Office) -> None:
    await say(office, "in <#C0123ABCD|NOC-team> and <#C0123ABCE> only network")
    async with office.database.tenant(office.tenant.id) as session:
        [known] = await channels.find_named(session, "noc-team")
        assert known.channel == "C0123ABCD"
        assert (await get_place(session, "C0123ABCD", "")).kind is PlaceKind.SHARED, (
            "named, but never heard in"
        )
        assert (await get_place(session, "D0123ABCD", "")).kind is PlaceKind.DIRECT


async def test_a_channel_spoken_of_as_this_one_is_known_by_its_name(office: Office) -> None:
    await say(office, "in this channel only network")
    async with office.database.tenant(office.tenant.id) as session:
        assert [one.channel for one in await channels.find_named(session, "noc")] == ["CNOC"]


async def rule(office: Office, one: ChannelRule) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_set_rule(session, one, by="test")


async def test_what_the_rules_of_a_channel_refuse_is_told_to_who_asked_alone(office: Office) -> None:
    office.answers.replies["hello"] = Reply("In this channel I do only tickets.", error="NotHere")
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    root = seat.write("CNOC", "<@UBOT> hello")
    inside = seat.write("CNOC", "<@UBOT> hello", thread=root["ts"])
    for ts in (root, inside):
        await office.room.ingest.receive(team, seat.events("CNOC", ts)[1])
    await office.queue.idle()
    said = [told for name, told in office.slack.calls if name == "chat.postEphemeral"]
    assert [(told["user"], told.get("thread_ts")) for told in said] == [("UANN", None), ("UANN", root["ts"])]
    assert office.slack.world.replies("CNOC") == [], "it concerns nobody else there"


@pytest.mark.parametrize(
    ("only", "hushed"),
    [
        ((), False),
        (("desk",), False),
        (("desk_credit",), False),
        (("tickets",), True),
        (("desk_cred",), True),
    ],
)
async def test_news_of_a_call_names_nothing_a_channel_may_not_show(
    office: Office, desk: Desk, only: tuple[str, ...], hushed: bool
) -> None:
    asked = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    await rule(office, ChannelRule(channel="CNOC", only=only))
    assert await desk.gate.remind(asked.call_id or "")
    [post] = await new(office)
    assert ("Ann Lee" not in str(post)) is hushed
    assert ("direct message" in str(post)) is hushed


async def test_news_is_hushed_where_the_channel_became_shared(office: Office, desk: Desk) -> None:
    asked = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_know(session, channels.Known(surface="slack", channel="CNOC", kind="shared"))
    assert await desk.gate.remind(asked.call_id or "")
    assert "Ann Lee" not in str(await new(office))
    await rule(office, ChannelRule(channel=SHARED, surface="", outsiders=True))
    again = await desk.ask("desk_credit", CREDIT, thread=(await desk.row(asked.call_id)).thread)
    assert await desk.gate.remind(again.call_id or "")
    assert "Ann Lee" in str((await new(office))[-1])
