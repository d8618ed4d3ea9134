"""What a message says and a reading does not use: it is told before a yes, never dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.understand.alike import ALIKE
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.freetext import LAST_REGION, NAMES, REGION
from bot.understand.lengths import iso_length
from bot.understand.marks import PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.silent import silent
from bot.understand.told import told_beside
from bot.understand.typed import ALSO, compared
from bot.understand.unplaced import unplaced
from bot.understand.words import FUNCTION, Token, stem, tokens, word_set

CUT = NAMES | word_set("phone alt_phone full_name address query")
"""Arguments that are less than the words that stood in their place."""
FIRM = frozenset({"time", "money", "id", "number", "entity", "quoted"})
"""Marks that always mean something."""
IDLE = word_set(
    "quickly urgently immediately asap quick right away directly first thx cheers guys mate dear "
    "account customer number no bot due everything using trouble actually anyway saying says client "
    "clients subscriber mistake accident till myself herself himself enough related remotely possible "
    "connection sorry bother until between"
)
"""Words that ask for nothing by themselves."""
WHERE = re.compile(r"\b(?:in|at|near|around|within)\s+(?:the\s+)?$", re.IGNORECASE)
WHOSE = re.compile(r"\b(?:of|from|by)\s+$", re.IGNORECASE)
"""What stands before whoever a list is to be about."""
PORT = re.compile(r"(?<![\w./-])(?!24/7)\d{1,3}(?:/\d{1,3}){1,2}(?![\w./-])")
"""Where a line hangs."""
STATUSES = word_set(
    "urgent critical low unpaid overdue disputed resolved closed pending unassigned suspended "
    "terminated degraded residential vip wifi billing cash card mpesa"
)
"""Words by which lists are narrowed, wherever a list can be narrowed by them."""
NOW = frozenset({"today", "now", "this week"})
"""Means the present, which lists without a time are of anyway."""
MOST = 3
"""Stretches that are named; whoever said more is better asked to say it otherwise."""


def unused_in(
    said: Sentence, filled: Filled, captured: Mapping[str, str] | None, known: Collection[str]
) -> dict[str, Any]:
    """Return `unused` and `unplaced` of a guess: what it does not use, and what of it a change waits for."""
    runs = _joined(said, _unused(said, filled, captured, known))
    held = [] if filled.reads_only else unplaced(said, filled, runs)
    kinds = {"unused": runs, "unplaced": held}
    return {name: tuple(said.text[a:b] for a, b in found)[:MOST] for name, found in kinds.items()}


def _unused(
    said: Sentence, filled: Filled, captured: Mapping[str, str] | None, known: Collection[str]
) -> list[tuple[int, int]]:
    """Return the stretches of a message that no argument came from and that the action never speaks of.

    `known` are the stems of the action's own words. Of a read what would have narrowed it counts: times,
    amounts, bounds, places, people and statuses. A list of all days is no answer to a question about one.
    """
    timeable = filled.starts or filled.ends or filled.past
    taken = [words for name, words in (captured or {}).items() if name in filled.args and name not in CUT]
    given = _given([*filled.args.values(), *taken, *_other_words(filled)])
    marks = [m for m in said.marks if not _taken(m, filled, given, said)]
    loose = [
        (m.start, m.end)
        for m in marks
        if (m.kind in FIRM if not filled.reads_only else _narrows(m, said, timeable=timeable))
    ]
    if filled.reads_only:
        loose += _filters(said, filled, given, known)
        loose += silent(said, filled, _given([*filled.args.values(), *_other_words(filled)]), captured)
    else:
        inside = [(m.start, m.end) for m in {*said.marks, *filled.used} if m.kind in FIRM or m in filled.used]
        loose += [
            (w.start, w.end)
            for w in said.words
            if _says_more(w, given, known) and not any(a < w.end and w.start < b for a, b in inside)
        ]
        beside = told_beside(said, filled)
        loose = [(a, b) for a, b in loose if not any(start <= a and b <= end for start, end in beside)]
    return sorted(loose)


def _narrows(mark: Mark, said: Sentence, *, timeable: bool) -> bool:
    """Say whether a mark that a read does not take would have narrowed what it shows."""
    if mark.kind == "time":
        return timeable or mark.text.lower() not in NOW
    if mark.kind == "money":
        return True
    if mark.kind == "number":
        return mark.long_number or compared(mark, said)
    named = mark.kind == "entity" or (mark.found and not mark.near)
    if mark.kind == "maybe":
        return WHOSE.search(said.text, 0, mark.start) is not None
    placed = WHERE.search(said.text, 0, mark.start) is not None or said.cued(mark)
    return named or (mark.kind == "name" and placed)


def _filters(
    said: Sentence, filled: Filled, given: frozenset[str], known: Collection[str]
) -> list[tuple[int, int]]:
    """Return the statuses and parts of the country that a read neither takes nor speaks of."""
    found = REGION.search(said.text, said.begin) or LAST_REGION.search(said.text, said.begin)
    where = found.span("region") if found and found["region"].lower() not in given else None
    out = [where] if where else []
    read = [m for m in said.marks if m.kind in {"time", "entity"} or m in filled.used]
    ports = (
        m for m in PORT.finditer(said.text) if not any(r.start < m.end() and m.start() < r.end for r in read)
    )
    out += [m.span() for m in ports if not given.issuperset(t.low for t in tokens(m[0]))]
    if any(m.kind == "entity" for m in filled.used):
        return out  # it is about one thing, whose status is told anyway
    words = (w for w in said.words if w.low in STATUSES and w.low not in given and not _also(w, said, filled))
    return [*out, *((w.start, w.end) for w in words if stem(w.low) not in known)]


def _also(word: Token, said: Sentence, filled: Filled) -> bool:
    """Say whether a word only says that all of somebody's are meant, which they are: "closed ones too"."""
    all_of = PERSON_KIND in filled.args and "status" not in filled.args
    return all_of and any(f.start() <= word.start < f.end() for f in ALSO.finditer(said.text))


