"""A database in trouble is said in one sentence that tells whether anything was changed."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bot.contract.people import Tenant
from bot.db import database as module
from bot.db.database import Database
from bot.db.outage import said, words_for
from bot.db.tenants import do_create_tenant, find_tenants
from bot.db.urls import connect_kwargs
from bot.errors import Conflict, NotFound, OutcomeUnknown, Unavailable
from tests.databases import TestServer, Urls

ME = text("select pg_backend_pid()")


async def kill(server: TestServer, pid: int) -> None:
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url()))
    await connection.execute("select pg_terminate_backend($1, 5000)", pid)
    await connection.close()


async def test_a_database_that_is_not_there(tmp_path) -> None:
    for url in (f"postgresql://a:b@/x?host={tmp_path}", "postgresql://a:b@127.0.0.1:1/x"):
        database = Database(runtime_url=url)
        with pytest.raises(Unavailable, match="does not answer; nothing was changed"):
            async with database.system():
                pytest.fail("it began")
        await database.close()


async def test_a_wrong_password_says_nothing_about_it(urls: Urls) -> None:
    database = Database(runtime_url=urls.runtime.replace("backhaul_app:", "backhaul_app:x"))
    with pytest.raises(Unavailable) as caught:
        async with database.system():
            pytest.fail("it began")
    assert "backhaul_app" not in str(caught.value)
    await database.close()


async def test_no_free_connection(urls: Urls, server: TestServer) -> None:
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url()))
    await connection.execute(f'alter database "{urls.name}" connection limit 0')
    await connection.close()
    database = Database(runtime_url=urls.runtime)
    with pytest.raises(Unavailable, match="no free connection; nothing was changed"):
        async with database.system():
            pytest.fail("it began")
    await database.close()


async def test_a_pool_that_is_used_up(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POOL_TIMEOUT", 0.05)
    monkeypatch.setattr(module, "INNER", 1)
    database = Database(runtime_url=urls.runtime, pool_size=1)
    async with database.system(), database.system(), database.system():  # one, and two inside of it
        with pytest.raises(Unavailable, match="busy; nothing was changed"):
            async with database.system():
                pytest.fail("it began")
    await database.close()


async def test_a_connection_lost_in_the_middle(
    database: Database, server: TestServer, tenant: Tenant
) -> None:
    with pytest.raises(Unavailable, match="nothing was changed"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text("update tenants set name = 'Other'"))
            await kill(server, (await session.execute(ME)).scalar_one())
            await session.execute(text("select 1"))
    async with database.system() as session:  # and the pool has recovered
        assert [one.name for one in await find_tenants(session)] == ["Acme Fiber"]


async def test_connections_that_died_while_idle_are_not_noticed(urls: Urls, server: TestServer) -> None:
    database = Database(runtime_url=urls.runtime, pool_size=3)
    async with database.system() as one, database.system() as two:
        pids = [(await session.execute(ME)).scalar_one() for session in (one, two)]
    for pid in pids:
        await kill(server, pid)
    async with database.system() as one, database.system() as two:
        assert [(await session.execute(text("select 1"))).scalar_one() for session in (one, two)] == [1, 1]
    await database.close()


async def test_a_connection_lost_while_saving_leaves_it_open(
    database: Database, server: TestServer, tenant: Tenant
) -> None:
    with pytest.raises(OutcomeUnknown, match="may or may not"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text("update tenants set name = 'Other'"))
            await kill(server, (await session.execute(ME)).scalar_one())


async def test_a_statement_that_takes_too_long(database: Database) -> None:
    with pytest.raises(Unavailable, match="took too long"):
        async with database.system() as session:
            await session.execute(text("select set_config('statement_timeout', '20ms', true)"))
            await session.execute(text("select pg_sleep(10)"))


async def test_statements_are_bounded_unless_said_otherwise(database: Database) -> None:
    async with database.system() as session:
        found = await session.execute(
            text("select name, setting from pg_settings where name like '%\\_timeout'")
        )
        bounded = {name: int(value) for name, value in found}
    assert bounded["statement_timeout"] == bounded["idle_in_transaction_session_timeout"] == 60_000
    assert bounded["lock_timeout"] == 20_000


async def test_records_that_somebody_else_holds(database: Database, tenant: Tenant) -> None:
    change = text("update tenants set name = name || '!'")
    async with database.tenant(tenant.id) as first:
        await first.execute(change)
        with pytest.raises(Unavailable, match="Somebody else is changing"):
            async with database.tenant(tenant.id) as second:
                await second.execute(text("select set_config('lock_timeout', '20ms', true)"))
                await second.execute(change)


async def test_a_deadlock_has_one_loser_who_is_told(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    both = asyncio.Barrier(2)

    async def one(*locks: int) -> str:
        try:
            async with database.system() as session:
                await session.execute(text("select pg_advisory_xact_lock(:n)"), {"n": locks[0]})
                await both.wait()
                await session.execute(text("select pg_advisory_xact_lock(:n)"), {"n": locks[1]})
        except Conflict as error:
            return str(error)
        return "won"

    results = sorted(await asyncio.gather(one(1, 2), one(2, 1)))
    assert results[1] == "won"
    assert "nothing was changed" in results[0]


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("53100", Unavailable, "disk is full"),
        ("53200", Unavailable, "out of memory"),
        ("53400", Unavailable, "busy"),
        ("57P01", Unavailable, "does not answer"),
        ("58030", Unavailable, "does not answer"),
        ("25006", Unavailable, "takes no changes"),
        ("40001", Conflict, "same moment"),
    ],
)
async def test_what_the_server_reports(database: Database, code: str, kind: type, says: str) -> None:
    with pytest.raises(kind, match=f"{says}.*nothing was changed"):
        async with database.system() as session:
            await session.execute(text(f"do $$ begin raise exception 'x' using errcode = '{code}'; end $$"))


async def test_a_raw_connection_in_trouble_is_said_too(database: Database, tenant: Tenant) -> None:
    with pytest.raises(Unavailable, match="disk is full"):
        async with database.tenant(tenant.id) as session:
            raw = (await (await session.connection()).get_raw_connection()).driver_connection
            await raw.execute("do $$ begin raise exception 'x' using errcode = '53100'; end $$")


async def test_mistakes_of_the_caller_are_not_outages(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ProgrammingError):
        async with database.system() as session:
            await session.execute(text("select * from no_such_table"))
    with pytest.raises(IntegrityError):
        async with database.tenant(tenant.id) as session:
            await session.execute(text("update tenants set currency = 'euro'"))


async def test_other_errors_pass_untouched(database: Database) -> None:
    for error in (
        FileNotFoundError("of a plugin"),
        TimeoutError("of a plugin"),
        NotFound("no such customer"),
    ):
        with pytest.raises(type(error), match=str(error)):
            async with database.system():
                raise error


async def test_parameters_do_not_show_in_errors(database: Database, tenant: Tenant) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.tenant(tenant.id) as session:
            await session.execute(text("update tenants set currency = :c"), {"c": "hush"})
    assert "parameters hidden" in str(caught.value)


async def test_a_conflict_on_the_way_out_is_not_swallowed(database: Database, tenant: Tenant) -> None:
    with pytest.raises(Conflict, match="already a tenant"):
        async with database.system() as session:
            await do_create_tenant(session, slug="acme", name="x")


def test_a_context_without_trouble_is_silent() -> None:
    with said(connecting=True, saving=True):
        pass
    assert words_for(ValueError("x")) is None
