"""What people press on the Home tab, where there is no conversation: answered in their direct one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.reply import Button, Choice, Reply, Tone
from bot.slack.clicks import spot
from bot.slack.teams import Team
from tests.bot.slack.office import HOW_TO_LINK, Office
from tests.bot.slack.test_pressing import CALL, card

Message = dict[str, Any]


async def published(office: Office, user: str, *buttons: tuple[str, str]) -> None:
    """Let the bot put buttons on somebody's Home tab."""
    client = office.room.calls.client(office.slack.world.bot_token)
    await client.views_publish(user_id=user, view={"type": "home", "blocks": card(*buttons)})


def direct(office: Office, user: str) -> list[Message]:
    """What stands in somebody's conversation with the bot."""
    return office.slack.seat(user).sees(office.slack.world.home.direct(user).id)


async def test_words_of_a_button_are_answered_directly_and_quoted(socket_office: Office) -> None:
    office = socket_office
    office.answers.replies["what is down"] = Reply(
        "Two sites.", facts={"Since": "09:10"}, choices=(Choice("Kilimani", "site kilimani"),)
    )
    await published(office, "UANN", ("say:1", "what is down"))
    assert await office.slack.seat("UANN").press("say:1")
    await office.queue.idle()
    [question] = office.answers.asked
    assert (question.words, question.place.direct, question.thread) == ("what is down", True, "T1:/UANN")
    [told] = direct(office, "UANN")
    shown = str(told["blocks"])
    assert "You asked: what is down" in shown
    assert "site kilimani" in shown
    assert "number in this thread" not in shown
    assert office.slack.world.replies("CNOC") == []
    assert office.slack.violations == []


async def test_approve_and_undo_are_decided_as_on_a_card(socket_office: Office) -> None:
    office = socket_office
    office.answers.replies["undo"] = Reply("You may not.", tone=Tone.WARN, error="NotAllowed")
    await published(office, "UBEN", ("call:approve", f"{CALL} v1"), ("call:undo", f"{CALL} "))
    ben = office.slack.seat("UBEN")
    assert await ben.press("call:approve")
    assert await ben.press("call:undo")
    await office.queue.idle()
    assert office.answers.did == [("yes", CALL, "", "v1"), ("undo", CALL)]
    assert ["Done: yes" in direct(office, "UBEN")[0]["text"], len(direct(office, "UBEN"))] == [True, 2]
    assert office.slack.violations == []


async def test_no_asks_why_over_the_tab_and_is_answered_directly(socket_office: Office) -> None:
    office = socket_office
    await published(office, "UBEN", ("call:deny", f"{CALL} v1"))
    ben = office.slack.seat("UBEN")
    assert await ben.press("call:deny")
    await ben.wait_for_view("Say no")
    assert await ben.submit({"why": "She paid."})
    await office.queue.idle()
    assert office.answers.did == [("no", CALL, "She paid.", "v1")]
    assert [each["text"] for each in direct(office, "UBEN")] == ["Done: no"]
    assert office.slack.violations == []


async def test_form_that_came_too_late_says_so_directly(socket_office: Office) -> None:
    office = socket_office
    await published(office, "UBEN", ("call:deny", f"{CALL} v1"))
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    await office.slack.seat("UBEN").press("call:deny")
    await office.slack.until(lambda: direct(office, "UBEN"))
    assert "deny 0d1c7f2e because" in direct(office, "UBEN")[0]["text"]
    assert office.answers.did == []


async def test_sealed_action_is_called_and_unknown_people_learn_how_to_link(socket_office: Office) -> None:
    office = socket_office
    team = await office.room.teams.find("T1")
    assert isinstance(team, Team)
    value = office.room.seals.value(team, Button("Show", "tickets_show", {"ticket": "7"})) or ""
    for user in ("UANN", "UNEW"):
        await published(office, user, ("do:1", value))
        assert await office.slack.seat(user).press("do:1")
        await office.queue.idle()
    assert office.answers.did == [("tickets_show", {"ticket": "7"})]
    assert HOW_TO_LINK in direct(office, "UNEW")[0]["text"]
    assert office.slack.violations == []


async def test_answer_waits_until_the_conversation_can_be_opened(socket_office: Office) -> None:
    office = socket_office
    await published(office, "UANN", ("say:1", "what is down"))
    office.slack.faults.plan("conversations.open", "500")
    await office.slack.seat("UANN").press("say:1")
    await office.queue.idle()
    assert [getattr(each, "method", "") for each in office.queue.errors] == ["conversations.open"]
    office.queue.errors.clear()
    assert [each["text"] for each in direct(office, "UANN")] == ["You said: what is down"]


@pytest.mark.parametrize(
    "body",
    [
        {"user": {"id": "UANN"}, "container": {"type": "view"}},
        {"user": {"id": "ann"}, "container": {"type": "view", "view_id": "V1"}},
        {"user": {"id": "UANN"}, "container": {"type": "view", "view_id": "V 1"}},
    ],
)
def test_view_that_is_none_has_no_place(body: dict[str, Any]) -> None:
    assert spot(body) is None
