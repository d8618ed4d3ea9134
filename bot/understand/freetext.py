"""The words of a message that are neither verb nor name: subject, note, reason, what to look for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind
from bot.understand.behind import BY_PERSON, after_colon, beside, spoken_of, tidy
from bot.understand.contacts import contact_of
from bot.understand.leftover import is_all_used, leftover, said_first
from bot.understand.marks import REGIONS, Mark
from bot.understand.references import bare_reference, mark_of, reference_of
from bot.understand.rights import role_in
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, tokens, word_set

Found = tuple[str, object, Mark | None]
SAYS = r"saying(?: that)?|that says|to say(?: that)?|note that|tell (?:her|him|them)(?: that)?|that"
WHY = r"because(?: of)?|due to|reason(?: is)?|as (?=she|he|they|it|the)|since (?=she|he|they|the)"
ABOUT = (
    r"about|subject|titled|regarding|re|due to|because(?: of)?|complain(?:s|ing)?(?: of| about| that)?|"
    r"reports?|saying"
)
CUES: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = tuple(
    (re.compile(names), re.compile(rf"\b(?:{cue})\b[\s:,]*(?P<text>.+)$", re.IGNORECASE | re.DOTALL))
    for names, cue in (
        (r"reason|why|cause", WHY),
        (r"note|text|comment|body|message|update|content", SAYS),
        (r"subject|title|about|topic", ABOUT),
        (r"resolution|outcome|how", r"resolved by|fixed by|resolution|because|by|saying"),
    )
)
OWN = re.compile(rf"\b(?:{WHY}|saying(?: that)?|that says|to say(?: that)?)\b", re.IGNORECASE)
OPENING = re.compile(
    rf"(?::|\s[-–—]|(?:{WHY}|saying(?: that)?|that says|to say(?: that)?)\b)[\s:,]*", re.IGNORECASE
)
"""What opens somebody's own words and is none of them."""
OPENED = re.compile(
    r"^(?:because(?: of)?|due to|saying(?: that)?|that says|to say(?: that)?)\b[\s:,]*", re.IGNORECASE
)
SMALL = re.compile(r"(?:\b(?:the|all|our)\s+)+$", re.IGNORECASE)
LOOKS_FOR = re.compile(
    r"\b(?:about|mention(?:s|ing)?|containing|regarding|concerning|with the words?|called|named)\s+"
    r"(?P<text>.+)$",
    re.IGNORECASE | re.DOTALL,
)
TO_PERSON = re.compile(r"\b(?:to|for|with)\s+(?P<who>[A-Za-z][\w.@'\-]*(?:\s+[A-Z][\w'\-]+)?)")
BESIDE = word_set("region site street category queue partner city area plan tier role plugin connector")
"""Arguments whose word stands beside the name itself: "the north region", "role noc"."""
ANYTHING = word_set("anything something everything it this that them her him us")
NAMES = BESIDE | word_set("name template port account permission pool policy_id approver_role team")
"""Arguments that are the name of something, never a sentence."""
SEARCH = frozenset({"query", "text", "words", "search", "what", "term", "q", "name", "topic", "question"})
WHYS = frozenset({"reason", "because", "why", "cause"})
"""Arguments that say why: after what it is about, never between."""
PLACES = frozenset({"area", "region"})
"""Arguments that are a place: an area by any name it goes by, a region by one of `REGIONS`."""
ANY_REGION = "|".join(sorted(REGIONS))
REGION = re.compile(
    rf"\b(?P<in>(?:in|on|at|for|along|from|of|around|near)\s+(?:the\s+)?(?:region\s+)?)?"
    rf"(?P<region>{ANY_REGION})\b(?!-)"
    r"(?(in)|(?=\s+(?:region|side|area|zone)\b))",
    re.IGNORECASE,
)
LAST_REGION = re.compile(rf"(?<=s )(?P<region>{ANY_REGION})(?=[\s?.!]*$)", re.IGNORECASE)
"""Where a list is narrowed by its region with no word between: "outages coast"."""
PERSON = frozenset({"assignee", "to", "agent", "owner", "colleague", "staff", "who"})


