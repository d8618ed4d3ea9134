"""A backup comes back whole: rows, row security, privileges; and nothing is overwritten by accident."""

import stat
import tarfile
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from bot.config import Config, read_config
from bot.db import migrate
from bot.db.archive import MANIFEST, read_manifest, write_archive
from bot.db.backup import backup, restore
from bot.db.bootstrap import RUNTIME
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.tenants import do_create_tenant, find_tenants
from bot.db.urls import connect_kwargs
from bot.errors import BadInput, ConfigError, Conflict, NoTenant, Unavailable
from tests.databases import TestServer, Urls


def configure(urls: Urls, server: TestServer, home: Path) -> Config:
    return read_config(
        home=home,
        database_url=urls.runtime,
        database_owner_url=urls.owner,
        database_backup_url=server.postgres.url(database=urls.name),
    )


@pytest.fixture
def config(urls: Urls, server: TestServer, tmp_path: Path) -> Config:
    return configure(urls, server, tmp_path / "home")


@pytest.fixture
def target(empty_urls: Urls, server: TestServer, tmp_path: Path) -> Config:
    return configure(empty_urls, server, tmp_path / "home")


async def fill(urls: Urls) -> list[str]:
    database = Database(runtime_url=urls.runtime)
    ids = []
    for slug in ("acme", "globex"):
        async with database.system() as session:
            tenant = await do_create_tenant(session, slug=slug, name=slug.title())
            await session.execute(
                text(
                    "insert into isp_customers (tenant_id, number, name) values (cast(:t as uuid), :n, :name)"
                ),
                {"t": tenant.id, "n": f"{slug}-1", "name": "Zoë 'the' \"customer\"\t\\N"},
            )
            ids.append(tenant.id)
    await database.close()
    return ids


async def state(urls: Urls, server: TestServer) -> dict[str, list[tuple]]:
    """Everything about tables that a restore could get wrong."""
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    questions = {
        "row security": "select relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'S') order by 1",
        "policies": "select tablename, policyname, cmd, qual, with_check from pg_policies order by 1, 2",
        "privileges": "select c.relname, acl.privilege_type from pg_class c, aclexplode(c.relacl) acl"
        f" where acl.grantee = '{RUNTIME}'::regrole order by 1, 2",
        "indexes": "select indexdef from pg_indexes where schemaname = 'public' order by 1",
        "triggers": "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2",
        "routines": "select oid::regprocedure::text, prosecdef from pg_proc where pronamespace = 'public'::regnamespace order by 1",
        "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace = 'public'::regnamespace order by 1, 2",
        "revisions": "select version_num from alembic_version order by 1",
        "tenants": "select * from tenants order by slug",
        "customers": "select * from isp_customers order by number",
    }
    found = {name: [tuple(row) for row in await connection.fetch(sql)] for name, sql in questions.items()}
    await connection.close()
    return found


async def test_a_backup_comes_back_whole(config, target, urls, empty_urls, server, tmp_path) -> None:
    ids = await fill(urls)
    file = tmp_path / "backhaul.backup"
    steps: list[str] = []
    made = await backup(config, file, steps.append)
    assert (made.tenants, made.revisions) == (2, migrate.heads())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if "backhaul" in one.name] == ["backhaul.backup"]
    assert read_manifest(file) == made
    assert str(made).startswith(f"2 tenants, tables at {', '.join(migrate.heads())}, made 20")

    assert await restore(target, file, steps.append) == made
    before, after = await state(urls, server), await state(empty_urls, server)
    for name, rows in before.items():
        assert after[name] == rows, name
        assert rows, name
    assert len(steps) >= 5

    database = Database(runtime_url=empty_urls.runtime)
    async with database.tenant(ids[0]) as session:
        seen = (await session.execute(text("select number from isp_customers"))).scalars().all()
        assert seen == ["acme-1"]
        assert [one.slug for one in await find_tenants(session)] == ["acme"]
    with pytest.raises(NoTenant):
        async with database.tenant(""):
            pass
    await database.close()


async def test_nothing_is_overwritten_unless_forced(config, urls, server, tmp_path) -> None:
    await fill(urls)
    file = tmp_path / "backhaul.backup"
    await backup(config, file)
    before = await state(urls, server)
    database = Database(runtime_url=urls.runtime)
    async with database.system() as session:
        await do_create_tenant(session, slug="later", name="Later")
    await database.close()

    with pytest.raises(Conflict, match="already holds 3 tenant"):
        await restore(config, file)
    await restore(config, file, force=True)
    assert await state(urls, server) == before


