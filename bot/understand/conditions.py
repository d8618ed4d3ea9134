"""What a change hangs on: the "if", "unless", "subject to" in a wish, or in the reason given for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.understand.clock import Clock
from bot.understand.mood import TOLD_TO, WHETHER
from bot.understand.times import find_times
from bot.understand.words import tokens

YES = r"(?:approval|consent|agreement|confirmation|ok(?:ay)?|yes|go-?ahead|sign-?off|permission|review|check)"
HARD = (
    r"as soon as|as long as|so long as|if and only if|"
    r"(?:on|under)(?: the)? condition(?: that)?|"
    rf"with the proviso|{TOLD_TO}provided that|{TOLD_TO}provid(?:ed|ing)(?! (?:by|in|on|at|with|to|for)\b)|"
    r"assuming(?: that)?|supposing(?: that)?|in case|in the event(?: that| of)?|except if|unless|if|"
    r"subject to|(?:depend(?:ing|ent|s)|contingent|conditional) (?:on|upon)|barring|failing (?:that|which)|"
    rf"pending(?= (?:(?:the|his|her|their|our|my|an?)\s+)?(?:[\w-]+(?:'s)?\s+)?{YES}\b)|"
    r"should (?:he|she|they|it|the \w+|nobody|no one|nothing)(?: not)?(?= [a-z])|"
    r"were (?:he|she|they|it) (?:not )?to"
)
"""Words behind which nothing but a condition stands."""
SOFT = r"the (?:moment|minute)|whenever|when|once|until|till|after|before"
"""The same, where what stands behind is to come and was not."""
WHEN = re.compile(rf"\b(?:{HARD}|{SOFT})\b(?!\s*(?:$|[,.;:!?]))", re.IGNORECASE)
IDLY = re.compile(
    r"\s*(?:possible|convenient|(?:you are |you're )?(?:possible|free|ready)|"
    r"(?:i|we) may|you (?:can|could|may|get|have|don'?t mind|please|like|want|wish)|"
    r"(?:needed|necessary|required|any|ok(?:ay)?|applicable|"
    r"again|more|and for all|further notice|now)(?=\s*(?:$|[,.;!?]))|"
    r"that(?:'s| is) (?:ok|okay|fine|possible))\b",
    re.IGNORECASE,
)
"""Behind it: "when you can", "once again", "until further notice" bind nothing."""
WAS = re.compile(
    r"\b(?:was|were|had|did|came|went|left|said|got|told|rang|ran|fell|broke|saw|gave|took)\b|"
    r"\S\s+(?<!\bhas )(?<!\bhave )(?<!\bis )(?<!\bare )(?<!\bbeen )(?<!'s )(?<!\bgets )(?<!\bget )"
    r"(?!need\b|feed\b|speed\b)(?:\w{2,}ed|paid)\b",
    re.IGNORECASE,
)
"""What has been is told: "when it rained"."""
HAPPENS = re.compile(
    r"\s*(?!(?:two|three|four|five|several|many|some|few|no|\d+|a|an|all|both)\b)"
    r"(?:(?:the|his|her|their|my|our)\s+)?[\w'-]+\s+(?:has|have|is|are|will|pays?|confirms?|calls?|comes?|signs?|"
    r"agrees?|leaves?|says?|answers?|replies|returns?|ends?|gets?|goes|opens?|works?|tests?|checks?|"
    r"approves?|accepts?|finishe?s?|starts?|stops?|sends?|brings?|settles?)\b",
    re.IGNORECASE,
)
"""Behind an "after": something to come, and no noun: "after she confirms", not "after two warnings"."""
WORK = re.compile(
    r"\s*(?:the|his|her|their|my|our)\s+(?:[\w-]+\s+)?(?:splice|splicing|test|repair|fix|visit|work|works|call|"
    r"payment|swap|replacement|restart|reboot|reset|check|inspection|survey|meeting|maintenance|window|upgrade|"
    r"patch|handover|shift|lunch|break|approval|confirmation|installation|install|delivery|storm|rain|outage|"
    r"migration|cutover|deadline|grace period|weekend|holidays?)\b(?!\s+(?:failed|of|on|at|in|last)\b)",
    re.IGNORECASE,
)
"""The same of what somebody will do or wait for: "after the splice"."""
AN_HOUR = re.compile(r"\s*\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]m)?\s*(?:$|[,;!?])", re.IGNORECASE)
PART_END = re.compile(r"[,;.!?:](?!\d)|$")
JOINED = re.compile(r"(?:^|[,;.(–—]|\s-|\b(?:but|only|and|then|or))\s*$", re.IGNORECASE)
"""What stands before a condition that binds a whole wish, and not something told in it."""
BEGINNING = re.compile(r"(?:\b(?:only|just|but|do it|ok|yes)\b|\W)*", re.IGNORECASE)
TIMELY = re.compile(
    r"(?:\b(?:from|on|at|by|in|starting|beginning|as of|until|till|after|before|not|only|the|"
    r"and|or|please)\b|\W)*",
    re.IGNORECASE,
)
"""All that is left of an answer that says nothing but when."""

AT_ONCE, AT_A_TIME = "at once: say it again when it is time", "at a time that you name"
"""How a change is done that was wished for otherwise."""


FIRM = re.compile(
    rf"(?:subject|depend|conting|conditional|pending|on|under|with)\b.*\b{YES}\b", re.IGNORECASE
)
"""A condition wherever it stands: "non payment subject to approval"."""


class Condition(NamedTuple):
    """Where a condition stands, its first words, small, and whether nothing else can be meant by them."""

    start: int
    end: int
    word: str
    hard: bool


def conditions(text: str) -> Iterator[Condition]:
    """Yield what a text may hang on, in order; what has been, and "if possible", is none."""
    for found in WHEN.finditer(text):
        word, end = found[0].lower(), end_of(text, found.end())
        clause = text[found.end() : end]
        hard = re.fullmatch(HARD, word) is not None
        if IDLY.match(clause) or (not hard and WAS.search(clause)):
            continue
        if word in {"after", "before"} and not any(p.match(clause) for p in (HAPPENS, AN_HOUR, WORK)):
            continue
        before = tokens(text[: found.start()])[-1:]
        if word == "if" and before and before[0].low in WHETHER:
            continue
        yield Condition(found.start(), end, word, hard)


def is_joined(text: str, one: Condition) -> bool:
    """Say whether a condition binds all that stands before it, and not the last words alone."""
    return JOINED.search(text, 0, one.start) is not None or FIRM.match(text, one.start, one.end) is not None


def end_of(text: str, at: int) -> int:
    """Return where the part of a message ends in which something stands."""
    found = PART_END.search(text, at)
    return found.start() if found else len(text)


def hangs_on(reason: str, clock: Clock | None = None) -> str:
    """Return the condition, or the time to come, that was given for a reason; else nothing.

    Only where it binds the wish: at the beginning, or joined to what is told by a comma or "but". A reason
    may tell of one: "it drops when it rains".
    """
    for one in conditions(reason):
        joined = is_joined(reason, one)
        begins = BEGINNING.fullmatch(reason, 0, one.start)
        if (joined and one.hard) or (
            begins and (one.word != "when" or HAPPENS.match(reason[one.start + 4 :]))
        ):
            return reason[one.start : one.end].strip(" ,;.!?")
    times = find_times(reason, clock) if clock else []
    ahead = [t for t in times if clock and t.first and t.first > clock.now]
    rest = reason
    for time in reversed(times):
        rest = rest[: time.start] + " " + rest[time.end :]
    return reason.strip(" ,;.!?") if ahead and TIMELY.fullmatch(rest) else ""
