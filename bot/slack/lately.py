"""What this process wrote a moment ago, and need not write again."""

from __future__ import annotations

import time
from collections.abc import Hashable

MOST = 20_000


class Lately:
    """Remembers for so many seconds, the latest only; what is forgotten is looked up in the database."""

    def __init__(self, seconds: float = 300.0, most: int = MOST) -> None:
        self._seconds, self._most = seconds, most
        self._until: dict[Hashable, float] = {}

    def __contains__(self, key: Hashable) -> bool:
        """Say whether it was noted lately."""
        return self._until.get(key, 0.0) > time.monotonic()

    def note(self, key: Hashable) -> None:
        """Remember it from now on."""
        self._until.pop(key, None)
        self._until[key] = time.monotonic() + self._seconds
        if len(self._until) > self._most:
            del self._until[next(iter(self._until))]
