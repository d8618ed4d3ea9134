"""What goes straight to the driver says, refuses and forgets what SQLAlchemy's own way does."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, MultipleResultsFound, NoResultFound, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.quick import DRIVER

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
        assert session.info.pop(DRIVER)
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
    for straight in (True, False):
        with pytest.raises(kind) as caught:
            async with database.tenant(tenant.id) as session:
                if not straight:
                    del session.info[DRIVER]
                await session.execute(text(sql), values)
        assert getattr(caught.value.orig, "sqlstate", "") == code
        assert not caught.value.connection_invalidated
    async with database.tenant(tenant.id) as session:  # and the connection is as good as before
        assert (await session.execute(text("select 1"))).scalar_one() == 1


async def test_a_parameter_that_is_missing_is_named(database: Database, tenant: Tenant) -> None:
    with pytest.raises(DBAPIError.__mro__[1], match="'day'"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text("select cast(:day as date)"), {"days": 1})


async def test_what_fails_after_a_savepoint_takes_only_that_back(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await session.execute(text("select set_config('app.one', 'kept', true)"))
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text("select 1 / 0"))
        assert (await session.execute(text("select current_setting('app.one')"))).scalar_one() == "kept"


async def test_after_the_end_nothing_goes_straight_on(database: Database, tenant: Tenant) -> None:
    who = text("select current_setting('app.tenant_id')")
    async with database.tenant(tenant.id) as session:
        await session.commit()
        assert DRIVER not in session.info
        assert (await session.execute(who)).scalar_one() == tenant.id  # a transaction of its own, bound anew
        await session.rollback()
        assert (await session.execute(who)).scalar_one() == tenant.id


async def test_who_is_stopped_leaves_no_connection_half_used(urls, tenant: Tenant) -> None:
    one = Database(runtime_url=urls.runtime, pool_size=1)
    begun = asyncio.Event()

    async def wait() -> None:
        async with one.tenant(tenant.id) as session:
            begun.set()
            await session.execute(text("select pg_sleep(30)"))

    waiting = asyncio.create_task(wait())
    await begun.wait()
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with one.tenant(tenant.id) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1
    await one.close()
