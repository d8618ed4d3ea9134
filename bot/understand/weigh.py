"""How much the evidence in a message speaks for one action."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.forms import DEEDS
from bot.understand.freetext import NAMES, SEARCH
from bot.understand.index import Score, verbs_of
from bot.understand.jargon import LIKE_VERB
from bot.understand.sentence import SEEN, Sentence
from bot.understand.understanding import WAYS
from bot.understand.words import stem, word_set

EXAMPLE, FIXED, TELLING = 0.14, 0.05, 3
"""The message has the very form of an example; what each telling word of the form adds."""
TAKES, LEAVES = 0.06, -0.035
"""It takes, or has no use for, an identifier, an amount or a name that was given."""
ASKS, ASKS_TO_READ = -0.055, -0.115
"""It would have to ask for something: usual for a change, seldom what a question meant."""
OLD_TOPIC = -0.02
"""It would take what the thread is about though nothing points there."""
VERB, OTHER_VERB = 0.05, -0.02
"""A change whose verb was said, or was not."""
READ_WISH = 0.16
ALL = re.compile(
    r"\b(?:everyone|everybody|(?:all|every|each)(?: of)?(?: the| our| my| these| those)?(?: \w+)? "
    r"(?:customers?|subscribers?|clients?|accounts?|users?|tickets?|cases?|invoices?|bills|lines?|services?|"
    r"devices?|routers?|onts?|sessions?|outages?|visits?|colleagues?|people|of them))\b",
    re.IGNORECASE,
)
TOLD = frozenset({Kind.TEXT, Kind.MANY})
NOTHING: frozenset[str] = frozenset()
WHAT, RIGHTS = "what", 0.12
"""Who may do something is told by what takes what that is, and not by a list of it."""
AUDIT = 0.075
"""Who did something is what the audit knows, and nobody else."""
MANY_AT_ONCE = -0.4
"""It changes one thing, and was wished for all of them."""
IMPERATIVE = re.compile(
    r"[a-z]+ (?:an?|the|this|that|these|some|somebody|someone|me|my|our|us|it|all|every)\b", re.IGNORECASE
)
NO_NOTE = NAMES | {"channel", "address", "email"}
UNDOES = word_set("unassign unlink unmerge untick reopen revert restore resume keep undo back settle")
UNDONE = word_set("assign link merge tick resolve close change suspend terminate done dispute move")
TAKES_BACK = re.compile(
    r"\b(?:(?:put|open|take|turn|switch|bring|get|set) (?:it|them|that|him|her|this) (?:up )?(?:back|again)|"
    r"back (?:to|in|into) the queue|away from me|after all|by accident|undo|take back|goes ahead again|"
    r"wants to stay|(?:take|get) \S+ off(?! the list))\b",
    re.IGNORECASE,
)
STAYS = "wants to stay"
"""Takes back that somebody leaves, and nothing else."""
BACK = 0.06
"""What takes something back, where that is wished for; as much is taken off the change itself."""
ALL_OF_IT = -0.3
"""Its note or reason is the very wish, which nothing of it answers."""
LIKELY = 12
"""The actions with which one is compared to say in which ways it comes first."""
NO_READING = -0.165
"""A reading where a change was wished for."""


def weigh(action: Action, score: Score, filled: Filled, said: Sentence, fixed: int | None) -> float:
    """Return the score of an action with its evidence; `fixed` as from `templates.fixed_words`."""
    example = fixed is not None
    arguments = arguments_of(action)
    weight = score.whole + (0.0 if fixed is None else EXAMPLE + FIXED * min(fixed, TELLING))
    weight += _evidence(arguments, filled, said, reads_only=action.reads_only)
    unsaid = [a for a in arguments if a.name in filled.missing and a.required]
    weight += (ASKS_TO_READ if action.reads_only else ASKS) * len(unsaid)
    if not said.pronoun and not said.follows:
        weight += OLD_TOPIC * len(filled.from_focus)
    if said.mood.who_did and action.reads_only:
        weight += AUDIT if any(a.name in DEEDS for a in arguments) else -3 * AUDIT
    if said.mood.who_may and action.reads_only:
        weight += RIGHTS if any(a.name == WHAT for a in arguments) else -RIGHTS
    if not example and not action.reads_only and _one_of_many(arguments, filled, said):
        weight += MANY_AT_ONCE
    if not example and not action.reads_only and _is_all(arguments, filled, said):
        weight += ALL_OF_IT
    back = TAKES_BACK.search(said.text, said.begin, said.said_after) if not action.reads_only else None
    if back and (back[0].lower() != STAYS or action.name.split("_")[0] == "keep"):
        weight += BACK * _way(action)
    return weight + _verb(action, said, example)


def first_by(score: Score, scores: Sequence[Score]) -> frozenset[str]:
    """Return the ways to compare in which no likely action comes before this one."""
    likely = scores[:LIKELY]
    return frozenset(way for way in WAYS if getattr(score, way) >= max(getattr(s, way) for s in likely))


def _way(action: Action) -> int:
    """Return 1 of a change that takes another back, -1 of one that can be taken back, else 0."""
    verb = action.name.split("_")[0]
    return (verb in UNDOES) - (verb in UNDONE)


def _is_all(arguments: tuple[Argument, ...], filled: Filled, said: Sentence) -> bool:
    """Say whether a text of a change is the wish itself: to "order a pizza" is no note."""
    wish = IMPERATIVE.match(said.mood.core)
    texts = (filled.args.get(a.name) for a in arguments if a.kind is Kind.TEXT and a.name not in NO_NOTE)
    return wish is not None and any(isinstance(text, str) and text.startswith(wish[0]) for text in texts)


def _one_of_many(arguments: tuple[Argument, ...], filled: Filled, said: Sentence) -> bool:
    """Say whether something is wished for all, and an action is for one that was not named."""
    one = [a for a in arguments if a.kind is Kind.ENTITY and a.required]
    unnamed = all(a.name not in filled.args or a.name in filled.from_focus for a in one)
    return bool(one) and unnamed and bool(ALL.search(said.text, said.begin, said.said_after))


def _evidence(arguments: tuple[Argument, ...], filled: Filled, said: Sentence, *, reads_only: bool) -> float:
    total = 0.0
    taken = {m.text for m in filled.used} | {str(v) for v in filled.args.values()}
    text = any(a.kind is Kind.TEXT and isinstance(filled.args.get(a.name), str) for a in arguments)
    things = {
        str(filled.args.get(a.name))
        for a in arguments
        if a.kind is Kind.ENTITY or (reads_only and a.name in SEARCH) or a.name in filled.captured
    }
    within = " ".join(
        str(filled.args.get(a.name)) for a in arguments if a.name in filled.captured and a.kind in TOLD
    )
    for mark in said.marks:
        if mark.kind in {"maybe", "quoted"}:
            continue
        if mark.found and mark.text not in things and mark.text not in within:
            total += LEAVES
        elif mark.text in taken or mark in filled.used:
            sought = mark.found and any(
                a.name in SEARCH and filled.args.get(a.name) == mark.text for a in arguments
            )
            total += TAKES * (1.5 if mark.kind == "entity" else 0.5 if sought else 1.0)
        elif mark.kind in {"entity", "id", "name", "money"} and not text:
            total += LEAVES * (2.0 if mark.kind != "money" and not mark.long_number else 1.0)
        elif mark.kind == "time" and not text:
            total += LEAVES / 2
    if said.whom and PERSON_KIND in said.focus and PERSON_KIND not in filled.kinds:
        total += LEAVES  # her, and it is about nobody
    choices = sum(a.kind is Kind.CHOICE and a.name in filled.args for a in arguments)
    return total + min(choices, 2) * 0.03


def _verb(action: Action, said: Sentence, example: bool) -> float:
    """Weigh what the first word says: a change wants its own verb, a question wants an answer."""
    mood = said.mood
    if action.reads_only:
        if said.does and not example:
            return NO_READING
        if said.own_from < min(len(said.text), SEEN) and not example:
            return NO_READING / 2
        return READ_WISH if mood.question or mood.shows else 0.0
    if mood.question or mood.shows or mood.how_to:
        return OTHER_VERB
    if stem(said.verb) == stem(action.name.split("_")[0]):
        return 2 * VERB
    return VERB if example or is_wished(action, said) else OTHER_VERB


def is_wished(action: Action, said: Sentence) -> bool:
    """Say whether a message begins with a word with which the wish for this action may begin."""
    own = verbs_of(action)
    verbs = (stem(w) for w in said.verbs if not w.endswith(("s", "ed")) or w.endswith(("ss", "eed")))
    return any(verb in own or own & LIKE_VERB.get(verb, NOTHING) for verb in verbs)
