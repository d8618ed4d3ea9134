"""Which words speak of which action; typing errors forgiven; the same cost for ten actions and a thousand."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from bot.understand.jargon import SAME, SHORT
from bot.understand.words import FUNCTION, stem

Scores = NDArray[np.float32]
Posting = tuple[NDArray[np.intp] | None, Scores]
MANY = 16
"""Of so many actions one must have a word for its row to be kept whole."""
SHORTEST_TYPO, LONGEST_TYPO = 5, 24
KEPT = 4_096
"""Words whose nearest is kept: each is looked up several times while one message is read."""
NAMED = 0.8
"""Only words of this weight are recognised when mistyped: a name is often one letter from some word."""
SYNONYM = 0.75
"""What a word counts that only means the same as one an action speaks of."""
SMALL = (
    *("show", "give", "list", "find", "down", "open", "send", "make", "take", "what", "which", "who", "does"),
    *("have", "with", "from", "this", "that", "tell", "close", "mail", "when", "where", "please", "add"),
)
"""Little words that are mistyped as often as any, by two letters swapped."""


class Lexicon:
    """Word weights per action.

    `documents` gives, per action, the weight of each stem it speaks of; `spelled` a whole word per stem;
    `common` holds everyday words, which are no typing errors.
    """

    def __init__(
        self,
        documents: Sequence[Mapping[str, float]],
        spelled: Mapping[str, str] | None = None,
        common: Collection[str] = (),
    ) -> None:
        self._common = common
        self.size = len(documents)
        self._spelled = dict(spelled or {})
        holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, document in enumerate(documents):
            for word, weight in _with_synonyms(document).items():
                holders[word].append((i, weight))
        self._own = frozenset(word for document in documents for word in document)
        self._rarity = {w: math.log(1 + self.size / len(h)) for w, h in holders.items()}
        self._strange = math.log(1 + self.size)
        self._postings = {word: _posting(h, self._rarity[word], self.size) for word, h in holders.items()}
        heavy = [w for w, h in holders.items() if max(x for _, x in h) >= NAMED]
        self._swapped = {
            form: w
            for w in heavy
            for form in (*_swaps(w), *_swaps(self._spelled.get(w, w)))
            if form not in self._postings and form not in self._common
        }
        self._swapped |= {
            form: stem(w)
            for w in SMALL
            for form in _swaps(w)
            if form not in self._postings and form not in FUNCTION and form not in self._common
        }
        self._spelled |= {stem(w): w for w in SMALL if stem(w) not in self._spelled}
        self._seen = lru_cache(KEPT)(self._nearest)
        self._shorter = _shorter_forms({w: w for w in heavy} | {self._spelled.get(w, w): w for w in heavy})

    def knows(self, word: str) -> bool:
        """Say whether any action speaks of this word, perhaps mistyped."""
        return self.nearest(word) is not None

    def speaks_of(self, word: str) -> bool:
        """Say whether any action speaks of exactly this word."""
        return stem(word) in self._postings

    def nearest(self, word: str) -> str | None:
        """Return the known stem of a word at most one typing error away, or None."""
        return self._seen(word) if len(word) <= LONGEST_TYPO else self._nearest(word)

    def _nearest(self, word: str) -> str | None:
        plain = stem(word)
        if plain in self._postings:
            return plain
        if word in self._swapped:
            return self._swapped[word]
        if not SHORTEST_TYPO <= len(word) <= LONGEST_TYPO or not word.isalpha() or word in self._common:
            return None
        forms = [*_cut(word), *(_cut(plain) if len(plain) >= SHORTEST_TYPO else ())]
        found = dict.fromkeys(self._shorter[form] for form in forms if form in self._shorter)
        return next((known for known in found if self._is_one_slip(word, plain, known)), None)

    def _is_one_slip(self, word: str, plain: str, known: str) -> bool:
        """Say whether one slip makes a word of a known stem: Bello is two slips from below."""
        whole = self._spelled.get(known, known)
        pairs = ((word, whole), (word, f"{whole}s"), (word, known), (plain, known))
        return any(OSA.distance(one, other, score_cutoff=1) <= 1 for one, other in pairs)

    def spelled(self, word: str) -> str:
        """Return the word without its typing error, written out; else as it is."""
        word = SHORT.get(word, word)
        if word in FUNCTION or stem(word) in self._postings or (known := self.nearest(word)) is None:
            return word
        right = self._spelled.get(known, known)
        return f"{right}s" if word.endswith("s") and not right.endswith("s") else right

    def corrected(self, word: str) -> str:
        """Return the word written out, without its typing error, in the form an action speaks of."""
        word = SHORT.get(word, word)
        if word in FUNCTION or (plain := stem(word)) in self._own:
            return word
        if plain not in self._postings and (known := self.nearest(word)) is not None:
            plain = known
        elif plain not in self._postings:
            return word
        same = next((w for w in (plain, *SAME.get(plain, ())) if w in self._own), plain)
        right = self._spelled.get(same, same)
        if right.endswith("ed") and not word.endswith("d"):
            right = same  # "suspned her" is a wish, "suspended her" told
        return f"{right}s" if word.endswith("s") and not right.endswith("s") else right

    def score(self, stems: Iterable[str]) -> Scores:
        """Return per action the share (0 to 1) of the words' weight that it speaks of."""
        out = np.zeros(self.size, np.float32)
        whole = 1e-6
        for said in set(stems):
            word = SHORT.get(said, said)
            known = None if word in FUNCTION else self.nearest(word)
            if word in FUNCTION or known in FUNCTION:
                continue
            if known is None or known not in self._postings:
                whole += 0.35 * self._strange
                continue
            whole += self._rarity[known]
            where, gain = self._postings[known]
            if where is None:
                out += gain
            else:
                out[where] += gain
        out /= np.float32(whole)
        return out


def _posting(holders: Sequence[tuple[int, float]], rarity: float, size: int) -> Posting:
    """Return what a word adds, and to which actions; to all when many have it, as that is much quicker."""
    where = np.array([i for i, _ in holders], np.intp)
    gain = np.array([x for _, x in holders], np.float32) * np.float32(rarity)
    if len(where) * MANY < size:
        return where, gain
    row = np.zeros(size, np.float32)
    row[where] = gain
    return None, row


def _with_synonyms(document: Mapping[str, float]) -> dict[str, float]:
    out = dict(document)
    for word, weight in document.items():
        for same in SAME.get(word, ()):
            out[same] = max(out.get(same, 0.0), SYNONYM * weight)
    return out


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
    if not SHORTEST_TYPO - 1 <= len(word) <= SHORTEST_TYPO + 1 or not word.isalpha():
        return []
    return [
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for i in range(len(word) - 1)
        if word[i] != word[i + 1]
    ]


def _cut(word: str) -> list[str]:
    """Return the word and its forms with one letter left out (the first letter is seldom wrong)."""
    return [word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))]
