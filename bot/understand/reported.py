"""The fault somebody reports of a customer: "100234 rang again, no light since this morning"."""

from __future__ import annotations

import re

from bot.understand.focused import PERSON_KIND
from bot.understand.lookups import Lookups
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, word_set

ASKED = "what is wrong with {who}"
"""The question behind a report."""
LONGEST = 24
"""Words of a report."""
LINE = r"(?:internet|net|wi-?fi|connection|line|link|service|network|router|ont|onu|modem|fib(?:re|er))"
STATE = (
    r"(?:down|off|out|dead|slow|gone|lost|dropping|unstable|bad|poor|broken|"
    r"not (?:working|connecting|coming on)|cutting(?: (?:out|off))?|"
    r"disconnect(?:s|ing)|drops|cuts(?: (?:out|off))?|flapping|red)"
)
HOW = r"(?:(?:very|so|too|totally|completely|all|still|again) )*"
FAULTS = (
    r"no (?:internet|light|signal|connection|network|service|wi-?fi|net|link|data)(?: (?:at all|access))?",
    r"(?:router|modem|ont|onu) (?:shows? )?(?:a )?(?:red|no) (?:light|los|led)|los (?:light|alarm)",
    rf"{LINE}(?: (?:box|speed|connection))? (?:(?:is|has been|was|went|goes|keeps|has) )?{HOW}{STATE}",
    r"(?:los|pon)(?: (?:light|led|lamp))?(?: is)?(?: (?:blinking|flashing|on|red|off))+",
    r"(?:red|blinking) (?:los|light|led|lamp)",
    r"(?:can(?:not|'?t| not)|unable to) (?:browse|connect|get online|stream|work|load (?:any )?pages?)",
    r"(?:can(?:not|'?t| not)|unable to) (?:access|get on)(?: the)? (?:internet|line|net)",
    r"off ?line|down|dead|cut off|disconnected|not (?:working|online)|without internet|slow(?: speeds?)?",
    r"(?:slow|bad|poor|terrible|unstable|intermittent) (?:internet|speeds?|connection|wi-?fi|net|line)",
    r"keeps?(?: on)? (?:dropping|disconnecting|cutting(?: (?:out|off))?|buffering|going (?:off|down))",
    r"drops|disconnects|cuts (?:out|off)|buffers|buffering|disconnections|dropping",
    r"nothing (?:works|is working|loads)|nothing(?: yet)?|hakuna (?:mtandao|internet)",
    r"(?:doesn'?t|does not|isn'?t|is not) work(?:ing)?",
)
FAULT = re.compile(rf"\b(?:{'|'.join(FAULTS)})\b", re.IGNORECASE)
"""What people who ring say is wrong."""
TOLD = re.compile(
    r"\b(?:rang|rings?|ringing|call(?:s|ed|ing)|phon(?:ed|es|ing)|text(?:ed|s)|wrote|writes|whatsapped|"
    r"messaged|e?-?mailed|say(?:s|ing)?|said|tells|told (?:me|us)|report(?:s|ed|ing)?|"
    r"complain(?:s|ed|ing|t)?|claims|insists|on (?:the )?(?:phone|line|call)|(?:got|have|had) a call|caller|"
    r"he|she|they|her|his|their|him|customer|client|subscriber|lady|guy|man|woman|user)\b",
    re.IGNORECASE,
)
"""Says that somebody told it, and of whom."""
BESIDE = re.compile(
    r"\b(?:hi|hello|hey|please|pls|ok|so|and|but|now|that|about|of|on|from|in|at|the|this|a|an|is|are|was|were|"
    r"has|have|had|been|it|its|it's|i|me|us|we|got|just|also|again|back|still|yet|here|today|mr|mrs|ms|account|"
    r"acc|acct|number|home|house|office|there|to|for|with|my|since|all|day|morning|evenings?|nights?|afternoons?|"
    r"weekends?|whole|every|each|many|few|several|times?|often|hours?|minutes?|days?|last|yesterday|very|really|"
    r"totally|completely|keeps?|line|internet|first|second|third)\b",
    re.IGNORECASE,
)
"""Words of a report that say nothing of what is wished."""
BACK = re.compile(r"\b(?:is|it'?s|came|come|now) back\b|\bback (?:up|on|online|now)\b", re.IGNORECASE)
"""Says that it is over."""
LISTED = re.compile(
    r"\b(?:drops|disconnects|disconnections) (?:of|for|at)\b|'s? (?:drops|disconn)", re.IGNORECASE
)
"""Asks for a list of them: "drops of 100234 this week"."""
FROM = re.compile(r"\b(?:from|in|at|of)\s+$", re.IGNORECASE)
FIRST = re.compile(
    r"(?P<who>[a-z]{3,}) (?:just |has )?(?:rang|called|says|said|phoned|complains|complained|reports)\b",
    re.IGNORECASE,
)
"""Begins with a name that is an everyday word, too: "grace called"."""
NOBODY = word_set("customer client caller subscriber she he they lady guy man woman someone somebody user")
LEFT = re.compile(r"[^\W_]")