def fill_text(
    action: Action,
    arguments: Sequence[Argument],
    said: Sentence,
    used: AbstractSet[Mark],
    *,
    me: str,
    taken: str,
) -> Iterator[Found]:
    """Yield (argument, words, mark) for the text arguments the message gives and `taken` does not hold."""
    quoted = [m for m in said.marks if m.kind == "quoted" and m not in used]
    left = list(arguments)
    for argument in arguments:
        if text := _outright(argument, said, action, used, me):
            left.remove(argument)
            yield argument.name, _as(argument, text), mark_of(argument, text, said)
    for argument in sorted(left, key=lambda a: not a.required):
        if quoted:
            mark = quoted.pop(0)
            left.remove(argument)
            yield argument.name, _as(argument, mark.text), mark
    after = after_colon(said)
    after = "" if after in taken else after
    spoken = spoken_of(left, said, action, but=NAMES)
    for argument in sorted(left, key=lambda a: (a is not spoken, not a.required)):
        found = "" if argument is spoken and after else _cued(action, argument, said, used)
        if (
            not found
            and after
            and argument.name not in PLACES
            and not searches(action, argument)
            and (argument.required or argument.kind is not Kind.MANY)
            and (argument.required or not is_all_used(after, action, said, used))
        ):
            found, after = after, ""
        if found:
            left.remove(argument)
            yield argument.name, _as(argument, found), None
    if (why := _aside(action, left, said, used) or _first(action, left, said)) is not None:
        left.remove(why[0])
        yield why[0].name, _as(why[0], why[1]), None
    wanting = [a for a in left if a.required and (a.name not in WHYS or _says_after(said, used))]
    if len(wanting) == 1 and (
        rest := leftover(action, said, used, trim=searches(action, wanting[0]) or wanting[0].name in NAMES)
    ):
        yield wanting[0].name, _as(wanting[0], OPENED.sub("", rest) or rest), None


def _outright(argument: Argument, said: Sentence, action: Action, used: AbstractSet[Mark], me: str) -> str:
    """Return the words that can only be this argument's; empty when there are none."""
    return (
        _named(argument, said, action)
        or _numbered(argument, said, used)
        or reference_of(argument, said)
        or contact_of(action, argument, said, used)
        or ("" if action.reads_only else bare_reference(argument, said, used))
        or _role(argument, said, action)
        or _person(argument, said, me)
        or _place(argument, said, used, action)
    )


def _role(argument: Argument, said: Sentence, action: Action) -> str:
    """Return the role that a sentence about rights is about: "who holds billing"."""
    takes = argument.name == "role" or (argument.name == "name" and "roles" in action.name)
    at = role_in(said.text[said.begin :]) if takes else None
    return said.text[said.begin + at[0] : said.begin + at[1]] if at else ""


def text_from(said: Sentence) -> int:
    """Return where somebody's own words begin: after a colon, "because", "saying"; else behind the end."""
    found = OWN.search(said.text, said.begin)
    return min(found.start() if found else len(said.text), said.said_after)


def whole_text(words: str, said: Sentence) -> str:
    """Return words of a message with the small ones right before them: "Our" shop, "the" match, "She" wants.

    Behind "because" or a colon they are taken from there on, whole and as they were written.
    """
    words = OPENED.sub("", words) or words
    start, begin = said.text.find(words), text_from(said)
    if start < 0:
        return words
    if begin < start and (cut := OPENING.match(said.text, begin)) and cut.end() <= start:
        between = said.text[cut.end() : start]
        if all(w.low in FUNCTION for w in tokens(between)) or begin < said.said_after:
            return said.text[cut.end() : start] + words
    found = SMALL.search(said.text, 0, start)
    return said.text[found.start() : start] + words if found else words


def _says_after(said: Sentence, used: AbstractSet[Mark]) -> bool:
    """Say whether a message goes on after what it names: a why does."""
    last = max((m.end for m in used), default=0)
    return any(w.start >= last and w.low not in FUNCTION for w in said.words)


def _first(action: Action, left: Sequence[Argument], said: Sentence) -> tuple[Argument, str] | None:
    """Take what stands before the wish as the reason of it."""
    why = next((a for a in left if a.required and a.name in WHYS), None)
    words = "" if action.reads_only or why is None else said_first(said)
    return (why, words) if why and words else None


