import pytest

from bot.understand.mood import mood_of


@pytest.mark.parametrize(
    "text",
    [
        "suspend Amina Bello",
        "please suspend her",
        "can you suspend Amina Bello?",
        "could you please close TCK-1",
        "hi bot, open a ticket for John: no light",
        "I want you to reboot the ONT",
        "let's escalate it",
        "and assign it to Ada",
        "we need to disconnect her session",
    ],
)
def test_a_plain_wish_may_change_something(text: str) -> None:
    assert mood_of(text).may_change


@pytest.mark.parametrize(
    "text",
    [
        "did we suspend Amina Bello",
        "who suspended her and when?",
        "don't suspend her",
        "do not close this ticket",
        "never reboot that one during the day",
        "what happens if I suspend her",
        "if she does not pay, suspend her",
        "should we disconnect him?",
        "how do I close a ticket",
        "how to suspend a customer",
        "can I suspend a customer who is in dispute?",
        "is it possible to reboot the ONT?",
        "was the ticket closed?",
        "suspend her?",
        "please don't disconnect him",
        "why was she suspended",
        "unless he pays suspend him",
        "show me how to issue a credit",
    ],
)
def test_a_question_a_ban_and_an_if_may_not(text: str) -> None:
    assert not mood_of(text).may_change


def test_politeness_is_left_out() -> None:
    assert mood_of("Hello, could you please show her tickets").core == "show her tickets"


@pytest.mark.parametrize(
    "text",
    [
        "could i get a report on overdue customers",
        "close TCK-10234 as fixed, no credit or refund needed",
        "cancel VIS-2041, customer will close or resume later",
        "the address provided was wrong, change it to 14 Palm Road",
        "nobody can reach 100203, open a ticket",
        "until when does the promise run",
        "dispute INV-2026-021785: never had service",
        "close TCK-10234 - never answered the phone",
        "refund 100234, never got the router",
    ],
)
def test_what_only_sounds_like_a_ban_or_an_if_is_none(text: str) -> None:
    mood = mood_of(text)
    assert not (mood.banned or mood.conditional or mood.how_to)


@pytest.mark.parametrize("text", ["suspend 100234 or credit 500", "suspend or credit her"])
def test_one_or_the_other_is_a_question_yet(text: str) -> None:
    assert mood_of(text).conditional


@pytest.mark.parametrize(
    "text",
    ["reboot 100234: never proceed without asking", "TCK-10234: never close it", "100234, never suspend"],
)
def test_a_never_before_a_wish_forbids_it(text: str) -> None:
    assert mood_of(text).banned


@pytest.mark.parametrize(
    "text",
    [
        "suspend 100234, or credit him 500",
        "suspend 100234 because overdue, or credit him 500 for the outage",
        "suspend 100234; or resume her",
        "suspend 100234 or credit amina",
        "credit 100234 500 or refund amina",
        "suspend 100234 provided payment is late",
        "suspend 100234 provided no payment came",
        "suspend her provided amina agrees",
    ],
)
def test_one_or_the_other_and_provided_are_questions_yet(text: str) -> None:
    assert mood_of(text).conditional


@pytest.mark.parametrize(
    "text",
    [
        "close TCK-10234 as fixed, no credit or refund needed",
        "escalate TCK-10234, customer asks for credit or refund",
        "close TCK-10234, she will cancel or downgrade next month",
        "close TCK-10234, the ont provided was faulty",
        "close TCK-10234, he provided a new router",
        "change his address to the one provided by him",
    ],
)
def test_what_is_told_of_one_or_the_other_is_no_question(text: str) -> None:
    assert not mood_of(text).conditional


@pytest.mark.parametrize(
    "words",
    [
        "suspend 100234 if not paid",
        "suspend 100234, if unpaid by friday",
        "move VIS-2041 to friday or cancel",
        "assign TCK-11574 to bea or close it",
        "cancel VIS-2041 because customer away or move it",
    ],
)
def test_a_change_for_one_case_or_another_is_no_wish(words: str) -> None:
    assert not mood_of(words).may_change


@pytest.mark.parametrize(
    "words",
    [
        "close TCK-11574 as fixed, she will call if it comes back",
        "cancel VIS-2041, customer asked if we could come later",
        "close TCK-11574 if possible",
        "close TCK-11574: cable moved or damaged",
        "close TCK-11574 as fixed, no credit or refund needed",
    ],
)
def test_what_is_told_with_an_if_or_an_or_is_a_wish_yet(words: str) -> None:
    assert mood_of(words).may_change
