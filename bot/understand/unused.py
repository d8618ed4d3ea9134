"""What a message says and a reading does not use: it is told before a yes, never dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.understand.filled import Filled
from bot.understand.freetext import NAMES
from bot.understand.marks import PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, Token, stem, tokens, word_set

FIRM = frozenset({"time", "money", "id", "number", "entity", "quoted"})
"""Marks that always mean something."""
IDLE = word_set(
    "quickly urgently immediately asap quick right away directly first thx cheers guys mate dear account "
    "customer number no"
)
"""Words that ask for nothing by themselves."""
MOST = 3
"""Stretches that are named; whoever said more is better asked to say it otherwise."""


def unused_words(
    said: Sentence, filled: Filled, captured: Mapping[str, str] | None, known: Collection[str]
) -> tuple[str, ...]:
    """Return the stretches of a message that no argument came from and that the action never speaks of.

    `known` are the stems of the action's own words. Of a read only times count: a list of all days is no
    answer to a question about one; what else it leaves out is seen in the answer.
    """
    taken = [words for name, words in (captured or {}).items() if name in filled.args and name not in NAMES]
    given = _given([*filled.args.values(), *taken])
    marks = [m for m in said.marks if not _taken(m, filled, given, said)]
    loose = [
        (m.start, m.end) for m in marks if m.kind == "time" or (m.kind in FIRM and not filled.reads_only)
    ]
    if not filled.reads_only:
        inside = [(m.start, m.end) for m in said.marks if m.kind in FIRM or m in filled.used]
        loose += [
            (w.start, w.end)
            for w in said.words
            if _says_more(w, given, known) and not any(a < w.end and w.start < b for a, b in inside)
        ]
    return tuple(_joined(said, sorted(loose)))[:MOST]


def _given(values: Collection[Any]) -> frozenset[str]:
    """Return the words of all values."""
    return frozenset(t.low for value in values for t in tokens(str(value)))


def _taken(mark: Mark, filled: Filled, given: frozenset[str], said: Sentence) -> bool:
    if any(m.start < mark.end and mark.start < m.end for m in filled.used | filled.told):
        return True
    if mark.kind == "time" and any(isinstance(v, date | datetime | timedelta) for v in filled.args.values()):
        return True  # it, or the one it was said with
    words = [t.low for t in tokens(said.text[mark.start : mark.end])]
    idle = FUNCTION if mark.kind != "time" else frozenset()
    return all(word in given or word in idle for word in words)


def _says_more(word: Token, given: frozenset[str], known: Collection[str]) -> bool:
    low = word.low
    if low in given or low in FUNCTION or low in IDLE or low in PRONOUNS or len(low) < 3:  # noqa: PLR2004 - "an"
        return False
    return stem(low) not in known and not any(stem(part) in known for part in re.split(r"[-_/]", low))


def _joined(said: Sentence, loose: list[tuple[int, int]]) -> list[str]:
    """Return the stretches as typed; small words between two of them belong to them."""
    runs: list[list[int]] = []
    for start, end in loose:
        between = [w for w in said.words if runs and runs[-1][1] <= w.start < start]
        if runs and all(w.low in FUNCTION for w in between):
            runs[-1][1] = max(end, runs[-1][1])
        else:
            runs.append([start, end])
    return [said.text[start:end] for start, end in runs]
