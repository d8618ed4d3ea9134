"""A ban or a question binds to its own part of a message."""

from __future__ import annotations

import pytest

from bot.understand.clauses import bound
from bot.understand.mood import mood_of

NOUNS = {"ticket", "customer", "visit", "note"}


@pytest.mark.parametrize(
    "text",
    [
        "I can't handle TCK-1 today, put it back in the pool",
        "ring amina back at 5 pm, don't let me forget",
        "prepare a mail to amina, don't send it yet",
        "stop the mailing ML-1, wrong amounts in it!",
        "mark INV-1 as contested, she says the router was never delivered",
        "suspend amina but don't tell her",
        "pull TCK-1 out of the merge again",
        "was that merge of TCK-1 wrong, split it off again",
        "we don't need TCK-1 any more, close it",
        "don't suspend amina, restart her ont",
    ],
)
def test_a_wish_beside_a_ban_or_question_is_one(text: str) -> None:
    assert bound(mood_of(text), text, NOUNS).may_change


@pytest.mark.parametrize(
    "text",
    [
        "don't suspend amina",
        "suspend amina, no wait, don't",
        "suspend amina, don't do it",
        "suspend amina, please don't suspend her yet",
        "please don't suspend amina, she pays tomorrow",
        "don't suspend amina, customer is on holiday",
        "never close TCK-1",
        "who may suspend, resume and terminate customers",
        "can I suspend, cancel or resume amina",
        "how do I suspend, cancel or resume a customer",
        "if she pays, resume amina",
        "did bea suspend amina, or cancel her plan?",
    ],
)
def test_a_ban_or_question_about_the_wish_stays_one(text: str) -> None:
    assert not bound(mood_of(text), text, NOUNS).may_change


def test_what_another_part_forbids_stays_forbidden() -> None:
    assert bound(
        mood_of("draft a mail to amina, don't send it yet"), "draft a mail to amina, don't send it yet", NOUNS
    ).bans == {"send"}
