"""Who somebody is, asked of a Slack that hiccups."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack import people
from bot.slack.calls import LimitedError
from bot.slack.people import People
from tests.bot.slack.conftest import Office


async def test_hiccup_is_not_the_persons_trouble(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office
    monkeypatch.setattr(people, "WAITS", (0.01, 0.01, 0.01))
    office.slack.faults.plan("users.info", "500", "429", "reset_before")
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    assert [question.words for question in office.answers.asked] == ["hello"]
    assert office.slack.violations == []


async def test_many_questions_of_one_person_look_them_up_once(office: Office) -> None:
    team = await office.room.teams.find("T1")
    assert team is not None
    known, office.slack.faults.latency = People(office.room.calls), 0.05
    found = await asyncio.gather(*(known.profile(team, "UANN") for _ in range(20)))
    assert {each.email for each in found} == {"ann@acme.example"}
    assert office.slack.count("users.info") == 1


async def test_nobody_is_looked_up_while_slack_wants_a_pause(office: Office) -> None:
    team = await office.room.teams.find("T1")
    assert team is not None
    known = People(office.room.calls)
    office.slack.faults.plan("users.info", "429")
    asking = asyncio.create_task(known.profile(team, "UANN"))
    await office.slack.until(lambda: office.slack.count("users.info"))
    await asyncio.gather(asking, known.profile(team, "UBEN"))
    assert office.slack.count("users.info") == 3
    assert office.slack.violations == []


async def test_long_pause_is_told(office: Office) -> None:
    team = await office.room.teams.find("T1")
    assert team is not None
    office.slack.faults.retry_after = 60
    office.slack.faults.plan("users.info", "429")
    with pytest.raises(LimitedError):
        await People(office.room.calls).profile(team, "UANN")
