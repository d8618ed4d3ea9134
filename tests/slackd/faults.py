"""What goes wrong on purpose: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field

BEFORE = frozenset({"302", "429", "500", "503", "html", "html_ok", "reset_before", "internal_error"})
AFTER = frozenset({"reset_after", "hang_after", "ok_500", "ok_html"})
KINDS = BEFORE | AFTER


@dataclass
class Faults:
    """What fails AFTER has been applied: the duplicate's favourite. `error:<code>`, `delay:<seconds>` too."""

    waiting: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    retry_after: int = 1
    latency: float = 0.0
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, method: str, *kinds: str, times: int = 1) -> None:
        """Make the next calls of `method` ("*": of any) fail, one after the other."""
        assert all(kind in KINDS or kind.startswith(("error:", "delay:")) for kind in kinds), kinds
        self.waiting[method].extend(kinds * times)

    def next(self, method: str) -> str:
        for name in (method, "*"):
            if self.waiting[name]:
                return self.waiting[name].popleft()
        return ""
