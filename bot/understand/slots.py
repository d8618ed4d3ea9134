"""From a message to the arguments of one action."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.began import SUSPENSIONS
from bot.understand.behind import what_for
from bot.understand.captured import bare_name, take_captured
from bot.understand.cutting import is_manner, told, without_eta, without_others, without_tail, without_wish
from bot.understand.filled import Asker, Filled
from bot.understand.focused import PERSON_KIND, take_focus
from bot.understand.freetext import NAMES, WHYS, fill_text, looked_for, searches, text_from
from bot.understand.last_pieces import take_pieces
from bot.understand.leftover import own_words
from bot.understand.marks import NUMBERED, PEOPLE, Mark
from bot.understand.ranges import in_range, take_range
from bot.understand.references import REFERENCES
from bot.understand.sentence import Sentence
from bot.understand.standing import apart, opens
from bot.understand.together import take_people
from bot.understand.typed import before, typed
from bot.understand.values import is_end, is_past, is_start
from bot.understand.words import stem, tokens
from bot.understand.worth import leave_days
from bot.understand.written import before_text, unlearn

CALLED = "called"
"""The argument that narrows a list to those who bear a name."""
DUE = "due"
"""The argument that makes a period one of days to come: "invoices due this week"."""
SINCE = re.compile(r"\bsince (?:the|that|this|our|his|her) (?!last|past)[a-z]+", re.IGNORECASE)
THROUGH = {"visit": (PERSON_KIND,), "reminder": (PERSON_KIND,), PERSON_KIND: ("serial", "service")}
"""What is found by whom it is for, or by what hangs there: "cancel the visit at 100234"."""
BOUND = re.compile(r"(?:\b(?:over|under|above|below|than|exceeding|least|most)|[<>≥≤])\s*$", re.IGNORECASE)
NAMED = frozenset({"name", "maybe"})
GIVEN = re.compile(r"\b(?:give|hand|pass|assign|move|transfer|forward)\b", re.IGNORECASE)
NOT_ME = re.compile(r"\b(?:instead of|rather than|not|from|off) (?:me|myself)\b", re.IGNORECASE)
MYSELF = re.compile(r"\b(?:me|myself)\b", re.IGNORECASE)
TOLD = frozenset({"remind", "tell", "nudge", "ping", "notify", "alert", "let", "for"})
FOR_ME = re.compile(
    r"\b(?:remind|tell|nudge|ping|notify|alert|let)\s+(?:me|us)\b|^\W*(?:i|we)(?:'?(?:ll|ve|m|d))?\b",
    re.IGNORECASE,
)
"""Who is named behind these is the one to be told; "remind me to call Bea" is for nobody but me."""
BOTH = re.compile(
    r"\b(?:remind|tell|nudge|ping|notify|alert)\s+(?:(?:me|us|myself)\s*(?:and|&)\s*(?!to\b|that\b|at\b|in\b)"
    r"|\w+\s+(?:and|&)\s+(?:me|us|myself)\b)",
    re.IGNORECASE,
)
MINE = re.compile(r"\b(?:me|my|mine|myself)\b", re.IGNORECASE)
"""Where somebody else is named, "I" alone does not say for whom: "give it to Halima, I am off"."""
SORTS = frozenset({"plan", "model"})
"""Kinds that are sorts of things, and nothing is "in" one."""
AND_ALSO = re.compile(r"\bby\s+(?:me|[a-z]+)\s+(?:and|or)\s+$", re.IGNORECASE)
SOUGHT_BY = frozenset({"address", "query"})
NOTES = frozenset({"note", "reason", "comment", "subject"})
TEXTS = frozenset({Kind.TEXT, Kind.MANY, Kind.SECRET})
UNTYPED = TEXTS | {Kind.ENTITY}


def fill(action: Action, said: Sentence, asker: Asker, captured: Mapping[str, str] | None = None) -> Filled:
    """Return the arguments of an action as far as the message gives them."""
    arguments = arguments_of(action)
    out = Filled(
        action=action,
        reads_only=action.reads_only,
        captured=frozenset(captured or ()),
        own=frozenset(stem(word) for word in action.name.split("_")),
        nouns=own_words(action),
        kinds=frozenset(a.entity for a in arguments if a.entity),
    )
    tells = not action.reads_only and any(a.kind in TEXTS for a in arguments)
    _set_up(out, arguments, said, tells=tells)
    for argument in arguments:
        if captured and argument.name in captured and not _by_context(argument, out):
            take_captured(out, argument, captured[argument.name], said, asker)
    take_people(out, arguments, said)
    take_range(out, arguments, said, asker)
    out.told = _told(action, out, said)
    for argument in arguments:
        if argument.name not in out.args and argument.kind is Kind.ENTITY:
            _entity(out, argument, said, asker, tells=tells)
    for argument in arguments:
        if argument.name not in out.args and (argument.kind not in UNTYPED or argument.name == "over"):
            typed(out, argument, said, asker)
    _called(out, arguments, said)
    taken = "\n".join(str(value) for value in out.args.values())
    texts = [a for a in arguments if a.name not in out.args and a.kind in TEXTS]
    for name, value, mark in fill_text(action, texts, said, out.used, me=asker.email, taken=taken):
        out.take(name, value, mark)
    _what_for(out, arguments, said)
    _cut(out, arguments, said)
    leave_days(out, arguments)
    unlearn(out, arguments, said, lambda head: fill(action, head, asker, before_text(captured, head)))
    take_focus(out, arguments, said)
    for argument in arguments:
        if tells and _both(argument, said):
            out.args.pop(argument.name, None)
    out.missing = [
        a.name
        for a in arguments
        if a.name not in out.args
        and (a.required or whose(a, said) or _since_what(a, said) or (tells and _both(a, said)))
    ]
    return out


def _by_context(argument: Argument, out: Filled) -> bool:
    """Say whether a day depends on what was said around it: the end of a stretch, or what is due."""
    if argument.kind not in {Kind.DAY, Kind.INSTANT}:
        return False
    if out.reads_only and (argument.name == "at" or (out.starts and is_end(argument.name))):
        return True
    return out.ahead and argument.kind is Kind.DAY


def _called(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> None:
    """Narrow a list to those of a name where it can be: "overdue mwangi"."""
    free = [m for m in said.names if m.kind == "name" and m not in out.used | out.told]
    free = [m for m in free if m.text not in out.args.values() and not _where(m, said)]
    if CALLED in {a.name for a in arguments} - out.args.keys() and len(free) == 1:
        out.take(CALLED, free[0].text, free[0])


def _what_for(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> None:
    """Take the reason that is needed from behind a "for": "credit 500 to 100234 for outage"."""
    needed = [a.name for a in arguments if a.name in WHYS and a.required and a.name not in out.args]
    why = what_for(said, out.used) if needed and not out.reads_only else ""
    if why:
        out.args[needed[0]] = why


def _cut(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> None:
    """Leave out of texts what fills another argument, and of a note what is only said to the bot."""
    for argument in arguments:
        value = out.args.get(argument.name)
        if argument.kind is not Kind.TEXT or not isinstance(value, str):
            continue
        if out.reads_only and argument.name in SOUGHT_BY and (key := _one_id(value, said)):
            out.args[argument.name] = key
            continue
        text = without_others(value, said, out.used)
        if argument.name in NAMES - {"street"}:
            text = bare_name(text, argument, out.own)
        if not out.reads_only and said.text.find(text) < said.said_after:
            text = without_wish(text, _values_but(argument, out), out.own | out.nouns)
        if not out.reads_only and argument.name in NOTES | {"resolution"} and is_manner(text):
            out.args.pop(argument.name)  # "close it now": a reason that is needed is asked for
            continue
        rest = without_tail(text) if argument.name in NOTES else without_eta(text, out.args)
        if rest or argument.required:
            out.args[argument.name] = rest or text
        else:
            out.args.pop(argument.name)
    if not out.reads_only:
        take_pieces(out, arguments, said)


def _one_id(text: str, said: Sentence) -> str:
    """Return the address or serial that is all that counts of what is sought: "using the mac aa:bb:…"."""
    inside = [m.text for m in said.marks if m.kind == "id" and m.text in text]
    return inside[0] if len(inside) == 1 else ""


def _values_but(argument: Argument, out: Filled) -> frozenset[str]:
    """Return the words that fill the other arguments."""
    return frozenset(t.low for k, v in out.args.items() if k != argument.name for t in tokens(str(v)))


def _set_up(out: Filled, arguments: tuple[Argument, ...], said: Sentence, *, tells: bool) -> None:
    """Note what the times of an action are for, and where the text begins that one of its arguments takes."""
    names = [a.name for a in arguments if a.kind in {Kind.DAY, Kind.INSTANT}]
    out.starts, out.ends = any(is_start(n) or n in {"at", "on"} for n in names), any(map(is_end, names))
    due = DUE in {a.name for a in arguments} and any(w.low == DUE for w in said.words)
    out.ahead = due or (out.reads_only and SUSPENSIONS in out.own)
    out.past = any(map(is_past, names)) and not out.ahead
    out.hour = any(a.kind is Kind.HOUR for a in arguments)
    out.people = sum(a.entity in PEOPLE for a in arguments)
    if tells:
        out.text_from = text_from(said)


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


def _since_what(argument: Argument, said: Sentence) -> bool:
    """Say whether a time was meant that only people know: "since the outage"."""
    return argument.name == "since" and SINCE.search(said.text) is not None


def _both(argument: Argument, said: Sentence) -> bool:
    """Say whether two are to be told, of whom the call takes one: "remind me and bea"."""
    return argument.name == "to" and argument.entity in PEOPLE and BOTH.search(said.text) is not None


def _entity(out: Filled, argument: Argument, said: Sentence, asker: Asker, *, tells: bool) -> None:
    """Take the surest name of this kind; keep the others as options to be looked up."""
    fitting = [m for m in said.names if m not in out.used | out.told and _fits(m, argument, out.kinds)]
    if tells and argument.name == "to" and argument.entity in PEOPLE and not argument.required:
        fitting = [m for m in fitting if before(said, m) in TOLD and FOR_ME.search(said.text) is None]
    mine = opens(argument.name, out.action, said)
    if mine is None:
        mine = said.asker and not _another(out, argument, fitting, said)
    if argument.entity in PEOPLE and asker.email and mine:
        out.take(argument.name, asker.email)
        return
    if argument.entity in PEOPLE | {PERSON_KIND}:
        fitting = [m for m in fitting if m.found or m.kind not in {"name", "maybe"} or not _where(m, said)]
    fitting = apart(argument.name, _before_colon(fitting, argument, said, tells=tells), out.action, said)
    if said.whom and argument.entity in said.focus:
        fitting = [m for m in fitting if m.kind in {"entity", "id"} or m.found or m.text[:1].isupper()]
    if argument.entity in PEOPLE | {PERSON_KIND}:  # "ref QW12ER45" is nobody
        fitting = [m for m in fitting if m.found or before(said, m) not in REFERENCES]
    fitting = [m for m in fitting if m.kind != "number" or not BOUND.search(said.text, 0, m.start)]
    if argument.entity == PERSON_KIND:  # "over 10000" is an amount, and "to hwtc1234" what is new
        paid = any(a.kind is Kind.MONEY for a in arguments_of(out.action)) if out.action else False
        behind = frozenset({"to", "into", "with"})
        fitting.sort(key=lambda m: (before(said, m) in behind) is not (paid and m.long_number))
    fitting = [m for m in fitting if not _narrows_else(m, argument, said, out)]
    fitting.sort(key=lambda m: (m.entity != argument.entity, m.near))  # of this very kind first, found whole
    sure = [m for m in fitting if m.kind != "maybe" or m.entity == argument.entity or m.found]
    if sure:
        out.take(argument.name, sure[0].text, sure[0])
    if fitting and (len(fitting) > 1 or not sure):
        out.options[argument.name] = fitting


def _narrows_else(mark: Mark, argument: Argument, said: Sentence, out: Filled) -> bool:
    """Say whether a name in a reading is no such thing: an amount, the Ikeja of "debtors in Ikeja"."""
    if not out.reads_only:
        return False
    if argument.entity in SORTS and mark.entity != argument.entity and _where(mark, said):
        return True
    also = argument.entity in PEOPLE and AND_ALSO.search(said.text, 0, mark.start)  # "opened by me and sam"
    return bool(also) or in_range(mark.start, mark.end, said)


def _another(out: Filled, argument: Argument, fitting: list[Mark], said: Sentence) -> bool:
    """Say whether somebody else is named of two people: Halima, in "Halima covers me"."""
    if GIVEN.search(said.text) and any(before(said, m) == "to" for m in fitting if m.kind in NAMED):
        return True  # "I won't make it, give it to kevin"
    if not any(m.found and m.entity in PEOPLE for m in fitting):
        return False
    if (argument.required and out.people > 1) or NOT_ME.search(said.text):
        return True
    return (MINE if out.reads_only else MYSELF).search(said.text) is None


def _where(mark: Mark, said: Sentence) -> bool:
    """Say whether a name stands where a place does: "tickets in Westlands"."""
    return before(said, mark) in {"in", "at", "near", "around"}


def _before_colon(marks: list[Mark], argument: Argument, said: Sentence, *, tells: bool) -> list[Mark]:
    """Leave out what follows the colon: that is what is said, not whom it is about."""
    before = [m for m in marks if m.start < said.said_after]
    if before or not tells:
        return before or marks
    known = argument.entity == PERSON_KIND and not (said.whom and PERSON_KIND in said.focus)
    return [m for m in marks if known and (m.found or m.entity)]


def _fits(mark: Mark, argument: Argument, kinds: frozenset[str]) -> bool:
    if mark.entity:
        both = {mark.entity, argument.entity}
        alike = both <= (PEOPLE | {PERSON_KIND} if mark.near else PEOPLE)
        own = argument.entity == PERSON_KIND and mark.entity in kinds  # it has an argument for that itself
        through = mark.entity in THROUGH.get(argument.entity, ()) and not own
        return mark.entity == argument.entity or through or (mark.found and alike)
    if argument.entity in NUMBERED:
        return False
    return mark.long_number or mark.kind in {"id", "name", "maybe", "quoted"}
