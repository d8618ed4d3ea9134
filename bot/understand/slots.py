"""From a message to the arguments of one action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contract.action import Action
from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.cutting import told, without_others
from bot.understand.freetext import NAMES, PERSON, SEARCH, fill_text, looked_for, searches
from bot.understand.jargon import FLAGS
from bot.understand.marks import IT, NUMBERED, PEOPLE, PRONOUNS, Mark
from bot.understand.sentence import ME, Sentence
from bot.understand.times import NUMBERS, Clock, TimeMark
from bot.understand.values import is_end, match_choice, read_value, time_value
from bot.understand.words import FUNCTION, stem, word_set

WORDS_IN_CHOICE = 3
PERSON_KIND = "customer"
"""Whom staff mean by her, him and them."""
NUMBER = "two|three|four|five|six|seven|ten|twelve"
FEW = re.compile(
    rf"\b(?:last|latest|newest|first|top|worst|biggest)\s+(?P<a>{NUMBER})\b(?! (?:day|week|month|hour)s)|"
    rf"\b(?P<b>{NUMBER})\s+(?:last|latest|newest|first|worst|biggest|oldest)\b",
    re.IGNORECASE,
)
ABOUT = frozenset({"about", "by"})
BEFORE = re.compile(r"^(?:(?:at|on|to|of|for|about|with|the)\s+)+", re.IGNORECASE)
NOT = word_set("not no nobody noone none never without hasnt havent isnt didnt wasnt")
TEXTS = frozenset({Kind.TEXT, Kind.MANY, Kind.SECRET})


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What filling needs besides the words: who asks, when, and in which currency."""

    clock: Clock
    currency: str = "USD"
    email: str = ""
    name: str = ""


@dataclass(kw_only=True)
class Filled:
    """Arguments found so far. `options` holds further names that may be meant, per entity argument.

    `told` are names that are only words of a text.
    """

    args: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    options: dict[str, list[Mark]] = field(default_factory=dict)
    used: set[Mark] = field(default_factory=set)
    from_focus: set[str] = field(default_factory=set)
    captured: frozenset[str] = frozenset()
    told: set[Mark] = field(default_factory=set)
    kinds: frozenset[str] = frozenset()
    reads_only: bool = True
    own: frozenset[str] = frozenset()

    def take(self, name: str, value: Any, mark: Mark | None = None) -> None:
        """Set one argument and note which words it came from."""
        self.args[name] = value
        if mark:
            self.used.add(mark)


def fill(action: Action, said: Sentence, asker: Asker, captured: Mapping[str, str] | None = None) -> Filled:
    """Return the arguments of an action as far as the message gives them."""
    arguments = arguments_of(action)
    out = Filled(
        reads_only=action.reads_only,
        captured=frozenset(captured or ()),
        own=frozenset(stem(word) for word in action.name.split("_")),
        kinds=frozenset(a.entity for a in arguments if a.entity),
    )
    tells = not action.reads_only and any(a.kind in TEXTS for a in arguments)
    for argument in arguments:
        if captured and argument.name in captured:
            _captured(out, argument, captured[argument.name], said, asker)
    out.told = _told(action, out, said)
    for argument in arguments:
        if argument.name not in out.args and argument.kind is Kind.ENTITY:
            _entity(out, argument, said, asker, tells=tells)
    for argument in arguments:
        if argument.name not in out.args and argument.kind not in {Kind.ENTITY, *TEXTS}:
            _typed(out, argument, said, asker)
    taken = "\n".join(str(value) for value in out.args.values())
    texts = [a for a in arguments if a.name not in out.args and a.kind in TEXTS]
    for name, value, mark in fill_text(action, texts, said, out.used, me=asker.email, taken=taken):
        out.take(name, value, mark)
    for argument in arguments:
        value = out.args.get(argument.name)
        if argument.kind is Kind.TEXT and isinstance(value, str):
            out.args[argument.name] = without_others(value, said, out.used)
    _focus(out, arguments, said)
    out.missing = [a.name for a in arguments if a.name not in out.args and (a.required or whose(a, said))]
    return out


def _told(action: Action, out: Filled, said: Sentence) -> set[Mark]:
    """Return the marks that belong to what is looked for: "tickets about Hakuna mtandao"."""
    arguments = arguments_of(action)
    texts = [out.args[a.name] for a in arguments if a.kind is Kind.TEXT and a.name in out.args]
    if any(searches(action, a) for a in arguments) and (words := looked_for(said)):
        texts.append(words)
    return {mark for text in texts if isinstance(text, str) for mark in told(text, said)}


