"""The arguments of one action as far as a message gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.understand.marks import Mark
from bot.understand.times import Clock


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What filling needs besides the words: who asks, when, and in which currency."""

    clock: Clock
    currency: str = "USD"
    email: str = ""
    name: str = ""


@dataclass(kw_only=True)
class Filled:
    """Arguments found so far. `options` holds further names that may be meant, per entity argument.

    `told` are names that are only words of a text.
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

    def take(self, name: str, value: Any, mark: Mark | None = None) -> None:
        """Set one argument and note which words it came from."""
        self.args[name] = value
        if mark:
            self.used.add(mark)
