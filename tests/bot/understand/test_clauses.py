"""A ban or a question binds to its own part of a message."""

from __future__ import annotations

import pytest

from bot.understand.clauses import bound, wish_beside_ban, wish_beside_not_meant
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


@pytest.mark.parametrize(
    "text",
    [
        "don't remove, deactivate or change bea",
        "don't reboot, disconnect or touch 100234",
        "don't reboot and disconnect 100234",
        "don't reboot then disconnect 100234",
        "don't move, cancel or close VIS-1001",
        "don't cancel and move VIS-1001 to friday 10:00",
        "don't escalate and close TCK-11574",
        "don't assign, close or escalate TCK-11574",
        "never suspend, cancel or credit 100234",
        "don't suspend, disconnect or cancel 100234",
        "don't charge 100234 and credit her 500 for outage",
        "don't reboot 100234 now, disconnect 100118",
        "don't touch 100234, reboot only 100118",
        "don't move VIS-1008, cancel VIS-1024",
        "we don't need to reboot 100234",
        "we don't need to disconnect 100234",
        "we don't need to cancel VIS-1001",
        "we don't need to escalate TCK-11574",
        "we don't need to assign TCK-11574 to bea",
        "we don't need to deactivate bea",
        "I don't think you should assign TCK-11574 to bea",
        "I don't think it helps to reboot 100234",
        "I don't think we need to cancel VIS-1001",
        "I don't see the need to escalate TCK-11574",
        "don't bother with a credit of 500 for 100234 for the outage",
        "we don't have to assign TCK-11574 to bea",
        "we do not have to close TCK-11574",
        "we don't need to suspend 100234",
        "I don't think we should suspend 100234",
        "i never want 100234 suspended",
        "they don't want us to suspend 100234",
        "don't bother suspending 100234",
        "she doesn't want us to suspend 100234",
        "don't worry about suspending 100234",
        "suspend 100234? no",
        "suspend 100234 provided she hasn't paid",
        "suspend 100234 or credit 500",
    ],
)
def test_a_ban_never_becomes_the_change_it_forbids(text: str) -> None:
    assert not bound(mood_of(text), text, NOUNS).may_change


@pytest.mark.parametrize(
    "text",
    [
        "I can't take TCK-1 today, give it to bea",
        "we don't need the visit VIS-1001 any more, cancel it",
        "I don't see the customer 100234, open a ticket for her: gone",
        "we never got paid by 100234, suspend her because of debt",
        "suspend 100234, she never paid",
        "I don't know why, close TCK-1",
    ],
)
def test_what_is_told_beside_a_wish_forbids_nothing(text: str) -> None:
    assert bound(mood_of(text), text, NOUNS).may_change


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("don't reboot 100234, disconnect 100118", "disconnect 100118"),
        ("no need to visit 100203, cancel VIS-2041", "cancel VIS-2041"),
        ("reboot 100118, don't reboot 100234", "reboot 100118"),
        ("don't reboot 100234 and disconnect 100118", ""),
        ("don't close TCK-10234 or TCK-11574, escalate TCK-11578", ""),
        ("don't move, cancel or close VIS-1001", ""),
        ("don't close TCK-10234, escalate it", ""),
    ],
)
def test_a_wish_beside_a_ban_on_something_else_stands_alone(text: str, wish: str) -> None:
    assert wish_beside_ban(text, ()) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("never mind 100118, suspend 100234 because overdue", "suspend 100234 because overdue"),
        ("I didn't say reboot 100118, reboot 100234", "reboot 100234"),
        ("instead of 100118 suspend 100234, overdue", "suspend 100234, overdue"),
        ("leave 100118 alone, suspend 100234: overdue", "suspend 100234: overdue"),
        ("not TCK-1, close TCK-2: fixed", "close TCK-2: fixed"),
        ("never mind 100118, suspend her", ""),
        ("never mind the call of 100118, show 100118", ""),
        ("suspend 100234 instead of 100118", ""),
    ],
)
def test_what_is_put_aside_is_not_what_is_wished_for(text: str, wish: str) -> None:
    assert wish_beside_not_meant(text, ()) == wish
