"""Words that point at what the last reply listed: "open the second one", "no, the other one"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.reply import Choice, Reply, Tone
from bot.core.choosing import ORDINALS, THING, place_of
from bot.core.first_of import SOME
from bot.core.listed import picks_of
from bot.core.threads import Pick, Thread
from bot.understand.verbs import ALSO_DOES, DOES, SHOWS

ORDINAL = rf"{'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)"
DATED = (
    r"(?<!\bon )(?<!\bby )(?<!\buntil )(?<!\btill )(?<!\bsince )(?<!\bfrom )(?<!\bbefore )(?<!\bafter )"
    r"(?<!\bbetween )(?<!\bdue )"
)
"""Before a day of the month: "by the 3rd" is no row."""
UNNUMBERED = "".join(
    rf"(?<!\b{what} )"
    for what in "house flat port room door floor plot line light block gate unit apartment phone box".split()  # noqa: SIM905 - a list
)
"""Before a number of a house or a port, which is no row."""
ENDS = (
    r"(?=[\s?.!]*$|\s*[,:;]|\s+(?:to|for|with|because|please|pls|now|too|again|instead|at|on|by|"
    r"tomorrow|today|tonight)\b|'s\b)"
)
GOES_ON = (
    r"(?=\s+(?:(?:on )?(?:online|offline|down|up|active|suspended|weak|dark)|owes?|owed|pays?|paid|last|ever|"
    r"promised|has|have|had|is|was|does|did|got|gets?|on|at|in|over|for|during|since|from|by|not|until|till|about|that|who|still|yet|anything|"
    r"any|already|today|tonight|tomorrow|yesterday|next|this|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|wants?|called|rang|says|lives?|\d[\d.,]*)\b(?!\s*(?:st|nd|rd|th)\b))"
)
"""What goes on behind a row that was said by its number alone: "is the second online"."""
REFERS = re.compile(
    rf"\b(?:the\s+)?(?:(?P<o>{ORDINAL})\s+{THING}|(?P<last>last)\s+(?:one|row|entry))\b|"
    rf"\b{DATED}the\s+(?P<bare>{ORDINAL}|last){ENDS}|"
    rf"\b{DATED}the\s+(?P<mid>{ORDINAL}){GOES_ON}|"
    rf"{UNNUMBERED}(?:\b(?:number|no\.?|row|option)\s|#)\s*(?P<n>\d{{1,2}}){ENDS}",
    re.IGNORECASE,
)
FIRST_OF = re.compile(r"\b(?:in the first|at first|for the (?:first|second|last) time)\b", re.IGNORECASE)
"""Says no row."""
TEXT = re.compile(r":(?=\s|$)|[\"“”]")
"""Where a text begins: it is kept, or goes to a customer, as it was written."""
NAMED = re.compile(r"\b(?:\d{5,}|[A-Z]{2,4}-\d+)\b", re.IGNORECASE)
"""A thing that is named by its number: then "the first" is something of its own."""
DIGITS = re.compile(r"\d")
VERBS = "|".join(sorted(ALSO_DOES | (DOES - {"book", "schedule", "move"}) | SHOWS))
LEADS = re.compile(
    r"(?:(?:and|ok(?:ay)?|now|then|please|what about|how about|what is|why|can you|could you|see|get|give|me|"
    rf"diagnose|take|pick|choose|select|escalate|mail|email|comment|ping|visit|note|dispute|credit|ask|resolve|withdraw|confirm|reverse|void|refund|merge|link|reopen|unassign|answer|extend|hold|mark|delete|waive|upgrade|downgrade|{VERBS})\b[\s,]*)*$",
    re.IGNORECASE,
)
"""All that stands before a row that was said by its number alone, or is of a list shown long ago."""
BEFORE_ROW = re.compile(r"^[a-z].*\b(?:for|of|to|on|with)\s+$", re.IGNORECASE)
LONGEST_TAIL = 4
"""Words behind a row of a list that was shown long ago."""
BACK_TO = re.compile(
    r"^(?P<lead>(?:(?:ok|okay|and|now|so|please|let'?s go|go)[\s,]+)*back to\s+)"
    r"(?P<who>[A-Za-z][\w'-]+)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""A return to whom or what the thread was about, by part of a name."""
AND_ASKS = re.compile(r"\s*[,;:.!-]+\s*(?:and\s+)?(?P<rest>\S+\s.*)$", re.DOTALL)
"""Behind the name: what is asked of it."""
EARLIER = re.compile(
    r"\bthe (?:first|other|previous|earlier) (?P<kind>customer|ticket|invoice|device|site|outage)\b",
    re.IGNORECASE,
)
"""What the thread was about before, where no list was shown."""
NEXT = re.compile(
    r"^(?:(?:and|ok(?:ay)?|now|then|show|open|give|me|what about|how about|go to)\s+)*(?:the\s+)?"
    rf"(?P<way>next|following|previous|prev)(?P<one>\s+{THING})?[\s?.!]*$|"
    rf"^(?:(?:and|show|me|open)\s+)*the (?:{THING} )?(?P<back>before|above)(?: (?:it|that|this))?[\s?.!]*$",
    re.IGNORECASE,
)
MORE_OF = re.compile(
    r"^(?:(?:ok|and|please|can you|could you|i want|i need)\s+)*(?:(?:tell|show|give|get)\s+(?:me\s+)?)?"
    r"(?:a bit |some )?(?:(?:more|all|everything|(?:the\s+|more\s+)?(?:details?|info(?:rmation)?))"
    r"\s+(?:about|on|of|for)\s+|"
    r"(?:tell me about|what about|how about|expand|open up|go into|pull up)\s+)(?:the\s+)?(?=\S)",
    re.IGNORECASE,
)
"""Wishes to see a thing itself."""
OPENS = re.compile(r"^(?:(?:ok|and|please|now)\s+)*open\s+(?=x$)", re.IGNORECASE)
"""A row that is opened is shown: a ticket is neither opened anew nor reopened."""
NAME = (
    r"(?!(?:days?|week|month|year|time|night|way|side|half|thing|tickets?|customers?)\b)"
    r"[A-Za-z]\w+(?:\s[A-Z]\w+)?"
)
OTHER = re.compile(
    r"^(?:(?:no+|nope|sorry|wait|not (?:this|that)(?: one)?|i meant?|show me|show|and|what about)\b[\s,.!]*)*"
    rf"the other(?:\s+(?:{THING}|{NAME}))?[\s.!?]*$",
    re.IGNORECASE,
)
MOST = 8
"""Others that are still offered when one of a list was not the one."""


