"""What is for one person alone reaches them alone, also when Slack fails for a moment."""

from __future__ import annotations

import time

import pytest

from bot.contract.reply import Reply
from bot.db.letters import Kind
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
    assert ["only in private" in one["text"] for one in office.slack.world.replies("CNOC")] == [True]


async def test_an_answer_too_late_for_its_command_is_no_repetition(office: Office) -> None:
    """Slack was away for longer than the command's address lives; then its direct conversation hiccups too."""
    url = f"{office.slack.api_url}commands/none"
    payload = {"text": "The link is up.", "until": time.time() - 1}
    await waiting(office, kind=Kind.RESPOND, target=url, user="UANN", payload=payload)
    office.slack.faults.plan("conversations.open", "503", "reset_before", "reset_before")
    for _ in range(4):
        await tried(office)
    assert direct(office) == ["The link is up."]
