"""Savepoints for tests that let something fail, or take it back, inside one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@asynccontextmanager
async def savepoint(session: AsyncSession, *, keep: bool = True) -> AsyncIterator[None]:
    """Take back what was done inside when it fails, or when it is not to be kept."""
    await session.execute(text("savepoint here"))
    try:
        yield
    except BaseException:  # whatever ends it, a failed test too: it is taken back, and goes on up
        await session.execute(text("rollback to savepoint here"))
        raise
    if not keep:
        await session.execute(text("rollback to savepoint here"))
    await session.execute(text("release savepoint here"))
