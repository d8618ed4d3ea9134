"""To whom something is given: a name that nobody here has is asked about, and the asker never put instead."""

from __future__ import annotations

import re

from bot.contract.action import Action
from bot.understand.arguments import arguments_of
from bot.understand.filled import Filled
from bot.understand.marks import IT, PEOPLE, PRONOUNS
from bot.understand.sentence import Sentence
from bot.understand.words import word_set

GIVES = re.compile(
    r"^(?:please )?(?:re-?assign|assign|give|hand|pass|forward|transfer|delegate|route|allocate)\b.{1,80}?"
    r"\bto\s+(?:the\s+|our\s+|mr\.?\s+|ms\.?\s+)?"
    r"(?P<who>[a-z][\w.@'\-]*(?:\s+(?!please|pls|now|asap|thanks|for)[a-z][\w'\-]*)?)"
    r"(?:[\s,]+(?:please|pls|now|asap|thanks|for me))*[\s.!]*$",
    re.IGNORECASE,
)
NOBODY = word_set(
    "support billing noc field network sales admin team teams queue level second first third l1 l2 l3 pool "
    "nobody anybody somebody someone anyone back high urgent low normal another customer ticket pending open "
    "closed me us you my our a an and or on in at for of be do get see check"
)
"""What something is given to as well, and is no colleague."""
AWAY = -0.15
"""It would go to somebody, and was to be taken off them."""


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
        return AWAY
    found = GIVES.match(said.mood.core)
    if found and _is_somebody(found["who"]):
        filled.args["to"] = found["who"]
        filled.missing = [argument for argument in filled.missing if argument != "to"]
    return 0.0


def _taken_from(name: str, said: Sentence) -> bool:
    """Say whether something is taken from somebody: "take it off bea"."""
    return re.search(rf"\b(?:off|away from)\s+{re.escape(name)}\b", said.text, re.IGNORECASE) is not None


def _is_somebody(words: str) -> bool:
    lows = words.lower().split()
    return not any(low in NOBODY | PRONOUNS | IT or any(c.isdigit() for c in low) for low in lows)
