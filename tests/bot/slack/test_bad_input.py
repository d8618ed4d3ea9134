"""What goes wrong between a question and its answer: each is said to who asked, in one sentence, and nothing is lost.

Forged, stale, huge and broken requests, unknown workspaces: `test_http_path` and `test_gate`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bot.slack.conftest import Office
from tests.bot.slack.test_sender import dead, mention
from tests.slackd import Slackd


def kicked(slack: Slackd) -> None:
    slack.world.channels["CNOC"].members.discard("UBOT")


def archived(slack: Slackd) -> None:
    slack.world.channels["CNOC"].archived = True


def deleted(slack: Slackd) -> None:
    slack.world.channels.pop("CNOC")


def refused(code: str) -> Callable[[Slackd], None]:
    return lambda slack: slack.faults.plan("chat.postMessage", f"error:{code}")


@pytest.mark.refused("channel_not_found", "is_archived", "not_in_channel")
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (kicked, "I am not in the channel where you asked any more"),
        (deleted, "I am not in the channel where you asked any more"),
        (archived, "The channel where you asked is archived"),
        (refused("thread_not_found"), "The message you asked under is gone"),
        (refused("cannot_reply_to_message"), "The message you asked under is gone"),
        (refused("restricted_action_read_only_channel"), "I may not write in the channel where you asked"),
    ],
)
async def test_an_answer_whose_place_is_closed_reaches_its_asker_with_the_reason(
    office: Office, trouble: Callable[[Slackd], None], said: str
) -> None:
    office.queue.lose = True
    await mention(office)
    office.queue.lose = False
    trouble(office.slack)
    await office.room.sweep()
    await office.queue.idle()
    [told] = office.slack.world.replies(office.slack.world.home.direct("UANN").id)
    assert told["text"].startswith(said)
    assert told["text"].endswith("You said: hello")
    assert await dead(office) == []


async def test_an_ordinary_answer_asks_slack_whose_the_token_is_but_once(office: Office) -> None:
    for words in ("one", "two", "three"):
        await mention(office, words)
    await office.queue.idle()
    assert len(office.slack.world.replies()) == 3
    assert office.slack.count("auth.test") == 1, "at the start"
    assert office.slack.count("users.info") == 1
    assert office.slack.count("conversations.info") == 0, "events told"
    assert office.slack.violations == []
