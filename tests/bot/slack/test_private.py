"""What is for one person alone reaches them alone, also when Slack fails for a moment."""

from __future__ import annotations

import time

import pytest

from bot.contract.reply import Reply
from bot.db.letters import Kind
from bot.slack.unsaid import UNSAID
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_outage import tried, waiting
from tests.bot.slack.test_sender import dead, mention

SECRET = "Salary: 1"


def direct(office: Office) -> list[str]:
    return [one["text"] for one in office.slack.world.replies(office.slack.world.direct("UANN").id)]


@pytest.mark.parametrize("trouble", ["503", "reset_before", "429", "error:token_revoked"])
async def test_a_private_answer_waits_for_the_conversation_it_belongs_in(
    office: Office, trouble: str
) -> None:
    office.answers.replies["hello"] = Reply(SECRET, private=True)
    office.slack.faults.plan("conversations.open", trouble, times=2)
    await mention(office)
    await office.queue.idle()
    assert direct(office) == [SECRET]
    assert SECRET not in str(office.slack.world.replies("CNOC"))
    assert "direct conversation" in office.slack.world.replies("CNOC")[0]["text"]
    assert await dead(office) == []


async def test_who_cannot_be_written_to_is_told_where_they_asked(office: Office) -> None:
    office.answers.replies["hello"] = Reply(SECRET, private=True)
    office.slack.faults.plan("conversations.open", "error:user_not_visible")
    await mention(office)
    await office.queue.idle()
    assert ["only in private" in text for _, _, text in whispered(office)] == [True]
    assert office.slack.world.replies("CNOC") == []


def whispered(office: Office) -> list[tuple[str, str | None, str]]:
    """Return what the bot said in the channel for one person alone: to whom, in which thread."""
    return [
        (told["user"], told.get("thread_ts"), told["text"])
        for name, told in office.slack.calls
        if name == "chat.postEphemeral"
    ]


@pytest.mark.parametrize("trouble", ["when it is opened", "when it is said"])
async def test_who_was_pointed_to_what_never_comes_is_told_where_they_asked(
    office: Office, trouble: str
) -> None:
    """At first it looks well; then Slack lets nobody write to them directly, of three messages none."""
    office.answers.replies["hello"] = Reply(f"{SECRET}{'!' * 20_000}", private=True)
    office.queue.lose = True
    if trouble == "when it is opened":  # Slack was away when it was answered
        office.slack.faults.plan("conversations.open", "503", *["error:user_disabled"] * 3)
    ts = await mention(office)
    await office.room.reader.drain(office.tenant.id, f"T1:CNOC:{ts}")
    if trouble == "when it is said":
        office.slack.faults.plan("chat.postMessage", *["error:channel_not_found"] * 3)
        await office.room.sender.drain(office.tenant.id, f"T1:{office.slack.world.direct('UANN').id}:")
    for _ in range(3):
        await tried(office)
    office.queue.lose = False
    assert direct(office) == []
    assert [("UANN", ts, UNSAID)] == whispered(office)
    shown = str(office.slack.world.replies("CNOC"))
    assert "direct conversation" in shown and SECRET not in shown
    assert len(await dead(office)) == 3, "nothing is lost: an admin sends it when it goes again"


async def test_an_answer_too_late_for_its_command_is_no_repetition(office: Office) -> None:
    """Slack was away for longer than the command's address lives; then its direct conversation hiccups too."""
    url = f"{office.slack.api_url}commands/none"
    payload = {"text": "The link is up.", "until": time.time() - 1}
    await waiting(office, kind=Kind.RESPOND, target=url, user="UANN", payload=payload)
    office.slack.faults.plan("conversations.open", "503", "reset_before", "reset_before")
    for _ in range(4):
        await tried(office)
    assert direct(office) == ["The link is up."]


async def test_a_command_whose_rest_reaches_them_in_no_way_is_told_so(socket_office: Office) -> None:
    office = socket_office
    office.answers.replies["bill"] = Reply("!" * 40_000)
    office.slack.faults.plan("conversations.open", *["error:user_disabled"] * 9)
    await office.slack.seat("UANN").command("CNOC", "/backhaul bill")
    await office.queue.idle()
    assert whispered(office) == [("UANN", None, UNSAID)]
    assert office.slack.violations == []
