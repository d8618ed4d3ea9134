"""What goes wrong on purpose: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field

KINDS = frozenset(
    {"429", "500", "html", "reset_before", "reset_after", "hang_after", "ok_500", "internal_error"}
)


@dataclass
class Faults:
    """`reset_after` and `ok_500` apply the call and then fail: the duplicate's favourite."""

    waiting: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    retry_after: int = 1
    latency: float = 0.0
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, method: str, *kinds: str) -> None:
        assert set(kinds) <= KINDS
        self.waiting[method].extend(kinds)

    def next(self, method: str) -> str:
        return self.waiting[method].popleft() if self.waiting[method] else ""
