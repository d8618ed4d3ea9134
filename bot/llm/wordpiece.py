"""BERT's uncased WordPiece tokenizer in plain Python: the ids all-MiniLM-L6-v2 was trained on."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

VOCABULARY = Path(__file__).with_name("vocab.txt")
LONGEST_WORD = 100
ASCII_SIGNS = ((33, 47), (58, 64), (91, 96), (123, 126))
IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),  # sic: the official tokenizer has this slip, and ids must be the same
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


@functools.lru_cache(maxsize=2)
def read_vocabulary(path: Path) -> dict[str, int]:
    """Return piece -> id; the pieces stand roughly in order of how common they are."""
    with path.open(encoding="utf-8") as lines:
        return {line.rstrip("\n"): i for i, line in enumerate(lines)}


@functools.lru_cache(maxsize=4)
def common_words(most: int) -> frozenset[str]:
    """Return the whole words among the first `most` pieces: about as many everyday English words."""
    pieces = list(read_vocabulary(VOCABULARY))[:most]
    return frozenset(piece for piece in pieces if piece.isalpha() and len(piece) > 1)


class WordPiece:
    """Words to piece ids, cut at `longest` ids in all."""

    def __init__(self, vocabulary: dict[str, int], longest: int = 256) -> None:
        self._ids = vocabulary
        self._first, self._last = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._unknown, self._longest = vocabulary["[UNK]"], longest
        self._pieces = functools.lru_cache(8_192)(self._pieces_of)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text, with the marks of its beginning and end."""
        ids, room = [self._first], self._longest - 1
        for word in split_words(text):
            ids += self._pieces(word)
            if len(ids) >= room:
                break
        return [*ids[:room], self._last]

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        """Cut one word into the longest known pieces, left to right."""
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        ids: list[int] = []
        start = 0
        while start < len(word):
            end = self._end_of_piece(word, start)
            if end == start:
                return (self._unknown,)
            ids.append(self._ids[_piece(word, start, end)])
            start = end
        return tuple(ids)

    def _end_of_piece(self, word: str, start: int) -> int:
        """Return where the longest known piece from `start` ends; `start` if there is none."""
        for end in range(len(word), start, -1):
            if _piece(word, start, end) in self._ids:
                return end
        return start


def split_words(text: str) -> Iterator[str]:
    """Yield lower-case words without accents, each punctuation mark and ideograph on its own."""
    word = ""
    for char in _plain(text):
        if char == " " or _is_punctuation(char):
            if word:
                yield word
            if char != " ":
                yield char
            word = ""
        else:
            word += char
    if word:
        yield word


def _piece(word: str, start: int, end: int) -> str:
    return word[start:end] if start == 0 else "##" + word[start:end]


def _plain(text: str) -> str:
    """Return the text in lower case, without control characters and accents, spaces as blanks."""
    spaced = "".join(_clean(char) for char in text)
    marks = unicodedata.normalize("NFD", spaced)
    return "".join(c for c in marks if unicodedata.category(c) != "Mn").lower()


def _clean(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r":
        return " "
    if code in {0, 0xFFFD} or unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co"}:
        return ""
    if char.isspace():
        return " "
    return f" {char} " if _within(code, IDEOGRAPHS) else char


def _is_punctuation(char: str) -> bool:
    return _within(ord(char), ASCII_SIGNS) or unicodedata.category(char)[0] == "P"


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)
