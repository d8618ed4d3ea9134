"""A channel that outsiders came to read between a question and its answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.place import PlaceKind
from bot.contract.reply import Reply
from bot.core.question import Question
from bot.db import paces
from bot.slack.calls import Calls, RefusedError
from bot.slack.unsaid import UNSAID
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_outage import tried, waiting
from tests.bot.slack.test_places import old, told
from tests.bot.slack.test_waits import again, kept
from tests.slackd.residents import Channel


def noc(office: Office) -> Channel:
    return office.slack.world.home.channels["CNOC"]


async def test_a_question_of_before_is_answered_as_among_outsiders(socket_office: Office) -> None:
    office = socket_office
    await kept(office)
    await told(office.slack.admin().share("CNOC"))
    await again(office)
    await office.queue.idle()
    [asked] = office.answers.asked
    assert asked.place is not None
    assert asked.place.kind is PlaceKind.SHARED


@pytest.mark.parametrize("late", [True, False])
async def test_an_event_of_before_does_not_open_it_again(socket_office: Office, late: bool) -> None:
    office, seat = socket_office, socket_office.slack.seat("UANN")
    team = await office.room.teams.find("T1")
    assert team is not None
    before = seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[0]
    await told(office.slack.admin().share("CNOC"))
    if not late:
        await told(office.slack.admin().unshare("CNOC"))
    await office.room.ingest.receive(team, before)
    await office.queue.idle()
    assert (office.answers.asked[-1].place.kind is PlaceKind.SHARED) is late
    assert (await office.room.places.get(team, "CNOC")).kind is (
        PlaceKind.SHARED if late else PlaceKind.PUBLIC
    )


@pytest.mark.refused("missing_scope")
async def test_what_waits_for_it_is_said_to_its_readers_alone(socket_office: Office) -> None:
    office = socket_office
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20"})
    await waiting(office, user="UANN", kind="reaction", target="1.1", payload={"name": "eyes"})
    await told(office.slack.admin().share("CNOC"))
    await tried(office)
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    [said] = [one["text"] for one in direct.messages if one.get("bot_id")]
    assert said.startswith("Somebody from outside may read the channel by now")
    assert said.endswith("Ann Lee owes 20")


async def test_the_same_where_slack_only_says_so_when_asked(office: Office) -> None:
    office.answers.replies["hello"] = Reply("Ann Lee owes 20")
    await kept(office)
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20"})
    noc(office).shared = True
    await old(office)
    team = await office.room.teams.find("T1")
    assert team is not None
    assert (await office.room.places.get(team, "CNOC")).kind is PlaceKind.SHARED
    await tried(office)
    assert office.slack.world.replies("CNOC") == []


async def test_what_was_written_for_outsiders_goes_where_it_was_meant(socket_office: Office) -> None:
    office = socket_office
    await told(office.slack.admin().share("CNOC"))
    await waiting(office, user="UANN", payload={"text": "the tower is up again"})
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["the tower is up again"]


@pytest.mark.parametrize("how", ["guest", "shared"])
async def test_an_answer_in_the_making_is_said_to_who_asked_alone(
    socket_office: Office, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office
    office.slack.world.add_person("UGUEST", "contractor", is_restricted=True)
    other = "<@UBOT> hello again"

    async def slow(question: Question) -> Reply:
        if question.words == "hello":
            admin = office.slack.admin()
            await told(admin.invite("CNOC", "UGUEST") if how == "guest" else admin.share("CNOC"))
            team = await office.room.teams.find("T1")
            assert team is not None
            await office.room.places.get(team, "CNOC", "public")  # somebody else asked meanwhile
        return Reply("Ann Lee owes 20")

    monkeypatch.setattr(office.answers, "answer", slow)
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    [said] = [one["text"] for one in direct.messages if one.get("bot_id")]
    assert said.startswith("Somebody from outside may read the channel by now")
    assert said.endswith("Ann Lee owes 20")
    await office.slack.seat("UANN").say("CNOC", other)
    await office.queue.idle()
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["Ann Lee owes 20"], "by its rule"


async def test_a_file_for_members_is_brought_to_who_asked(socket_office: Office) -> None:
    office = socket_office
    office.slack.world.install.scopes.add("files:write")
    table = {
        "name": "owing.csv",
        "title": "owing.csv",
        "text": "All 37 rows.",
        "instead": {"text": "no file"},
    }
    await waiting(office, user="UANN", kind="upload", payload=table, content=b"a,b")
    await waiting(office, user="UANN", kind="upload", payload={**table, "text": ""}, content=b"png")
    await told(office.slack.admin().share("CNOC"))
    for _ in range(3):
        await tried(office)
    assert office.slack.world.replies("CNOC") == []
    said = [one for one in office.slack.world.home.direct("UANN").messages if one.get("bot_id")]
    assert [[each["name"] for each in one.get("files", ())] for one in said] == [["owing.csv"], ["owing.csv"]]
    assert said[0]["text"].endswith("All 37 rows.")
    assert all(one["text"].startswith("Somebody from outside may read the channel") for one in said)


async def test_what_is_refused_while_others_come_is_not_said_openly_in_its_second_try(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office
    post, tries = Calls.post, 0

    async def refused(self: Calls, *args: Any, **more: Any) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            await told(office.slack.admin().share("CNOC"))
            raise RefusedError("chat.postMessage", "invalid_blocks")
        return await post(self, *args, **more)

    monkeypatch.setattr(Calls, "post", refused)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Ann Lee owes 20"}}]
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20", "blocks": blocks})
    await tried(office)
    await office.queue.idle()
    assert office.slack.world.replies("CNOC") == []
    said = [one["text"] for one in office.slack.world.home.direct("UANN").messages if one.get("bot_id")]
    assert [one.endswith("Ann Lee owes 20") for one in said] == [True]


async def test_what_is_there_already_is_not_said_again(socket_office: Office) -> None:
    office = socket_office
    await waiting(office, user="UANN", payload={"text": "Ann Lee owes 20", "inside": True})
    office.slack.faults.plan("chat.postMessage", "reset_after")
    await tried(office)
    await told(office.slack.admin().share("CNOC"))
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["Ann Lee owes 20"], (
        "before it was shared"
    )
    assert not [one for one in office.slack.world.home.direct("UANN").messages if one.get("bot_id")]


@pytest.mark.parametrize("inside", [True, False])
async def test_what_waits_for_its_turn_is_looked_at_again(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    office = socket_office
    turns = office.room.sender.turns
    in_turn, shared = turns._in_turn, False

    async def slowly(*of: Any) -> None:
        nonlocal shared
        await in_turn(*of)
        if not shared:
            shared = True
            await told(office.slack.admin().share("CNOC"))

    monkeypatch.setattr(turns, "_in_turn", slowly)
    monkeypatch.setattr(paces, "do_turn_now", no)
    payload = {"text": "Ann Lee owes 20", **({"inside": True} if inside else {})}
    await waiting(office, user="UANN", payload=payload)
    for _ in range(2):
        await tried(office)
    await office.queue.idle()
    assert shared
    assert office.slack.world.replies("CNOC") == []
    direct = office.slack.world.home.direct("UANN")
    assert [one["text"].endswith("Ann Lee owes 20") for one in direct.messages if one.get("bot_id")] == [True]


async def no(*_args: Any, **_more: Any) -> bool:
    return False


async def test_whoever_cannot_be_told_alone_hears_that(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office

    async def slow(_question: Question) -> Reply:
        await told(office.slack.admin().share("CNOC"))
        office.slack.faults.plan("conversations.open", "error:missing_scope", times=9)
        return Reply("Ann Lee owes 20")

    monkeypatch.setattr(office.answers, "answer", slow)
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    for _ in range(3):
        await tried(office)
    seen = [one for one in office.slack.seat("UANN").sees("CNOC") if one.get("bot_id")]
    assert [one["text"] for one in seen] == [UNSAID]
    assert seen[0]["is_ephemeral"]
