"""What stands where an example of an action has an argument, as the value of that argument."""

from __future__ import annotations

import re

from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Asker, Filled
from bot.understand.freetext import NAMES, PERSON, SEARCH, WHYS, whole_text
from bot.understand.marks import ADDRESS, IT, PEOPLE, PRONOUNS, Mark
from bot.understand.sentence import ME, Sentence
from bot.understand.times import AT_NIGHT
from bot.understand.values import is_hour, read_value
from bot.understand.words import FUNCTION, stem, tokens, word_set

ONE_THING = frozenset({"about", "email"})
"""Texts that are one identifier where one is in them."""
CALLED = re.compile(r"^(?:named?|called|is)\s+", re.IGNORECASE)
PHONES = frozenset({"phone", "alt_phone"})
ABOUT = frozenset({"about", "by"})
CLAUSES = word_set(
    "for who that which because so person people guy clerk rights access anymore any again no now please "
    "today tonight module extension feature add-on addon until till from since at in on its it is called "
    "engineer engineers staff member members plugin plugins add-ons"
)
BEFORE_NAME = word_set("called named the a new weekly daily monthly rule policy pool role template")
"""Words behind a name that are none of it: "the visits module", "the role reseller anymore"."""
ACCOUNT = r"(?:acct?|account|a/c|cust)(?: (?:no|number|nr))?\.?"
WHY_BEHIND = re.compile(
    r"\s*(?:,|:|because(?: of)?|as|for|due to)\s+(?P<why>\S.*)$", re.IGNORECASE | re.DOTALL
)
BARE_HOUR = re.compile(r"(?<![\d:./-])\d{1,2}(?![\d:./-]|\s*(?:[ap]\.?m|h\b))", re.IGNORECASE)
"""An hour of which only the words around say that it is one."""
NUMBERS_OF_THINGS = frozenset({"serial", "ont_serial", "mac"})
"""Texts that are letters with digits, never words."""
REFERENCE = "reference"
"""The argument that has a figure in it: "paid 3999 by card, please book it" names none."""
TIME_LINKS = word_set("since until till from to before after on in during between last")
BEFORE = re.compile(r"^(?:(?:at|on|to|of|for|about|with|the)\s+)+", re.IGNORECASE)


def take_captured(out: Filled, argument: Argument, words: str, said: Sentence, asker: Asker) -> None:
    """Take what stands where an example of the action has this argument."""
    words = words.strip(" .,;:!?\"'")
    if words.lower() in ME and asker.email and (argument.name in PERSON or argument.entity in PEOPLE):
        words = asker.email
    if argument.kind is Kind.ENTITY:
        low = words.lower()
        if low in PRONOUNS | IT or not words or re.fullmatch(rf"(?:this|that|the) {argument.entity}", low):
            if key := said.focus.get(argument.entity):
                out.take(argument.name, key)
                out.from_focus.add(argument.name)
            return
        words = re.sub(rf"^(?:the )?(?:{argument.entity}|{ACCOUNT}) (?=\S)", "", words, flags=re.IGNORECASE)
        words = re.sub(rf"(?<=\w)\s+{argument.entity}$", "", words, flags=re.IGNORECASE)
        mark = next((m for m in said.marks if m.text == words or said.text[m.start : m.end] == words), None)
        out.take(argument.name, mark.text if mark and mark.found else words, mark)
        return
    if argument.kind is Kind.TEXT:
        words = _of_person(argument, _captured_text(out, argument, words, said), said)
        words = _behind_time(words, said) if argument.name in WHYS else words
    elif argument.name in SEARCH | ABOUT:
        words = BEFORE.sub("", words)
    if not words:
        return
    if _left_open(out, argument, words, said):
        return
    try:
        value = read_value(argument, words, asker.clock, asker.currency)
    except BadInput:
        return
    timed = argument.kind in {Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.WHOLE}
    fits = (
        m for m in said.marks if m.text == words or (timed and m.time and _in_time(words, m, argument.kind))
    )
    out.take(argument.name, value, next(fits, None))


def _left_open(out: Filled, argument: Argument, words: str, said: Sentence) -> bool:
    """Say whether a time is found better by itself: an hour of its own day, one of two months."""
    if argument.kind is Kind.DAY and stem("promises") in out.own and out.reads_only:
        return True
    if argument.kind is Kind.DAY:
        return sum(m.time is not None and m.text in words for m in said.marks) > 1
    if argument.kind is not Kind.INSTANT:
        return False
    night = AT_NIGHT.search(said.text) is not None  # then "at 3" is not this afternoon
    return _with_more(words, said) or ((out.hour or night) and _hour_alone(words, said))


