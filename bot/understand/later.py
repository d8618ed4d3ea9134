"""A change for another time than now, where it can only be made at once: said, never left out."""

from __future__ import annotations

import re
from datetime import datetime

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.freetext import WHYS, text_from
from bot.understand.index import Index
from bot.understand.marks import PEOPLE, Mark
from bot.understand.sentence import Sentence
from bot.understand.several import asks_too_much
from bot.understand.timing import END, START, fence

TIMED = frozenset({Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.HOUR})
TEXTS = frozenset({Kind.TEXT, Kind.MANY})
LASTING = frozenset(
    {"customer", "service", "plan", "ticket", "device", "port", "site", "person", "role", "outage"} | PEOPLE
)
"""Things without a day of their own: "cancel the visit tomorrow" says which one, not when to do it."""
LINK = re.compile(
    r"\b(?:until|till|til|up to|before|no later than|from|after|starting(?: at| on)?|beginning|as of|"
    r"for|on|by|at|in)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
BEGINS = re.compile(
    r"\b(?:from|after|starting(?: (?:at|on|from))?|beginning(?: (?:at|on|from))?|as of|on)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""Before when something is to begin."""
ON = re.compile(r"\bon ", re.IGNORECASE)
HAPPENED = re.compile(
    r"\b(?:left|went|quit|died|resigned|gone|was|were|said|paid|moved|called|came)\s+(?:us\s+)?(?:on\s+)?$",
    re.IGNORECASE,
)
"""Before when something was: "he left on Friday, remove his access"."""
STREET = re.compile(r"\s+[A-Z][a-z]+\s+(?:Avenue|Ave|Street|St|Road|Rd|Lane|Close|Drive|Way|Crescent)\b")
LASTS = re.compile(r"\bfor\s+(?:the\s+)?(?:next\s+|about\s+)?$", re.IGNORECASE)
"""Before how long something is to last."""
TELLS = re.compile(
    r"(?<=[\w)])(?:[,;.!]|\s[-–—])\s+(?:(?:as|cause|cos|coz)\s+)?"
    r"(?:she|he|they|it|we|the (?:customer|client|subscriber|lady|man|family|house|shop|line|site)|"
    r"customer|client|her|his|their)(?:'s|'re|'ll)?\s+(?!back\b|again\b)[a-z]",
    re.IGNORECASE,
)
"""Where an explanation begins behind a comma."""
NAMED_WHY = re.compile(
    r"\bfor\s+(?:(?!(?:missed|missing|failed|late|not|no)\b)[a-z][\w-]*\s+){1,3}?(?:(?:at|on|from)\s+)?$",
    re.IGNORECASE,
)
"""A reason of a word or two, behind which the wish goes on: "for non payment at 6pm"."""
GOES_ON = re.compile(
    r"\s*(?:$|[,.;:!?]|(?:because|as|while|since|due|for|she|he|they|until|please|pls)\b)",
    re.IGNORECASE,
)
"""Behind it: "for 2 weeks because …", not "for 2 weeks of debt"."""


def why_not(index: Index, at: int, filled: Filled, said: Sentence, now: datetime) -> str:
    """Return why a change is not done as wished, after "I cannot": for several things, or for later."""
    too_much = asks_too_much(index, at, filled, said)
    return too_much or asks_later(index.actions[at].item, filled, said, now)


def asks_later(action: Action, filled: Filled, said: Sentence, now: datetime) -> str:
    """Return what cannot be done, after "I cannot": the wish is for a time, and the change takes none."""
    arguments = arguments_of(action)
    timed = {a.kind for a in arguments} & TIMED
    if not action.reads_only and timed == {Kind.LENGTH}:
        return _begins_later(said, now)
    if action.reads_only or timed:
        return ""
    for mark in said.marks:
        if mark.time is None or mark in filled.used or mark.start >= text_from(said) or _told(mark, said):
            continue
        if _meant(mark, arguments, filled, said, now):
            found = LINK.search(said.text, 0, mark.start)
            words = said.text[found.start() if found else mark.start : mark.end]
            return f"do that “{words}”, only at once"
    return ""


def _begins_later(said: Sentence, now: datetime) -> str:
    """Return what cannot be done of what lasts and begins at once: "give her billing from Monday"."""
    for mark in said.marks:
        if mark.time is None or mark.start >= text_from(said) or _told(mark, said):
            continue
        at = mark.end if mark.text.lower().startswith("on ") else mark.start
        found = BEGINS.search(said.text, 0, at) or ON.search(said.text, mark.start, at)
        if found and _ahead(mark, now, ends=False):
            words = said.text[found.start() : mark.end]
            return f"begin that “{words}”, only at once, for as long or until when you say"
    return ""


def _told(mark: Mark, said: Sentence) -> bool:
    """Say whether a time is in what is told beside the wish: "suspend her, she is away for two months"."""
    if HAPPENED.search(said.text, 0, mark.start) or (
        STREET.match(said.text, mark.end) and mark.text[-1].isdigit()
    ):
        return True
    return any(found.end() <= mark.start for found in TELLS.finditer(said.text, said.begin))


def _meant(
    mark: Mark, arguments: tuple[Argument, ...], filled: Filled, said: Sentence, now: datetime
) -> bool:
    """Say whether a time says when the change is to begin or to end."""
    words = {str(filled.args.get(a.name, "")) for a in arguments if a.kind is Kind.CHOICE}
    if mark.text.lower() in words:
        return False  # taken as a word: "next month"
    fenced, begins = _fenced(mark, said), True
    for argument in arguments:
        text = filled.args.get(argument.name)
        at = said.text.find(text) if isinstance(text, str) and argument.kind in TEXTS else -1
        if not isinstance(text, str) or not at <= mark.start < at + len(text) or at < 0:
            continue
        if argument.name not in WHYS or any(a.kind is Kind.MONEY for a in arguments):
            return False  # a note of what will be, or what an amount is for
        named = NAMED_WHY.search(said.text, 0, mark.start) and not said.text[mark.end :].strip(" .!?")
        begins = bool(named) or mark.start - at <= len("from the ")
    lasting = all(a.entity in LASTING for a in arguments if a.entity)
    return _ahead(mark, now, ends=fenced == END) and bool(fenced or (begins and lasting))


def _fenced(mark: Mark, said: Sentence) -> str:
    """Say whether the words around a time make it a beginning or an end."""
    if side := fence(mark, said):
        return side
    lasts = mark.text.lower().startswith("for ") or LASTS.search(said.text, 0, mark.start)
    if not lasts or not GOES_ON.match(said.text, mark.end):
        return ""
    return END if mark.time and mark.time.length else START


def _ahead(mark: Mark, now: datetime, *, ends: bool) -> bool:
    """Say whether a time is to come; a length that something is to last is."""
    time = mark.time
    if time is None or time.first is None or time.last is None:
        return ends
    return (time.last if ends else time.first) > now
