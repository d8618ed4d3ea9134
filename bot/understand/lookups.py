"""Searches in live data for the names in one message: each once, and not more than a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.contract.entity import Match
from bot.errors import UserError
from bot.understand.arguments import Argument
from bot.understand.filled import Filled
from bot.understand.sentence import Sentence
from bot.understand.understanding import Ask
from bot.understand.words import FUNCTION, word_set

LOOKUPS = 12
"""Searches in live data for one message at most."""
FEW = frozenset({"template", "oncall_team"})
"""Kinds of which there are few, with everyday words for names: "the payment reminder", "noc"."""
BEFORE = word_set("with using for of in on from the our template team call duty standby rota rotation shift")
MOST = 4
"""Words of a message tried as such a name."""
FOUND = 0.02


class Lookups:
    """The searches of one message: each once, and not more than a few."""

    def __init__(self, ask: Ask) -> None:
        self._ask, self._left = ask, LOOKUPS
        self._known: dict[tuple[str, str], Sequence[Match]] = {}

    async def find(self, kind: str, text: str) -> Sequence[Match] | None:
        """Return the matches, or None when there were searches enough."""
        if (kind, text) in self._known:
            return self._known[kind, text]
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            found = await self._ask.resolve(kind, text)
        except UserError:  # not for this person, or its system is away: the gate will say so if it matters
            found = ()
        self._known[kind, text] = found
        return found


async def by_words(argument: Argument, filled: Filled, said: Sentence, lookups: Lookups) -> float:
    """Fill one of those kinds that goes by everyday words; return what that says about the action."""
    if argument.entity not in FEW:
        return 0.0
    for words in list(_candidates(said, len(said.text) if filled.reads_only else said.said_after))[:MOST]:
        found = await lookups.find(argument.entity, words)
        if any(m.exact for m in found or ()):
            filled.take(argument.name, words)
            if argument.name in filled.missing:
                filled.missing.remove(argument.name)
            return FOUND
    return 0.0


def _candidates(said: Sentence, end: int) -> Iterator[str]:
    """Yield one and two words where such a name stands, the last before `end` first."""
    free = [
        w
        for w in said.words
        if w.end <= end
        and not any(m.start < w.end and w.start < m.end for m in said.marks if m.kind != "maybe")
    ]
    for at in range(len(free) - 1, 0, -1):
        if free[at - 1].low not in BEFORE or free[at].low in FUNCTION:
            continue
        if at + 1 < len(free) and free[at + 1].start == free[at].end + 1:
            yield f"{free[at].low} {free[at + 1].low}"
        yield free[at].low