async def test_a_failing_restore_leaves_everything_as_it_was(config, urls, server, tmp_path) -> None:
    await fill(urls)
    file, broken = tmp_path / "backhaul.backup", tmp_path / "broken.backup"
    made = await backup(config, file)
    with tarfile.open(file) as tar:
        (tmp_path / "database.dump").write_bytes(tar.extractfile("database.dump").read())
    write_archive(
        broken,
        made.model_copy(update={"grants": ("grant select on table no_such_table",)}),
        tmp_path / "database.dump",
    )
    before = await state(urls, server)
    with pytest.raises(Unavailable, match="no_such_table"):
        await restore(config, broken, force=True)
    assert await state(urls, server) == before


async def test_a_running_bot_is_not_pulled_from_under(config, urls, tmp_path) -> None:
    await fill(urls)
    file = tmp_path / "backhaul.backup"
    await backup(config, file)
    database = Database(runtime_url=urls.runtime)
    async with database.system() as session:
        await find_tenants(session)
        with pytest.raises(Conflict, match="stop it first"):
            await restore(config, file, force=True)
    await database.close()


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 4096])
async def test_a_file_that_is_no_backup_is_said(target, tmp_path, content: bytes) -> None:
    file = tmp_path / "holiday.jpg"
    file.write_bytes(content)
    with pytest.raises(BadInput, match="no backup of Backhaul"):
        await restore(target, file)
    with pytest.raises(BadInput, match="There is no file"):
        await restore(target, tmp_path / "nowhere")


async def test_a_truncated_backup_changes_nothing(config, urls, server, tmp_path) -> None:
    await fill(urls)
    file = tmp_path / "backhaul.backup"
    await backup(config, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    before = await state(urls, server)
    with pytest.raises((BadInput, Unavailable)):
        await restore(config, file, force=True)
    assert await state(urls, server) == before


async def test_a_backup_of_a_newer_version_is_refused(config, urls, tmp_path) -> None:
    await fill(urls)
    made = await backup(config, tmp_path / "one")
    (tmp_path / "dump").write_bytes(b"")
    write_archive(tmp_path / "newer", made.model_copy(update={"revisions": ("9999",)}), tmp_path / "dump")
    with pytest.raises(BadInput, match=r"newer Backhaul.*9999"):
        await restore(config, tmp_path / "newer", force=True)


async def test_the_master_key_is_named_when_it_is_another(config, target, urls, tmp_path) -> None:
    await fill(urls)
    made = await backup(config, tmp_path / "one")
    assert made.key == Cipher.from_config(config).seals_with
    steps: list[str] = []
    await restore(target.model_copy(update={"home": tmp_path / "elsewhere"}), tmp_path / "one", steps.append)
    assert any(made.key in step for step in steps)


async def test_a_backup_needs_a_role_that_reads_everything(config, urls, tmp_path) -> None:
    await fill(urls)
    with pytest.raises(ConfigError, match="create role backhaul_backup"):
        await backup(config.model_copy(update={"database_backup_url": None}), tmp_path / "one")
    with pytest.raises(ConfigError, match="lacks BYPASSRLS"):
        await backup(
            config.model_copy(update={"database_backup_url": config.database_owner_url}), tmp_path / "one"
        )
    assert not (tmp_path / "one").exists()


async def test_a_backup_needs_a_folder_and_tables(target, tmp_path) -> None:
    with pytest.raises(Conflict, match="never migrated"):
        await backup(target, tmp_path / "one")
    await migrate.upgrade(target.database_owner_url.get_secret_value())
    with pytest.raises(BadInput, match="no folder"):
        await backup(target, tmp_path / "missing" / "one")


async def test_an_existing_file_is_kept(config, urls, tmp_path) -> None:
    await fill(urls)
    (tmp_path / "one").write_text("precious")
    with pytest.raises(Conflict, match="already exists"):
        await backup(config, tmp_path / "one")
    assert (tmp_path / "one").read_text() == "precious"


async def test_no_password_is_in_the_archive(config, urls, tmp_path) -> None:
    await fill(urls)
    await backup(config, tmp_path / "one")
    whole = (tmp_path / "one").read_bytes()
    for url in (config.database_url, config.database_owner_url, config.database_backup_url):
        assert connect_kwargs(url.get_secret_value())["password"].encode() not in whole
    with tarfile.open(tmp_path / "one") as tar:
        assert tar.getnames() == [MANIFEST, "database.dump"]
