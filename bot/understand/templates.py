"""A question that is one of an action's own examples, with things in its places."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.focused import PERSON_KIND
from bot.understand.forms import DEEDS, DOERS, GIVEN, LONG, begins_and_ends, compiled, forms_of
from bot.understand.freetext import NAMES
from bot.understand.jargon import LIKE_VERB
from bot.understand.marks import ADDRESS, IT, LONG_NUMBER, NUMBERED, PEOPLE, PRONOUNS, Mark
from bot.understand.mood import DONE
from bot.understand.sentence import SEEN, Sentence
from bot.understand.values import match_choice
from bot.understand.words import FUNCTION, stem, tokens, word_set

PLEASE = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|asap|right now|right away|at the moment|"
    r"any ?more|any longer|now))+[\s.!]*$",
    re.IGNORECASE,
)
LATELY = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|asap|(?:right )?now|right away|at the moment|with us|"
    r"for us|"
    r"currently|already|yet|so far|any ?more|any longer|lately|recently|at present))+[\s.!]*$",
    re.IGNORECASE,
)
"""Besides politeness, what a question may end with and ask the same."""
SHOW_ME = re.compile(
    r"^(?:(?:show|list|give|get|display|pull|print|check|see|fetch|bring|tell)(?: up)?(?: (?:me|us))?|"
    r"i (?:need|want)(?: to (?:see|know))?|let me (?:see|know))(?: (?:all|the|a|an|all the))?\s+",
    re.IGNORECASE,
)
TIME_FOLLOWS = re.compile(r"\s+(?:since|on|in|for|from|during|until|till|by)?\s*$")
RANKS = word_set("last latest newest oldest next recent current open first two three four five six seven ten")
PLACES = frozenset({"area", "region", "city", "town", "street"})
"""Arguments that are where: a name as well, so that "tickets in progress" is none of them."""
BESIDE_CHOICE = re.compile(
    r"^(?:the|an?|now|really|very|quite)\s+|[\s,]+(?:please|now|again)$", re.IGNORECASE
)
CHANNEL = re.compile(
    r"(?!(?:it|that|her|him|them)\b)(?:(?:the|this|our|my|that) )*[#\w.&/-]+(?: (?:channel|room))?|here",
    re.IGNORECASE,
)
"""What a channel is called: one word, not the "it: fixed remotely" of "close it: fixed remotely"."""
FOR_WHOM = re.compile(r"\b(?:to|from|for|of|on)\s+(?:the\s+)?\d{5,}\b", re.IGNORECASE)
"""The account an amount is for, and no amount itself."""
MEASURED = re.compile(r"(?:older|longer|more|less|younger|over|under|at (?:least|most))\b", re.IGNORECASE)
"""Begins how long something has been so, and no day: "older than 60 days"."""
SORTS = frozenset({"plan", "model"})
"""Kinds that are sorts of things, and nothing is in one."""
IN_A_PLACE = re.compile(r"\b(?:in|at|near|around)\s+$", re.IGNORECASE)
COUNTS = frozenset({Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
TIMES = frozenset({Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.HOUR})
GLUE = "\ue000"
"""A private letter in the place of a blank; no message holds one, as they are cleaned of them."""
WHOLE = frozenset({"entity", "id", "name", "quoted", "time", "money"})
NEITHER_ONE = NUMBERED | {"visit", "reminder", "service", "serial"}
"""Kinds of which nothing is a person or a place: the VIS-1 of "who goes to VIS-1"."""
WHO_OR_WHERE = frozenset({"entity", "id", "name"})
SETTING = frozenset({"plugin", "name", "value"})
NEITHER = word_set("at in for from until till only on with when if and but up over above below under without")


def capture(action: Action, said: Sentence) -> Mapping[str, str] | None:
    """Return argument -> words when the message has the form of an example, else None.

    Of several forms that fit, the one that says most is taken.
    """
    return _captured(action, said)


def _captured(action: Action, said: Sentence, *, held: bool = False) -> Mapping[str, str] | None:
    if len(said.mood.core) > SEEN and len(said.mood.core.strip().rstrip("?!. ")) > SEEN:
        return None
    likely = forms_of(action).likely(said.text.lower(), held=held)
    if not likely:
        return None
    core = said.mood.core.strip().rstrip("?!. ")
    arguments = {a.name: a for a in arguments_of(action)}
    short = (LATELY if action.reads_only else PLEASE).sub("", core)
    plain = _without_show(short) if action.reads_only else []
    whole = said.text.rstrip("?!. ")
    for form in dict.fromkeys([core, whole, short, *plain, *_without_time(short, said)]):
        fitting: list[dict[str, str]] = []
        low = form.lower()
        for template in likely:
            if not begins_and_ends(template, low):
                continue
            tried = _glued(form, said) if template.side_by_side else form
            if found := compiled(template.source).fullmatch(tried):
                taken = {n: t.replace(GLUE, " ") for n, t in found.groupdict().items() if t}
                if template.alone and not _names_some(taken, said):
                    continue
                fitting += [taken] if all(_plausible(arguments[n], t, said) for n, t in taken.items()) else []
        if fitting:
            return min(fitting, key=_open)
    return None


def is_meant(action: Action, said: Sentence) -> bool:
    """Say whether words like a ban or a look are a wish: an example's own, like "never mind {reminder}"."""
    if action.reads_only or said.mood.may_change:
        return False
    return _captured(action, said, held=True) is not None


