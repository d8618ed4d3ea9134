"""What a change is bound to and no argument took: a condition, a repeat, a bound, a choice of two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise

from bot.contract.action import Action
from bot.understand.arguments import Kind
from bot.understand.conditions import AT_A_TIME, AT_ONCE, conditions, end_of, is_joined
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.later import LASTS
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.timewords import DAYS
from bot.understand.timing import START, fence
from bot.understand.values import is_end
from bot.understand.wish import NAMED, TIMED, Wish

REPEATED = re.compile(
    r"\b(?:(?:every|each)\s+(?:(?:single|other|second|few|\d+|two|three)\s+)?"
    rf"(?:(?:week)?days?|nights?|mornings?|afternoons?|evenings?|hours?|weeks?|weekends?|months?|quarters?|"
    rf"years?|minutes?|time|(?:{'|'.join(DAYS)})s?)|daily|weekly|monthly|nightly|hourly|"
    r"(?:once|twice) (?:a|per|every) (?:day|night|week|month|year))\b",
    re.IGNORECASE,
)
ENDED = re.compile(
    r"\s*(?:$|[,.;:!?]|\d|(?:from|at|until|till|for|because|starting|on|to|between|by|as|with)\b)",
    re.IGNORECASE,
)
"""Behind a repeat that is wished for; "every evening it drops" is told."""
BOUND = re.compile(
    r"\b(?:up to|at (?:least|most)|not? (?:more|less) than|(?:a )?max(?:imum)?(?: of)?|"
    r"(?:a )?min(?:imum)?(?: of)?|between)\s+(?:about\s+)?$",
    re.IGNORECASE,
)
NOT = re.compile(
    r"(?:\bany(?: \w+)? (?:but|except)|\bbut not|\bnot|\bexcept(?: for)?|\bexcluding|\bother than)\s+"
    r"(?:(?:on|at|for|to|the|before|after|pon|port|olt|line|plan)\s+)*$",
    re.IGNORECASE,
)
"""Before what is not meant."""
SPARED = re.compile(
    r"\b(?P<out>but not|except(?: for)?|excluding|other than|apart from|aside from|save for)\s+\S|"
    r"\b(?:all|any|every|each)(?:body|one|thing)?(?: [\w-]+){0,4}? but\s+(?!(?:please|pls|keep|do)\b)\S|"
    r"\b(?:all|every|any) (?:the )?non-?\s?\w",
    re.IGNORECASE,
)
OR = re.compile(r"\s*,?\s*\bor\s+(?:(?:on|at|to|for|from|maybe|better)\s+)*", re.IGNORECASE)
AND = re.compile(r"\s*(?:,|&|\band\b)\s*(?:(?:on|at|also)\s+)*", re.IGNORECASE)
SECOND_HOUR = re.compile(r"\s*(?:and|or)\s+(?:at\s+)?\d{1,2}(?::\d\d)?(?=\s*(?:$|[,.;:!?]))", re.IGNORECASE)
RANGED = re.compile(r"\b(?:between|from)\s+(?:\w+\s+)?$", re.IGNORECASE)
RELATIVE = re.compile(r"\s+(?:before|after)\s+(?!that\b)[^,;:.!?]+", re.IGNORECASE)
AFTER = re.compile(r"\bafter\s+(?:the\s+)?$", re.IGNORECASE)
FROM = re.compile(r"\b(?:from|after|starting(?: on| at)?|beginning|as of)\s+(?:the\s+)?$", re.IGNORECASE)
MANY_TIMES = re.compile(
    r"\b(?:each (?:to|for|of)\b[^,;:]*|(?:for )?(?:each|every)(?: single)? \w+[^,;:]*|per (?!cent\b)\w+|"
    r"(?:twice|three times|double|triple)\b|both\b|times (?:two|three|2|3)\b)",
    re.IGNORECASE,
)
"""What makes several of one amount."""
REST = re.compile(r"\bthe (?:rest|remainder)\b(?! of the (?:day|week|month|year))", re.IGNORECASE)
PARTS = re.compile(
    r"\b(?:half(?! (?:an?|past|hour|day)\b)(?: of (?:it|that|the \w+))?|"
    r"(?:a|one|two|three) (?:third|quarter|fifth)s?\b|"
    r"part of (?:it|that|the \w+)|(?:and|,) (?:the )?(?:rest|remainder)\b)",
    re.IGNORECASE,
)
"""What makes less of the whole amount, which is taken where none is named."""
ALL = re.compile(
    r"\w+\s+(?P<who>(?:all(?=\s+(?:in|at|on|who|that|with|from|those|customers?|subscribers?|accounts?|debtors)\b)"
    r"|everyone|everybody|(?:every|each)(?=\s+(?:customer|subscriber|account|debtor)\b))\b[^,;:.!?]*)",
    re.IGNORECASE,
)
"""Whom a change is wished for, right behind its verb."""
FIGURES = 3
MOST = 20
"""Places of a message that are looked at: each costs a look at all that stands before it."""
FIRM = frozenset({"time", "money", "id", "number", "entity"})
AMOUNTS = frozenset({"money", "number"})
Find = Callable[[Wish], Iterator[tuple[int, int, str]]]


def bound_to(action: Action, filled: Filled, said: Sentence) -> str:
    """Return what cannot be done, after "I cannot": the change is wished for only so."""
    if action.reads_only or said.mood.question or said.mood.how_to:
        return ""
    wish = Wish(action, filled, said)
    for find in FINDS:
        for start, end, how in find(wish):
            words = said.text[start:end].strip(" ,;.!?")
            return how.format(words)
    return ""


def _when(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find conditions and times to come that are no time an argument took."""
    text, mood = wish.said.text, wish.said.mood
    for one in islice(conditions(text), MOST):
        start, end, word, hard = one
        joined = is_joined(text, one)
        if not (wish.bound(start) or (hard and joined and wish.explains(start))):
            continue
        if _spoken_as(word, wish) or _at_a_time(start + len(word), wish) or REPEATED.match(text, start):
            continue
        if word == "if" and not (mood.conditional or joined):
            continue
        yield start, end, f"do that “{{}}”, only {AT_A_TIME if wish.timed else AT_ONCE}"


