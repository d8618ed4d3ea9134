"""To whom something is given: a name that nobody here has is asked about, and the asker never put instead."""

from __future__ import annotations

import re

from bot.contract.action import Action
from bot.understand.arguments import arguments_of
from bot.understand.filled import Filled
from bot.understand.marks import IT, PEOPLE, PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.words import word_set

GIVES = re.compile(
    r"^(?:please )?(?:re-?assign|assign|give|hand|pass|forward|transfer|delegate|route|allocate)\b.{1,80}?"
    r"\bto\s+(?:the\s+|our\s+|mr\.?\s+|ms\.?\s+)?"
    r"(?P<who>[a-z][\w.@'\-]*(?:\s+(?!please|pls|now|asap|thanks|for)[a-z][\w'\-]*)?)"
    r"(?:[\s,]+(?:please|pls|now|asap|thanks|for me))*[\s.!]*$",
    re.IGNORECASE,
)
TO_HER = re.compile(
    r"^(?:please )?(?:re-?assign|assign|give|hand|pass|forward|transfer)\b.{1,60}?"
    r"\bto (?:her|him|them)[\s.!]*$",
    re.IGNORECASE,
)
"""Gives something to somebody who was spoken of."""
NOBODY = word_set(
    "support billing noc field network sales admin team teams queue level second first third l1 l2 l3 pool "
    "nobody anybody somebody someone anyone back high urgent low normal another customer ticket pending open "
    "closed me us you my our a an and or on in at for of be do get see check"
)
"""What something is given to as well, and is no colleague."""
AWAY = -0.15
"""It would go to somebody, and was to be taken off them."""
TAKES = re.compile(r"(?:please |i(?:'ll| will)? )?(?:take|grab|get|pick up)\b", re.IGNORECASE)
"""Whoever says so wants it themselves, where it is behind a "from": "take it from bea"."""


def settle_whom(action: Action, filled: Filled, said: Sentence) -> float:
    """Keep whom something is to be given to though nobody was found, and nobody from whom it is taken.

    Whoever looks the name up then says that it is unknown. Return what that says about the action.
    """
    if action.reads_only or not any(a.name == "to" and a.entity in PEOPLE for a in arguments_of(action)):
        return 0.0
    name = filled.args.get("to")
    if isinstance(name, str):
        if not _taken_from(name, said):
            return 0.0
        filled.args.pop("to")
        if to := next((m for m in said.names if m.found and m.entity in PEOPLE and _is_to(m, said)), None):
            filled.take("to", to.text, to)
            return 0.0
        given = GIVES.match(said.mood.core)
        if not (given and _is_somebody(given["who"])):
            return 0.0 if TAKES.match(said.mood.core) and _is_from(name, said) else AWAY
    found = GIVES.match(said.mood.core)
    if found and _is_somebody(found["who"]):
        filled.args["to"] = found["who"]
        filled.missing = [argument for argument in filled.missing if argument != "to"]
    elif TO_HER.search(said.text[: said.said_after]) and "to" not in filled.args:
        _put_her(filled, said)
    return 0.0


def _put_her(filled: Filled, said: Sentence) -> None:
    """Take "to her" for the colleague who was spoken of last, else ask: it is never whoever asks."""
    kind, key = next(reversed(list(said.focus.items())), ("", ""))
    if kind in PEOPLE:
        filled.take("to", key)
    elif "to" not in filled.missing:
        filled.missing = [*filled.missing, "to"]


def _taken_from(name: str, said: Sentence) -> bool:
    """Say whether something is taken from somebody: "take it off bea", "take it from bea"."""
    off = re.search(rf"\b(?:off|away from)\s+{re.escape(name)}\b", said.text, re.IGNORECASE)
    return off is not None or _is_from(name, said)


def _is_from(name: str, said: Sentence) -> bool:
    """Say whether a name stands behind a "from", and not with a "to" as well."""
    found = re.search(rf"\bfrom\s+(?:the\s+)?{re.escape(name)}\b", said.text, re.IGNORECASE)
    return found is not None and re.search(rf"\bto\s+{re.escape(name)}\b", said.text) is None


def _is_to(mark: Mark, said: Sentence) -> bool:
    """Say whether a colleague stands behind a "to": Kevin, in "from bea to kevin"."""
    return re.search(r"\bto\s+$", said.text[: mark.start], re.IGNORECASE) is not None


def _is_somebody(words: str) -> bool:
    lows = words.lower().split()
    return not any(low in NOBODY | PRONOUNS | IT or any(c.isdigit() for c in low) for low in lows)
