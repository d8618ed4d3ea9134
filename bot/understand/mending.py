"""What should be otherwise in a change that waits for a yes: "no wait, make it high", "for Bea, not Sam"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.contract.action import Action
from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.clock import Clock
from bot.understand.filled import Asker
from bot.understand.follow import explained
from bot.understand.index import Index
from bot.understand.lengths import iso_length, read_length
from bot.understand.marks import PEOPLE
from bot.understand.sentence import Sentence
from bot.understand.slots import fill
from bot.understand.timewords import CLOCK
from bot.understand.understanding import Ask
from bot.understand.values import read_value

WAITS = r"(?:(?:no+|nope|wait|sorry|actually|oops|hold on|hm+|ok|okay|and|but|please)\b[\s,.!\-]*)*"
REFUSES = r"(?:(?:no+|nope|wait|sorry|actually|oops|hold on)\b[\s,.!\-]*)+"
CORRECTS = re.compile(
    rf"^{WAITS}(?:(?:make|set|put|change|turn) (?:it|that|this|the \w+)(?: (?:to|as|at|for|into)\b)?|"
    r"i mea?nt?\b|(?:it|that) (?:should be|was|is)\b|(?:it|that)'s\b|"
    r"(?:he|she|they) (?:wants?|(?P<paid>paid)|said|asked for)\b|"
    r"rather\b|better\b)[\s,:]*(?P<said>.+)$|"
    r"^(?:(?:no+|wait|sorry|actually)\b[\s,.!\-]+)+(?P<brief>\S+(?: \S+){0,3})$",
    re.IGNORECASE,
)
"""Says what should be otherwise in what was just proposed."""
PUSHES = re.compile(
    rf"^{WAITS}(?:push|postpone|delay|move|shift) (?:it|that|this)(?: back| out)?(?: by)?\s+(?P<length>.+?)"
    r"(?: later| back| out)?[\s.!]*$",
    re.IGNORECASE,
)
"""Moves what was proposed by a length of time."""
AN = re.compile(
    r"^(?:only |just |for |by )*(?P<half>half )?(?:an?|one) (?P<unit>hour|day|week|minute)$", re.IGNORECASE
)
ONLY = re.compile(r"^(?:only|just|for|in)\s+", re.IGNORECASE)
METHOD = "method"
"""The argument that says how something was paid."""
EITHER = frozenset({"amount", "days"})
"""Two ways to say how much: the one takes the place of the other."""
NOT_BUT = re.compile(
    rf"^{WAITS}(?:it'?s |make it |i mea?nt? )?(?:not|instead of)\s+"
    r"(?:(?:for|to|on|at|with|by|in)\s+)?(?P<old>[^,;]+?)(?:\s*[,;]\s*(?:but\s+|rather\s+)?|\s+but\s+(?:rather\s+)?)(?P<new>[^,;]+?)[\s.!]*$",
    re.IGNORECASE,
)
BUT_NOT = re.compile(
    rf"^{WAITS}(?:make it |i mea?nt? |it'?s )?(?P<new>[^,;]+?)\s*[,;]?\s+(?:and\s+)?"
    r"(?:not|instead of|rather than)\s+(?P<old>[^,;]+?)[\s.!]*$",
    re.IGNORECASE,
)
BARE = re.compile(
    rf"^(?:{REFUSES})?(?:for|to|with|by|on|at)\s+(?P<new>\S+(?: \S+){{0,3}}?)[\s.!]*$", re.IGNORECASE
)
"""Only the new value, with the word before it: "for Bea"."""
ALONE = re.compile(r"^(?P<new>\S+(?: \S+){0,2})[\s.!]*$")
"""A value and nothing else, which only counts where it is one: "mpesa", "friday"."""
TITLED = re.compile(
    rf"^{WAITS}(?:(?:make|set|change|correct|put)\s+)?(?:the|its)\s+"
    r"(?P<title>[a-z]+(?: (?!should|is\b|to\b|as\b|into\b)[a-z]+)?)\s*"
    r"(?:(?:should be|to|is|as|into)\b\s*[:=]?|[:=])\s*(?P<text>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
POLITE = re.compile(r"(?:[\s,]+(?:please|pls|plz|instead|then|thanks|now))+[\s.!]*$", re.IGNORECASE)
TO = re.compile(r"^(?:(?:for|to|with|by|on|at|in|of|it|the)\s+)+", re.IGNORECASE)
PLAIN = frozenset({Kind.CHOICE, Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
"""Kinds of arguments that are mended by their value alone; nearly any words may be a text or a name."""
LONGEST, LONGEST_SAID, LONGEST_TEXT = 10, 200, 2_000
"""Words and letters of a correction; letters of one that says a whole text anew."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What should be otherwise: the new words, and those that they replace where they were said.

    `paid` says that it is told what somebody paid, which corrects nothing but a payment.
    """

    new: str
    old: str = ""
    title: str = ""
    paid: bool = False


def corrections(words: str) -> Sequence[Correction]:
    """Return the ways in which a message may correct what was just proposed, surest first."""
    found: list[Correction] = []
    if len(words) > LONGEST_TEXT:
        return found
    if titled := TITLED.match(words):
        found.append(Correction(new=titled["text"].strip(), title=titled["title"].lower()))
    if len(words.split()) > LONGEST or len(words) > LONGEST_SAID:
        return found
    plain = POLITE.sub("", words)
    for pattern in (NOT_BUT, BUT_NOT):
        if both := pattern.match(plain):
            return [*found, Correction(new=_bare(both["new"]), old=_bare(both["old"]))]
    if said := CORRECTS.match(words):
        new = _bare(POLITE.sub("", said["said"] or said["brief"]))
        found.append(Correction(new=new, paid=said["paid"] is not None))
    elif _length(plain):
        found.append(Correction(new=plain))
    elif bare := BARE.match(plain) or ALONE.match(plain):
        found.append(Correction(new=_bare(bare["new"])))
    return found


def mended(index: Index, ask: Ask, sentence: Callable[[str], Sentence]) -> dict[str, Any] | None:
    """Return the change that was proposed last with what a message mends in it, if it says nothing else."""
    last = ask.last
    offered = next((o for o in index.actions if last and o.id == last[0]), None)
    if last is None or offered is None or offered.item.reads_only:
        return None
    asker = Asker(clock=ask.clock, currency=ask.currency, email=ask.user.email, name=ask.user.name)
    if pushed := _pushed(offered.item, last[1], ask.words, ask.clock):
        return {**last[1], **pushed}
    pays = any(a.name == METHOD for a in arguments_of(offered.item))
    for one in corrections(ask.words):
        if one.paid and not pays:
            continue
        if one.title:
            new = _titled(offered.item, one, asker)
        elif (length := _length(one.new)) and (
            lasts := _lasting(offered.item, last[1], length, asker)
        ) is not None:
            new = lasts
        else:
            ways = (one.new, f"for {one.new}", f"at {one.new}")  # "a week" alone is no length of time
            found = (_values(offered.item, last[1], sentence(words), asker) for words in ways)
            new = next((values for values in found if values), {}) or _exchanged(offered.item, last[1], one)
        if new:
            kept = {k: v for k, v in last[1].items() if not (k in EITHER and EITHER & new.keys() - {k})}
            return {**kept, **new}
    return None


def _length(words: str) -> timedelta | None:
    """Return the length that is all these words say: "2 hours", "only half an hour"."""
    if found := AN.match(words.strip(" .!")):
        unit = read_length(f"1 {found['unit']}")
        return unit / 2 if unit and found["half"] else unit
    return read_length(ONLY.sub("", words.strip(" .!")))


def _lasting(
    action: Action, last: Mapping[str, Any], length: timedelta, asker: Asker
) -> dict[str, Any] | None:
    """Take a bare length for how long something lasts, or for when it is due where that was said so.

    Nothing where it is neither: "make it 2 hours" says no hour of the day. None where it may be a number.
    """
    times = [a for a in arguments_of(action) if a.kind in {Kind.DAY, Kind.INSTANT, Kind.LENGTH}]
    if not times or any(a.name in EITHER for a in arguments_of(action)):
        return None
    lasts = [a.name for a in times if a.kind is Kind.LENGTH and (a.name in last or len(times) > 1)]
    if len(lasts) == 1:
        return {lasts[0]: iso_length(length)}
    due = [a.name for a in times if a.kind is Kind.INSTANT and _from_now(last.get(a.name))]
    then = (asker.clock.now + length).astimezone(asker.clock.zone)
    return {due[0]: then.isoformat()} if len(due) == 1 else {}


def _from_now(value: object) -> bool:
    """Say whether an instant was said as a length from then on: nobody names seconds."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return bool(at.second or at.microsecond)


