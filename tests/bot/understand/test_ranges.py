"""Both ends of a range are used, or said not to be; none of them is an account or a count."""

from __future__ import annotations

import pytest

from bot.llm.wordpiece import common_words
from bot.understand.index import Index
from bot.understand.nouns import nouns_of
from bot.understand.ranges import in_range, range_of
from bot.understand.sentence import Sentence, read
from bot.understand.understander import Understander
from tests.bot.understand import isp
from tests.bot.understand.test_unused import ask
from tests.evals import score

COMMON = common_words(9_000)
NOUNS = nouns_of(isp.ENTITIES, Index(isp.OWNED, COMMON), COMMON)
MONEY = {"over": "5,000.00 NGN", "under": "10,000.00 NGN", "at_least": True, "at_most": True}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        ("overdue 30-60 days", "billing_overdue", {"days": 30, "to_days": 60}),
        ("customers overdue 31 to 60 days", "billing_overdue", {"days": 31, "to_days": 60}),
        ("who is 2 to 4 weeks overdue", "billing_overdue", {"days": 14, "to_days": 28}),
        ("payments between 5k and 10k yesterday", "billing_payments", {**MONEY, "since": "2026-11-21"}),
        ("payments between 5000 and 10000", "billing_payments", MONEY),
        ("invoices in coast between 5000 and 10000", "billing_invoices", {**MONEY, "area": "coast"}),
        ("payments of 100234 between 5000 and 10000", "billing_payments", {**MONEY, "customer": "100234"}),
        (
            "payments between 1 and 10 november",
            "billing_payments",
            {"since": "2026-11-01", "until": "2026-11-10"},
        ),
    ],
)
async def test_both_ends_of_a_range_are_taken(
    understander: Understander, words: str, action: str, args: dict[str, object]
) -> None:
    got = await ask(understander, words, "billing")
    (guess,) = [g for g in got.guesses if g.action_id == action]
    assert {k: v for k, v in guess.args.items() if k != "until" or k in args} == args
    assert guess.unused == ()


async def test_a_list_that_takes_no_range_says_so(understander: Understander) -> None:
    got = await ask(understander, "failed payments between 1000 and 5000", "billing")
    guess = next(g for g in got.guesses if g.action_id == "billing_failed")
    assert guess.unused == ("between 1000 and 5000",)
    assert "customer" not in guess.args


def said(words: str) -> Sentence:
    return read(words, NOUNS, score.CLOCK, "NGN", {})


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("overdue 30-60 days", "30-60 days"),
        ("overdue 2 to 4 weeks", "2 to 4 weeks"),
        ("between 5000 and 10000", "between 5000 and 10000"),
        ("payments 100-200", "100-200"),
        ("payments from 3 to 5k", "from 3 to 5k"),
        ("payments from 5000 to 100000", "from 5000 to 100000"),
        ("payments 5000 to 99999", "5000 to 99999"),
        ("payments KES 5,000 - 10,000", "KES 5,000 - 10,000"),
        ("payments over 8 and 9, 300-400", "300-400"),
    ],
)
def test_from_how_much_to_how_much_is_read(words: str, text: str) -> None:
    found = range_of(said(words))
    assert found
    assert found[0].strip() == text


@pytest.mark.parametrize(
    "words",
    [
        "debtors over 5000 and 6000 in nyali",  # two amounts, and no "between"
        "from 5000 and 10000",
        "payments of 3000 to 100234",  # an account
        "payments 3000 - 1002345",
        "payments 99-200",  # too little for an amount
        "between 5 and 10",
        "between 5 and 3k",  # both are thousands
        "payments 10000 to 5000",  # from more to less
        "payments 5000-5000",
        "lines between 250 and 280 dbm",
        "lines between 100 and 280 mbps",
        "visits from 800 to 1800 hours",
        "sessions from 100 to 200 min",
        "from 100 to 200%",
        "between 100 and 900 am",
        "invoices from 5000 to 10000 november",
        "between 100 and 110 of november",
        "payments between 2026-11-01 and 2026-11-10",
        "payments between 1 and 10 november",
        "PAY-1000-2000",
        "ticket 1000-2000-3000",
        "5000.10000",
    ],
)
def test_other_figures_are_no_range(words: str) -> None:
    assert range_of(said(words)) is None


def test_a_day_that_was_read_as_one_is_no_amount() -> None:
    dated = said("payments in 2025 to 2026")
    assert any(m.time and m.time.length is None for m in dated.marks)
    assert range_of(dated) is None


def test_a_figure_is_in_a_range_that_holds_it_and_in_no_other() -> None:
    sentence = said("100234 payments between 5000 and 10000 of 77")
    begin = sentence.text.index("5000")
    assert in_range(begin, begin + 4, sentence)
    assert not in_range(0, 6, sentence)
    assert not in_range(len(sentence.text) - 2, len(sentence.text), sentence)
    assert not in_range(0, 6, said("100234"))
