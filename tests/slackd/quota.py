"""When Slack stops telling an app: too many events an hour, or an app that fails nearly all of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tests.slackd.clock import Clock

HOUR, MINUTE = 3600.0, 60.0
TOO_LATE = 7200.0
"""Seconds after which an event is dropped."""


@dataclass
class Quota:
    """For one workspace and app; numbers are Slack's, a test may lower them."""

    clock: Clock
    an_hour: int = 30_000
    judged_from: int = 1000
    """Deliveries within the hour below which failures do not disable."""
    most_failures: float = 0.95
    is_disabled: bool = False
    told_at: float = -MINUTE
    _deliveries: deque[tuple[float, bool]] = field(default_factory=deque)
    _sent: deque[float] = field(default_factory=deque)
    _failures: int = 0

    def take(self) -> bool:
        """Whether one more event may go."""
        now = self.clock.monotonic()
        while self._sent and self._sent[0] <= now - HOUR:
            self._sent.popleft()
        if len(self._sent) >= self.an_hour:
            return False
        self._sent.append(now)
        return True

    def is_time_to_tell(self) -> bool:
        """Once a minute the app hears that it is limited."""
        now = self.clock.monotonic()
        if now - self.told_at < MINUTE:
            return False
        self.told_at = now
        return True

    def note(self, *, ok: bool) -> None:
        """Remember how a delivery went; more than 95 % failures in an hour disable events."""
        now = self.clock.monotonic()
        self._deliveries.append((now, ok))
        self._failures += not ok
        while self._deliveries[0][0] <= now - HOUR:
            self._failures -= not self._deliveries.popleft()[1]
        count = len(self._deliveries)
        if count >= self.judged_from and self._failures > count * self.most_failures:
            self.is_disabled = True
