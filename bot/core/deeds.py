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
LONG, SAME = 6, 5
"""Words of so many letters are nearly one when so many at their beginning are alike."""
EMPTY = frozenset(
    stem(word) for word in ("do", "make", "use", "see", "look", "right", "permission", "thing", "up", "more")
)
"""Words that stand before any deed."""
GIVING = frozenset({"give", "gives", "giving"})
"""What is no more than politeness in a question ("give me the tickets") is the deed itself in a right."""
BARE = frozenset(stem(word) for word in ("add", "list", "show", "change", "remove", "find", "send", "cancel"))
"""Verbs that, said alone, may be of any deed."""


def find_deeds(actions: Iterable[Owned[Action]], words: str) -> list[Owned[Action]]:
    """Return the actions these words name, all that fit alike; none when a word is strange to each of them.

    Rights are given by this: "delete customers" names nothing that only removes roles.
    """
    there = list(actions)
    exact = [owned for owned in there if owned.id == "_".join(words.lower().split())]
    if exact or not (said := _said(words)):
        return exact
    bare = len(said) == 1 and said[0] in BARE
    scored = [(_fit(owned, said, bare=bare), owned) for owned in there]
    best = max((score for score, _ in scored), default=0.0)
    return [owned for score, owned in scored if score == best > 0.0]


def near_deeds(actions: Iterable[Owned[Action]], words: str) -> list[Owned[Action]]:
    """Return the actions that have some of these words in name, plugin, help or examples, best first."""
    said = _said(words)
    scored = [(_nearness(owned, said), owned) for owned in actions]
    near = sorted((one for one in scored if one[0] >= ABOUT), key=lambda one: one[0], reverse=True)
    return [owned for _, owned in near]


def _nearness(owned: Owned[Action], said: Sequence[str]) -> float:
    name = [stem(part) for part in owned.item.name.split("_")]
    return sum(_worth(owned, name, word) for word in said)


def _said(words: str) -> list[str]:
    said = [t.stem for t in tokens(words.replace("_", " ")) if t.low not in FUNCTION or t.low in GIVING]
    return [word for word in said if word not in EMPTY] or said


@lru_cache(maxsize=4_096)
def _asked(action: Action) -> frozenset[str]:
    """Return the stems of the fixed words with which an action is asked for."""
    return frozenset(t.stem for text in action.sayings for t in tokens(PLACEHOLDER.sub(" ", text)))


def _fit(owned: Owned[Action], said: Sequence[str], *, bare: bool) -> float:
    """Return how well an action fits words; 0 when a word is strange to it, or its name is not said."""
    name = [stem(part) for part in owned.item.name.split("_")]
    worth = [_worth(owned, name, word) for word in said]
    share = sum(1 for part in name if any(_alike(part, word) for word in said)) / len(name)
    if bare:
        return max(worth) if max(worth) >= NEARLY else 0.0
    least = PLUGIN if owned.item.reads_only else ABOUT  # "give roles" lists none that give something
    return sum(worth) / len(said) if share == 1 and min(worth) >= least else 0.0


def _worth(owned: Owned[Action], name: Sequence[str], word: str) -> float:
    if word in name:
        return NAME
    if any(_alike(part, word) for part in name):
        return NEARLY
    if any(
        word in {stem(w), stem(w.removesuffix("s")), stem(w.removeprefix("e"))}
        for w in owned.plugin.split("_")
    ):
        return PLUGIN
    if word in {t.stem for t in tokens(deed(owned.item))}:
        return ABOUT
    return ASKED if word in _asked(owned.item) else 0.0


def _alike(one: str, other: str) -> bool:
    """Say whether two stems are of one word: `suspend` and `suspens`."""
    return one == other or (min(len(one), len(other)) >= LONG and one[:SAME] == other[:SAME])