def tells_by_places(action: Action) -> bool:
    """Say whether an action is known by what stands in its places: a role and what it may do, a setting."""
    names = {a.name for a in arguments_of(action)}
    return names >= GIVEN or names >= SETTING


def _glued(form: str, said: Sentence) -> str:
    """Keep the words of each name and time together: none is cut in two where places stand in a row."""
    for mark in said.marks:
        if " " in mark.text and mark.kind in WHOLE:
            form = form.replace(mark.text, mark.text.replace(" ", GLUE))
    return form


def fixed_words(said: Sentence, taken: Mapping[str, str] | None) -> int | None:
    """Return how many telling words of a message are the fixed ones of the example it has the form of."""
    if taken is None:
        return None
    if taken.keys() >= GIVEN and not any(m.text in taken["role"] for m in said.marks):
        return len(GIVEN) + 1  # "let support suspend customers": who and what, and nothing else is like it
    given = {t.low for text in taken.values() for t in tokens(text)}
    return sum(w.low not in FUNCTION and w.low not in given for w in said.words)


def _open(taken: Mapping[str, str]) -> int:
    """Return how much of a message the fixed words of an example leave open."""
    return sum(map(len, taken.values()))


def _names_some(taken: Mapping[str, str], said: Sentence) -> bool:
    """Say whether what is looked for is some name: Zorblax, not the "admin here" of who is admin here."""
    sought = [text for name, text in taken.items() if name == "words"]
    return all(any(m.text in text for m in said.marks) for text in sought)


def _without_show(core: str) -> list[str]:
    """Return a message without the wish to see: "show me the audit of 100234"."""
    rest = SHOW_ME.sub("", core)
    return [rest] if rest and rest != core else []


def _without_time(core: str, said: Sentence) -> list[str]:
    """Return the message without the time at its end: "what did Bisi do yesterday"."""
    last = next((m for m in reversed(said.marks) if m.kind == "time"), None)
    if last is None or not core.endswith(last.text):
        return []
    return [TIME_FOLLOWS.sub("", core.removesuffix(last.text))]


