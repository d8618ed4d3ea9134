"""Fresh migrated databases for tests: cloned from a template, on one server all test processes share."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

import migrations
from bot.db import migrate
from bot.db.bootstrap import OWNER, RUNTIME, bootstrap, furnish
from bot.db.urls import connect_kwargs
from bot.embedded.scratch import state_folder
from bot.embedded.server import EmbeddedPostgres

T = TypeVar("T")
BUILD_LOCK = 723499
PLACE = "backhaul_of_that_name"
"""Stands where a database's name will in the URLs that are kept."""
SETTINGS = {
    "max_connections": "300",
    "shared_buffers": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1h",
}


TIDY = "vacuum pg_shdepend, pg_database"
"""What all databases share grows with each that is made: two gigabytes in a day, as autovacuum is off."""
ENOUGH = 250
"""Databases after which it is done again."""


def fingerprint() -> str:
    """Changes with every migration, and with what bootstrap puts beside them."""
    digest = hashlib.sha256()
    here = Path(migrations.__file__).parent
    beside = Path(migrate.__file__)
    for path in sorted([*here.rglob("*.py"), beside, beside.with_name("bootstrap.py"), Path(__file__)]):
        digest.update(str(path.name).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Urls:
    """One database, as its owner and as the bot."""

    name: str
    owner: str
    runtime: str


def owner_is_gone(name: str) -> bool:
    """Say whether the process that made this database for its tests has ended."""
    if (found := re.fullmatch(r"backhaul_test_(\d+)_\d+", name)) is None:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's process
        return False
    return False


class TestServer:
    """The shared server. Its own thread makes and drops databases, one ahead of the tests that want them."""

    __test__ = False

    def __init__(self) -> None:
        self.postgres = EmbeddedPostgres(root=state_folder() / "pg", settings=SETTINGS)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-databases", daemon=True)
        self._numbers = count(1)
        self._template = ""
        self._ways: dict[str, str] = {}
        self._ahead: Future[Urls] | None = None
        self._chores: list[Future[None]] = []

    def start(self) -> TestServer:
        """Start or attach, and build the template if the migrations changed."""
        self.postgres.start()
        self._thread.start()
        self.run(self._open())
        return self

    def stop(self) -> None:
        """Drop what is left; the last process stops the server."""
        if self._ahead is not None:
            self._chores.append(self.submit(self._drop(self._ahead.result().name)))
        for chore in self._chores:
            chore.result()
        self.run(self._admin.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.postgres.stop()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the server's own thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's own thread and wait for it."""
        return self.submit(coroutine).result()

    async def take(self, *, migrated: bool = True) -> Urls:
        """Return a database of one's own; migrated ones are made one ahead."""
        if not migrated:
            return await asyncio.wrap_future(self.submit(self._make(migrated=False)))
        mine = self._ahead or self.submit(self._make())
        self._ahead = None
        urls = await asyncio.wrap_future(mine)
        self._ahead = self.submit(self._make())
        return urls

    def give_back(self, urls: Urls) -> None:
        """Drop it, in the background."""
        self._chores = [chore for chore in self._chores if not chore.done() or chore.exception()]
        self._chores.append(self.submit(self._drop(urls.name)))

    def urls(self, name: str) -> Urls:
        """Return the URLs of one database."""
        return Urls(name=name, owner=self._url(OWNER, name), runtime=self._url(RUNTIME, name))

    def _url(self, role: str, name: str) -> str:
        """Its password is read once: this thread works while tests put other things in the place of files."""
        if role not in self._ways:
            self._ways[role] = self.postgres.url(role, PLACE)
        return self._ways[role].replace(f"/{PLACE}?", f"/{name}?")

    async def _open(self) -> None:
        await bootstrap(self.postgres)
        self.urls(PLACE)
        self._turn = asyncio.Lock()  # one asyncpg connection does one thing at a time
        self._admin = await asyncpg.connect(**connect_kwargs(self.postgres.url()))
        self._template = f"backhaul_template_{fingerprint()}"
        await self._admin.execute(f"select pg_advisory_lock({BUILD_LOCK})")
        try:
            await self._sweep()
            await self._admin.execute(TIDY)
            if not await self._admin.fetchval("select 1 from pg_database where datname = $1", self._template):
                await self._build()
            await self._warm()
        finally:
            await self._admin.execute(f"select pg_advisory_unlock({BUILD_LOCK})")

    async def _sweep(self) -> None:
        """Drop what crashed runs and old migrations left behind; others may be dropping theirs meanwhile."""
        old = await self._admin.fetch(
            "select datname, age > interval '1 day' as forgotten from (select datname, now()"
            " - (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification as age from pg_database"
            " where datname like 'backhaul\\_t%' and datname <> $1) as ours where age > interval '1 hour'",
            self._template,
        )
        for row in old:
            if row["forgotten"] or owner_is_gone(row["datname"]):
                await self._admin.execute(f'drop database if exists "{row["datname"]}" with (force)')

    async def _build(self) -> None:
        half = f"backhaul_template_half_{os.getpid()}"
        await self._admin.execute(f'drop database if exists "{half}" with (force)')
        await self._admin.execute(f'create database "{half}" owner "{OWNER}"')
        await furnish(connect_kwargs(self.postgres.url(database=half)))
        await migrate.upgrade(self.postgres.url(OWNER, half))
        await self._admin.execute(f'alter database "{half}" rename to "{self._template}"')

    async def _warm(self) -> None:
        """Let PostgreSQL write down what it knows of its own tables, which it forgets when it starts.

        Every copy has it then. Whoever copies at this moment waits for us, and we for them.
        """
        await (await asyncpg.connect(**connect_kwargs(self.postgres.url(database=self._template)))).close()

    async def _make(self, *, migrated: bool = True) -> Urls:
        number = next(self._numbers)
        name = f"backhaul_test_{os.getpid()}_{number}"
        async with self._turn:
            if number % ENOUGH == 0:
                await self._admin.execute(TIDY)
            await self._admin.execute(f'drop database if exists "{name}" with (force)')
            origin = f'template "{self._template}" strategy file_copy' if migrated else ""
            await self._admin.execute(f'create database "{name}" owner "{OWNER}" {origin}')
        if not migrated:
            await furnish(connect_kwargs(self.postgres.url(database=name)))
        return self.urls(name)

    async def _drop(self, name: str) -> None:
        async with self._turn:
            await self._admin.execute(f'drop database if exists "{name}" with (force)')