def whose(argument: Argument, said: Sentence) -> bool:
    """Say whether an argument that may be left out is the "her" of "her tickets", with nobody to mean."""
    return argument.entity == PERSON_KIND and said.whom and PERSON_KIND not in said.focus


def _captured(out: Filled, argument: Argument, words: str, said: Sentence, asker: Asker) -> None:
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
        mark = next((m for m in said.marks if m.text == words or said.text[m.start : m.end] == words), None)
        out.take(argument.name, words, mark)
        return
    named = next((m for m in said.marks if m.text == words and (m.found or m.kind == "entity")), None)
    if named and argument.name in SEARCH and named.entity in out.kinds:
        return  # the thing itself is meant, not its name
    if argument.name in NAMES and argument.kind is Kind.TEXT:
        words = _bare_name(words, argument, out.own)
    if argument.name in SEARCH | ABOUT:
        words = BEFORE.sub("", words)
    try:
        value = read_value(argument, words, asker.clock, asker.currency)
    except BadInput:
        return
    out.take(argument.name, value, next((m for m in said.marks if m.text == words), None))


def _bare_name(words: str, argument: Argument, own: frozenset[str]) -> str:
    """Leave out what sort of thing it is: the plugin of "turn on the email plugin"."""
    parts = words.split()
    while len(parts) > 1 and (parts[0].lower() in FUNCTION or stem(parts[0].lower()) in own):
        parts.pop(0)
    while len(parts) > 1 and (stem(parts[-1].lower()) in own or parts[-1].lower() == argument.name):
        parts.pop()
    return " ".join(parts)


def _entity(out: Filled, argument: Argument, said: Sentence, asker: Asker, *, tells: bool) -> None:
    """Take the surest name of this kind; keep the others as options to be looked up."""
    if argument.entity in PEOPLE and asker.email and said.asker:
        out.take(argument.name, asker.email)
        return
    fitting = [m for m in said.names if m not in out.used | out.told and _fits(m, argument)]
    if argument.entity in PEOPLE | {PERSON_KIND}:
        fitting = [m for m in fitting if m.found or m.kind not in {"name", "maybe"} or not _where(m, said)]
    fitting = _before_colon(fitting, argument, said, tells=tells)
    if said.whom and argument.entity in said.focus:
        fitting = [m for m in fitting if m.kind in {"entity", "id"} or m.found or m.text[:1].isupper()]
    fitting.sort(key=lambda m: m.entity != argument.entity)  # those of this very kind first; sort is stable
    sure = [m for m in fitting if m.kind != "maybe" or m.entity == argument.entity or m.found]
    if sure:
        out.take(argument.name, sure[0].text, sure[0])
    if fitting and (len(fitting) > 1 or not sure):
        out.options[argument.name] = fitting


def _where(mark: Mark, said: Sentence) -> bool:
    """Say whether a name stands where a place does: "tickets in Westlands"."""
    return _before(said, mark) in {"in", "at", "near", "around"}


def _before_colon(marks: list[Mark], argument: Argument, said: Sentence, *, tells: bool) -> list[Mark]:
    """Leave out what follows the colon: that is what is said, not whom it is about."""
    before = [m for m in marks if m.start < said.said_after]
    if before or not tells:
        return before or marks
    known = argument.entity == PERSON_KIND and not (said.whom and PERSON_KIND in said.focus)
    return [m for m in marks if known and (m.found or m.entity)]


def _fits(mark: Mark, argument: Argument) -> bool:
    if mark.entity:
        both = {mark.entity, argument.entity}
        alike = both <= (PEOPLE | {PERSON_KIND} if mark.near else PEOPLE)
        return mark.entity == argument.entity or (mark.found and alike)
    if argument.entity in NUMBERED:
        return False
    return mark.long_number or mark.kind in {"id", "name", "maybe", "quoted"}