def _with_more(words: str, said: Sentence) -> bool:
    """Say whether words are a day beside an hour that is read only there: "from 8 to 18 tomorrow"."""
    low = words.lower()
    marks = [m for m in said.marks if m.time and m.time.exact and m.time.length is None]
    return any(BARE_HOUR.search(m.text) and (m.text.lower() in low or low in m.text.lower()) for m in marks)


def _hour_alone(words: str, said: Sentence) -> bool:
    """Say whether words are an hour without a day."""
    times = [m.time for m in said.marks if m.time and _in_time(words, m, Kind.INSTANT)]
    return any(map(is_hour, times))


def _captured_text(out: Filled, argument: Argument, words: str, said: Sentence) -> str:
    """Return what of these words is the text, a name or what to look for; empty when none of them is."""
    sought = argument.name in ABOUT or (out.reads_only and argument.name in SEARCH)
    named = next((m for m in said.marks if m.text == words and (m.found or m.kind == "entity")), None)
    if named and argument.name in SEARCH and named.entity in out.kinds:
        return ""  # the thing itself is meant, not its name
    if _only_time(words, said) or (argument.name == REFERENCE and not any(map(str.isdigit, words))):
        return ""
    if argument.name in NUMBERS_OF_THINGS:
        return next((m.text for m in said.marks if m.text in words and m.kind in {"id", "entity"}), "")
    if argument.name == "address" and out.reads_only:  # an IP or MAC address; what follows says when and why
        words = next((m.text for m in said.marks if m.text in words and ADDRESS.fullmatch(m.text)), "")
    if argument.name == "email" and (found := re.search(r"\S+@\S+", words)):
        return found[0]
    if argument.name in NAMES:
        words = bare_name(words, argument, out.own)
    elif sought:
        words = BEFORE.sub("", words)
    elif argument.name not in ONE_THING:
        words = whole_text(words, said)
    if argument.name in ONE_THING:  # "TCK-11574 in the audit" is about the ticket
        inside = [m for m in said.marks if m.text in words and (m.entity or m.kind == "id" or m.found)]
        words = inside[0].text if len(inside) == 1 else words
    return words


def _of_person(argument: Argument, words: str, said: Sentence) -> str:
    """Return the number alone of what was said for a phone, the name alone for a name."""
    if argument.name in PHONES:
        return next((m.text for m in said.marks if m.text in words and m.kind == "id"), words)
    if argument.name == "full_name":
        return re.split(r",\s", CALLED.sub("", words), maxsplit=1)[0]
    return words


def _behind_time(words: str, said: Sentence) -> str:
    """Leave out of a reason the time before it: "tonight because of upgrade"."""
    begins = [m for m in said.marks if m.kind == "time" and words.lower().startswith(m.text.lower())]
    rest = words[len(begins[0].text) :] if begins else ""
    return found["why"] if (found := WHY_BEHIND.match(rest)) else words


def _only_time(words: str, said: Sentence) -> bool:
    """Say whether words are nothing but times and what joins them: the audit is not about "since Monday"."""
    rest = words
    for mark in said.marks:
        if mark.kind == "time" and mark.text.strip():
            rest = rest.replace(mark.text.strip(), " ")
    plain = all(w.low in FUNCTION or w.low in TIME_LINKS for w in tokens(rest))
    return rest != words and plain


def _in_time(words: str, mark: Mark, kind: Kind) -> bool:
    """Say whether words are of a time of the message: the 16:00 of "at 16:00", the 60 of "60 days"."""
    if kind is Kind.WHOLE:
        return mark.text.split()[0] == words
    return mark.text in words or (len(words) > 1 and words.lower() in mark.text.lower())


def bare_name(words: str, argument: Argument, own: frozenset[str]) -> str:
    """Leave out what sort of thing it is: the plugin of "turn on the email plugin"."""
    parts = re.split(r"[,;.!?]\s|\s[-–—]\s", words, maxsplit=1)[0].split()
    while len(parts) > 1 and parts[0].lower() in BEFORE_NAME:
        parts.pop(0)
    kind = next(
        (i for i, w in enumerate(parts) if i and (stem(w.lower()) in own or w.lower() in CLAUSES)), len(parts)
    )
    parts = parts[:kind]  # the rest says when or why: "the email plugin for the weekend"
    while len(parts) > 1 and (parts[0].lower() in FUNCTION or stem(parts[0].lower()) in own):
        parts.pop(0)
    while len(parts) > 1 and (stem(parts[-1].lower()) in own or parts[-1].lower() == argument.name):
        parts.pop()
    return " ".join(parts)
