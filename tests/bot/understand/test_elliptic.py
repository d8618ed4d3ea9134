"""Messages without a subject of their own."""

from __future__ import annotations

import pytest

from bot.understand.elliptic import BY, HOW_MANY, LETTERS, goes_back, is_again, is_elliptic, is_part


@pytest.mark.parametrize(
    "words",
    [
        "by pon",
        "count by agent",
        "only no light",
        "business only",
        "which are older than a day",
        "which of them are urgent",
        "over 5000",
        "those in nyali",
        "of them mpesa",
        "how much of it mpesa",
        "any of them weak",
        "in total",
    ],
)
def test_a_part_of_the_last_answer_is_asked_for(words: str) -> None:
    assert is_part(words)
    assert is_elliptic(words)


@pytest.mark.parametrize(
    "words",
    [
        "overdue customers",
        "which is the plan of Amina",
        "who is on call",
        "the tickets of them",
        "show 100203",
        "how many open tickets do we have",
        "only " + "x" * LETTERS,
    ],
)
def test_a_question_with_a_subject_is_no_part(words: str) -> None:
    assert not is_part(words)


@pytest.mark.parametrize("words", ["how many customers", "how many in total", "and kevin"])
def test_a_count_or_an_and_has_no_subject_and_is_no_part(words: str) -> None:
    assert is_elliptic(words)
    assert not is_part(words)


@pytest.mark.parametrize(
    ("words", "by"), [("by pon", "pon"), ("split them by customer type", "customer type")]
)
def test_what_is_counted_by(words: str, by: str) -> None:
    found = BY.match(words)
    assert found
    assert found["by"] == by


def test_what_is_counted() -> None:
    found = HOW_MANY.match("and how many customers are affected in all")
    assert found
    assert found["what"] == "customers"
    assert not HOW_MANY.match("how many customers in nyali")


@pytest.mark.parametrize(
    ("before", "words", "again"),
    [
        ("onyl urgent", "only urgent", True),
        ("only purple", "only urgent", True),
        ("how many of the blue ones", "how many of them", True),
        ("what did we collect yesterday", "how much of it mpesa", False),
        ("show the outage", "how many customers", False),
    ],
)
def test_a_question_said_once_more(before: str, words: str, again: bool) -> None:
    assert is_again(before, words) is again


def test_a_part_is_asked_for_in_eight_words_at_most() -> None:
    assert is_part("only those of the coast with the fibre")
    assert not is_part("only those of the coast with the new fibre")


def test_and_goes_on_in_four_words_at_most() -> None:
    assert is_elliptic("and kevin or bea")
    assert not is_elliptic("and kevin of the noc")
    assert not is_elliptic("and in nyali or bamburi please")


def test_what_goes_on_has_120_letters_at_most() -> None:
    assert is_part("only " + "x" * 115)
    assert not is_part("only " + "x" * 116)
    assert is_elliptic("and " + "x" * 116)
    assert not is_elliptic("and " + "x" * 117)


@pytest.mark.parametrize("words", ["the oldest", "and which is the biggest one?", "the worst"])
def test_the_most_of_a_list_goes_back_to_it(words: str) -> None:
    assert goes_back(words)
    assert not is_part(words)


@pytest.mark.parametrize("words", ["the oldest ticket of kevin", "the worst line", "and", "android tv"])
def test_what_says_of_what_does_not_go_back(words: str) -> None:
    assert not goes_back(words)


@pytest.mark.parametrize(
    ("before", "words", "again"),
    [
        ("show me the tickets of kevin", "show me the outages", True),  # begins with the same three words
        ("show the tickets of kevin", "show the outages", False),
        ("who is on call for noc", "who is on call at noc", True),
        ("who is on call for noc", "why is it on", False),
        ("show me the sla", "show me the balance of the customer amina bello in full", True),
        ("shwo tickets of kevn", "show the tickets of kevin", True),  # nearly the same letters
        ("by pon", "open tickets of kevin", True),  # the one before said nothing by itself
    ],
)
def test_three_words_or_most_letters_alike_say_it_once_more(before: str, words: str, again: bool) -> None:
    assert is_again(before, words) is again