def _pushed(action: Action, last: Mapping[str, Any], words: str, clock: Clock) -> dict[str, Any]:
    """Return when what was proposed is to be, moved by a length: "push it a week"."""
    found = PUSHES.match(POLITE.sub("", words))
    length = _length(found["length"]) if found else None
    begins = [a.name for a in arguments_of(action) if a.kind is Kind.INSTANT and last.get(a.name)]
    if length is None or len(begins) != 1:
        return {}
    try:
        at = datetime.fromisoformat(str(last[begins[0]]))
    except ValueError:
        return {}
    there = at.astimezone(clock.zone)  # days are of the calendar: 10:00 stays 10:00 when the clocks change
    then = (
        there + length if length % timedelta(days=1) == timedelta() else (at + length).astimezone(clock.zone)
    )
    return {begins[0]: then.isoformat()}


def names_to_mend(action: Action, last: Mapping[str, Any]) -> Sequence[Argument]:
    """Return the arguments a name may correct: what the proposal names, things before people."""
    named = [a for a in arguments_of(action) if a.kind is Kind.ENTITY and last.get(a.name) is not None]
    return sorted(named, key=lambda a: a.entity in PEOPLE)


def _titled(action: Action, one: Correction, asker: Asker) -> dict[str, Any]:
    """Take "the subject is …", "the amount should be …" for the argument it names."""
    named = next((a for a in arguments_of(action) if one.title in {a.title.lower(), a.name}), None)
    if named is not None and named.kind is Kind.TEXT:
        return {named.name: one.new.strip(' "“”')}
    if named is None or named.kind not in {Kind.MONEY, Kind.WHOLE, Kind.NUMBER, Kind.CHOICE}:
        return {}
    try:
        said = POLITE.sub("", one.new).rstrip(" .!")
        return {named.name: read_value(named, said, asker.clock, asker.currency)}
    except BadInput:
        return {}


