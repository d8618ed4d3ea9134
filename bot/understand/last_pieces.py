"""What stands behind the last commas of somebody's own words and is told to the bot: "…, high, for field"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Filled
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, tokens, word_set

PIECES = re.compile(r"\s*[,;]\s+|\s+[-–—]\s+|[.!]\s+")
WORDS, GRADE = "subject", "priority"
SAID_LAST = (GRADE, "team")
"""Arguments that are said behind the words of a text; what kind of trouble it is stands in them."""
BESIDE = FUNCTION | word_set("priority prio very really team desk queue job ticket assign send set mark make")


def take_pieces(out: Filled, arguments: Sequence[Argument], said: Sentence) -> None:
    """Leave out of a subject the pieces at its end that only say what other arguments hold.

    A word inside of it is none of these: "high latency at night" is not of high priority, "no light high" is.
    """
    args = out.args
    text = args.get(WORDS)
    if not isinstance(text, str):
        return
    grade = str(args.get(GRADE, "")).lower()
    before = {w.low for w in said.words if w.start < said.text.find(text)}
    inside = grade and grade not in before and grade in {t.low for t in tokens(text)}
    last = [t.low for t in tokens(text)][-2:]
    alone = last[-1:] == [grade] and last[0] not in FUNCTION  # not "levels are high"
    if inside and not alone and not any(_says_only(piece, {grade}, args) for piece in PIECES.split(text)):
        del args[GRADE]
    for argument in arguments:
        if argument.name in SAID_LAST and argument.name not in args and argument.kind is Kind.ENTITY:
            mark = next((m for m in said.marks if m.entity == argument.entity and m.text in text), None)
            if mark:
                args[argument.name] = mark.text  # of whom it is stays open: no other thing was named
    if _says_only(text, {grade} if grade else set(), args):
        del args[WORDS]  # "open one, high": what it is about was not said
    else:
        args[WORDS] = _without(text, args)


def _without(text: str, args: dict[str, Any]) -> str:
    values = {str(args[name]).lower() for name in SAID_LAST if name in args}
    for cut in reversed(list(PIECES.finditer(text))):
        if not _says_only(text[cut.end() :], values, args):
            break
        text = text[: cut.start()]
    return text


def _says_only(piece: str, values: set[str], args: dict[str, Any]) -> bool:
    words = {t.low for t in tokens(piece)}
    known = values | {str(args[name]).lower() for name in SAID_LAST if name in args}
    return bool(values & words) and words <= known | BESIDE
