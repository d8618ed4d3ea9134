"""Arguments that are a yes or a no: what is asked for by a word, and which side of a bound is meant."""

from __future__ import annotations

import re

from bot.understand.arguments import Argument
from bot.understand.jargon import FLAGS, SAID
from bot.understand.sentence import Sentence
from bot.understand.words import word_set

NOT = word_set("not no nobody noone none never without hasnt havent isnt didnt wasnt")
BOUNDS = {
    **SAID,
    "more_than": re.compile(
        r"(?:\b(?:over|above|exceeding|beyond|past|"
        r"(?<!not )(?<!no )(?:more|older|longer|later|greater|bigger|higher) than)|>)"
        r"\s*(?=\d)",
        re.IGNORECASE,
    ),
    "less_than": re.compile(
        r"(?:\b(?:under|below|(?<!not )(?<!no )(?:less|fewer|younger|shorter|smaller|lower) than)|<)"
        r"\s*(?=\d)",
        re.IGNORECASE,
    ),
    "at_most": re.compile(
        r"\b(?:at most|up to|maximum|max|(?:no|not) (?:more|longer|older) than)\s+(?=\d)|≤\s*\d|"
        r"\b\d+\s*(?:days?\s+)?or (?:less|fewer|under|below)\b",
        re.IGNORECASE,
    ),
    "at_least": re.compile(
        r"\b(?:at least|minimum|min|(?:no|not) (?:less|fewer|younger) than)\s+(?=\d)|≥\s*\d|"
        r"\b\d+\s*(?:days?\s+)?(?:\+|(?:or|and) (?:more|longer|older|over|up)\b)",
        re.IGNORECASE,
    ),
}
"""Yes-or-no arguments that say which side of a bound is meant: "more than 30 days", "30 days or more"."""


I_DID = re.compile(
    r"\bi(?:'ve| have)? (?:gave|given|credited|took|taken|granted)\b|"
    r"\b(?:did|have|had) i (?:\w+ ){0,1}(?:give|given|credit|credited|take|taken|grant|granted)\b|"
    r"\b(?:given|taken|credited|granted) by (?:me|myself)\b",
    re.IGNORECASE,
)
"""Whose it is where somebody asks for what they did themselves: "credits i gave"."""


def flag(argument: Argument, said: Sentence) -> bool | None:
    """Say yes when the words of the argument's name are there, no when a "not" goes before."""
    if argument.name in BOUNDS:
        return BOUNDS[argument.name].search(said.text) is not None or None
    if argument.name in {"my", "by_agent"} and I_DID.search(said.text):
        return True if argument.name == "my" else None
    wanted = [part for part in argument.name.split("_") if part not in {"include", "only", "with", "is"}]
    lows = [w.low for w in said.words]
    says, denied = FLAGS.get(argument.name.removesuffix("_only"), (frozenset(), frozenset()))
    said_so = any(low in says and NOT.isdisjoint(lows[max(0, i - 1) : i]) for i, low in enumerate(lows))
    if said_so or (NOT.intersection(lows) and denied.intersection(lows)):
        return True
    if not wanted or not all(any(_says(low, part) for low in lows) for part in wanted):
        return None
    at = next(i for i, low in enumerate(lows) if _says(low, wanted[0]))
    return not any(low in {"not", "no", "without", "except"} for low in lows[max(0, at - 2) : at])


def _says(low: str, part: str) -> bool:
    """Say whether a word is the one sought: open, not the opened of "tickets opened yesterday"."""
    if part.endswith("est"):
        return low == part  # "longer than" is not the longest
    return low.startswith(part[:5]) and low != f"{part}ed"