def _exchanged(action: Action, last: Mapping[str, Any], one: Correction) -> dict[str, Any]:
    """Put one word in the place of the one it replaces: "noc, not support"."""
    texts = [a.name for a in arguments_of(action) if a.kind is Kind.TEXT]
    same = [n for n in texts if one.old and str(last.get(n, "")).lower() == one.old.lower()]
    return {same[0]: one.new} if same else {}


def _values(action: Action, last: Mapping[str, Any], said: Sentence, asker: Asker) -> dict[str, Any]:
    """Take the amount, day, hour or choice that a correction is, if it says nothing else."""
    filled = fill(action, said, asker)
    plain = {a.name: a for a in arguments_of(action) if a.kind in PLAIN}
    new = {k: v for k, v in filled.args.items() if k in plain and k not in filled.from_focus}
    if not new or not all(explained(w, action, said, filled, new) for w in said.words):
        return {}
    for name, argument in plain.items():
        if name in new and name in last and argument.kind is Kind.INSTANT:
            new[name] = _joined(str(last[name]), str(new[name]), said, asker.clock)
    return new


def _joined(before: str, now: str, said: Sentence, clock: Clock) -> str:
    """Keep the day where only an hour was said, and the hour where only a day was."""
    try:
        old, new = (datetime.fromisoformat(text).astimezone(clock.zone) for text in (before, now))
    except ValueError:
        return now
    marks = [m for m in said.marks if m.time is not None]
    hour = any(CLOCK.search(m.text) for m in marks)
    day = not any(m.time is not None and m.time.exact and CLOCK.fullmatch(m.text.strip()) for m in marks)
    if hour and not day:
        return old.replace(hour=new.hour, minute=new.minute).isoformat()
    if day and not hour:
        return new.replace(hour=old.hour, minute=old.minute).isoformat()
    return now


def _bare(words: str) -> str:
    return TO.sub("", words.strip()) or words.strip()
