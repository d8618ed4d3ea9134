"""Which action words like "credits", "suspending customers" or "close a ticket" speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.contract.action import Action
from bot.core.policy import deed
from bot.host.registry import Owned
from bot.understand.index import PLACEHOLDER
from bot.understand.words import FUNCTION, stem, tokens

NAME, NEARLY, PLUGIN, ABOUT, ASKED = 1.0, 0.9, 0.6, 0.5, 0.4
"""What a word is worth: in an action's name, nearly there, in its plugin's name, its help, its examples."""
WHOLE, LEAST = 0.4, 0.5
"""What it is worth to have said the whole name; and of the words said, the share that has to fit."""
LONG, SAME = 6, 5
"""Words of so many letters are nearly one when so many at their beginning are alike."""
EMPTY = frozenset(
    stem(word) for word in ("do", "make", "use", "see", "look", "right", "permission", "thing", "up", "more")
)
"""Words that stand before any deed."""


def find_deeds(actions: Iterable[Owned[Action]], words: str, *, named: bool = False) -> list[Owned[Action]]:
    """Return the actions that fit these words best, all that fit alike; none when no word fits.

    `named`: some word has to be of the action's own name, not only of its help.
    """
    said = [t.stem for t in tokens(words.replace("_", " ")) if t.low not in FUNCTION]
    said = [word for word in said if word not in EMPTY] or said
    if not said:
        return []
    scored = [(_fit(owned, said, named=named), owned) for owned in actions]
    best = max((score for score, _ in scored), default=0.0)
    return [owned for score, owned in scored if score == best > 0.0]


@lru_cache(maxsize=4_096)
def _asked(action: Action) -> frozenset[str]:
    """Return the stems of the fixed words with which an action is asked for."""
    return frozenset(t.stem for text in action.sayings for t in tokens(PLACEHOLDER.sub(" ", text)))


def _fit(owned: Owned[Action], said: Sequence[str], *, named: bool) -> float:
    """Return how well an action fits words; 0 when half of them are strange to it."""
    name = [stem(part) for part in owned.item.name.split("_")]
    worth = [_worth(owned, name, word) for word in said]
    if sum(1 for one in worth if one) / len(said) <= LEAST or max(worth) == PLUGIN:
        return 0.0
    if named and max(worth) < NEARLY:
        return 0.0
    share = sum(1 for part in name if any(_alike(part, word) for word in said)) / len(name)
    return sum(worth) / len(said) + WHOLE * share


def _worth(owned: Owned[Action], name: Sequence[str], word: str) -> float:
    if word in name:
        return NAME
    if any(_alike(part, word) for part in name):
        return NEARLY
    if any(word in {stem(w), stem(w.removesuffix("s"))} for w in owned.plugin.split("_")):
        return PLUGIN
    if word in {t.stem for t in tokens(deed(owned.item))}:
        return ABOUT
    return ASKED if word in _asked(owned.item) else 0.0


def _alike(one: str, other: str) -> bool:
    """Say whether two stems are of one word: `suspend` and `suspens`."""
    return one == other or (min(len(one), len(other)) >= LONG and one[:SAME] == other[:SAME])
