"""How the deliveries went: what a run of thousands of events is judged by."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Missed:
    """One attempt that was not acknowledged. `began` and `ended` are monotonic."""

    kind: str
    name: str
    reason: str
    began: float
    ended: float


@dataclass
class Tally:
    """`events` counts every delivery of the Events API, `repeats` those that came twice on purpose."""

    events: int = 0
    interactions: int = 0
    repeats: int = 0
    retries: int = 0
    missed: list[Missed] = field(default_factory=list)

    def start(self, kind: str) -> None:
        """Count one delivery."""
        if kind == "events_api":
            self.events += 1
        else:
            self.interactions += 1
