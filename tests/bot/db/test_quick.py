"""What goes straight to the driver says and refuses what SQLAlchemy's own way does, and loses no connection."""

from __future__ import annotations

import asyncio
import gc
import warnings
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import literal, make_url, select, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    ProgrammingError,
    UnboundExecutionError,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.pool import Pool
from bot.db.session import after_commit
from bot.db.urls import connect_kwargs
from bot.errors import ConfigError, DatabaseBusy, NoTenant
from tests.savepoints import savepoint

NUMBER = UUID("c4118e0d-0000-4000-8000-000000000001")
AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
STATEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("select 1 as one, 'two' as two, null as three", {}),
    ("select cast(:id as uuid) as id, cast(:id as text) as same", {"id": str(NUMBER)}),
    ("select cast(:told as jsonb) as told, cast(:told as json) as as_said", {"told": '{"a": [1, "é"]}'}),
    ("select cast(:at as timestamptz) + :span as at, cast(:day as date) as day",
     {"at": AT, "span": timedelta(hours=2), "day": date(2026, 3, 29)}),
    ("select cast(:some as text[]) as some, cast(:none as text) is null as is_none", {"some": ["a"], "none": None}),
    ("select cast(:money as numeric) as money, cast(:bytes as bytea) as bytes",
     {"money": Decimal("10.50"), "bytes": b"\x00a"}),
    ("select n, n::text as said from generate_series(1, :most) as n order by n desc", {"most": 3}),
    ("select '12:30'::text as said, '\\:no'::text as escaped, 5 % 3 as rest", {}),
    ("select 1 where false", {}),
    ("select cast('10.0.0.1' as inet)::text as ip, interval '1 day' as day, 1.5::float8 as half", {}),
]  # fmt: skip


async def shown(session: AsyncSession, sql: str, values: dict[str, Any]) -> list[Any]:
    """Return all that can be asked of a result."""

    async def result() -> Any:
        return await session.execute(text(sql), values)

    said: list[Any] = [
        [tuple(row) for row in await result()],
        [row._asdict() for row in (await result()).all()],
        [dict(row) for row in (await result()).mappings()],
        list((await result()).scalars()),
        (await result()).scalars().all(),
        (await result()).scalar(),
    ]
    for name in ("first", "one", "one_or_none", "scalar_one", "scalar_one_or_none"):
        try:
            found = getattr(await result(), name)()
        except (NoResultFound, MultipleResultsFound) as error:
            found = type(error)
        said.append(tuple(found) if hasattr(found, "_asdict") else found)
    return said


@pytest.mark.parametrize(("sql", "values"), STATEMENTS)
async def test_both_ways_say_the_same(
    database: Database, tenant: Tenant, sql: str, values: dict[str, Any]
) -> None:
    async with database.tenant(tenant.id) as session:
        quick = await shown(session, sql, values)
    async with AsyncSession(database.engine) as session:
        assert quick == await shown(session, sql, values)


@pytest.mark.parametrize(
    ("sql", "values", "kind", "code"),
    [
        ("insert into users (name, email) values (null, 'x')", {}, IntegrityError, "23502"),
        ("select nothing from nowhere", {}, ProgrammingError, "42P01"),
        ("select 1 / cast(:by as int)", {"by": 0}, DBAPIError, "22012"),
    ],
)
async def test_both_ways_fail_the_same(
    database: Database, tenant: Tenant, sql: str, values: dict[str, Any], kind: type[DBAPIError], code: str
) -> None:
    bound = text("select set_config('app.tenant_id', :tenant, true)")
    for straight in (True, False):
        with pytest.raises(kind) as caught:
            async with database.tenant(tenant.id) if straight else AsyncSession(database.engine) as session:
                if not straight:
                    await session.execute(bound, {"tenant": tenant.id})
                await session.execute(text(sql), values)
        assert getattr(caught.value.orig, "sqlstate", "") == code
        assert not caught.value.connection_invalidated
    async with database.tenant(tenant.id) as session:  # and the connection is as good as before
        assert (await session.execute(text("select 1"))).scalar_one() == 1


async def test_a_parameter_that_is_missing_is_named(database: Database, tenant: Tenant) -> None:
    with pytest.raises(InvalidRequestError, match="'day'"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text("select cast(:day as date)"), {"days": 1})


