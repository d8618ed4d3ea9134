"""When an answer shows that it takes its time, and how often that changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tempo:
    """Seconds. Slack ends a growing message five minutes after it began, whatever is appended."""

    after: float = 0.7
    apart: float = 0.6
    look: float = 1.0
    roll: float = 270.0
    patience: float = 5.0
    """How long the answer waits for a call under way, so that it is known what became of it."""
