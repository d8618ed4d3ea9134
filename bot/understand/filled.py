"""The arguments of one action as far as a message gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.contract.action import Action
from bot.understand.marks import Mark
from bot.understand.times import Clock


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What filling needs besides the words: who asks, when, and in which currency."""

    clock: Clock
    currency: str = "USD"
    email: str = ""
    name: str = ""


NOWHERE = 1_000_000


@dataclass(kw_only=True)
class Filled:
    """Arguments found so far. `options` holds further names that may be meant, per entity argument.

    `told` are names that are only words of a text. `nouns` are the words of the action's examples; `starts`,
    `ends` and `past` say that it has an argument for the beginning of a time, for its end, and for a time
    that is over; `ahead` that its period is one of days on which something is due. `text_from` is where
    somebody's own words begin, which fill an argument of text; `hour` that it takes an hour without a day;
    `people` is how many colleagues it takes; `action` the one they are for.
    """

    args: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    options: dict[str, list[Mark]] = field(default_factory=dict)
    used: set[Mark] = field(default_factory=set)
    from_focus: set[str] = field(default_factory=set)
    captured: frozenset[str] = frozenset()
    told: set[Mark] = field(default_factory=set)
    kinds: frozenset[str] = frozenset()
    reads_only: bool = True
    own: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    starts: bool = False
    ends: bool = False
    past: bool = False
    ahead: bool = False
    hour: bool = False
    people: int = 0
    text_from: int = NOWHERE
    action: Action | None = None

    def take(self, name: str, value: Any, mark: Mark | None = None) -> None:
        """Set one argument and note which words it came from."""
        self.args[name] = value
        if mark:
            self.used.add(mark)

    def told_in_text(self, mark: Mark) -> bool:
        """Say whether a mark is part of somebody's own words: "because it was down for 2 days"."""
        return mark.start >= self.text_from

    @property
    def has_flag(self) -> bool:
        """Whether something is asked for, or left out, by a yes or a no."""
        return any(isinstance(value, bool) for value in self.args.values())

    @property
    def has_figures(self) -> bool:
        """Whether an amount, number or time was taken from outside of somebody's own words."""
        figures = {"money", "number", "time"}
        return any(m.kind in figures and not m.long_number and not self.told_in_text(m) for m in self.used)
