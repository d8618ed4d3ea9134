import pytest

from bot.understand.words import clean, stem, tokens


def test_cleaning_takes_control_characters_and_plain_quotes() -> None:
    assert clean("  no\x00\x1b[31m light\u202e “at home” \r\n now ") == 'no [31m light "at home"\nnow'


@pytest.mark.parametrize(
    "words",
    [
        "ticket tickets ticketing",
        "suspend suspended suspending",
        "close closed closing closes",
        "payment payments pay",
    ],
)
def test_forms_of_one_word_have_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


def test_short_words_and_numbers_stay() -> None:
    assert [stem(w) for w in ("olt", "is", "l2", "tck-1")] == ["olt", "is", "l2", "tck-1"]


def test_identifiers_stay_whole_and_possessives_go() -> None:
    assert [t.low for t in tokens("Amina's TCK-10 at a@b.co, don't!")] == [
        "amina",
        "tck-10",
        "at",
        "a@b.co",
        "dont",
    ]


def test_many_empty_lines_become_one() -> None:
    assert clean("one\n\n\n \n\t\ntwo\nthree\n\nfour\n\n\n") == "one\n\ntwo\nthree\n\nfour"
