"""A mailbox for what comes back, over a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from plugins.email.port import Letter


class MemoryBox:
    name = "memory/returns"
    validity = 1

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    def check(self) -> None:
        """It is always there."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[MemoryBox]:
        yield self

    async def read(self, after: int, most: int) -> Sequence[Letter]:
        numbered = [(17 + nr, raw) for nr, raw in enumerate(self.mails)]
        return [Letter(uid=uid, raw=raw) for uid, raw in numbered if uid > after][:most]
