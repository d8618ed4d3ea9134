"""Where the other connector keeps things: plain dicts of words, amounts as decimals, local wall-clock times."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from bot.api import Effect, Money, NotFound, Scope, Tenant

T = TypeVar("T")
Row = dict[str, Any]


def written(value: Any, zone: ZoneInfo) -> Any:  # noqa: PLR0911 - a table of types
    """A value as this system writes it down."""
    if isinstance(value, Money):
        return f"{value.currency} {Decimal(value.minor).scaleb(-value.exponent)}"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None).strftime("%d.%m.%Y %H:%M:%S.%f")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if is_dataclass(value):
        return {one.name: written(getattr(value, one.name), zone) for one in fields(value)}
    if isinstance(value, (tuple, list)):
        return [written(each, zone) for each in value]
    if isinstance(value, Mapping):
        return {key: written(each, zone) for key, each in value.items()}
    return value


def read(hint: Any, value: Any, zone: ZoneInfo) -> Any:  # noqa: PLR0911 - a table of types
    """The same value as the port wants it."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return read(inner[0], value, zone)
    if origin in {Union, UnionType}:
        return None if value is None else read(next(i for i in inner if i is not NoneType), value, zone)
    if origin is tuple:
        hints = [inner[0]] * len(value) if inner[-1:] == (...,) else inner
        return tuple(read(each, one, zone) for each, one in zip(hints, value, strict=True))
    if hint is Money:
        currency, amount = value.split()
        return Money.of_number(Decimal(amount), currency)
    if hint is datetime:
        return datetime.strptime(value, "%d.%m.%Y %H:%M:%S.%f").replace(tzinfo=zone).astimezone(UTC)
    if hint is date:
        return datetime.strptime(value, "%d.%m.%Y").date()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint[value]
    if is_dataclass(hint):
        return hint(**{name: read(kind, value[name], zone) for name, kind in kinds(hint) if name in value})
    return value


@lru_cache
def kinds(record: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple((one.name, hints[one.name]) for one in fields(record))


@dataclass
class Books:
    """All that one tenant has."""

    tenant: Tenant
    now: Callable[[], datetime]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def today(self) -> date:
        return self.local(self.now())

    def local(self, at: datetime) -> date:
        return at.astimezone(self.tenant.zone).date()

    def rows(self, table: str) -> list[Row]:
        return self.tables.setdefault(table, [])

    def add(self, table: str, record: Any, **more: Any) -> Row:
        row = {**written(record, self.tenant.zone), **written(more, self.tenant.zone)}
        row["id"] = 1 + max((r["id"] for r in self.rows(table)), default=16)
        self.rows(table).append(row)
        return row

    def put(self, row: Row, **values: Any) -> None:
        row.update(written(values, self.tenant.zone))

    def as_(self, record: type[T], row: Row) -> T:
        return read(record, row, self.tenant.zone)

    def at(self, row: Row, name: str) -> datetime:
        return read(datetime, row[name], self.tenant.zone)

    def day(self, row: Row, name: str) -> date:
        return read(date, row[name], self.tenant.zone)

    def all(self, record: type[T], table: str, **where: Any) -> Iterator[T]:
        return (self.as_(record, row) for row in self.find(table, **where))

    def find(self, table: str, **where: Any) -> list[Row]:
        return [row for row in self.rows(table) if all(row[name] == value for name, value in where.items())]

    def one(self, table: str, number: str, what: str = "") -> Row | None:
        wanted = number.strip().lower()
        row = next((row for row in self.rows(table) if str(row["number"]).lower() == wanted), None)
        if row is None and what:
            raise NotFound(f"There is no {what} {number}.")
        return row

    def next(self, table: str, form: str) -> str:
        nr = 1 + len(self.rows(table))
        while self.one(table, form.format(nr=nr)):
            nr += 1
        return form.format(nr=nr)

    def sees(self, scope: Scope, customer: str | None) -> bool:
        row = self.one("customers", customer) if customer else None
        area = row or {"region": None, "site": None, "partner": None}
        return scope.covers({name: area[name] for name in ("region", "site", "partner")})

    async def once(self, effect: Effect, write: Callable[[], T]) -> T:
        """One writer at a time; what fails leaves everything as it was."""
        async with self.turn:
            if effect.key in self.done:
                return self.done[effect.key]
            await effect.check()
            before = copy.deepcopy(self.tables)
            try:
                self.done[effect.key] = write()
            except BaseException:  # whatever ends it: all or nothing, and it goes on up
                self.tables = before
                raise
            return self.done[effect.key]

    async def applied(self, key: str) -> bool | None:
        return key in self.done


def first(rows: Iterable[T], limit: int, key: Callable[[T], Any], *, reverse: bool = False) -> Sequence[T]:
    return sorted(rows, key=key, reverse=reverse)[:limit]


HOUR = timedelta(hours=1)
