"""Sessions whose transactions and statements go straight to the driver.

All our SQL is text. SQLAlchemy's way with it (a compiled form, an execution context, a cursor, a result with
types) costs four times what asyncpg and the socket take together, and so does its way to begin and end a
transaction. Pools, dialect and what errors are called stay SQLAlchemy's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.db.outage import GONE_CLASSES, is_lost, sqlstate
from bot.db.pool import Pool, driver_of
from bot.errors import NoTenant

DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
MOST_STATEMENTS = 4096
"""Texts whose form for the driver is kept: more than we have, so nothing is worked out twice."""
NO_SQL = "A session of ours takes plain SQL, as `text(...)`, and nothing else."
NO_TENANT = "A query was tried outside a tenant; use Database.tenant() or Database.system()."
TAKEN_BACK = "The transaction was taken back: a statement in it had failed, though nobody said so."
FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
KINDS: Sequence[tuple[type[Exception], type[DBAPIError]]] = (
    (asyncpg.IntegrityConstraintViolationError, IntegrityError),
    (asyncpg.SyntaxOrAccessError, ProgrammingError),
    (asyncpg.PostgresConnectionError, OperationalError),
)


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg has no types
    """A row, whose columns are also attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no column {name!r}") from None

    def _asdict(self) -> dict[str, Any]:
        return dict(self)

    @property
    def _mapping(self) -> Mapping[str, Any]:
        return dict(self)


class Rows:
    """What a statement returned: the part of SQLAlchemy's results that we use."""

    __slots__ = ("_pick", "_rows")

    def __init__(self, rows: Sequence[Any], pick: int | str | None = None) -> None:
        self._rows, self._pick = rows, pick

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all())

    def all(self) -> list[Any]:
        """Return every row."""
        return [row[self._pick] for row in self._rows] if self._pick is not None else list(self._rows)

    def mappings(self) -> Rows:
        """Return the rows to be read by their columns' names."""
        return self

    def scalars(self) -> Rows:
        """Return the first column of each row."""
        return Rows(self._rows, 0)

    def first(self) -> Any:
        """Return the first row, if any."""
        rows = self.all()[:1]
        return rows[0] if rows else None

    def one_or_none(self) -> Any:
        """Return the only row, if any; MultipleResultsFound."""
        if len(self._rows) > 1:
            raise MultipleResultsFound("Multiple rows were found when one or none was required")
        return self.first()

    def one(self) -> Any:
        """Return the only row; NoResultFound, MultipleResultsFound."""
        if not self._rows:
            raise NoResultFound("No row was found when one was required")
        return self.one_or_none()

    def scalar_one(self) -> Any:
        """Return the first column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, if any."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalar(self) -> Any:
        """Return the first column of the first row, if any."""
        row = self.first()
        return None if row is None else row[0]


@lru_cache(maxsize=MOST_STATEMENTS)
def for_driver(statement: str) -> tuple[str, tuple[str, ...]]:
    """Return a statement with numbered parameters, and their names in that order."""
    compiled = TextClause(statement).compile(dialect=DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())


class QuickSession(AsyncSession):
    """One transaction on one connection; it takes statements in plain SQL alone.

    An AsyncSession by name, so that whoever is handed one knows what to do with it; what would need
    SQLAlchemy's own way to the database is refused.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__()  # with no way to the database but ours
        self._pool = pool
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._halfway = False
        """Somebody was stopped while the database was at work: nobody knows what is still on its way."""

    async def open(self, begin: str) -> None:
        """Take a connection and begin, by this SQL; a connection that died while idle is passed over."""
        for last in [False] * self._pool.size + [True]:
            self._connection = await self._pool.take()
            self._driver = driver_of(self._connection)
            try:
                await self._say(begin, self._driver)
            except FAILED as error:
                await self.leave()
                if last or not (is_lost(error) or sqlstate(error).startswith(GONE_CLASSES)):
                    raise
            except asyncio.CancelledError:
                await self.leave()
                raise
            else:
                return

    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Execute plain SQL, for each of a list of values without a result; with SQLAlchemy's errors."""
        if self._driver is None:
            raise NoTenant(NO_TENANT)
        if options or not isinstance(statement, TextClause):
            raise InvalidRequestError(NO_SQL)
        sql, names = for_driver(statement.text)
        many = isinstance(params, Sequence)
        try:
            args = [[one[name] for name in names] for one in (params if many else [params or {}])]
        except KeyError as error:
            raise InvalidRequestError(f"A value is required for bind parameter {error}") from None
        driver = self._driver
        try:
            if many:
                await driver.executemany(sql, args)
                return Rows(())
            return Rows(await driver.fetch(sql, *args[0], record_class=Row))
        except FAILED as error:
            self._broke(sql, args, error, driver)
        except asyncio.CancelledError:
            self._halfway = True
            raise

    async def commit(self) -> None:
        """End the transaction; nothing more can be asked in this session."""
        driver, self._driver = self._driver, None  # a statement behind it would be in no transaction
        if driver is None:
            raise NoTenant(NO_TENANT)
        try:
            said = await self._say("commit", driver)
        except FAILED as error:  # the connection, or a constraint that was deferred until now
            self._broke("commit", (), error, driver)
        if said != "COMMIT":
            raise InvalidRequestError(TAKEN_BACK)

    async def rollback(self) -> None:
        """Take back what was done; nothing more can be asked in this session."""
        driver, self._driver = self._driver, None
        if driver is not None and not self._halfway and not driver.is_closed():
            try:
                await driver.execute("rollback")
            except FAILED:  # it is lost, and the transaction with it; or somebody still has it at work
                self._halfway = True

    async def leave(self) -> None:
        """Give the connection back; what is not committed is taken back."""
        try:
            await self.rollback()
        finally:
            connection, self._connection = self._connection, None
            if connection is not None:
                await self._pool.give_back(connection, whole=not self._halfway)

    async def connection(self, *_how: Any, **_options: Any) -> AsyncConnection:
        """Return the connection, for its driver; SQLAlchemy can do nothing with it."""
        if self._connection is None:
            raise NoTenant(NO_TENANT)
        return self._connection

    async def _say(self, sql: str, driver: Any) -> str:
        try:
            said: str = await driver.execute(sql)
        except asyncio.CancelledError:
            self._halfway = True
            raise
        return said

    def _broke(self, sql: str, args: Sequence[Any], error: Exception, driver: Any) -> NoReturn:
        kind = next((ours for theirs, ours in KINDS if isinstance(error, theirs)), DBAPIError)
        lost = driver.is_closed()
        raise kind(sql, args, error, hide_parameters=True, connection_invalidated=lost) from error
