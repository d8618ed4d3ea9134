"""What this process wrote a moment ago, and need not write again."""

from __future__ import annotations

import time
from collections.abc import Hashable

MOST = 20_000


class Lately:
    """Remembers for so many seconds, the latest only; what is forgotten is looked up in the database."""

    def __init__(self, seconds: float = 300.0, most: int = MOST) -> None:
        self._seconds, self._most = seconds, most
        self._kept: dict[Hashable, tuple[float, Hashable]] = {}

    def has(self, key: Hashable, value: Hashable = None) -> bool:
        """Say whether this was the last that was noted under the key, and lately."""
        until, last = self._kept.get(key, (0.0, None))
        return until > time.monotonic() and last == value

    def note(self, key: Hashable, value: Hashable = None) -> None:
        """Remember it from now on."""
        self._kept.pop(key, None)
        self._kept[key] = time.monotonic() + self._seconds, value
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
