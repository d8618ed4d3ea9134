"""A channel that outsiders can read is never taken for one of the tenant's own; its rule follows its new id."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.contract.channel import ChannelRule
from bot.contract.place import PlaceKind
from bot.db import channels, outbox
from bot.db.letters import Letter
from bot.slack.manifest import EVENTS
from bot.slack.places import kind_of
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_place import press, say


async def told(deliveries: list[asyncio.Task[object]]) -> None:
    await asyncio.gather(*deliveries)


async def old(office: Office) -> None:
    """Let what is known of channels be older than it is relied on."""
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update channels set checked_at = now() - interval '6 minutes'"))


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ({}, PlaceKind.SHARED),
        ({"is_ext_shared": True, "is_private": False}, PlaceKind.SHARED),
        ({"is_ext_shared": None, "is_private": False}, PlaceKind.SHARED),
        ({"is_ext_shared": False}, PlaceKind.PRIVATE),
        ({"is_ext_shared": False, "is_private": True}, PlaceKind.PRIVATE),
        ({"is_ext_shared": False, "is_private": False}, PlaceKind.PUBLIC),
        ({"is_ext_shared": False, "is_private": False, "is_org_shared": False}, PlaceKind.PUBLIC),
        ({"is_ext_shared": False, "is_private": False, "is_org_shared": True}, PlaceKind.SHARED),
        ({"is_im": True}, PlaceKind.DIRECT),
    ],
)
def test_what_slack_says_of_a_channel(about: dict, kind: PlaceKind) -> None:
    assert kind_of(about) is kind


def test_the_other_workspaces_of_an_organisation_are_no_outsiders_where_the_bot_is_in_all_of_them() -> None:
    about = {"is_ext_shared": False, "is_private": False, "is_org_shared": True}
    assert kind_of(about, everywhere=True) is PlaceKind.PUBLIC


def test_the_manifest_asks_for_the_news() -> None:
    assert {"channel_shared", "channel_unshared", "channel_id_changed"} <= set(EVENTS)


@pytest.mark.refused("thread_ts")
async def test_a_channel_that_becomes_shared_is_shared_for_the_next_click(socket_office: Office) -> None:
    office = socket_office
    assert await press(office) is PlaceKind.PUBLIC
    await told(office.slack.admin().share("CNOC"))
    assert office.slack.count("conversations.info") == 1
    assert await press(office) is PlaceKind.SHARED
    await told(office.slack.admin().unshare("CNOC"))
    assert await press(office) is PlaceKind.PUBLIC
    assert office.slack.count("conversations.info") == 2, (
        "the news are believed, but the good news are checked"
    )


@pytest.mark.refused("thread_ts")
async def test_without_the_news_it_is_found_out_soon(office: Office) -> None:
    await say(office, "hello")
    assert await press(office) is PlaceKind.PRIVATE
    office.slack.world.home.channels["CNOC"].shared = True
    assert await press(office) is PlaceKind.PRIVATE
    await old(office)
    assert await press(office) is PlaceKind.SHARED


@pytest.mark.refused("thread_ts")
@pytest.mark.parametrize("trouble", ["503", "429", "error:missing_scope", "error:channel_not_found"])
async def test_what_slack_does_not_tell_counts_as_shared(office: Office, trouble: str) -> None:
    await say(office, "hello")
    await old(office)
    office.slack.faults.plan("conversations.info", trouble)
    assert await press(office) is PlaceKind.SHARED
    await office.slack.clock.advance(5)
    assert await press(office) is PlaceKind.PUBLIC, "it was not kept"


async def test_a_channel_with_a_new_id_keeps_its_rule_and_what_waits_for_it(socket_office: Office) -> None:
    office = socket_office
    rule = ChannelRule(channel="CNOC", only=("network",))
    letter = Letter(lane="T1:CNOC:", team_id="T1", channel="CNOC", payload={"text": "late"})
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_set_rule(session, rule, by="test")
        await outbox.do_put(session, [letter])
    await told(office.slack.admin().renumber("CNOC", "CNEW"))
    async with office.database.tenant(office.tenant.id) as session:
        [found] = await channels.find_rules(session)
    assert (found.channel, found.only) == ("CNEW", ("network",))
    await office.room.sweep()
    assert [one["text"] for one in office.slack.world.replies("CNEW")] == ["late"]


@pytest.mark.parametrize(
    ("words", "found"), [("in #noc only network", "CNOC"), ("in <#COPS> only network", "COPS"), ("hello", "")]
)
async def test_a_channel_that_is_named_is_asked_for_its_name_once(
    office: Office, words: str, found: str
) -> None:
    office.slack.world.add_channel("COPS", "ops", "UANN")
    for _ in range(2):
        await say(office, words)
    assert office.slack.count("conversations.info") == (1 if found else 0)
    async with office.database.tenant(office.tenant.id) as session:
        names = {one: await channels.find_named(session, one) for one in ("noc", "ops")}
    assert [each.channel for known in names.values() for each in known] == ([found] if found else [])


async def test_a_renamed_channel_is_known_by_its_new_name(socket_office: Office) -> None:
    office = socket_office
    await told(office.slack.admin().rename("CNOC", "network-ops"))
    async with office.database.tenant(office.tenant.id) as session:
        assert [one.channel for one in await channels.find_named(session, "network-ops")] == ["CNOC"]
