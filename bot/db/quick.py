"""Sessions that give a statement in plain SQL straight to the driver.

All our SQL is text. SQLAlchemy's way with it (a compiled form, an execution context, a cursor, a result with
types) costs four times what asyncpg and the socket take together, at each of the statements a message needs.
Pools, transactions, savepoints and what errors are called stay SQLAlchemy's.
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
    MultipleResultsFound,
    NoResultFound,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.ext.asyncio import AsyncSession

DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
MOST_STATEMENTS = 4096
"""Texts whose form for the driver is kept: more than we have, so nothing is worked out twice."""
DRIVER = "driver"
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
    """An AsyncSession; statements without options go straight to the driver."""

    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Execute, as SQLAlchemy does; with its errors."""
        driver = (
            None if self.in_nested_transaction() else self.info.get(DRIVER)
        )  # a savepoint comes with its use
        if driver is None or options or not isinstance(statement, TextClause) or _is_many(params):
            return await super().execute(statement, params, **options)
        sql, names = for_driver(statement.text)
        values = params or {}
        try:
            args = [values[name] for name in names]
        except KeyError:
            return await super().execute(statement, params)  # says which is missing; or it has a value bound
        try:
            return Rows(await driver.fetch(sql, *args, record_class=Row))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            await self._broke(sql, args, error, driver)
        except asyncio.CancelledError:  # nobody knows what of it is still on its way
            await (await self.connection()).invalidate()
            raise

    async def _broke(self, sql: str, args: Sequence[Any], error: Exception, driver: Any) -> NoReturn:
        if lost := driver.is_closed():
            await (await self.connection()).invalidate()
        kind = next((ours for theirs, ours in KINDS if isinstance(error, theirs)), DBAPIError)
        raise kind(sql, args, error, hide_parameters=True, connection_invalidated=lost) from error

    async def bind_driver(self) -> None:
        """Begin the transaction, and give what is executed from now on straight to the driver."""
        self.info.pop(DRIVER, None)
        connection = await self.connection()
        self.info[DRIVER] = (await connection.get_raw_connection()).driver_connection


def _is_many(params: Any) -> bool:
    return params is not None and not isinstance(params, Mapping)
