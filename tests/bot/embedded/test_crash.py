"""Kill -9 of the server under four writers: every acknowledged row is there again."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.db.urls import connect_kwargs
from bot.embedded.server import EmbeddedPostgres

TABLE = """
create extension if not exists vector;
create extension if not exists amcheck;
create table if not exists kept (id bigserial primary key, writer int, place vector(64));
create index if not exists kept_place on kept using hnsw (place vector_l2_ops);
"""
ROUNDS, WRITERS, SECONDS = 5, 4, 2.0


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="bh-", dir="/tmp"))
    folder.chmod(0o755)
    with EmbeddedPostgres(root=folder / "pg") as started:
        yield started
    shutil.rmtree(folder)


async def write(server: EmbeddedPostgres, writer: int, acknowledged: set[int], stop: asyncio.Event) -> None:
    sql = "insert into kept (writer, place) values ($1, $2::text::vector) returning id"
    connection = await asyncpg.connect(**connect_kwargs(server.url()))
    with contextlib.suppress(
        asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError
    ):
        while not stop.is_set():
            place = str([random.random() for _ in range(64)])
            acknowledged.add(await connection.fetchval(sql, writer, place))
    connection.terminate()


@pytest.mark.deep
async def test_no_acknowledged_row_is_lost_to_kill_9(server: EmbeddedPostgres) -> None:
    acknowledged: set[int] = set()
    for _ in range(ROUNDS):
        connection = await asyncpg.connect(**connect_kwargs(server.url()))
        await connection.execute(TABLE)
        await connection.close()
        stop, before = asyncio.Event(), len(acknowledged)
        writers = [asyncio.create_task(write(server, n, acknowledged, stop)) for n in range(WRITERS)]
        await asyncio.sleep(SECONDS)
        os.kill(server.postmaster.status()[0], signal.SIGKILL)
        while server.postmaster.alive():
            await asyncio.sleep(0.001)
        stop.set()
        await asyncio.gather(*writers)
        assert len(acknowledged) > before
        await asyncio.to_thread(server.start)
        connection = await asyncpg.connect(**connect_kwargs(server.url()))
        kept = {row[0] for row in await connection.fetch("select id from kept")}
        assert acknowledged <= kept
        await connection.execute("select bt_index_check('kept_pkey', true)")
        near = await connection.fetch(
            "select id from kept order by place <-> (select place from kept limit 1) limit 5"
        )
        assert len(near) == 5
        await connection.close()