def _plausible(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether these words may stand there: a thing is a name or a pronoun, not half a sentence."""
    return not _strange(argument, text, said) and _fits(argument, text, said)


def _strange(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether a value is one of another place: "credit 500 to 100234" gives 500, to an account."""
    if argument.name == "channel" and not argument.values:
        return CHANNEL.fullmatch(text.strip()) is None
    if argument.kind in TIMES:
        return _no_time(argument, text, said)
    if argument.kind in COUNTS:
        named = any(m.found and m.entity and m.text in text for m in said.marks)
        return named or bool(re.match(r"(?:between|from)\b", text)) or FOR_WHOM.search(text) is not None
    short = argument.entity == PERSON_KIND and text.strip().isdigit() and len(text.strip()) < LONG_NUMBER
    return short and any(m.long_number for m in said.marks)


def _no_time(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether words are no time: "im running late" is not by how much, nor "push VIS-1 by an hour"."""
    named = any(m.kind == "entity" and m.text in text for m in said.marks)
    if argument.kind is Kind.DAY and MEASURED.match(text):
        return True
    timed = any(m.time and (m.text in text or text in m.text) for m in said.marks)
    return named or (argument.kind is Kind.LENGTH and not (timed or any(c.isdigit() for c in text)))


def _fits(argument: Argument, text: str, said: Sentence) -> bool:
    if argument.kind in LONG:
        return _sayable(argument, text, said)
    if argument.kind is Kind.CHOICE:
        return not _begins_a_wish(argument, text, said) and _chosen(argument, text)
    if argument.kind is not Kind.ENTITY:
        dated = any(m.kind == "time" and text in m.text for m in said.marks)  # "payments on 30.10.2026"
        return len(text) <= 40 and not (dated and argument.kind is Kind.MONEY)  # noqa: PLR2004 - none is longer
    low = text.lower().strip()
    if low in PRONOUNS | IT or low in {
        f"this {argument.entity}",
        f"the {argument.entity}",
        f"that {argument.entity}",
    }:
        return bool(said.focus.get(argument.entity))
    names = [
        m
        for m in said.marks
        if m.kind in {"entity", "id", "name", "maybe", "number", "quoted"} and m.text in text
    ]
    several = len({m.text for m in names if m.found and not m.near}) > 1
    placed = argument.entity in SORTS and any(_in_place(m, said) for m in names)
    if placed or several or not names or any(not _of_kind(m, argument) or _ranks(m) for m in names):
        return False
    rest = text
    for mark in names:
        whole = said.text[mark.start : mark.end] if mark.long_number else mark.text  # with the name beside it
        rest = rest.replace(whole, " ").replace(mark.text, " ")
    beside = {"the", "a", "an", "mr", "mrs", "ms", argument.entity}
    return all(t.low in beside for t in tokens(rest)) and not re.search(r"[,;:&+]", rest)


def _in_place(mark: Mark, said: Sentence) -> bool:
    """Say whether a name that is no sort of thing stands where a place does: "debtors in Ikeja"."""
    return mark.entity not in SORTS and bool(IN_A_PLACE.search(said.text, 0, mark.start))


def _chosen(argument: Argument, text: str) -> bool:
    return match_choice(argument, BESIDE_CHOICE.sub("", text)) is not None


def _begins_a_wish(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether words are a verb and not one of the values: "suspend all customers", not the suspended."""
    first = said.text.startswith(text, said.begin)
    return first and text.lower() not in argument.values and stem(text.lower()) in LIKE_VERB


def _ranks(mark: Mark) -> bool:
    """Say whether a mark only says which of several: "three latest"."""
    return mark.kind == "maybe" and not RANKS.isdisjoint(mark.text.lower().split())


def _sayable(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether words may be a text: what somebody did is a verb, who did it a name."""
    if argument.name in DEEDS:
        return bool(DONE.fullmatch(text))
    channel = argument.name.endswith("_id") and "#" in text  # whose name is the id of nothing else
    numbered = argument.name in PLACES and text.isdigit()  # an account: no region, no site is called so
    if (
        channel
        or numbered
        or (argument.name in GIVEN and not NEITHER.isdisjoint(t.low for t in tokens(text)))
    ):
        return False  # "noc role at Westlands only": more than a role was said
    if argument.name in NAMES and any(
        m.kind == "time" and m.text.strip() == text.strip() for m in said.marks
    ):
        return False  # "new customers this month": nobody is called so
    if argument.name == "address" and not any(
        (m.kind == "id" or ADDRESS.fullmatch(m.text)) and m.text in text for m in said.marks
    ):
        return len(tokens(text)) > 1  # a street has several words, an IP or MAC address is one
    if argument.name in DOERS | PLACES:
        person = (
            argument.name in PLACES and " " in text and f"from {text}" in said.text
        )  # "from johnson kariuki"
        kinds = frozenset() if person else WHO_OR_WHERE
        marks = [m for m in said.marks if m.text == text and m.entity not in NEITHER_ONE]
        return any(m.found or m.kind in kinds for m in marks)
    return bool(text.strip())


def _of_kind(mark: Mark, argument: Argument) -> bool:
    if argument.entity in NUMBERED:
        return mark.entity == argument.entity
    alike = PEOPLE | {"customer"} if mark.near else PEOPLE  # a first name is many people's
    return mark.entity in {"", argument.entity} or {mark.entity, argument.entity} <= alike
