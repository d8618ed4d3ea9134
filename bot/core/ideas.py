"""What to offer somebody who was not understood: what is near their words, and about what they named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.contract.action import Via
from bot.contract.entity import Match
from bot.contract.reply import Choice, Reply, Tone
from bot.core.help import suggest
from bot.core.listed import picks_of
from bot.core.next_up import next_questions
from bot.core.turn import Turn
from bot.errors import UserError
from bot.understand.arguments import Kind, arguments_of
from bot.understand.index import PLACEHOLDER
from bot.understand.mood import mood_of
from bot.understand.understanding import Ask, Guess, Understanding
from bot.understand.words import FUNCTION, tokens, word_set

IDEAS = 4
NEAREST = 2
"""Readings that are offered besides what one asks about the things that were named."""
NEAR, NEAR_BARE = 0.3, 0.4
"""From here a reading may be mentioned to somebody who was not understood; bare, it takes no word."""
TRIED = 4
"""Names of a message that are looked up."""
ALIKE = 3
"""Things of one name that are offered."""
LONGEST = 300
"""Letters of a message in which a name is looked for."""
KINDS = ("customer", "ticket", "device", "site", "outage", "invoice")
"""What people mostly name, in the order in which it is looked for."""
SAYABLE = frozenset({Kind.ENTITY, Kind.TEXT, Kind.MONEY, Kind.WHOLE})
"""Kinds of arguments whose values are written as people say them."""
HARMS = word_set(
    "suspend terminate deactivate reverse void cancel remove disconnect forbid revoke revert reboot withdraw "
    "end disable clear unlink drop"
)
"""What ends, suspends or takes back, as it stands in the name of an action."""
Say = Callable[[Turn, Guess], str]


@dataclass(frozen=True, kw_only=True)
class Named:
    """Things of one kind that a message names, all of one name: key and what people call it."""

    kind: str = ""
    things: tuple[tuple[str, str], ...] = ()

    @property
    def focus(self) -> Mapping[str, str]:
        """The one thing, for the thread to be about."""
        return {self.kind: self.things[0][0]} if len(self.things) == 1 else {}

    @property
    def said(self) -> str:
        """What it is called, of several any."""
        return " or ".join(label for _, label in self.things)


async def named_in(turn: Turn, ask: Ask) -> Named:
    """Return the first thing a message surely names, of the kinds this person may look up."""
    usable = {kind for kind in KINDS if next_questions(turn.view, turn.user, {kind: "?"}, "")}
    tries = [(kind, text) for text in turn.desk.understander.names(ask)[:TRIED] for kind in KINDS]
    tries += [(KINDS[0], text) for text in pairs(ask.words)]
    for kind, text in tries:
        if kind not in usable:
            continue
        try:
            found = await turn.find(kind, text)
        except UserError:  # not for this person, or its system is away: then nothing is offered about it
            continue
        exact = [match for match in found if match.exact]
        if 0 < len(exact) <= ALIKE:
            return Named(kind=kind, things=tuple((match.key, _called(match)) for match in exact))
    return Named()


def _called(match: Match) -> str:
    return match.label if match.key in match.label else f"{match.label} ({match.key})"


def questions_about(turn: Turn, named: Named) -> tuple[Choice, ...]:
    """Return what one asks of the things that were named; of several, the same of each."""
    each = IDEAS if len(named.things) == 1 else 1
    found = (
        next_questions(turn.view, turn.user, {named.kind: key}, "", each, {named.kind: label})
        for key, label in named.things
    )
    return tuple(choice for group in found for choice in group)


def pairs(words: str) -> list[str]:
    """Return two words beside each other that may be the name of somebody, however they are written."""
    said = tokens(words[:LONGEST])
    pairs = [
        f"{one.text} {two.text}"
        for one, two in pairwise(said)
        if one.low.isalpha() and two.low.isalpha() and not {one.low, two.low} & FUNCTION
    ]
    return pairs[:TRIED]


async def with_ideas(turn: Turn, ask: Ask, meant: Understanding, text: str, say: Say) -> Reply:
    """Say what went wrong; offer near readings and questions about what was named, else a beginning."""
    named = await named_in(turn, ask)
    near = nearest(turn, ask, meant, say)
    about = questions_about(turn, named)
    if near or about:
        choices = (*near[: NEAREST if about else IDEAS], *about)[:IDEAS]
        lead = f"About {named.said} I can say:" if about and not near else "The nearest I can do:"
    else:
        begin = suggest(turn.view, turn.user, turn.thread.focus, IDEAS - 1)
        choices = tuple(Choice(label=one, words=one) for one in begin)
        lead = "What you can do, for example:"
    reply = Reply(f"{text} {lead}" if choices else text, choices=choices, tone=Tone.ASK)
    asks = {
        choice.words: guess.missing
        for guess in meant.guesses
        for choice in near
        if choice.words == guess.said
    }
    picks = tuple(replace(pick, asks=asks.get(pick.words, ())) for pick in picks_of(reply, Via.MODEL))
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=None, waiting="", version="")
    return reply


def nearest(turn: Turn, ask: Ask, meant: Understanding, say: Say) -> tuple[Choice, ...]:
    """Return the readings near enough to be mentioned; a change only to somebody who wished for one."""
    changes = mood_of(ask.words).may_change
    return tuple(
        Choice(label=sentence(turn, guess, say), words=guess.said)
        for guess in meant.guesses
        if guess.score >= (NEAR if guess.args else NEAR_BARE)
        and turn.fits(guess.action_id)
        and (guess.reads_only or changes)
        and not harms_unsaid(guess)
        if not _only_searches(turn, guess)
    )


def harms_unsaid(guess: Guess) -> bool:
    """Say whether a reading would end, suspend or take back something, and no word said so."""
    return not (guess.reads_only or guess.wished) and not HARMS.isdisjoint(guess.action_id.split("_")[1:])


def _only_searches(turn: Turn, guess: Guess) -> bool:
    """Say whether a reading only looks for the words that were not understood."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return any(a.kind is Kind.TEXT and a.name in guess.args for a in arguments) and guess.reads_only


def sentence(turn: Turn, guess: Guess, say: Say) -> str:
    """Return a reading as one would say it where an example of its action holds all of it, else described."""
    item = turn.desk.view.action(guess.action_id).item
    kinds = {a.name: a.kind for a in arguments_of(item)}
    if guess.missing or any(kinds.get(name) not in SAYABLE for name in guess.args):
        return say(turn, guess)
    for example in item.examples:
        if set(PLACEHOLDER.findall(example)) == set(guess.args) and PLACEHOLDER.sub("", example).strip():
            return PLACEHOLDER.sub(lambda found: str(guess.args[found[1]]), example)
    return say(turn, guess)
