"""A connection that listens, and comes back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import text

from bot.db.wire import Wire
from bot.errors import Unavailable


async def test_it_asks_and_hears_and_comes_back_after_a_cut(database) -> None:
    wire, heard = Wire(database.connect_kwargs()), asyncio.Queue()
    try:
        await wire.listen("news", heard.put_nowait)
        assert await wire.fetch("select $1::int as n", 7) == [{"n": 7}]
        await wire.execute("select pg_notify('news', 'one')")
        assert await asyncio.wait_for(heard.get(), 5) == "one"
        (row,) = await wire.fetch("select pg_backend_pid() as pid")
        async with database.system() as session:
            await session.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": row["pid"]})
        with suppress(Unavailable):  # said once, unless the driver noticed by itself
            await wire.fetch("select 1")
        await wire.execute("select pg_notify('news', 'two')")
        assert await asyncio.wait_for(heard.get(), 5) == "two"
        await wire.unlisten("news", heard.put_nowait)
        await wire.execute("select pg_notify('news', 'three')")
        await wire.fetch("select 1")
        assert heard.empty()
    finally:
        await wire.close()


async def test_no_server_is_said(database) -> None:
    wire = Wire({**database.connect_kwargs(), "host": "/nowhere", "port": 1})
    with pytest.raises(Unavailable):
        await wire.fetch("select 1")
