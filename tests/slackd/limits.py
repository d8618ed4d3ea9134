"""How long things last in Slack, for a test that wants to see them end sooner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Limits:
    """Seconds. `stream_idle`: end a stream that long after its last append (None: never; reported by some)."""

    stream: float = 300.0
    stream_idle: float | None = None
    processing: float = 3600.0
    stop_patience: float = 10.0
    """What an app has to take a stopped session out of `processing` itself."""
