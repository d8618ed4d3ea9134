"""A message without its slips of the fingers: words nobody uses, a letter or two from one that is used."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.understand.jargon import SHORT
from bot.understand.lookups import Lookups
from bot.understand.marks import IT, NOT_NAMES, PEOPLE, PRONOUNS, REGIONS
from bot.understand.mood import LEAD
from bot.understand.timewords import DAYS, MONTHS
from bot.understand.understanding import Ask
from bot.understand.verbs import ASKS, DOES, SHOWS
from bot.understand.words import FUNCTION, TOKEN, clean, stem, tokens, word_set

TIMES = frozenset({*DAYS, *MONTHS}) | word_set(
    "today tomorrow yesterday tonight morning afternoon evening week weekend month year hour hours minutes "
    "days weeks months years last next since until"
)
LITTLE = FUNCTION | TIMES | ASKS | REGIONS
"""Words that are mistyped as often as any, and are nobody's name."""
FIRST = LITTLE | SHOWS | DOES
"""Words of which a letter may be missing though few are left: nobody is called "chek"."""
SHORTEST, LONGEST = 3, 20
ONE, TWO = 5, 7
"""Letters from which one slip is forgiven, and two."""
SKELETON, CONSONANTS = 4, 3
"""Letters, and consonants among them, from which a word may be written without its vowels: "pymnts"."""
OFTEN = 8
"""Times the examples say a word before two of them are taken apart: "mytickets"."""
SHORTENED = {
    "wk": "week",
    "wks": "weeks",
    "mth": "month",
    "mths": "months",
    "yr": "year",
    "nxt": "next",
    "lst": "last",
    "mnt": "maintenance",
    "oncal": "on call",
    "payed": "paid",
}
"""What is written short where a time is told."""
VOWELS = str.maketrans("", "", "aeiou")
OWN_WORDS = re.compile(
    r"(?<=[\w)]):(?=\s)|\s[-–—]\s|[\"“]|\b(?:because|saying|that says|to say|note that)\b", re.IGNORECASE
)
"""Behind these somebody's own words may stand, which are kept as they are."""
TELLS = re.compile(r",|\s(?:to|that)\s|\S*\d\S*\d\S*", re.IGNORECASE)
"""As OWN_WORDS in a wish to write something down: behind what it is about."""
ACCOUNT = re.compile(r"\s+\d{5,}\b")
"""Behind a word that says whose number it is: "Custmer 100234"."""
WHOLE_DAYS = frozenset(DAYS) | word_set("today tomorrow yesterday tonight")
TIME_BEFORE = re.compile(r"\b(?:last|next|this|since|until|till|on|in|past|previous)\s+$", re.IGNORECASE)
"""What stands before a day, a month or a week."""
KINDS = frozenset({"customer", "site", *PEOPLE})
"""Kinds whose names people write in small letters."""


class Slip(NamedTuple):
    """A word that stands for another, and whether it may be somebody's name as well."""

    start: int
    end: int
    word: str
    right: str
    sure: bool


