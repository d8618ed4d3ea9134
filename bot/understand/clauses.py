"""Which part of a message a ban or a question belongs to: "I can't take TCK-1, give it to Bea" is a wish."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise

from bot.understand.bans import BAN, without_harmless
from bot.understand.jargon import LIKE_VERB, VERBS
from bot.understand.mood import LEAD, REQUEST, Mood, own_words
from bot.understand.verbs import DOES
from bot.understand.words import FUNCTION, stem, tokens, word_set

ENDS = re.compile(r"(?<=[\w)\"'])(?P<mark>[,;.!?])+\s+|\s[-–—]\s|\b(?:so|then|and|but)\b\s*", re.IGNORECASE)
PLAIN = word_set("put give let make take ring call prepare bring pull get")
"""Verbs of many wishes, which begin nothing by themselves."""
WISHES = frozenset(word for line in VERBS for word in line.split()) | DOES | PLAIN
IDLE = word_set("leave keep hold let remember stay wait")
"""Verbs that only say the same as a ban before them: "don't cancel it, leave it as it is"."""
STATES = re.compile(r"(?:is|was|are|were|did|has|had|does)\b", re.IGNORECASE)
"""Begins a question after which a wish may follow; "who may suspend, resume and …" is one question."""
ASKS_LAST = re.compile(
    r"(?:is|are|was|were|does|did|has|have|can|should|may|what|when|where|who|which|why|how)\b", re.IGNORECASE
)
OF_IT = re.compile(r"\w+\s+(?:it|her|him|them|that|this)\b", re.IGNORECASE)
BARE = word_set("do it that this so please yet now anything her him them")
NEXT = re.compile(r"\W*(?P<verb>[a-z]+)", re.IGNORECASE)
OR = re.compile(r"\b(?:n?or|and/or)\b", re.IGNORECASE)
"""Joins what is forbidden together: "don't reboot, disconnect or touch it"."""
GOES_ON = frozenset({"and", "then"})
"""Behind a ban these forbid one thing more: "don't reboot and disconnect her"."""
UNABLE = re.compile(r"\b(?:i|we) (?:cannot|can'?t)\b", re.IGNORECASE)
"""Says why somebody else should do it, and forbids nothing to anybody."""
NOT_MEANT = re.compile(
    r"^(?:(?:no|ok|okay|please|sorry)\b[\s,]*)*(?:never ?mind|nvm|forget(?: about)?|leave|skip|not|ignore|"
    r"(?:i|we) (?:didn'?t|did not|don'?t|do not) (?:say|mean|want)|instead of|rather than)\s+"
    r"(?P<what>(?:[a-z]+\s+){0,3}?[\w/.-]*\d[\w/.-]*)(?:\s+(?:alone|for now))?"
    r"\s*(?:[,;.–—]|\s-)?\s*(?:(?:but|and|just|please)\s+)?(?P<wish>[a-z].*)$",
    re.IGNORECASE | re.DOTALL,
)
"""What is put aside, before the wish for another one."""
IT = word_set("it its this that her him his them their hers")
NUMBERED = re.compile(r"[\w\-/.@]*\d[\w\-/.@]*\w|\d")
"""What a thing goes by, as far as it can be told without a look-up."""


def bound(mood: Mood, text: str, nouns: Collection[str]) -> Mood:
    """Return the mood without the ban or question that belongs to another part than the wish.

    What the part forbids stays forbidden: its verb is kept in `bans`.
    """
    if mood.conditional or mood.how_to:
        return mood
    parts = _parts(own_words(text))
    if not (mood.banned or mood.question):
        return replace(mood, question=True) if _asks_at_last(parts, nouns) else mood
    wishes = [(mark, verb) for mark, words in parts if (verb := _wish(words, nouns))]
    if not wishes:
        return mood
    if mood.banned:
        bans = _bans(words for _, words in parts)
        if (
            not bans
            or not _apart(parts, nouns)
            or any(_alike(ban, verb) for ban in bans for _, verb in wishes)
        ):
            return mood
        mood = replace(mood, banned=False, bans=frozenset(bans))
    if mood.question and _goes_on(parts, nouns) and not text.rstrip(" !.").endswith("?"):
        mood = replace(mood, question=False)
    return mood


def wish_beside_ban(text: str, nouns: Collection[str]) -> str:
    """Return the wish that stands beside a ban on something else: "don't reboot A, disconnect B".

    Only where it is a sentence of its own, and each of the two names what it is about; else nothing.
    """
    parts = _parts(own_words(text))
    forbidden = {name for _, words in parts if _forbids(words) for name in NUMBERED.findall(words.lower())}
    wishes = [at for at, (_, words) in enumerate(parts) if _wish(words, nouns)]
    if not forbidden or len(wishes) != 1 or OR.search(text):
        return ""
    (at,) = wishes
    names = set(NUMBERED.findall(parts[at][1].lower()))
    apart = at == 0 or parts[at - 1][0] not in {*GOES_ON, "so", "but"}
    whole = sum(_forbids(words) for _, words in parts) == len(parts) - 1
    if not names or names & forbidden or not apart or not whole or parts[at][0] in GOES_ON:
        return ""
    return parts[at][1].strip()


def wish_beside_not_meant(text: str, nouns: Collection[str]) -> str:
    """Return the wish behind what is said not to be meant: "never mind 100118, suspend 100234"."""
    found = NOT_MEANT.match(text)
    if not found or not _wish(found["wish"], nouns) or _forbids(found["wish"]):
        return ""
    not_meant = set(NUMBERED.findall(found["what"].lower()))
    names = set(NUMBERED.findall(found["wish"].lower()))
    return found["wish"].strip() if not_meant and names and not not_meant & names else ""


def _parts(text: str) -> list[tuple[str, str]]:
    """Return the parts of a message, each with the mark it ends with."""
    cuts = [(0, 0, ""), *((m.start(), m.end(), _mark(m)) for m in ENDS.finditer(text))]
    cuts.append((len(text), len(text), text.rstrip()[-1:]))
    return [(after[2], text[before[1] : after[0]]) for before, after in pairwise(cuts)]


def _mark(found: re.Match[str]) -> str:
    return str(found["mark"] or found[0].strip().lower())


def _apart(parts: list[tuple[str, str]], nouns: Collection[str]) -> bool:
    """Say whether the wishes are told apart from what is forbidden: one more verb is one more ban.

    A wish behind a ban speaks of "it" or "her": which of two things is to be changed is no guess to make.
    """
    banned = next((at for at, (_, words) in enumerate(parts) if _forbids(words)), len(parts))
    if any(OR.search(words) for _, words in parts[banned:]):
        return False
    forbidden = {name for _, words in parts if _forbids(words) for name in NUMBERED.findall(words.lower())}
    for at, (_, words) in enumerate(parts):
        if not _wish(words, nouns):
            continue
        names = set(NUMBERED.findall(words.lower()))
        if forbidden and names - forbidden:
            return False
        if at > banned and (parts[at - 1][0] in GOES_ON or not _of_it(words, nouns)):
            unable = not names and parts[at - 1][0] not in GOES_ON and UNABLE.search(parts[banned][1])
            if not unable:
                return False
    return True


def _of_it(words: str, nouns: Collection[str]) -> bool:
    """Say whether a wish is about what was spoken of before: "close it", "restart her ont"."""
    for low in [t.low for t in tokens(LEAD.sub("", words))[1:]]:
        if low in IT:
            return True
        if low not in FUNCTION and low not in nouns:
            return False
    return False


def _wish(words: str, nouns: Collection[str]) -> str:
    """Return the verb of a part that wishes for something, else nothing."""
    core = LEAD.sub("", words)
    if found := REQUEST.match(core):
        core = LEAD.sub("", core[found.end() :])
    first = [t.low for t in tokens(core)[:2]]
    if len(first) < 2 or first[0] in nouns or first[0] not in WISHES - IDLE or _forbids(words):  # noqa: PLR2004
        return ""
    return first[0]


def _forbids(words: str) -> bool:
    return BAN.search(without_harmless(words)) is not None


def _bans(parts: Iterable[str]) -> set[str] | None:
    """Return the stems of what the parts forbid; None where one forbids whatever was said: "no, don't"."""
    found: set[str] = set()
    for words in parts:
        plain = without_harmless(words)
        if (ban := BAN.search(plain)) is None:
            continue
        verb = NEXT.match(plain, ban.end()) or re.search(r"(?P<verb>\w+)$", ban[0])
        rest = [t.low for t in tokens(plain[ban.end() :])]
        if not rest or all(word in BARE for word in rest):
            subject = re.match(r"\W*(?:i|we|he|she|they)\b", plain, re.IGNORECASE)
            if subject is None:
                return None
        if verb:
            found.add(stem(verb["verb"].lower()))
    return found


def _alike(ban: str, verb: str) -> bool:
    return ban == stem(verb) or stem(verb) in LIKE_VERB.get(ban, frozenset())


def _asks_at_last(parts: list[tuple[str, str]], nouns: Collection[str]) -> bool:
    """Say whether only the last part asks: "she gives notice for friday, is that in the contract"."""
    if len(parts) < 2 or any(_wish(words, nouns) for _, words in parts):  # noqa: PLR2004 - a part before it
        return False
    last = LEAD.sub("", parts[-1][1])
    return len(last.split()) > 2 and ASKS_LAST.match(last) is not None and not REQUEST.match(last)  # noqa: PLR2004


def _goes_on(parts: list[tuple[str, str]], nouns: Collection[str]) -> bool:
    """Say whether a wish follows a question that is over: "was that wrong? split it off again"."""
    for (mark, words), (_, after) in pairwise(parts):
        if _wish(after, nouns) and (
            mark in {"?", ".", "!", ";"}
            or (mark == "," and STATES.match(words.strip()) and OF_IT.match(LEAD.sub("", after)))
        ):
            return True
    return False