def pointed(thread: Thread, words: str) -> str | None:
    """Return a message with the thing in the place of "the second one"; None if it points at none."""
    text = TEXT.search(words)
    end = text.start() if text else len(words)
    found, rows = REFERS.search(words, 0, end), thread.rows or thread.walk
    if (
        not rows
        and (earlier := EARLIER.search(words, 0, end))
        and (key := thread.before.get(earlier["kind"].lower()))
    ):
        return f"{words[: earlier.start()]}{key}{words[earlier.end() :]}".strip()
    if (
        not found
        or not rows
        or SOME.match(words)
        or not _points(found, words[:end], listed=bool(thread.rows))
    ):
        return None
    which = found["o"] or found["last"] or found["bare"] or found["mid"]
    at = place_of(which, len(rows)) if which else int(found["n"]) - 1
    if not 0 <= at < len(rows):
        return None
    head = words[: found.start()]
    lead = MORE_OF.match(head + "x") or OPENS.match(head + "x")
    return f"{'' if lead and lead.end() == len(head) else head}{rows[at]}{words[found.end() :]}".strip()


def beyond(thread: Thread, words: str) -> str:
    """Return what is wrong where a wish is for a row that is not there; else nothing.

    It is for nothing else then: not for what the thread was about before.
    """
    text = TEXT.search(words)
    found = REFERS.search(words, 0, text.start() if text else len(words))
    which = found and (found["o"] or found["last"] or found["bare"])
    if not found or not which or not LEADS.fullmatch(words[: found.start()]) or NAMED.search(words):
        return ""
    rows = thread.rows or thread.walk
    if rows and 0 <= place_of(which, len(rows)) < len(rows):
        return ""
    if DIGITS.match(which) or not found.start() or len(words[found.end() :].split()) > LONGEST_TAIL:
        return ""  # "the 3rd" may be a day
    if rows:
        return f"The last list has only {len(rows)}. Which one do you mean?"
    return "I have shown no list here that has one. Ask for the list first, or name what you mean."


def _points(found: re.Match[str], words: str, *, listed: bool) -> bool:
    """Say whether these words mean a row: a day and what is said of another thing do not."""
    head, tail = words[: found.start()], words[found.end() :]
    lead = MORE_OF.match(head + "x")
    alone = LEADS.fullmatch(head) is not None or (lead is not None and lead.end() == len(head))
    if not listed:
        inside = found["mid"] or (BEFORE_ROW.search(head) and not DIGITS.search(found[0]))
        return bool(alone or inside) and len(tail.split()) <= LONGEST_TAIL
    if found["o"] or found["last"]:
        return True
    if found["mid"]:
        return not NAMED.search(words) and not FIRST_OF.search(words)
    if found["bare"] and DIGITS.match(found["bare"]):
        return alone
    return not NAMED.search(words)


def walked(thread: Thread, taken: str) -> Thread:
    """Return the thread knowing which row of its last list a message took."""
    walk = thread.rows or thread.walk
    at = next((i for i, row in enumerate(walk) if row in taken), -1)
    return replace(thread, walk=walk, at=at) if at >= 0 else thread


def step(thread: Thread, words: str) -> int | None:
    """Return the place that "the next one" means after a row was opened; None if it means none."""
    found = NEXT.match(words)
    if not found or thread.at < 0 or thread.waiting or (thread.shown and not found["one"]):
        return None
    back = found["back"] or found["way"].lower().startswith("prev")
    return thread.at + (-1 if back else 1)


def with_others(thread: Thread, taken: Pick | str) -> Thread:
    """Return the thread knowing what else could have been meant when this was taken from a list."""
    listed = thread.rows if isinstance(taken, str) else [p for p in thread.picks if p.words]
    picks = [Pick(label=one, words=one) if isinstance(one, str) else one for one in listed]
    words = taken if isinstance(taken, str) else taken.words
    others = tuple(p for p in picks if p.words != words)
    return replace(thread, others=others if len(others) <= MOST else ())


def others_of(thread: Thread, words: str) -> tuple[Pick, ...]:
    """Return what "the other one" may be; nothing if these words do not say that."""
    return thread.others if OTHER.match(words) and not thread.waiting else ()


def which_other(others: tuple[Pick, ...]) -> Reply:
    """Ask which of the others is meant."""
    choices = tuple(Choice(label=p.label, words=p.words) for p in others)
    return Reply("Which of the others?", choices=choices, tone=Tone.ASK)


def offered(thread: Thread, reply: Reply, others: tuple[Pick, ...]) -> Thread:
    """Return the thread with the others as its picks, each by the way it was offered."""
    picks = tuple(replace(p, via=o.via, asks=o.asks) for p, o in zip(picks_of(reply), others, strict=True))
    return replace(thread, picks=picks, rows=(), asking=None)
