from bot.llm.wordpiece import VOCABULARY, WordPiece, common_words, read_vocabulary, split_words

IDS = read_vocabulary(VOCABULARY)
PIECES = {i: piece for piece, i in IDS.items()}


def pieces(text: str, longest: int = 256) -> list[str]:
    return [PIECES[i] for i in WordPiece(IDS, longest).encode(text)]


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    assert pieces("Escalate TCK-1") == ["[CLS]", "es", "##cala", "##te", "tc", "##k", "-", "1", "[SEP]"]


def test_accents_case_and_control_characters_make_no_difference() -> None:
    assert pieces("Crème\x00 BRÛLÉE\u200b") == pieces("creme brulee")


def test_punctuation_and_ideographs_stand_alone() -> None:
    assert list(split_words("don't 網路?")) == ["don", "'", "t", "網", "路", "?"]


def test_long_texts_are_cut_and_long_words_unknown() -> None:
    assert len(pieces("word " * 500)) == 256
    assert pieces("word " * 500, 16)[-1] == "[SEP]"
    assert pieces("x" * 101) == ["[CLS]", "[UNK]", "[SEP]"]


def test_common_words_are_words() -> None:
    common = common_words(9_000)
    assert {"house", "internet"} <= common
    assert "qwzx" not in common
    assert all(word.isalpha() for word in common)
