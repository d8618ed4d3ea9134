"""A message read once: cleaned, with its mood, its words, and what it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.understand.marks import IT, PRONOUNS, Mark, Nouns, find_marks
from bot.understand.mood import Mood, mood_of
from bot.understand.times import Clock
from bot.understand.words import Token, clean, tokens

MASKED = frozenset({"entity", "id", "name"})
FOLLOWS = re.compile(
    r"^(?:and|what about|how about|same for|the same for|and for|also for|now for|also|then for|ditto for|"
    r"do the same for)\b[\s,:]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What is known about a message before any action is thought of.

    `focus` is what the thread is about, kind to key, the latest last.
    """

    text: str
    mood: Mood
    words: tuple[Token, ...]
    marks: tuple[Mark, ...]
    focus: Mapping[str, str] = field(default_factory=dict)
    follows: bool = False
    masked: str = ""

    @property
    def pronoun(self) -> bool:
        """Whether it says her, him, they, it, this."""
        return any(w.low in PRONOUNS or w.low in IT for w in self.words)

    @property
    def names(self) -> tuple[Mark, ...]:
        """The marks that may name a thing, surest first."""
        order = {"entity": 0, "id": 1, "name": 2, "quoted": 3, "number": 4, "maybe": 5}
        return tuple(sorted((m for m in self.marks if m.kind in order), key=lambda m: order[m.kind]))

    @property
    def bare(self) -> Mark | None:
        """The one thing named, when the message says nothing else."""
        named = [m for m in self.marks if m.kind in {"entity", "id", "name"}]
        if len(named) != 1:
            return None
        mark = named[0]
        rest = self.text[: mark.start] + " " + self.text[mark.end :]
        return mark if not re.sub(r"(?i)\b(customer|ticket|show|open up|account)\b|[^\w]", "", rest) else None


def read(text: str, nouns: Nouns, clock: Clock, currency: str, focus: Mapping[str, str]) -> Sentence:
    """Read one message; raises BadInput for a day that does not exist."""
    plain = clean(text)
    mood = mood_of(plain)
    marks = tuple(find_marks(plain, nouns, clock, currency))
    words = tuple(tokens(plain))
    return Sentence(
        text=plain,
        mood=mood,
        words=words,
        marks=marks,
        focus=focus,
        follows=bool(FOLLOWS.match(plain)),
        masked=_masked(plain, mood, marks, nouns, focus),
    )


def _masked(text: str, mood: Mood, marks: tuple[Mark, ...], nouns: Nouns, focus: Mapping[str, str]) -> str:
    """Put the kind of thing in the place of each name: the examples speak of kinds as well."""
    begin = max(0, len(text) - len(mood.core)) if text.endswith(mood.core) else 0
    out, at = [], begin
    person = "customer" if "customer" in nouns.words.values() else "person"
    for mark in marks:
        if mark.start < begin or mark.kind not in MASKED:
            continue
        out += [text[at : mark.start], f" {mark.entity or person} "]
        at = mark.end
    said = "".join([*out, text[at:]]).lower()
    latest = next(reversed(list(focus)), "") if focus else ""
    plain = [_word(w, person, latest) for w in re.findall(r"[\w'@.:/+\-]+|[?]", said)]
    return " ".join(w for i, w in enumerate(plain) if w and (i == 0 or w != plain[i - 1]))[:600]


def _word(word: str, person: str, latest: str) -> str:
    bare = word.strip(".:'-/")
    if bare in PRONOUNS:
        return person
    if latest and bare in {"it", "its"}:
        return latest
    return bare.removesuffix("'s")
