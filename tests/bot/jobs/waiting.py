"""Workers and schedulers that stop with their test, and a way to wait for a state instead of a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import text

from bot.db.database import Database
from bot.jobs.worker import Worker

QUICK = timedelta(seconds=0.5)


async def until(true: Callable[[], Awaitable[bool] | bool], *, within: float = 20.0) -> None:
    """Wait for a state; fail if it never comes."""
    end = time.monotonic() + within
    while True:
        found = true()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def working(database: Database, handlers, **how):
    """A worker for as long as the block runs."""
    worker = Worker(database, handlers, **{"grace": timedelta(seconds=2), **how})
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(task, 20)


async def left(database: Database) -> int:
    """How many jobs are in the queue, whatever their state."""
    async with database.system() as session:
        return (await session.execute(text("select count(*) from jobs"))).scalar_one()
