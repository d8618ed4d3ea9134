"""The embedded database is made, remade and reached by its own roles only."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.config import Config, read_config
from bot.db import migrate
from bot.db.backup import backup, restore
from bot.db.bootstrap import DATABASE, OWNER, RUNTIME, bootstrap
from bot.db.check import find_faults
from bot.db.database import Database, embedded_server
from bot.db.tenants import do_create_tenant, find_tenants
from bot.db.urls import connect_kwargs
from bot.embedded.scratch import state_folder


@pytest.fixture
def config() -> Iterator[Config]:
    folder = Path(tempfile.mkdtemp(prefix="bh-", dir=state_folder().parent))
    folder.chmod(0o755)
    yield read_config(home=folder / "home", database_url=None)
    shutil.rmtree(folder)


async def test_the_default_database_from_nothing_to_a_restored_backup(config: Config, tmp_path: Path) -> None:
    steps: list[str] = []
    database = await Database.open(config, steps.append)
    try:
        await migrate.upgrade(database.owner_url)
        assert all(one.ok for one in await find_faults(database.runtime_url, migrate.heads()))
        async with database.system() as session:
            await do_create_tenant(session, slug="acme", name="Acme")
    finally:
        await database.close()
    assert steps
    await backup(config, tmp_path / "one")
    await restore(config, tmp_path / "one", force=True)
    again = await Database.open(config, steps.append)
    try:
        async with again.system() as session:
            assert [one.slug for one in await find_tenants(session)] == ["acme"]
    finally:
        await again.close()
    assert not embedded_server(config).postmaster.alive()


async def test_bootstrap_heals_passwords_rights_and_runs_side_by_side(config: Config) -> None:
    server = embedded_server(config)
    await asyncio.to_thread(server.start)
    try:
        urls = await asyncio.gather(*(bootstrap(server) for _ in range(3)))
        assert len(set(urls)) == 1
        admin = await asyncpg.connect(**connect_kwargs(server.url(database=DATABASE)))
        await admin.execute(f"alter role {RUNTIME} bypassrls password 'changed'; alter role {OWNER} nologin")
        owner, runtime = await bootstrap(server)
        assert await admin.fetchval("select rolbypassrls from pg_roles where rolname = $1", RUNTIME) is False
        assert {row[0] for row in await admin.fetch("select extname from pg_extension")} >= {
            "vector",
            "pg_trgm",
        }
        await admin.close()
        for url, role in ((owner, OWNER), (runtime, RUNTIME)):
            connection = await asyncpg.connect(**connect_kwargs(url))
            assert await connection.fetchval("select current_user") == role
            await connection.close()
    finally:
        await asyncio.to_thread(server.stop)
