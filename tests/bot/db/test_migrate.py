"""Every revision goes up, down and up again, alone and all together, for a database of ours and of yours."""

import asyncio

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from bot.config import read_config
from bot.db import migrate
from bot.db.bootstrap import OWNER
from bot.db.database import Database
from bot.db.tenants import do_create_tenant, find_tenants
from bot.db.urls import connect_kwargs
from bot.errors import BadInput, ConfigError, Unavailable
from tests.databases import TestServer, Urls

SHAPE = {
    "columns": "select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns"
    " where table_schema = 'public' order by 1, 2",
    "indexes": "select indexdef from pg_indexes where schemaname = 'public' order by 1",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace order by 1, 2",
    "policies": "select tablename, policyname, cmd, qual, with_check from pg_policies order by 1, 2",
    "security": "select relname, relrowsecurity, relforcerowsecurity from pg_class"
    " where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
    "routines": "select oid::regprocedure::text, pg_get_functiondef(oid) from pg_proc p where pronamespace = 'public'::regnamespace"
    " and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1",
    "triggers": "select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1, 2",
    "types": "select typname from pg_type t where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')"
    " and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e') order by 1",
    "privileges": "select c.relname, acl.grantee::regrole::text, acl.privilege_type from pg_class c, aclexplode(c.relacl) acl"
    " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S') order by 1, 2, 3",
}


async def shape(url: str) -> dict[str, list[tuple]]:
    connection = await asyncpg.connect(**connect_kwargs(url))
    try:
        return {name: [tuple(row) for row in await connection.fetch(sql)] for name, sql in SHAPE.items()}
    finally:
        await connection.close()


def without_version(found: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    return {name: [row for row in rows if "alembic_version" not in str(row)] for name, rows in found.items()}


async def test_up_down_up_leaves_the_same_tables(empty_urls: Urls) -> None:
    before = await shape(empty_urls.owner)
    await migrate.upgrade(empty_urls.owner)
    up = await shape(empty_urls.owner)
    assert await migrate.current(empty_urls.owner) == migrate.heads()
    assert len(up["security"]) > 20
    await migrate.downgrade(empty_urls.owner, "base")
    assert await migrate.current(empty_urls.owner) == ()
    assert without_version(await shape(empty_urls.owner)) == without_version(before)
    await migrate.upgrade(empty_urls.owner)
    assert await shape(empty_urls.owner) == up


async def test_each_revision_alone_undoes_what_it_did(
    empty_urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = migrate.script()
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _: script)  # else all are read at every step
    revisions = [one.revision for one in reversed(list(script.walk_revisions()))]
    for revision in revisions:
        before = without_version(await shape(empty_urls.owner))
        await migrate.upgrade(empty_urls.owner, revision)
        await migrate.downgrade(empty_urls.owner, f"{revision}@-1" if revision != revisions[0] else "base")
        assert without_version(await shape(empty_urls.owner)) == before, revision
        await migrate.upgrade(empty_urls.owner, revision)


async def test_migrating_again_changes_nothing(urls: Urls) -> None:
    before = await shape(urls.owner)
    await migrate.upgrade(urls.owner)
    assert await shape(urls.owner) == before


async def test_several_processes_migrating_at_once_take_turns(empty_urls: Urls) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_urls.owner) for _ in range(3)))
    assert await migrate.current(empty_urls.owner) == migrate.heads()


async def test_tables_belong_to_the_owner_and_not_to_the_bot(urls: Urls) -> None:
    connection = await asyncpg.connect(**connect_kwargs(urls.owner))
    owners = await connection.fetch("select distinct tableowner from pg_tables where schemaname = 'public'")
    assert [row[0] for row in owners] == [OWNER]
    await connection.close()


async def test_a_database_of_yours_grants_the_bot_its_rows(empty_urls: Urls, server: TestServer) -> None:
    admin = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=empty_urls.name)))
    role = f"yours_{empty_urls.name}"
    await admin.execute(f"create role \"{role}\" login password 'p'")
    runtime = (
        empty_urls.runtime.replace("backhaul_app:", f"{role}:p@@").split("@@")[0]
        + "@/"
        + empty_urls.runtime.split("@/")[1]
    )
    try:
        await migrate.upgrade(empty_urls.owner, runtime_url=runtime)
        database = await Database.open(read_config(database_url=runtime, database_owner_url=empty_urls.owner))
        assert connect_kwargs(database.owner_url) == connect_kwargs(empty_urls.owner)
        async with database.system() as session:
            await do_create_tenant(session, slug="acme", name="Acme")
        async with database.system() as session:
            assert [one.slug for one in await find_tenants(session)] == ["acme"]
        await database.close()
        connection = await asyncpg.connect(**connect_kwargs(runtime))
        for refused in (
            "truncate tenants",
            "update alembic_version set version_num = '0'",
            "insert into audit_heads default values",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(refused)
        await connection.close()
    finally:
        await migrate.downgrade(empty_urls.owner, "base")
        await admin.execute(f'drop owned by "{role}"; drop role "{role}"')
        await admin.close()


async def test_extensions_that_an_owner_may_create_are_created(empty_urls: Urls, server: TestServer) -> None:
    admin = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=empty_urls.name)))
    await admin.execute("drop extension pg_trgm; drop extension unaccent; drop extension btree_gin")
    opened = await Database.open(
        read_config(database_url=empty_urls.runtime, database_owner_url=empty_urls.owner)
    )
    await migrate.upgrade(opened.owner_url, runtime_url=opened.runtime_url)
    await opened.close()
    assert {row[0] for row in await admin.fetch("select extname from pg_extension")} >= {
        "pg_trgm",
        "unaccent",
        "btree_gin",
    }
    await admin.close()


async def test_a_missing_extension_is_said_with_its_sql(empty_urls: Urls, server: TestServer) -> None:
    admin = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=empty_urls.name)))
    await admin.execute("drop extension vector")
    await admin.close()
    with pytest.raises(ConfigError, match="as a superuser: create extension vector;"):
        await migrate.upgrade(empty_urls.owner)


async def test_a_database_that_does_not_answer_is_said(tmp_path) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await migrate.upgrade(f"postgresql://a:b@/x?host={tmp_path}")
    with pytest.raises(Unavailable, match="does not answer"):
        await migrate.current(f"postgresql://a:b@/x?host={tmp_path}")


def test_the_newest_revision_is_one_or_known_heads() -> None:
    known = {one.revision for one in migrate.script().walk_revisions()}
    assert set(migrate.heads()) <= known
    assert migrate.script().get_base() == "0001"


@pytest.mark.parametrize("nowhere", ["nonsense", "9999", "0"])
async def test_going_back_to_where_there_is_nothing_is_refused(urls: Urls, nowhere: str) -> None:
    with pytest.raises(BadInput, match=rf"no revision '{nowhere}' to go back to"):
        await migrate.downgrade(urls.owner, nowhere)
    assert await migrate.current(urls.owner) == migrate.heads()


async def test_a_database_of_a_newer_version_is_left_alone(urls: Urls) -> None:
    connection = await asyncpg.connect(**connect_kwargs(urls.owner))
    await connection.execute("update alembic_version set version_num = '9999'")
    await connection.close()
    for there in (migrate.upgrade(urls.owner), migrate.downgrade(urls.owner, "base")):
        with pytest.raises(ConfigError, match="a newer one migrated it"):
            await there
    assert await migrate.current(urls.owner) == ("9999",)
