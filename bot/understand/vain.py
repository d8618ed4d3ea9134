"""What staff of a provider ask for in vain: wishes that no plugin is about, with what comes nearest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPORTS = re.compile(
    r"(?:(?:all|job|work|visit|it|i am|i'm|i have|i've|we have|we've)\s+)*"
    r"(?:is\s+)?(?:done|finished|completed|replaced|changed|swapped|fixed|repaired|installed|used|arrived|left)\b",
    re.IGNORECASE,
)
"""Begins to tell what was done, and asks for nothing."""


@dataclass(frozen=True, kw_only=True)
class Sort:
    """Wishes of one sort: how to name it after "I cannot", what comes near, how people ask for it."""

    named: str
    instead: tuple[str, ...]
    sayings: tuple[str, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its sayings: among them the kinds of things it is ever about."""
        return frozenset(word for text in self.sayings for word in text.split())


def sorts_in(lines: Iterable[str]) -> tuple[Sort, ...]:
    """Read `[named | actions]` and the sayings below it; lines of a `#` are for whoever writes them."""
    found: list[tuple[str, list[str]]] = []
    for line in filter(None, map(str.strip, lines)):
        if line.startswith("["):
            found.append((line.strip("[]"), []))
        elif not line.startswith("#"):
            found[-1][1].append(line)
    return tuple(_sort(head, sayings) for head, sayings in found)


def _sort(head: str, sayings: Sequence[str]) -> Sort:
    named, _, instead = head.partition("|")
    near = tuple(one.strip() for one in instead.split(",") if one.strip())
    return Sort(named=named.strip(), instead=near, sayings=tuple(sayings))


SORTS = sorts_in(Path(__file__).with_name("vain.txt").read_text(encoding="utf-8").splitlines())
