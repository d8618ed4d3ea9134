"""How is it done, may I, what happens if I do it: the deed that such a question speaks of, as a wish."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from bot.contract.people import Right
from bot.understand.clauses import WISHES
from bot.understand.index import Offered
from bot.understand.mood import LEAD, LONGEST
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from bot.understand.verbs import SHOWS
from bot.understand.words import word_set

Understand = Callable[[Ask], Awaitable[Understanding]]

NEAR = 0.38
"""From here a change may be what somebody asks how to do."""
NAMED = 2
"""Changes that are told of: the one, and one that comes nearly as near."""
BESIDE = 0.12
BEHIND = 0.3
"""How far behind a list of what it is about a deed may be: nobody asks how to make a list."""
LOOKS = SHOWS | word_set("get have download export open know")
ONE = r"(?:i|we|you|one|u|somebody|someone|anyone|agents?|people|staff)"
ASKED = (
    r"(?:(?:can|could|would|will) (?:you|u|any(?:one|body)|some(?:one|body))(?: please| kindly)? |"
    r"pl(?:ease|s) |kindly )?(?:tell|show|teach|explain|remind|help)(?: to)?(?: me| us)?(?: please)? "
)
UNSURE = (
    r"(?:i|we)(?: really| just| still)? "
    r"(?:don'?t|do not|never|want to|need to|wanna|would like to|forgot|forget|have forgotten)"
    r"(?: know| remember| understand| see| learn| ask)? |(?:do you|does (?:any|some)(?:body|one)|"
    r"any(?:body|one)|any idea|no idea|not sure|wondering|(?:quick )?question|(?:am |was )?(?:just )?asking)"
    r"(?: know)?[,:]? "
)
MEANS = r"type|write|say|enter|send|use|do|press|put in"
SEES = r"see|check|find|know|look(?: up| for| at)?|view|read|list|get to see|watch"
WHICH = r"(?:what|which)(?:'?s| is| are)? (?:the )?(?:right |correct |proper |exact )?"
WORDS = r"(?:commands?|words?|phrase|syntax|steps?|procedure|process|wording"
USED = rf"(?: (?:do|should|must) (?:{ONE}) (?:{MEANS}))?"
NOUN = "noun"
DEED = rf"(?:{'|'.join(sorted(WISHES | SHOWS))}|{SEES}|{MEANS})\b"
FRAMES: Sequence[tuple[str, tuple[str, ...]]] = (
    (
        "how",
        (
            rf"how (?:(?:do|can|could|should|would|must|does|shall) (?:{ONE})|to) (?:best )?",
            rf"how (?:am|are) (?:{ONE}) (?:supposed|meant|going|able) to ",
            (
                rf"what (?:do|should|must|would|can|shall) (?:{ONE}) (?:(?:have|need) to )?(?:{MEANS}) "
                r"(?:in order )?(?:to|so that|for|if|when(?:ever)?)(?: (?:i|we) (?:want to|wanna|need to))? "
            ),
            rf"{WHICH}{WORDS}|way){USED} (?:to|when) ",
            r"(?:what are )?(?:the )?(?:steps?|procedure|process|instructions?|way) (?:are needed )?to ",
            rf"where (?:(?:do|can|should|would|could|must) (?:{ONE})|to) (?={DEED})",
        ),
    ),
    (NOUN, (rf"{WHICH}{WORDS}){USED} (?:for|of) ",)),
    (
        "may",
        (
            (
                r"(?:is (?:it|there|this)|would it be|is there (?:a|any) way) (?:even )?"
                r"(?:(?:possible|allowed|ok|okay|an option|permitted|a way) )?(?:for (?:me|us|\w+) )?to "
            ),
            (
                r"(?:(?:can|may|might) we|"
                r"(?:can|may|could|might) (?:i|one|any(?:one|body)|some(?:one|body)|people))"
                r"(?: even| also| just| still)? "
            ),
            r"(?:am i|are we|is one) (?:allowed|able|permitted|supposed|free) to ",
        ),
    ),
    (
        "then",
        (
            (
                r"what(?:'?s going to| will| would| does| is going to)? happens?(?: [^,?]{1,40}?)? "
                rf"(?:if|when|once|after) (?:{ONE}) "
            ),
            rf"what(?: about)? if (?:{ONE}) ",
        ),
    ),
)
"""How such a question begins, and what it asks of the deed behind it; what stands behind is the deed."""
BEGINS = tuple(
    (re.compile(rf"^(?:{ASKED}|{UNSURE})?{words}(?=\w)", re.IGNORECASE), kind)
    for kind, group in FRAMES
    for words in group
)
IF_I = re.compile(
    r"^(?:if|when|once) (?:i|we) (?P<rest>[^,?]{4,160}?)(?:,\s*|\s+)"
    r"(?:does|do|will|would|is|are|can|what|who|how|gets?)\b.*\?\s*$",
    re.IGNORECASE,
)
DONE_TO = re.compile(
    rf"^(?:{ASKED}|{UNSURE})?"
    r"(?:(?P<how>how) (?=(?:is|are|gets?|an?|the) )(?:(?:is|are) )?|(?:can|may|could) (?=.{2,60} be ))"
    r"(?P<what>(?!(?:i|we|you|he|she|it|they)\b).{2,60}?) (?:(?:is|are|be|get|gets) )?"
    r"(?P<verb>(?!need|feed|speed)[a-z]{2,}ed|done|made|given|sent|put|taken|set up|written|cut|split)"
    r"(?: (?:by|from) (?:me|us)| here| properly| in here)*"
    r"(?P<tail>(?: (?:to|for|from|off|on|with|without) .{1,60})?)\s*[?.!]*$",
    re.IGNORECASE,
)
"""The deed as it is done to something: "how is a refund done", "can a ticket be closed without a note"."""
AT_LAST = re.compile(
    r"^(?P<rest>.{8,200}?)[,.;:]?\s+(?:and )?how (?:do|can|should|would|could) (?:i|we) "
    r"(?:do|enter|record|handle|make|put|type|book|note|log) (?:that|it|this)(?: here| in)?\s*[?.!]*$",
    re.IGNORECASE,
)
WORKS = re.compile(r"^how (?:do|does) (?P<rest>.{3,60}?) work(?: here| exactly)?\s*[?.!]*$", re.IGNORECASE)
LITTLE = re.compile(
    r"(?:,? (?:please|pls|plz|thanks|thank you|steps please|here|in here|in this(?: thing| system| bot)?|"
    r"properly|correctly|again|exactly|myself|by myself|with you|in slack|in backhaul|in chat))+\s*[?.!]*$",
    re.IGNORECASE,
)
WITHOUT = re.compile(r" without (?:a|an|any|the|giving|writing|his|her)\b.*$", re.IGNORECASE)
SHOWS_IT = re.compile(rf"^(?P<see>{SEES})(?: out)? (?:if |whether |how )?", re.IGNORECASE)
ENTERS = re.compile(r"^(?:enter|put|type|write|click|say|tell(?: you)?)(?: in)?(?: that)? ", re.IGNORECASE)
"""Verbs of typing something in."""
NOT_A_DEED = re.compile(
    r"^(?:it|they|he|she|this|that|these|those|there|much|many|long|often|far|big|bad|old|come|know|help|go|"
    r"have to|the (?:customer|client|caller)|pay (?:us|you)|reach|contact|be|have|has|had|ask|talk|speak|"
    r"do (?:i|we|you))\b",
    re.IGNORECASE,
)
IRREGULAR = {"done": "", "made": "make", "given": "give", "sent": "send", "put": "put", "taken": "take",
             "set up": "set up", "written": "write", "cut": "cut", "split": "split"}  # fmt: skip


class How(StrEnum):
    """What is asked of a deed: how it is done, whether one may or can, or what comes of it."""

    HOW = "how"
    MAY = "may"
    THEN = "then"


@dataclass(frozen=True, slots=True)
class HowTo:
    """`wish` is the deed as somebody would wish for it; `sees` that it only looks."""

    kind: How
    wish: str
    sees: bool = False

    @property
    def looks(self) -> bool:
        """Whether it may be a look after all: "how do I get her statement", "can I have the list"."""
        first = self.wish.split(" ", 1)[0].lower()
        return first in LOOKS or (self.kind is How.MAY and first not in WISHES)


def how_to(text: str) -> HowTo | None:
    """Return the deed a message asks how to do; None for any other message."""
    core = LEAD.sub("", text[:LONGEST]).strip()
    core = LITTLE.sub("", core)
    if found := WORKS.match(core):
        return HowTo(How.HOW, _wish(found["rest"]))
    for pattern, kind in BEGINS:
        if (found := pattern.match(core)) and not NOT_A_DEED.match(rest := core[found.end() :]):
            if _is_done_to(core, kind):
                break
            return None if kind == "may" and " or " in rest else _of(kind, rest)
    if found := DONE_TO.match(core):
        kind = How.HOW if found["how"] else How.MAY
        if (verb := _verb(found["verb"].lower())) is not None:
            return HowTo(kind, _wish(f"{verb} {found['what']}{found['tail']}"))
    if found := AT_LAST.match(core):
        return HowTo(How.HOW, _wish(found["rest"]))
    if found := IF_I.match(core):
        return HowTo(How.THEN, _wish(found["rest"]))
    return None


def _is_done_to(core: str, kind: str) -> bool:
    """Say whether "people" or "someone" is what it is done to: "can people be added"."""
    return kind == "may" and re.match(r"^\w+ \w+ be\b", core) is not None


def _of(kind: str, rest: str) -> HowTo | None:
    if kind == NOUN:
        return HowTo(How.HOW, _wish(rest))
    if seen := SHOWS_IT.match(rest):
        if (deed := DONE_TO.match(rest[seen.end("see") :].strip())) and deed["how"]:
            return how_to(deed[0])
        return HowTo(How(kind), _wish(f"show {rest[seen.end() :]}"), sees=True)
    return HowTo(How(kind), _wish(ENTERS.sub("", rest)))


def _wish(rest: str) -> str:
    """Return the deed alone: what it is asked to be done without is none of its arguments."""
    return WITHOUT.sub("", rest).strip(" ?.!,;:")


def _verb(participle: str) -> str | None:
    """Return the verb of a participle, if it is one of a wish: `booked` -> `book`; of `done` nothing."""
    if participle in IRREGULAR:
        return IRREGULAR[participle]
    stem = participle.removesuffix("ed")
    tries = [stem, f"{stem}e", stem[:-1], f"{stem[:-1]}y"]
    return next((one for one in tries if one in WISHES or one == "allow"), None)


async def spoken_of(understand: Understand, ask: Ask, offers: Sequence[Offered]) -> Understanding | None:
    """Read the deed a message asks about, as one that is spoken of and not wished for.

    It is read as by somebody who may do everything: who may not is told so. A look is no harm: what
    somebody asks how to see is shown. None where the message asks about no deed.
    """
    if (asked := how_to(ask.words)) is None:
        return None
    if asked.kind is How.MAY:
        plain = await understand(ask)
        if plain.verdict is Verdict.CLEAR and plain.best.reads_only and plain.best.formed:
            return plain  # "can I touch the core, or is there a freeze" has an answer
    rights = MappingProxyType({o.item.permission: Right() for o in offers})
    user = ask.user if asked.sees else replace(ask.user, rights=rights)
    meant = await understand(replace(ask, words=asked.wish, user=user))
    if asked.sees or (asked.looks and meant.guesses and meant.best.reads_only):
        return meant if asked.sees and meant.verdict not in {Verdict.UNKNOWN, Verdict.HELD} else None
    if meant.verdict is Verdict.UNKNOWN or not (changes := _changes(meant.guesses)):
        return None
    needed = {o.id: o.item.permission for o in offers}
    mine = tuple(g for g in changes if ask.user.may(needed[g.action_id]))
    if not mine:
        beyond = changes[0]
        return Understanding(verdict=Verdict.FORBIDDEN, masked=meant.masked, beyond=beyond, how=asked.kind)
    return Understanding(verdict=Verdict.HELD, guesses=mine[:NAMED], masked=meant.masked, how=asked.kind)


def _changes(guesses: Sequence[Guess]) -> tuple[Guess, ...]:
    """Return the changes that come near, where no reading comes much nearer."""
    least = max(NEAR, guesses[0].score - BEHIND) if guesses else NEAR
    changes = [g for g in guesses if not g.reads_only and g.score >= least]
    return tuple(g for g in changes if g.score >= changes[0].score - BESIDE)
