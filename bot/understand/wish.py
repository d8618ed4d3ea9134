"""A message as the wish for one change: how far it reaches, and what in it is told beside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.freetext import WHYS, text_from
from bot.understand.later import TEXTS
from bot.understand.marks import IT, PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, tokens

TIMED = frozenset({Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.HOUR})
BOUNDED = re.compile(r"over|under|above|below|most|least|max|min|limit|cap|more_than|less_than|up_to|each")
"""Arguments of actions that take bounds, or more than one amount."""
NAMED = frozenset({"name", "maybe"})
FEW = 4
"""Words of a wish before what it is bound to, where nothing of it was taken yet."""
LINKED = re.compile(r"(?:[\s,;(]|\b(?:but|and|only|then|please|pls|just|or|also|even)\b)*$", re.IGNORECASE)
"""What may stand between a wish and what it is bound to."""


class Wish:
    """A message as the wish for one change, and how far it reaches before somebody's own words."""

    def __init__(self, action: Action, filled: Filled, said: Sentence) -> None:
        self.filled, self.said = filled, said
        self.arguments: Sequence[Argument] = arguments_of(action)
        self.end = min(text_from(said), said.own_from, filled.text_from)
        self.sayings = "\n".join(action.sayings).lower()
        self.timed = any(a.kind in TIMED for a in self.arguments)
        self.bounded = any(BOUNDED.search(a.name) for a in self.arguments)
        self.used = sorted(filled.used, key=lambda m: m.start)
        self.own = set(action.name.split("_")) | {a.name for a in self.arguments}

    def quoted(self, at: int) -> bool:
        """Say whether a place is inside of quotes or a name."""
        return any(m.kind == "quoted" and m.start <= at < m.end for m in self.said.marks)

    def bound(self, start: int) -> bool:
        """Say whether the wish itself is bound by what stands here, and not something told beside it."""
        begin, text = self.said.begin, self.said.text
        if start >= self.end or start < begin or self.quoted(start):
            return False
        before = text[begin:start]
        cut = LINKED.search(before)
        head = before[: cut.start()] if cut else before
        if not head or (cut and re.search(r"[,;(]", cut[0])):
            return True
        last = max((m.end for m in self.used if m.end <= begin + len(head)), default=0)
        known = {str(v).lower() for v in self.filled.args.values()} | self.own
        words = [w for w in tokens(head) if begin + w.start >= last]
        plain = [w for w in words if w.low not in FUNCTION | PRONOUNS | IT | known]
        return not plain if last else len(words) <= FEW and "," not in head

    def orders(self, start: int) -> bool:
        """Say whether a place is among the words of the wish, and in no text that is to be written."""
        texts = [a.name for a in self.arguments if a.kind in TEXTS and a.name in self.filled.args]
        for text in (str(self.filled.args[name]) for name in texts):
            at = self.said.text.find(text)
            if 0 <= at <= start < at + len(text) and at > self.said.begin:
                return self.bound(start)
        return self.said.begin <= start < self.end and not self.quoted(start)

    def explains(self, start: int) -> bool:
        """Say whether a place is in the reason that is given, and not in words to be written down."""
        for name, value in self.filled.args.items():
            why = name in WHYS or (name == "resolution" and start < self.said.said_after)
            at = self.said.text.find(value) if why and isinstance(value, str) and value else -1
            if 0 <= at <= start < at + len(value):
                return not self.quoted(start)
        return False

    def takes(self, mark: Mark) -> bool:
        """Say whether an argument came from a mark."""
        return any(m.start < mark.end and mark.start < m.end for m in self.used)

    def choice(self, one: Mark, other: Mark) -> bool:
        """Say whether one of two things or figures was taken that stand side by side."""
        things = {str(self.filled.args.get(a.name, "")) for a in self.arguments if a.kind is not Kind.TEXT}
        named = one.kind in NAMED | {"entity", "id"} and other.kind in NAMED | {"entity", "id"}
        figures = "number" in {one.kind, other.kind} and not {"time", "quoted"} & {one.kind, other.kind}
        taken = [m for m in (one, other) if m.text in things or self.takes(m)]
        return len(taken) == 1 and (named or figures)
