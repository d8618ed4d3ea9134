"""A channel with a guest in it is not one of the tenant's own, until an admin says that it is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.channel import SHARED, ChannelRule
from bot.contract.place import PlaceKind
from bot.contract.reply import Reply, Tone
from bot.core.channels import find_all
from bot.core.question import Question
from bot.db import channels, slack_guests
from bot.errors import NotAllowed
from bot.slack import guests
from bot.slack.calls import LimitedError
from bot.slack.manifest import EVENTS
from bot.slack.place import get_place
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_outage import tried, waiting
from tests.bot.slack.test_places import told

CALLS = ("users.list", "conversations.members")


async def kind(office: Office, channel: str = "CNOC") -> PlaceKind:
    """Return what a channel is for a message said in it."""
    team = await office.room.teams.find("T1")
    assert team is not None
    return (await office.room.places.get(team, channel, "public")).kind


async def old(office: Office, minutes: int = 6) -> None:
    """Let what is known of guests be older than it is relied on."""
    for table, at in (("channels", "guests_at"), ("slack_guests", "read_at")):
        async with office.database.tenant(office.tenant.id) as session:
            await session.execute(text(f"update {table} set {at} = now() - interval '{minutes} minutes'"))


def contractor(office: Office, user: str = "UGUEST", **kind: bool) -> None:
    office.slack.world.add_person(user, "contractor", **(kind or {"is_restricted": True}))


def counts(office: Office) -> list[int]:
    return [office.slack.count(one) for one in CALLS]


def test_the_manifest_asks_who_comes_and_goes() -> None:
    assert {"member_joined_channel", "member_left_channel", "team_join", "user_change"} <= set(EVENTS)


@pytest.mark.parametrize("what", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_makes_it_a_channel_of_its_own_kind(socket_office: Office, what: str) -> None:
    office = socket_office
    contractor(office, **{what: True})
    assert await kind(office) is PlaceKind.PUBLIC
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.GUESTS
    async with office.database.tenant(office.tenant.id) as session:
        assert (await get_place(session, "CNOC", "public")).kind is PlaceKind.GUESTS
    await told(office.slack.admin().kick("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.PUBLIC


async def test_slack_is_not_asked_for_each_message(socket_office: Office) -> None:
    office = socket_office
    await asyncio.gather(*(kind(office) for _ in range(20)))
    assert counts(office) == [1, 0], "without a guest in the workspace nobody asks who is where"
    contractor(office)
    await old(office)
    await asyncio.gather(*(kind(office) for _ in range(20)))
    await kind(office)
    assert counts(office) == [2, 1]


async def test_who_becomes_a_guest_is_one_in_every_channel(socket_office: Office) -> None:
    office = socket_office
    assert await kind(office) is PlaceKind.PUBLIC
    await told(office.slack.admin().change("UBEN", is_restricted=True))
    assert await kind(office) is PlaceKind.GUESTS
    await told(office.slack.admin().change("UBEN", is_restricted=False))
    assert await kind(office) is PlaceKind.PUBLIC


async def test_a_guest_of_this_minute_is_known_where_they_are_invited(socket_office: Office) -> None:
    office = socket_office
    assert await kind(office) is PlaceKind.PUBLIC
    contractor(office)  # no event of the account itself
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.GUESTS


async def test_without_any_news_a_guest_is_found_soon(office: Office) -> None:
    assert await kind(office) is PlaceKind.PUBLIC
    contractor(office)
    office.slack.world.home.channels["CNOC"].members.add("UGUEST")
    await old(office)
    assert await kind(office) is PlaceKind.GUESTS


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("trouble", ["429", "error:missing_scope"])
async def test_what_slack_does_not_tell_counts_as_a_guest(office: Office, method: str, trouble: str) -> None:
    contractor(office)
    office.slack.faults.plan(method, trouble)
    assert await kind(office) is PlaceKind.GUESTS
    async with office.database.tenant(office.tenant.id) as session:
        known = await channels.get_known(session, "slack", "CNOC")
    assert known is None or known.guests is None, "a guess is not kept"


async def test_a_broken_answer_is_asked_for_again(office: Office) -> None:
    office.slack.faults.plan("users.list", "503")
    assert await kind(office) is PlaceKind.PUBLIC


@pytest.mark.parametrize(("minutes", "found"), [(6, PlaceKind.PUBLIC), (70, PlaceKind.GUESTS)])
async def test_while_slack_is_away_what_was_is_relied_on_for_an_hour(
    office: Office, minutes: int, found: PlaceKind
) -> None:
    assert await kind(office) is PlaceKind.PUBLIC
    await old(office, minutes)
    office.slack.faults.plan("users.list", "429")
    assert await kind(office) is found


async def test_what_waits_for_it_is_said_to_its_readers_alone(socket_office: Office) -> None:
    office = socket_office
    contractor(office)
    assert await kind(office) is PlaceKind.PUBLIC
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20"})
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.GUESTS
    await tried(office)
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    assert next(one["text"] for one in direct.messages if one.get("bot_id")).endswith("Ann Lee owes 20")


async def test_what_is_asked_there_is_asked_as_among_guests(socket_office: Office) -> None:
    office = socket_office
    contractor(office)
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    assert office.answers.asked[-1].place.kind is PlaceKind.GUESTS


async def test_a_channel_with_a_guest_is_listed_until_it_has_a_rule(socket_office: Office) -> None:
    office = socket_office
    contractor(office)
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    await kind(office)
    [held] = await find_all(office.database, office.tenant)
    assert (held.channel, held.made) == ("CNOC", False)
    assert held.what == "nothing, for a guest reads along, until a rule of its own says otherwise"
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_set_rule(session, ChannelRule(channel="CNOC", only=("network",)), by="test")
    [rule] = await find_all(office.database, office.tenant)
    assert rule.made
    assert "stays shut" in rule.words
    assert "stays shut" not in replace(rule, outsiders=True).words


async def test_what_a_shut_channel_does_not_let_be_shown_is_answered_in_private(
    socket_office: Office,
) -> None:
    office = socket_office
    contractor(office)
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    answer = office.answers.answer

    async def by_place(question: Question) -> Reply:
        if question.place.outsiders:
            return Reply("A guest may read this channel.", tone=Tone.WARN, error="NotHere")
        return await answer(question)

    office.answers.answer = by_place  # type: ignore[method-assign]
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> what is down")
    await office.queue.idle()
    direct = office.slack.world.home.direct("UANN")
    assert [one["text"] for one in direct.messages if one.get("bot_id")] == ["You said: what is down"]
    assert "You asked: what is down" in str(direct.messages), "the question stands in the channel"
    assert office.answers.asked[-1].place.direct
    assert office.slack.world.replies("CNOC") == []
    note = office.slack.seat("UANN").sees("CNOC")[-1]
    assert note["is_ephemeral"] and note["text"].endswith("Channel rules on my Home tab.")
    assert not any(one.get("is_ephemeral") for one in office.slack.seat("UGUEST").sees("CNOC"))


@pytest.mark.parametrize("read", [True, False])
async def test_what_waits_is_not_said_to_the_guest_who_joins(socket_office: Office, *, read: bool) -> None:
    office = socket_office
    if read:
        contractor(office)
    assert await kind(office) is PlaceKind.PUBLIC
    if not read:  # somebody of whom nothing was heard yet
        contractor(office)
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20"})
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    await tried(office)
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    assert [one["text"].endswith("Ann Lee owes 20") for one in direct.messages if one.get("bot_id")] == [True]


@pytest.mark.parametrize("away", [False, True])
async def test_what_waits_is_not_said_to_who_becomes_a_guest(socket_office: Office, *, away: bool) -> None:
    office = socket_office
    contractor(office)
    assert await kind(office) is PlaceKind.PUBLIC
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20"})
    await told(office.slack.admin().change("UBEN", is_restricted=True))
    if away:
        office.slack.faults.plan("conversations.members", "503", times=3)
        await tried(office)
        direct = office.slack.world.home.direct("UANN")
        assert [one for one in direct.messages if one.get("bot_id")] == [], "it waits until Slack tells"
    await tried(office)
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    assert len([one for one in direct.messages if one.get("bot_id")]) == 1


async def test_what_waits_is_said_openly_where_a_guest_is_elsewhere(socket_office: Office) -> None:
    office = socket_office
    assert await kind(office) is PlaceKind.PUBLIC
    await waiting(office, user="UANN", payload={"text": "all is well"})
    contractor(office)
    await told(office.slack.admin().change("UGUEST", name="temp"))
    async with office.database.tenant(office.tenant.id) as session:
        known = await channels.get_known(session, "slack", "CNOC")
    assert known is not None and known.guests_at is None, "it was in doubt"
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["all is well"]


@pytest.mark.parametrize("news", ["joined", "shared"])
async def test_news_that_could_not_be_kept_are_brought_again(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch, news: str
) -> None:
    office = socket_office
    contractor(office)
    assert await kind(office) is PlaceKind.PUBLIC
    database, times = office.database, list[int]()
    tenant = database.tenant

    def broken(*args: Any, **more: Any) -> Any:
        times.append(1)
        if len(times) == 1:
            raise RuntimeError("deadlock detected")
        return tenant(*args, **more)

    monkeypatch.setattr(database, "tenant", broken)
    admin = office.slack.admin()
    await told(admin.invite("CNOC", "UGUEST") if news == "joined" else admin.share("CNOC"))
    assert await kind(office) is (PlaceKind.GUESTS if news == "joined" else PlaceKind.SHARED)


async def test_who_joins_and_is_no_guest_has_nobody_asked_anew(socket_office: Office) -> None:
    office = socket_office
    found = []
    for number in range(30):
        office.slack.world.add_person(f"UNEW{number}", f"new{number}")
        await told(office.slack.admin().invite("CNOC", f"UNEW{number}"))
        found.append(await kind(office))
    assert set(found) == {PlaceKind.PUBLIC}
    assert counts(office) == [1, 0]


async def test_whom_slack_does_not_tell_of_may_be_a_guest(socket_office: Office) -> None:
    office = socket_office
    assert await kind(office) is PlaceKind.PUBLIC
    contractor(office)
    office.slack.faults.plan("users.info", "503")
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.GUESTS
    assert counts(office)[0] == 2


@pytest.mark.parametrize("method", CALLS)
async def test_a_pause_slack_wants_is_kept(office: Office, method: str) -> None:
    contractor(office)
    office.slack.faults.plan(method, "429")
    assert await kind(office) is PlaceKind.GUESTS
    for _ in range(5):
        assert await kind(office) is PlaceKind.GUESTS
    assert office.slack.count(method) == 1
    await office.slack.clock.advance(60)
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update slack_paces set free_at = now()"))
    assert await kind(office) is PlaceKind.PUBLIC
    assert office.slack.count(method) == 2


async def test_a_channel_without_a_rule_is_listed_by_the_rule_for_its_like(socket_office: Office) -> None:
    office = socket_office
    contractor(office)
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    await kind(office)
    async with office.database.tenant(office.tenant.id) as session:
        rule = ChannelRule(channel=SHARED, surface="", only=("network",), outsiders=True)
        await channels.do_set_rule(session, rule, by="test")
    [held] = [one for one in await find_all(office.database, office.tenant) if not one.made]
    assert (
        held.what
        == "only network, as in channels that guests or other organisations read: a guest reads along"
    )
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_set_rule(session, replace(rule, outsiders=False), by="test")
    [held] = [one for one in await find_all(office.database, office.tenant) if not one.made]
    assert held.what.startswith("nothing, for a guest reads along")


async def test_who_may_not_ask_is_told_so_alone_where_a_guest_reads_along(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office
    contractor(office)
    await told(office.slack.admin().invite("CNOC", "UGUEST"))
    assert await kind(office) is PlaceKind.GUESTS

    async def gone(*_who: object, **_more: object) -> None:
        raise NotAllowed("Ann Lee has no access to Acme Fiber any more.")

    monkeypatch.setattr(office.room.reader, "_find_user", gone)
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    assert not any("no access" in one["text"] for one in office.slack.world.replies("CNOC"))
    said = [*office.slack.world.channels["CNOC"].ephemeral, *office.slack.world.direct("UANN").messages]
    assert any("no access" in one["text"] for one in said)


async def test_a_workspace_of_more_accounts_than_slack_lists_at_once_is_read_in_parts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "PAGE", 1)
    for n in range(45):
        office.slack.world.add_person(f"UNEW{n:02}", f"new{n}")
    found = []
    for _ in range(4):
        found.append(await kind(office))
        await office.slack.clock.advance(61)
        async with office.database.tenant(office.tenant.id) as session:
            await session.execute(text("delete from slack_paces"))  # the pause is over
    assert found[0] is PlaceKind.GUESTS, "it is not known yet"
    assert found[-1] is PlaceKind.PUBLIC
    pages = len(office.slack.world.home.people)
    assert pages <= office.slack.count("users.list") <= pages + 4, "each page once, and the refused"


async def test_pages_read_before_news_are_read_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "PAGE", 1)
    contractor(office)
    office.slack.faults.plan("users.list", "delay:0", "429")
    assert await kind(office) is PlaceKind.GUESTS
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("delete from slack_paces"))
        await slack_guests.do_tell(session, "T1", "UNEW", guest=True)
    await office.slack.clock.advance(61)
    before = office.slack.count("users.list")
    assert await kind(office) is PlaceKind.PUBLIC
    assert office.slack.count("users.list") - before == len(office.slack.world.home.people)


async def test_an_organisation_of_more_workspaces_than_slack_lists_at_once_is_read_in_parts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await office.room.teams.find("T1")
    assert team is not None
    organisation, asked, left = replace(team, team_id="E1"), list[str](), 0
    workspaces = [f"T{number}" for number in range(30)]

    async def all_of_them(*_args: object) -> list[str]:
        return workspaces

    async def list_one(of: str) -> dict[str, Any]:
        nonlocal left
        if not left:
            raise LimitedError("users.list", timedelta(seconds=60))
        left -= 1
        asked.append(of)
        return {"members": [{"id": f"UGUEST{of}", "is_restricted": True}, {"id": f"U{of}"}]}

    class Client:
        async def users_list(self, *, cursor: object, limit: int, team_id: str) -> dict[str, Any]:
            assert (cursor, limit) == (None, guests.PAGE)
            return await list_one(team_id)

    async def made(_method: str, call: Any) -> Any:
        return await call()

    monkeypatch.setattr(guests, "find_teams", all_of_them)
    monkeypatch.setattr(guests, "made", made)
    monkeypatch.setattr(type(office.room.places._guests._calls), "client", lambda *_: Client())
    for _ in range(2):
        left = 20
        async with office.database.tenant(office.tenant.id) as session:
            await session.execute(text("delete from slack_paces"))
        with suppress(LimitedError):
            found = await office.room.places._guests._find(organisation)
    assert (asked, len(found)) == (workspaces, 30)
    assert office.room.places._guests._begun == {}