async def reported(said: Sentence, lookups: Lookups) -> str:
    """Return the question behind the report of a fault of one customer; else nothing.

    Only where nothing else is said: when it began is told by what is found, and "her" is whom the thread
    is about. Not where a name stands beside the number of somebody else.
    """
    if not (wish := _asked(said)) or not (name := _beside(said)):  # a long message has many marks
        return wish
    keys = [{m.key for m in await lookups.find(PERSON_KIND, one) or ()} for one in (name, _who(said))]
    return wish if not keys[0].isdisjoint(keys[1]) else ""


def _asked(said: Sentence) -> str:
    """Return the question behind a report."""
    mood = said.mood
    asks = mood.question or mood.how_to or mood.conditional or mood.shows
    if asks or len(said.text.split()) > LONGEST or "\n" in said.text:
        return ""
    if (
        FAULT.search(said.text) is None
        or LISTED.search(said.text)
        or BACK.search(said.text)
        or not (who := _who(said))
    ):
        return ""
    rest = list(said.text)
    for mark in said.marks:
        if mark.kind == "time" or _is_one(mark, said) or _is_place(mark, said):
            rest[mark.start : mark.end] = " " * (mark.end - mark.start)
    plain = BESIDE.sub(" ", TOLD.sub(" ", FAULT.sub(" ", "".join(rest).replace(who, " ", 1))))
    return "" if LEFT.search(plain) else ASKED.format(who=who if _numbered(who) else who.title())


def _is_one(mark: Mark, said: Sentence) -> bool:
    """Say whether a mark names a customer."""
    if any(f.start() <= mark.start < f.end() for f in FAULT.finditer(said.text)):
        return False
    named = mark.kind in {"name", "id", "entity"} or mark.long_number
    return mark.entity == PERSON_KIND or (named and not mark.entity)


def _is_place(mark: Mark, said: Sentence) -> bool:
    """Say whether a mark is where whoever rang lives: "from nyali"."""
    others = (m for m in said.marks if m is not mark and _is_one(m, said))
    numbered = not mark.entity and any(_numbered(m.text) for m in others)
    return (mark.entity == "site" or numbered) and FROM.search(said.text, 0, mark.start) is not None


def _numbered(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _who(said: Sentence) -> str:
    """Return what names the one customer a report is of, their number before their name."""
    ones = [m.text for m in said.marks if _is_one(m, said) and not _is_place(m, said)]
    numbers = [text for text in ones if _numbered(text)]
    if not ones:
        first = FIRST.match(said.text)
        if first and first["who"].lower() not in FUNCTION | NOBODY:
            return first["who"]
        told = said.whom and TOLD.search(said.text)
        return said.focus.get(PERSON_KIND, "") if told else ""
    return (numbers or ones)[0] if len(numbers) == 1 or len(ones) == 1 else ""


def _beside(said: Sentence) -> str:
    """Return the name that stands beside the number in a report: both are to be one customer's."""
    ones = [m.text for m in said.marks if _is_one(m, said) and not _is_place(m, said)]
    names = [text for text in ones if not _numbered(text)]
    return names[0] if len(ones) > len(names) and names else ""
