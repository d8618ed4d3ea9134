"""The prompts of the conversation with the agent: each person's own, by the rights of the moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.manifest import make_manifest
from tests.bot.slack.conftest import make_office
from tests.bot.slack.office import Office
from tests.bot.slack.test_home import FULL as DRAWN
from tests.bot.slack.test_home import TICKETS
from tests.slackd import Slackd

FULL = replace(DRAWN, parts=[replace(TICKETS, words="show my open tickets")])


@pytest.fixture(autouse=True)
def _granted(slack: Slackd) -> None:
    slack.world.install.scopes.add("assistant:write")


async def opened(office: Office, user: str = "UANN") -> list[str]:
    seat = office.slack.seat(user)
    await seat.open_chat()
    await office.room.ingest.stop()
    return [each["message"] for each in seat.prompts()]


async def test_prompts_follow_the_person_and_the_day(socket_office: Office) -> None:
    office = socket_office
    office.answers.homes["1"] = FULL
    assert await opened(office) == ["waiting", "show my open tickets", "what is down"]
    assert await opened(office, "UBEN") == []
    office.answers.homes["1"] = replace(FULL, to_decide=[])
    assert await opened(office) == ["show my open tickets", "what is down"]
    assert office.slack.seat("UANN").prompts()[0]["title"] == "My tickets"
    assert [each.user.name for each in office.answers.looked] == ["Ann", "Ben", "Ann"]
    assert office.slack.violations == []


async def test_the_same_are_not_put_up_twice(socket_office: Office) -> None:
    socket_office.answers.homes["1"] = FULL
    for _ in range(3):
        await opened(socket_office)
    assert socket_office.slack.count("assistant.threads.setSuggestedPrompts") == 1


async def test_who_is_not_linked_gets_none(socket_office: Office) -> None:
    assert await opened(socket_office, "UNEW") == []
    assert socket_office.answers.looked == []


async def test_an_app_that_is_no_agent_is_asked_once(slack: Slackd, database: object, tenant: object) -> None:
    slack.world.app.manifest = make_manifest()
    office = make_office(slack, database, tenant, slack_app_token=slack.world.app_token)
    office.answers.homes["1"] = FULL
    await office.room.start()
    with slack.expect("not_agent_app"):
        await opened(office)
    office.answers.homes["1"] = replace(FULL, to_decide=[])
    await opened(office)
    await office.room.stop()
    assert slack.count("assistant.threads.setSuggestedPrompts") == 1


@pytest.mark.parametrize("fault", ["429", "500", "reset_before"])
async def test_trouble_at_slack_leaves_the_conversation_as_it_is(socket_office: Office, fault: str) -> None:
    socket_office.answers.homes["1"] = FULL
    socket_office.slack.faults.plan("assistant.threads.setSuggestedPrompts", fault)
    assert await opened(socket_office) == []
    assert socket_office.slack.violations == []