def _spoken_as(word: str, wish: Wish) -> bool:
    """Say whether the action itself is asked for with such a word: "tell me when it is back"."""
    return re.search(rf"\b{word}\b", wish.sayings) is not None


def _at_a_time(at: int, wish: Wish) -> bool:
    """Say whether a time stands behind the word, which is judged by itself."""
    behind = len(wish.said.text[at:]) - len(wish.said.text[at:].lstrip())
    return any(m.kind == "time" and m.start - behind <= at < m.end for m in wish.said.marks)


def _repeats(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find "every friday" of what is done once."""
    text = wish.said.text
    for found in islice(REPEATED.finditer(text), MOST):
        each_time = found[0].lower().endswith(" time")
        if not wish.bound(found.start()) or not (each_time or ENDED.match(text, found.end())):
            continue
        if _spoken_as(found[0].split()[0].lower(), wish) or wish.said.mood.shows:
            continue
        end = end_of(text, found.end()) if each_time else found.end()
        yield found.start(), end, "do that “{}”, only once: say it again when it is time"


def _bounds(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find "up to 500" of an action that takes one amount."""
    for mark in wish.used:
        if mark.kind not in AMOUNTS or wish.bounded or mark.start >= wish.end:
            continue
        if found := BOUND.search(wish.said.text, 0, mark.start):
            yield found.start(), mark.end, "do that with “{}”, only with one amount that you name"


def _spared(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find what is not meant where it was taken for what is: "not friday", "but not the voice line"."""
    text, how = wish.said.text, "go by “{}”, only by what you name"
    for mark in wish.said.marks:
        found = NOT.search(text, 0, mark.start) if mark.start < wish.end else None
        if found and mark.kind != "quoted" and (wish.takes(mark) or wish.bound(found.start())):
            yield found.start(), mark.end if wish.takes(mark) else end_of(text, mark.end), how
    for found in islice(SPARED.finditer(text), MOST):
        known = found["out"] and _spoken_as(found["out"].lower(), wish)
        if not known and wish.orders(found.start()):
            yield found.start(), end_of(text, found.end()), how


def _either(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find a second thing, day or amount beside the one that was taken."""
    text, how = wish.said.text, "choose “{}”, only do it for the one that you name"
    for one, other in pairwise(sorted(wish.said.marks, key=lambda m: m.start)):
        if other.end <= wish.end and OR.fullmatch(text, one.end, other.start) and wish.choice(one, other):
            yield one.start, other.end, how
    named = {m for m in wish.said.marks if m.long_number or m.kind == "entity"}
    for one in sorted((m for m in {*wish.used, *named} if m.end <= wish.end), key=lambda m: m.start):
        for other in wish.said.marks:
            if other.start < one.end or other in wish.used or not _alike(one, other):
                continue
            if OR.fullmatch(text, one.end, other.start):
                yield one.start, other.end, how
            twice = one.kind == "time" and not RANGED.search(text, 0, one.start)
            if twice and AND.fullmatch(text, one.end, other.start):
                yield one.start, other.end, "do that “{}”, only once"
        hour = one.kind == "time" and one.time is not None and one.time.exact
        if hour and not RANGED.search(text, 0, one.start) and (found := SECOND_HOUR.match(text, one.end)):
            yield one.start, found.end(), "do that “{}”, only once"


def _alike(one: Mark, other: Mark) -> bool:
    if one.kind in AMOUNTS and other.kind in AMOUNTS:
        return one.long_number == other.long_number
    if one.kind in NAMED and other.kind in NAMED:
        return True
    return one.kind == other.kind and one.entity == other.entity


def _begins(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find a beginning taken for an end or for the day itself, and a time before or after a thing."""
    text, how = wish.said.text, "do that “{}”, only at a time that you name"
    taken = [a for a in wish.arguments if a.kind in TIMED and a.name in wish.filled.args]
    till = bool(taken) and all(is_end(a.name) or a.kind is Kind.LENGTH for a in taken)
    for mark in (m for m in wish.used if m.time is not None and m.end <= wish.end):
        ends = till and fence(mark, wish.said) == START and not (mark.time and mark.time.length)
        found = FROM.search(text, 0, mark.start)
        begun = found.start() if found else mark.start
        if ends and not wish.filled.starts and not mark.text.lower().startswith("since"):
            yield begun, mark.end, how
        day = mark.time is not None and not mark.time.exact and not mark.time.length
        if day and not till and (after := AFTER.search(text, 0, mark.start)):
            yield after.start(), mark.end, how
        lasts = mark.text.lower().startswith("for ") or LASTS.search(text, 0, mark.start)
        if (
            mark.time
            and mark.time.length
            and not lasts
            and (behind := RELATIVE.match(text, mark.end, wish.end))
        ):
            yield mark.start, behind.end(), how


def _each(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find an amount that is meant more than once: "500 each to her two services", "500 per day"."""
    paid = [m for m in wish.used if m.kind in AMOUNTS and not m.long_number]
    if wish.bounded or not paid or not any(a.kind is Kind.MONEY for a in wish.arguments):
        return
    for found in islice(MANY_TIMES.finditer(wish.said.text, 0, wish.end), MOST):
        if wish.orders(found.start()) and not _spoken_as(
            found[0].lower().removeprefix("for ").split()[0], wish
        ):
            yield found.start(), found.end(), "do that “{}”, only with the whole amount, once"


def _in_parts(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find a part of what is owed where only the whole was taken: "pays half on friday, the rest later"."""
    whole = [a for a in wish.arguments if a.kind is Kind.MONEY and not a.required]
    if not whole:
        return
    if any(a.name in wish.filled.args for a in whole):
        found = REST.search(wish.said.text, 0, wish.end)
        if found and wish.orders(found.start()):
            yield found.start(), found.end(), "do “{}” with it, only one amount by one day"
        return
    for found in islice(PARTS.finditer(wish.said.text, 0, wish.end), MOST):
        if wish.orders(found.start()):
            yield found.start(), found.end(), "reckon “{}”, only do it with the amount that you name"


def _loose(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find a figure that nothing was made of beside an amount: which of them is paid is no guess to make."""
    if not any(a.kind is Kind.MONEY and a.name in wish.filled.args for a in wish.arguments):
        return
    for mark in wish.said.marks:
        free = mark.kind in AMOUNTS and not wish.takes(mark) and len(mark.text) >= FIGURES
        if free and wish.orders(mark.start) and mark.text not in map(str, wish.filled.args.values()):
            yield mark.start, mark.end, "tell what “{}” is in that, only do it where every figure is clear"


def _everyone(wish: Wish) -> Iterator[tuple[int, int, str]]:
    """Find a change of one customer that is wished for all: "suspend everyone in nyali"."""
    one = any(a.required and a.entity == PERSON_KIND for a in wish.arguments)
    found = ALL.match(wish.said.text, wish.said.begin) if one else None
    if found:
        yield found.start("who"), found.end(), "do that to “{}” at once, only to one after the other"


FINDS: Sequence[Find] = (
    _everyone,
    _when,
    _repeats,
    _spared,
    _either,
    _bounds,
    _begins,
    _each,
    _in_parts,
    _loose,
)