async def test_what_is_no_plain_statement_is_refused(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        with pytest.raises(InvalidRequestError, match="plain SQL"):
            await session.execute(select(literal(1)))
        with pytest.raises(InvalidRequestError, match="plain SQL"):
            await session.execute(text("select 1"), execution_options={"yield_per": 1})
        with pytest.raises(UnboundExecutionError):  # SQLAlchemy's own way goes round the transaction
            await session.run_sync(lambda own: own.execute(text("select 1")))


async def test_a_statement_for_many_is_executed_for_each(database: Database, tenant: Tenant) -> None:
    count = text("select array_agg(name order by name) from users")
    add = text("insert into users (name) values (:name)")
    for names in (["Ana", "Bo"], [], ["Cy"]):
        async with database.tenant(tenant.id) as session:
            await session.execute(add, [{"name": name} for name in names])
    with pytest.raises(IntegrityError, match="parameters hidden"):
        async with database.tenant(tenant.id) as session:
            await session.execute(add, [{"name": "Di"}, {"name": None}])
    async with database.tenant(tenant.id) as session:
        assert (await session.execute(count)).scalar_one() == ["Ana", "Bo", "Cy"]


async def test_what_fails_after_a_savepoint_takes_only_that_back(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await session.execute(text("select set_config('app.one', 'kept', true)"))
        with pytest.raises(DBAPIError):
            async with savepoint(session):
                await session.execute(text("select 1 / 0"))
        assert (await session.execute(text("select current_setting('app.one')"))).scalar_one() == "kept"


async def test_what_is_taken_back_because_of_a_fault_nobody_told_of_is_told(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(InvalidRequestError, match="taken back"):
        async with database.tenant(tenant.id) as session:
            with suppress(DBAPIError):
                await session.execute(text("select 1 / 0"))


async def test_a_constraint_that_is_looked_at_in_the_end_fails_as_any_other(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.tenant(tenant.id) as session:
            await session.execute(
                text("create temporary table late (n int unique deferrable initially deferred)")
            )
            await session.execute(text("insert into late values (1), (1)"))
    assert getattr(caught.value.orig, "sqlstate", "") == "23505"
    async with database.tenant(tenant.id) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1


async def test_after_the_end_nothing_is_asked(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        pass
    with pytest.raises(NoTenant):
        await session.execute(text("select 1"))
    with pytest.raises(NoTenant):
        await session.connection()


async def test_connections_are_kept_and_never_more_than_the_pool_has(urls, tenant: Tenant) -> None:
    small = Database(runtime_url=urls.runtime, pool_size=2)
    pids = set[int]()
    at_once = most = 0

    async def one() -> None:
        nonlocal at_once, most
        async with small.tenant(tenant.id) as session:
            at_once, most = at_once + 1, max(most, at_once + 1)
            pids.add((await session.execute(text("select pg_backend_pid()"))).scalar_one())
            at_once -= 1

    for _ in range(3):
        await asyncio.gather(*(one() for _ in range(40)))
    await small.close()
    assert most == len(pids) == 4


async def left(database: Database) -> int:
    """How many connections the server has from this database's pools, when those that go have gone."""
    count = text(
        "select count(*), pg_stat_clear_snapshot() from pg_stat_activity"
        " where datname = current_database() and application_name = 'backhaul'"
    )
    found, again = 0, -1
    while found != again:
        await asyncio.sleep(0.3)
        async with database.system() as session:
            found, again = (await session.execute(count)).scalar_one(), found
    return found


async def asleep(database: Database, tenant: Tenant) -> asyncio.Task[None]:
    """Somebody whose statement is under way."""
    begun = asyncio.Event()

    async def sleep() -> None:
        async with database.tenant(tenant.id) as session:
            begun.set()
            await session.execute(text("select pg_sleep(30)"))

    task = asyncio.create_task(sleep())
    await begun.wait()
    await asyncio.sleep(0.05)
    return task


async def test_closing_leaves_nobody_a_connection(urls, tenant: Tenant) -> None:
    database = Database(runtime_url=urls.runtime, pool_size=1)
    working = await asleep(database, tenant)
    await database.close()
    with pytest.raises(DatabaseBusy, match="nothing was changed"):
        await asyncio.wait_for(working, 5)
    async with database.tenant(tenant.id) as session:  # and it can be opened anew
        assert (await session.execute(text("select 1"))).scalar_one() == 1
    await database.close()


async def test_whoever_is_stopped_anywhere_leaves_nothing_behind(urls, tenant: Tenant) -> None:
    """Stops work at every moment between opening a connection and giving it back."""
    database = Database(runtime_url=urls.runtime, pool_size=1)

    async def work() -> None:
        async with database.tenant(tenant.id) as session:
            await session.execute(text("select pg_sleep(0.001)"))

    for moment in range(120):
        working = asyncio.create_task(work())
        for _ in range(moment % 40):
            await asyncio.sleep(0)
        await asyncio.sleep(0.0004 * (moment // 40))
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        if moment % 10 == 0:
            await database.close()  # the next ones open theirs anew
            database = Database(runtime_url=urls.runtime, pool_size=1)
    await asyncio.wait_for(asyncio.gather(*(work() for _ in range(8))), 5)  # every place is free again
    assert await left(database) <= 3  # one is of whoever made the tenant
    await database.close()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert [each for each in told if "asyncpg" in str(each.message)] == []


async def test_who_is_stopped_leaves_no_connection_half_used(urls, tenant: Tenant) -> None:
    one = Database(runtime_url=urls.runtime, pool_size=1)
    waiting = await asleep(one, tenant)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with one.tenant(tenant.id) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1
    await one.close()


async def test_an_old_connection_is_opened_anew(urls, tenant: Tenant) -> None:
    database = Database(runtime_url=urls.runtime, pool_size=1)

    async def pid() -> int:
        async with database.tenant(tenant.id) as session:
            found: int = (await session.execute(text("select pg_backend_pid()"))).scalar_one()
            return found

    first = await pid()
    assert await pid() == first
    pool = database._pool
    pool._recycle = pool.engine.pool._recycle = 0
    assert await pid() != first
    await database.close()


async def test_what_is_committed_is_told_to_everybody(database: Database, tenant: Tenant) -> None:
    told = []

    def broken() -> None:
        raise ValueError("whoever asked to be told is gone")

    async with database.tenant(tenant.id) as session:
        after_commit(session, broken)
        after_commit(session, lambda: told.append(1))
    assert told == [1]


async def test_a_table_that_was_changed_meanwhile_is_no_fault_of_who_asks(
    urls, database: Database, tenant: Tenant
) -> None:
    owner = await asyncpg.connect(**connect_kwargs(urls.owner))
    await owner.execute("create table upgraded (a int); grant all on upgraded to public")

    async def ask() -> None:
        async with database.tenant(tenant.id) as session:
            await session.execute(text("select * from upgraded"))

    await ask()
    await owner.execute("alter table upgraded alter a type bigint")
    with pytest.raises(DatabaseBusy, match="brought up to date"):
        await ask()
    await ask()
    await owner.close()


class Postmaster:
    def __init__(self) -> None:
        self.lives = False

    def alive(self) -> bool:
        return self.lives


class Server:
    """Stands for an embedded server that has died."""

    def __init__(self) -> None:
        self.postmaster, self.starts = Postmaster(), 0

    def start(self) -> None:
        self.starts += 1
        self.postmaster.lives = True

    def stop(self) -> None:
        """It stays."""


async def test_a_server_that_died_is_started_once_for_all_who_find_it_dead(
    urls, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Any = Server()
    database = Database(runtime_url=urls.runtime, pool_size=5, server=server)
    take = Pool.take

    async def refused(self: Pool) -> Any:
        if not server.postmaster.lives:
            await asyncio.sleep(0.002)
            raise ConnectionRefusedError("dead")
        return await take(self)

    monkeypatch.setattr(Pool, "take", refused)

    async def work() -> None:
        async with database.tenant(tenant.id) as session:
            await session.execute(text("select pg_sleep(0.1)"))

    await asyncio.gather(*(work() for _ in range(8)))
    assert server.starts == 1
    await database.close()


async def test_numbers_in_the_url_are_numbers_to_the_driver(urls, tenant: Tenant) -> None:
    url = make_url(urls.runtime).update_query_dict({"statement_cache_size": "0", "command_timeout": "9"})
    database = Database(runtime_url=url.render_as_string(hide_password=False), pool_size=1)
    async with database.tenant(tenant.id) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1
    await database.close()
    with pytest.raises(ConfigError, match="statement_cache_size has to be a number"):
        Database(runtime_url=str(url.update_query_dict({"statement_cache_size": "no"})))
