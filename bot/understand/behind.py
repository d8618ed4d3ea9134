"""What stands behind a colon or dash: somebody's own words, and whose they are of an action's texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind
from bot.understand.sentence import Sentence


def spoken_of(
    left: Sequence[Argument], said: Sentence, action: Action, *, but: Collection[str]
) -> Argument | None:
    """Return the text that is named before the colon: "change the subject of the notice to: We are on it"."""
    if action.reads_only:
        return None
    words = [w.low for w in said.words if said.begin <= w.start < said.said_after]
    named = [a for a in left if a.kind is Kind.TEXT and a.title in words and a.name not in but]
    return min(named, key=lambda a: words.index(a.title), default=None)


def after_colon(said: Sentence) -> str:
    """Return what follows the colon or dash of `open a ticket for Amina: no light`."""
    found = re.search(r"(?<=[\w\)])(?::\s+|\s+[-–—]\s+)(?P<text>\S.*)$", said.text, re.DOTALL)
    return tidy(found["text"]) if found else ""


def tidy(text: str) -> str:
    """Return words without quotes, blanks and full stops around them."""
    return text.strip(' \n"').rstrip(" .")
