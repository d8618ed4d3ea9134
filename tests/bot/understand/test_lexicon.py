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
