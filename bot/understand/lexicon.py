"""Which words speak of which action; typing errors forgiven; the same cost for ten actions and a thousand."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.understand.words import FUNCTION, stem

Scores = NDArray[np.float32]
SHORTEST_TYPO, LONGEST_TYPO = 5, 24
NAMED = 0.8
"""Only words of this weight are recognised when mistyped: a name is often one letter from some word."""


class Lexicon:
    """Word weights per action.

    `documents` gives, per action, the weight of each stem it speaks of; `spelled` a whole word per stem.
    """

    def __init__(
        self, documents: Sequence[Mapping[str, float]], spelled: Mapping[str, str] | None = None
    ) -> None:
        self.size = len(documents)
        self._spelled = spelled or {}
        holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, document in enumerate(documents):
            for word, weight in document.items():
                holders[word].append((i, weight))
        self._rarity = {w: math.log(1 + self.size / len(h)) for w, h in holders.items()}
        self._strange = math.log(1 + self.size)
        self._postings = {
            word: (np.array([i for i, _ in h], np.intp), np.array([x for _, x in h], np.float32))
            for word, h in holders.items()
        }
        heavy = [w for w, h in holders.items() if max(x for _, x in h) >= NAMED]
        self._swapped = {
            form: w
            for w in heavy
            for form in (*_swaps(w), *_swaps(self._spelled.get(w, w)))
            if form not in self._postings
        }
        self._shorter = _shorter_forms({w: w for w in heavy} | {self._spelled.get(w, w): w for w in heavy})

    def knows(self, word: str) -> bool:
        """Say whether any action speaks of this word, perhaps mistyped."""
        return self.nearest(word) is not None

    def speaks_of(self, word: str) -> bool:
        """Say whether any action speaks of exactly this word."""
        return stem(word) in self._postings

    def nearest(self, word: str) -> str | None:
        """Return the known stem of a word at most one typing error away, or None."""
        plain = stem(word)
        if plain in self._postings:
            return plain
        if word in self._swapped:
            return self._swapped[word]
        if not SHORTEST_TYPO <= len(word) <= LONGEST_TYPO or not word.isalpha():
            return None
        forms = [*_cut(word), *(_cut(plain) if len(plain) >= SHORTEST_TYPO else ())]
        return next((self._shorter[form] for form in forms if form in self._shorter), None)

    def corrected(self, word: str) -> str:
        """Return the word, without its typing error if an action speaks of the right form."""
        if word in FUNCTION or self.speaks_of(word) or (known := self.nearest(word)) is None:
            return word
        return self._spelled.get(known, known)

    def score(self, stems: Iterable[str]) -> Scores:
        """Return per action the share (0 to 1) of the words' weight that it speaks of."""
        out = np.zeros(self.size, np.float32)
        whole = 1e-6
        for word in set(stems):
            if word in FUNCTION:
                continue
            known = self.nearest(word)
            if known is None:
                whole += 0.35 * self._strange
                continue
            rarity = self._rarity[known]
            whole += rarity
            where, weight = self._postings[known]
            out[where] += weight * rarity
        return out / np.float32(whole)


def _shorter_forms(words: Mapping[str, str]) -> dict[str, str]:
    """Map each word and its forms with one letter missing to the word's stem (SymSpell's idea)."""
    forms: dict[str, str] = {}
    for word, plain in words.items():
        if len(word) >= SHORTEST_TYPO and word.isalpha():
            for form in _cut(word):
                forms.setdefault(form, plain)
    return {**forms, **words}


def _swaps(word: str) -> list[str]:
    """Return a short word with two letters swapped, the commonest error of all: `opne`."""
    if len(word) != SHORTEST_TYPO - 1 or not word.isalpha():
        return []
    return [
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for i in range(len(word) - 1)
        if word[i] != word[i + 1]
    ]


def _cut(word: str) -> list[str]:
    """Return the word and its forms with one letter left out (the first letter is seldom wrong)."""
    return [word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))]
