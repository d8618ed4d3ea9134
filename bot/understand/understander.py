"""From free text to an action call, from what the actions say about themselves; no language model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.contract.entity import Match

Resolve = Callable[[str, str], Awaitable[Sequence[Match]]]
"""`resolve(kind, text)`: the things of one kind these words may mean, best first."""


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What the words were taken for. `said` shows it to the person; `missing` names arguments to ask for."""

    action_id: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    alternatives: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    missing: tuple[str, ...] = ()
    said: str = ""


class Understander:
    """Built once per view."""