def _given(values: Collection[Any]) -> frozenset[str]:
    """Return the words of all values."""
    return frozenset(t.low for value in values for t in tokens(str(value)))


def _other_words(filled: Filled) -> list[str]:
    """Return the other words for the values that are there: "airtel money" was read as mobile_money."""
    values = {v for v in filled.args.values() if isinstance(v, str)}
    return [word for group in ALIKE if not group.isdisjoint(values) for word in group]


def _taken(mark: Mark, filled: Filled, given: frozenset[str], said: Sentence) -> bool:
    if any(m.start < mark.end and mark.start < m.end for m in filled.used | filled.told):
        return True
    if mark.kind == "time" and any(isinstance(v, date | datetime | timedelta) for v in filled.args.values()):
        return True  # it, or the one it was said with
    if mark.time and mark.time.length and iso_length(mark.time.length) in filled.args.values():
        return True
    if any(w.start <= mark.start and mark.end <= w.end and w.text.lower() in given for w in said.words):
        return True  # the 1 of a port "1/4" that stands in the text
    words = [t.low for t in tokens(said.text[mark.start : mark.end])]
    idle = FUNCTION if mark.kind != "time" else frozenset()
    return all(word in given or word in idle for word in words)


def _says_more(word: Token, given: frozenset[str], known: Collection[str]) -> bool:
    low = word.low
    if word.text.lower() in given:  # as it was typed, whatever it was taken for
        return False
    if low in given or low in FUNCTION or low in IDLE or low in PRONOUNS or len(low) < 3:  # noqa: PLR2004 - "an"
        return False
    return stem(low) not in known and not any(stem(part) in known for part in re.split(r"[-_/]", low))


def _joined(said: Sentence, loose: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches, joined: small words between two of them belong to them."""
    runs: list[list[int]] = []
    for start, end in loose:
        between = [w for w in said.words if runs and runs[-1][1] <= w.start < start]
        if runs and all(w.low in FUNCTION for w in between):
            runs[-1][1] = max(end, runs[-1][1])
        else:
            runs.append([start, end])
    return [(start, end) for start, end in runs]
