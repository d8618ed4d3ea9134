import math

import pytest

from bot.understand.lexicon import Lexicon

LEXICON = Lexicon(
    [
        {"ticket": 1.0, "open": 1.0, "suspend": 0.3},
        {"invoic": 1.0, "suspend": 1.0},
        {"ticket": 0.5, "below": 0.3},
    ],
    {"invoic": "invoices", "suspend": "suspend"},
)


def test_typing_errors_find_the_word_and_short_words_only_swaps() -> None:
    assert LEXICON.nearest("tikcet") == "ticket"
    assert LEXICON.nearest("suspned") == "suspend"
    assert LEXICON.nearest("opne") == "open"
    assert LEXICON.nearest("oven") is None


def test_words_of_little_weight_do_not_swallow_names() -> None:
    assert LEXICON.nearest("bello") is None
    assert LEXICON.nearest("below") == "below"


def test_a_name_two_slips_from_a_word_is_no_slip_of_it() -> None:
    lexicon = Lexicon([{"below": 1.0, "admin": 1.0, "invoic": 1.0}], {"invoic": "invoices"})
    assert lexicon.nearest("bello") is None
    assert lexicon.nearest("amina") is None
    assert lexicon.nearest("belwo") == "below"
    assert lexicon.nearest("adnin") == "admin"
    assert lexicon.nearest("invocies") == lexicon.nearest("invocie") == "invoic"


def test_the_right_spelling_is_given_back() -> None:
    assert LEXICON.corrected("invocies") == "invoices"
    assert LEXICON.corrected("amina") == "amina"


def test_scores_are_shares_of_the_words_weight() -> None:
    scores = LEXICON.score(["ticket", "open"])
    assert scores[0] > 0.99
    assert scores[1] == 0
    assert 0 < scores[2] < scores[0]


def test_strange_words_lower_every_score() -> None:
    assert LEXICON.score(["ticket", "qwertz"])[0] < LEXICON.score(["ticket"])[0]


def test_no_words_score_nothing() -> None:
    assert LEXICON.score([]).max() == 0


def test_a_word_of_many_actions_counts_as_one_of_few() -> None:
    documents = [{"ticket": 1.0 - i / 100} for i in range(40)]
    documents += [{"port": 0.5, "ticket": 1.0}]
    both = Lexicon(documents).score(["ticket", "port"])
    often, seldom = math.log(1 + 41 / 41), math.log(1 + 41)
    expected = [(1.0 - i / 100) * often / (often + seldom) for i in range(40)]
    assert both[:40].tolist() == pytest.approx(expected, abs=1e-6)
    assert both[40] == pytest.approx((often + 0.5 * seldom) / (often + seldom), abs=1e-6)


def test_a_long_word_is_looked_up_but_not_kept() -> None:
    lexicon = Lexicon([{"ticket": 1.0}])
    assert lexicon.nearest("x" * 10_000) is None
    assert lexicon._seen.cache_info().currsize == 0
    assert lexicon.nearest("tickte") == lexicon.nearest("tickte") == "ticket"
    assert lexicon._seen.cache_info().hits == 1