def _focus(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> None:
    """Take what the thread is about where the message names nothing, or says her, him, it."""
    for argument in arguments:
        key = said.focus.get(argument.entity) if argument.entity else None
        if key is None or argument.name in out.args:
            continue
        if argument.required or said.pronoun or said.follows or not out.reads_only:
            out.take(argument.name, key)
            out.from_focus.add(argument.name)


def _typed(out: Filled, argument: Argument, said: Sentence, asker: Asker) -> None:
    value: Any
    mark: Mark | None
    match argument.kind:
        case Kind.CHOICE:
            value, mark = _choice(argument, said, skip_verb=not out.reads_only), None
        case Kind.MONEY:
            value, mark = _money(argument, said, asker, out)
        case Kind.WHOLE | Kind.NUMBER:
            value, mark = _number(argument, said, out)
        case Kind.YES_NO:
            value, mark = _flag(argument, said), None
        case Kind.DAY | Kind.INSTANT | Kind.LENGTH:
            value, mark = _time(argument, said, asker, out)
        case _:
            value, mark = None, None
    if value is not None:
        out.take(argument.name, value, mark)


def _choice(argument: Argument, said: Sentence, *, skip_verb: bool) -> str | None:
    """Find the longest run of words that is one of the values; not the verb of the message."""
    free = [w for w in said.words if not any(m.start < w.end and w.start < m.end for m in said.names)]
    if skip_verb and free and free[0].low in {said.mood.verb, said.verb} and len(free) > 1:
        free = free[1:]
    parts = [part for word in free for part in re.split(r"[-/]", word.low)]
    runs = [[w.low for w in free], parts] if len(parts) != len(free) else [parts]
    for size in range(WORDS_IN_CHOICE, 0, -1):
        for run in runs:
            for i in range(len(run) - size + 1):
                words = " ".join(run[i : i + size])
                if NOT & set(run[max(0, i - 2) : i]):
                    continue
                if len(words) > 1 and (value := match_choice(argument, words)) is not None:
                    return value
    return None


def _money(argument: Argument, said: Sentence, asker: Asker, out: Filled) -> tuple[str | None, Mark | None]:
    amounts = [m for m in said.marks if m.kind == "money" and m not in out.used]
    if not amounts and (argument.required or not out.reads_only):
        amounts = [m for m in said.marks if m.kind == "number" and m not in out.used]
    for mark in amounts:
        try:
            return read_value(argument, mark.text, asker.clock, asker.currency), mark
        except BadInput:
            continue
    return None, None


def _number(argument: Argument, said: Sentence, out: Filled) -> tuple[Any, Mark | None]:
    """Take a length in the unit the name says, else a number beside the name, else the only one."""
    name = argument.name
    for mark in said.marks:
        length = mark.time.length if mark.time else None
        if length and "day" in name:
            return max(1, length.days), mark
        if length and "hour" in name:
            return int(length.total_seconds() // 3600), mark
        if length and "minute" in name:
            return int(length.total_seconds() // 60), mark
    if name in {"limit", "top", "count", "first", "last"} and (found := FEW.search(said.text)):
        return NUMBERS[(found["a"] or found["b"]).lower()], None
    numbers = [m for m in said.marks if m.kind == "number" and m not in out.used and m.text.isdigit()]
    if name in {"limit", "top", "count", "first", "last"}:
        numbers = [
            m
            for m in numbers
            if not m.long_number
            and _before(said, m) in {"top", "first", "last", "worst", "limit", "biggest", "show", "best"}
        ]
    elif not argument.required:
        numbers = [m for m in numbers if _before(said, m) in {*name.split("_")}]
    return (int(numbers[0].text), numbers[0]) if numbers else (None, None)


def _before(said: Sentence, mark: Mark) -> str:
    return next((w.low for w in reversed(said.words) if w.end <= mark.start), "")


def _flag(argument: Argument, said: Sentence) -> bool | None:
    """Say yes when the words of the argument's name are there, no when a "not" goes before."""
    wanted = [part for part in argument.name.split("_") if part not in {"include", "only", "with", "is"}]
    lows = [w.low for w in said.words]
    says, denied = FLAGS.get(argument.name.removesuffix("_only"), (frozenset(), frozenset()))
    if says.intersection(lows) or (NOT.intersection(lows) and denied.intersection(lows)):
        return True
    if not wanted or not all(any(low.startswith(part[:5]) for low in lows) for part in wanted):
        return None
    at = next(i for i, low in enumerate(lows) if low.startswith(wanted[0][:5]))
    return not any(low in {"not", "no", "without", "except"} for low in lows[max(0, at - 2) : at])


def _time(argument: Argument, said: Sentence, asker: Asker, out: Filled) -> tuple[str | None, Mark | None]:
    for mark in said.marks:
        if mark.time is None or mark in out.used:
            continue
        if (value := time_value(argument, mark.time, asker.clock)) is not None:
            return value, mark
    if is_end(argument.name) and (over := _over(said, asker, out)):
        return time_value(argument, over, asker.clock), None
    return None, None


def _over(said: Sentence, asker: Asker, out: Filled) -> TimeMark | None:
    """Return a stretch of time that is over, "yesterday": where it began was taken, it ends as well."""
    for mark in out.used:
        time = mark.time
        open_ = re.search(r"\bsince\s*$", said.text[: mark.start]) or mark.text.lower().startswith("since")
        if time and time.first and time.last and time.first < time.last < asker.clock.now and not open_:
            return time
    return None
