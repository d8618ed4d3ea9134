"""What should be otherwise in a change that waits for a yes: "no wait, make it high", "for Bea, not Sam"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.understand.arguments import Kind, arguments_of
from bot.understand.filled import Asker
from bot.understand.follow import explained
from bot.understand.index import Index
from bot.understand.sentence import Sentence
from bot.understand.slots import fill
from bot.understand.understanding import Ask

CORRECTS = re.compile(
    r"^(?:(?:no+|nope|wait|sorry|actually|oops|hold on|hm+|ok|okay|and|but|please)\b[\s,.!\-]*)*"
    r"(?:(?:make|set|put|change|turn) (?:it|that|this|the \w+)(?: (?:to|as|at|for|into|an?)\b)?|i mea?nt?\b|"
    r"rather\b|better\b)[\s,:]*(?P<said>.+)$|"
    r"^(?:(?:no+|wait|sorry|actually)\b[\s,.!\-]+)+(?P<brief>\S+(?: \S+){0,3})$",
    re.IGNORECASE,
)
"""Says what should be otherwise in what was just proposed."""
POLITE = re.compile(r"(?:[\s,]+(?:please|pls|plz|instead|then|thanks))+[\s.!]*$", re.IGNORECASE)
PLAIN = frozenset({Kind.CHOICE, Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
"""Kinds of arguments that are mended by their value alone; nearly any words may be a text or a name."""


def mended(index: Index, ask: Ask, sentence: Callable[[str], Sentence]) -> dict[str, Any] | None:
    """Return the change that was proposed last with what a message mends in it, if it says nothing else."""
    found, last = CORRECTS.match(ask.words), ask.last
    offered = next((o for o in index.actions if last and o.id == last[0]), None)
    if not found or last is None or offered is None or offered.item.reads_only:
        return None
    said = sentence(POLITE.sub("", found["said"] or found["brief"]))
    asker = Asker(clock=ask.clock, currency=ask.currency, email=ask.user.email, name=ask.user.name)
    filled = fill(offered.item, said, asker)
    plain = {a.name for a in arguments_of(offered.item) if a.kind in PLAIN}
    new = {k: v for k, v in filled.args.items() if k in plain and k not in filled.from_focus}
    if not new or not all(explained(w, offered.item, said, filled, new) for w in said.words):
        return None
    return {**last[1], **new}