def _aside(
    action: Action, left: Sequence[Argument], said: Sentence, used: AbstractSet[Mark]
) -> tuple[Argument, str] | None:
    """Take what follows the comma of `reopen TCK-1, it is down again` as the reason or note."""
    wanting = [a for a in left if (a.required and a.name not in NAMES) or a.name in {"reason", "note"}]
    last = max((m.end for m in used), default=0)
    found = re.match(r"\s*,\s*(?P<text>\S.{3,})$", said.text[last:], re.DOTALL)
    if action.reads_only or not wanting or not found or sum(a.required for a in left) > wanting[0].required:
        return None
    return wanting[0], tidy(found["text"])


def looked_for(said: Sentence) -> str:
    """Return the words after "about", "that mention", "called"; empty without one of these."""
    found = LOOKS_FOR.search(said.mood.core)
    words = tidy(found["text"]) if found else ""
    return "" if words.lower() in ANYTHING else words


def searches(action: Action, argument: Argument) -> bool:
    """Say whether an argument is what a read looks for."""
    return action.reads_only and argument.name in SEARCH


def _as(argument: Argument, text: str) -> object:
    if argument.kind is Kind.MANY:
        return [part.strip() for part in re.split(r"[,;]| and ", text) if part.strip()]
    return text


def _named(argument: Argument, said: Sentence, action: Action) -> str:
    """Find `reason: no light`, `region north`, `the north region`; for the name of a role `the noc role`."""
    name = re.escape(argument.title)
    if found := re.search(rf"\b{name}\s*[:=]\s*(?P<text>\"[^\"]+\"|[^,;\n]+)", said.text, re.IGNORECASE):
        text = found["text"].strip(' "')
        return text if argument.name != "customers" or any(map(str.isdigit, text)) else ""
    if argument.name in BESIDE or argument.name == "name":
        if argument.name == "name":
            name = re.escape(action.name.split("_")[-1].removesuffix("s"))
        return beside(name, said)
    return ""


def _numbered(argument: Argument, said: Sentence, used: AbstractSet[Mark]) -> str:
    """Find the one number of a message for an argument that is called number: "lift freeze 2"."""
    numbers = [m.text for m in said.marks if m.kind == "number" and m not in used and m.text.isdigit()]
    return numbers[0] if argument.name == "number" and len(numbers) == 1 else ""


def _person(argument: Argument, said: Sentence, me: str) -> str:
    """Find whom: `assign it to Ada`, `to me`."""
    if argument.name not in PERSON:
        return ""
    found = (BY_PERSON if argument.name == "agent" else TO_PERSON).search(said.mood.core)
    who = found["who"] if found else ""
    if who.lower() in {"me", "myself"}:
        return me
    return "" if who.lower() in FUNCTION else who


def _place(argument: Argument, said: Sentence, used: AbstractSet[Mark], action: Action) -> str:
    """Find where: `tickets in Westlands`; a site by its name, or a name after "in"."""
    if argument.name not in PLACES:
        return ""
    found = REGION.search(said.text, said.begin) or LAST_REGION.search(said.text, said.begin)
    if found and not any(m.found and m.start <= found.start("region") < m.end for m in said.marks):
        return found["region"]
    if argument.name != "area":
        return ""
    for mark in said.marks:
        before = said.text[: mark.start].rsplit(None, 1)[-1:]
        whose = before[:1] == ["from"] and "customer" in action.args.model_fields  # "payments from otieno"
        cued = bool(before) and before[0].lower() in {"in", "around", "near", "at", "from"} and not whose
        if mark not in used and (mark.entity == "site" or (cued and mark.kind in {"name", "maybe"})):
            return mark.text
    return ""


def _cued(action: Action, argument: Argument, said: Sentence, used: AbstractSet[Mark]) -> str:
    if searches(action, argument):
        words = looked_for(said)
        return "" if any(m.text == words for m in used) else words
    for names, cue in CUES:
        if names.search(argument.name) and (found := cue.search(said.mood.core)):
            return tidy(found["text"])
    return ""
