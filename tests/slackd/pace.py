"""How fast an app may call: a bucket per app, workspace and method, and the wait after a 429."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from tests.slackd.clock import Clock

POST_BURST, POST_RATE = 5, 1.0
"""Messages to one channel: at once, and then a second."""
HISTORY = frozenset({"conversations.history", "conversations.replies"})
Key = tuple[str, str, str]
"""App, workspace, method."""


@dataclass
class Bucket:
    left: float
    at: float


@dataclass
class Pace:
    """`burst`: how many minutes' worth may come at once. `is_marketplace` False: the rule of May 2025."""

    clock: Clock
    enabled: bool = True
    burst: float = 1.0
    is_limited_history: bool = False
    grace: float = 0.0
    """Seconds after a 429 in which calls that were on their way already are refused, but no offence."""
    told: dict[Key, float] = field(default_factory=dict)
    blocked: dict[Key, float] = field(default_factory=dict)
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    counts: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def block(self, key: Key, seconds: float) -> None:
        self.told[key] = self.clock.monotonic()
        self.blocked[key] = self.clock.monotonic() + seconds

    def knows(self, key: Key) -> bool:
        """Whether an app that was told to wait must know it by now."""
        return self.clock.monotonic() - self.told.get(key, 0.0) >= self.grace

    def wait(self, key: Key) -> float:
        """Seconds until the method may be called again after a 429; 0 when it may be."""
        return max(self.blocked.get(key, 0.0) - self.clock.monotonic(), 0.0)

    def over(self, key: Key, per_minute: int, channel: str) -> int:
        """Whole seconds this call comes too early (0: in time), taking its share when it is in time."""
        if not self.enabled:
            return 0
        method = key[2]
        if method == "chat.postMessage":
            return self._take((*key, channel), POST_BURST, POST_RATE)
        if self.is_limited_history and method in HISTORY:
            return self._take(key, 1, 1 / 60)
        if not per_minute:
            return 0
        return self._take(key, max(per_minute * self.burst, 1), per_minute / 60)

    def _take(self, key: tuple[str, ...], most: float, rate: float) -> int:
        now = self.clock.monotonic()
        bucket = self._buckets.setdefault(key, Bucket(most, now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.left >= 1 - 1e-9:
            bucket.left -= 1
            return 0
        return max(math.ceil((1 - bucket.left) / rate), 1)
