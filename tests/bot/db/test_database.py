"""A transaction belongs to one tenant, from its first statement to its end, or does not begin."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import read_config
from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.pool import driver_of
from bot.errors import ConfigError, NoTenant
from tests.databases import TestServer, Urls

BOUND = text("select current_setting('app.tenant_id', true)")


async def bound_to(session: AsyncSession) -> str:
    return (await session.execute(BOUND)).scalar_one()


async def add_customer(session: AsyncSession, tenant_id: str, number: str = "1") -> None:
    await session.execute(
        text("insert into isp_customers (tenant_id, number, name) values (cast(:t as uuid), :n, 'Ana')"),
        {"t": tenant_id, "n": number},
    )


async def customers(session: AsyncSession) -> list[str]:
    return list((await session.execute(text("select number from isp_customers order by 1"))).scalars())


@pytest.mark.parametrize(
    "wrong", ["", " ", None, "acme", "1", b"x", "' or true --", "00000000-0000-0000-0000-00000000000g"]
)
async def test_without_a_tenant_nothing_begins(database: Database, wrong) -> None:
    with pytest.raises(NoTenant):
        async with database.tenant(wrong):
            pytest.fail("it began")


async def test_as_many_writes_as_connections_do_not_wait_for_each_other(
    urls, tenant: Tenant, monkeypatch
) -> None:
    monkeypatch.setattr("bot.db.database.POOL_TIMEOUT", 2.0)
    small = Database(runtime_url=urls.runtime, pool_size=2)
    begun = asyncio.Barrier(4)

    async def write() -> None:
        async with small.tenant(tenant.id) as session:
            await session.execute(text("select 1"))
            await begun.wait()  # every connection is taken; now each asks for its lease
            async with small.tenant(tenant.id) as lease:
                await lease.execute(text("select 1"))

    try:
        await asyncio.gather(*(write() for _ in range(4)))
    finally:
        await small.close()


async def test_the_whole_block_is_one_transaction(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant.id) as session:
            await add_customer(session, tenant.id)
            raise ZeroDivisionError
    async with database.tenant(tenant.id) as session:
        assert await customers(session) == []
        await add_customer(session, tenant.id)
    async with database.tenant(tenant.id) as session:
        assert await customers(session) == ["1"]


async def test_raw_statements_on_the_drivers_connection_are_inside(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant.id) as session:
            raw = (await (await session.connection()).get_raw_connection()).driver_connection
            assert raw.is_in_transaction()
            await raw.execute(
                "insert into isp_customers (tenant_id, number, name) values ($1, '1', 'Ana')", tenant.id
            )
            raise ZeroDivisionError
    async with database.tenant(tenant.id) as session:
        assert await customers(session) == []


async def test_after_a_commit_inside_the_block_nothing_more_is_asked(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(NoTenant):
        async with database.tenant(tenant.id) as session:
            await add_customer(session, tenant.id, "1")
            await session.commit()
            await add_customer(session, tenant.id, "2")
    async with database.tenant(tenant.id) as session:
        assert await customers(session) == ["1"]


async def test_nothing_of_a_tenant_stays_on_the_connection(
    urls: Urls, database: Database, tenant: Tenant
) -> None:
    narrow = Database(runtime_url=urls.runtime, pool_size=1)
    async with narrow.tenant(tenant.id) as session:
        await add_customer(session, tenant.id)
        first = (await session.execute(text("select pg_backend_pid()"))).scalar_one()
    async with narrow.system() as session:
        assert (await session.execute(text("select pg_backend_pid()"))).scalar_one() == first
        assert await bound_to(session) == ""
        assert await customers(session) == []
    connection = await narrow._pool.take()  # not even past the door
    assert await driver_of(connection).fetchval(str(BOUND)) == ""
    assert driver_of(connection).get_server_pid() == first
    await narrow._pool.give_back(connection)
    await narrow.close()


async def test_a_setting_that_leaked_into_the_session_is_overruled(
    urls: Urls, database: Database, tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        await add_customer(session, tenant.id)
    narrow = Database(runtime_url=urls.runtime, pool_size=1)
    connection = await narrow._pool.take()
    await driver_of(connection).execute(f"select set_config('app.tenant_id', '{tenant.id}', false)")
    await narrow._pool.give_back(connection)
    async with narrow.system() as session:
        assert await customers(session) == []
    async with narrow.tenant(str(uuid4())) as session:
        assert await customers(session) == []
    await narrow.close()


async def test_many_tasks_on_few_connections_never_see_each_other(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    for who in (tenant, other_tenant):
        async with database.tenant(who.id) as session:
            await add_customer(session, who.id, who.slug)

    async def ask(who: Tenant) -> bool:
        async with database.tenant(who.id) as session:
            seen = await customers(session)
            await asyncio.sleep(0)
            return seen == await customers(session) == [who.slug]

    assert all(await asyncio.gather(*(ask((tenant, other_tenant)[i % 2]) for i in range(200))))


async def test_an_id_is_taken_in_any_usual_spelling(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id.upper()) as session:
        assert await bound_to(session) == tenant.id


async def test_raw_connections_are_the_runtime_role(database: Database, tenant: Tenant) -> None:
    connection = await asyncpg.connect(**database.connect_kwargs())
    row = await connection.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
    )
    assert not any(row)
    await connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "alter table isp_customers disable row level security",
        "drop policy tenant on isp_customers",
        "truncate isp_customers",
        "create table mine (x int)",
        "drop table isp_customers",
        "update alembic_version set version_num = '0'",
        "set role backhaul_owner",
        "set session authorization postgres",
        "create policy open on isp_customers using (true)",
        "copy isp_customers to program 'id'",
        "select pg_read_file('postgresql.conf')",
        "alter role backhaul_app bypassrls",
        "alter table tenants owner to backhaul_app",
        "alter default privileges for role backhaul_owner grant all on tables to public",
    ],
)
async def test_the_runtime_role_can_not_open_the_fence(database: Database, tenant: Tenant, sql: str) -> None:
    connection = await asyncpg.connect(**database.connect_kwargs())
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    finally:
        await connection.close()


async def test_row_security_off_gives_an_error_not_rows(database: Database, tenant: Tenant) -> None:
    connection = await asyncpg.connect(**database.connect_kwargs())
    await connection.execute("set row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("select * from isp_customers")
    await connection.close()


async def test_open_uses_the_database_the_configuration_names(urls: Urls, server: TestServer) -> None:
    opened = await Database.open(read_config(database_url=urls.runtime))
    async with opened.system() as session:
        assert (await session.execute(text("select current_database()"))).scalar_one() == urls.name
    with pytest.raises(ConfigError, match="DATABASE_OWNER_URL"):
        _ = opened.owner_url
    await opened.close()


async def test_open_refuses_a_role_that_sees_everything(urls: Urls, server: TestServer) -> None:
    with pytest.raises(ConfigError, match="nosuperuser nobypassrls"):
        await Database.open(read_config(database_url=server.postgres.url(database=urls.name)))
    unchecked = await Database.open(
        read_config(database_url=server.postgres.url(database=urls.name)), check=False
    )
    await unchecked.close()