class Spelling:
    """Built once per view from the words of all phrases; `known` says whether an action speaks of a word."""

    def __init__(
        self, phrases: Iterable[Sequence[str]], english: Collection[str], tells: Collection[str]
    ) -> None:
        words = Counter(t.low for group in phrases for text in group for t in tokens(text))
        self._joined = {w.replace("-", ""): w for w in words if w.replace("-", "").isalpha()}
        said = Counter({joined: words[w] for joined, w in self._joined.items()})
        self._often = said + Counter(dict.fromkeys(LITTLE, OFTEN))
        self._known = LITTLE | IT | PRONOUNS | NOT_NAMES | SHORT.keys() | self._often.keys()
        self._stems = frozenset(stem(word) for word in self._often)
        self._english, self._tells = english, tells
        self._from: dict[str, list[str]] = defaultdict(list)
        self._bones: dict[str, list[str]] = defaultdict(list)
        for word in self._often:
            if len(word) >= SHORTEST:
                self._from[word[0]].append(word)
                self._bones[_bones(word)].append(word)
        self._right = lru_cache(4_096)(self._nearest)

    def knows(self, word: str) -> bool:
        """Say whether this is a word, as far as anybody here can tell."""
        if word in self._known or word in self._english or word.removesuffix("s") in self._english:
            return True
        return stem(word) != word and stem(word) in self._stems

    def slips(self, text: str) -> list[Slip]:
        """Return the words of a cleaned message that are slips, but for somebody's own words."""
        found: list[Slip] = []
        end, loud = self._end(text), text.isupper()
        own = OWN_WORDS.search(text)
        for match in TOKEN.finditer(text, 0, own.start() if own else len(text)):
            word = re.sub(r"'s?$", "", match[0])
            low = word.lower()
            opens = not text[: match.start()].strip() or ACCOUNT.match(text, match.end()) is not None
            written = word.islower() or loud or (word.istitle() and opens)
            if (
                written
                and (right := self._right(low))
                and (match.start() < end or _is_time(right, text, match))
            ):
                sure = right in LITTLE
                found.append(Slip(match.start(), match.start() + len(word), low, right, sure))
        return found

    def _end(self, text: str) -> int:
        """Return where the words of the wish end, and somebody's own may begin."""
        lead = LEAD.match(text)
        begin = lead.end() if lead else 0
        ends = [found.start()] if (found := OWN_WORDS.search(text)) else [len(text)]
        first = TOKEN.search(text, begin)
        if first and {stem(first[0].lower()), stem(self._right(first[0].lower()) or "")} & set(self._tells):
            ends += [found.start()] if (found := TELLS.search(text, first.end())) else []
        return min(ends)

    def _nearest(self, word: str) -> str:
        """Return what a word stands for: the most said of the nearest words; empty if nothing is near."""
        if word in SHORTENED:
            return SHORTENED[word]
        if not SHORTEST <= len(word) <= LONGEST or not word.isalpha() or self.knows(word):
            return ""
        pool = [*self._from[word[0]], *(self._from[word[1]] if word[1] != word[0] else ())]
        near = [(w, OSA.distance(word, w, score_cutoff=2)) for w in pool if abs(len(w) - len(word)) <= 2]  # noqa: PLR2004 - two slips
        near = [(w, d) for w, d in near if d <= 2 and (w[0] == word[0] or w[:2] == word[1::-1])]  # noqa: PLR2004
        if one := [w for w, d in near if d == 1 and self._one(word, w)]:
            return self._best(one)
        if len(bones := _bones(word)) >= CONSONANTS and (len(word) >= SKELETON or bones == word):
            enough = OFTEN if len(word) < SKELETON else 1
            whole = [w for w in self._bones.get(bones, ()) if len(w) > len(word) and self._often[w] >= enough]
            if whole:
                return self._best(whole)
        if apart := self._apart(word):
            return apart
        return self._best([w for w, d in near if min(len(word), len(w)) >= TWO and w[0] == word[0]])

    def _one(self, word: str, right: str) -> bool:
        """Say whether one slip makes this word of another: of a short one only two letters swapped."""
        swapped = sorted(word) == sorted(right)
        if len(word) < ONE:
            return self._often[right] >= OFTEN and (swapped or (len(word) > SHORTEST and right in FIRST))
        return swapped or (word[0] == right[0] and len(right) >= ONE - 1)

    def _best(self, words: Sequence[str]) -> str:
        best = max(words, key=lambda w: (self._often[w], w), default="")
        return self._joined.get(best, best)

    def _apart(self, word: str) -> str:
        """Return the two words that were written as one: "mytickets"."""
        for at in range(2, len(word) - 1):
            left, right = word[:at], word[at:]
            long = len(right) > ONE - 2 or right in {"me", "my"}
            if long and self._often[left] >= OFTEN and self._often[right] >= OFTEN:
                return f"{left} {right}"
        return ""


def _is_time(right: str, text: str, match: re.Match[str]) -> bool:
    """Say whether a slip behind what a change is about is one of a time: "cash yestrday", "on fridy"."""
    return right in WHOLE_DAYS or (right in TIMES and TIME_BEFORE.search(text, 0, match.start()) is not None)


def _bones(word: str) -> str:
    """Return a word without its vowels, and no letter twice in a row."""
    return re.sub(r"(.)\1", r"\1", word[0] + word[1:].translate(VOWELS))


async def respelled(ask: Ask, spelling: Spelling, kinds: Iterable[str]) -> str:
    """Return a message without its slips; what is somebody's name or a place in live data is none."""
    text, lookups = clean(ask.words), Lookups(ask)
    for slip in reversed(spelling.slips(text)):
        if slip.sure or not await _is_name(slip.word, lookups, kinds):
            text = text[: slip.start] + slip.right + text[slip.end :]
    return text


async def _is_name(word: str, lookups: Lookups, kinds: Iterable[str]) -> bool:
    for kind in kinds:
        for match in await lookups.find(kind, word) or () if kind in KINDS else ():
            if match.exact or word in {t.low for t in tokens(match.label)}:
                return True
    return False
