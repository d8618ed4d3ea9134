"""Row scope as SQL: every search of this connector ends at the rows the asker's right reaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope

WITHIN = re.compile(r"@within\(([^,()]+), ([^,()]+), ([^,()]+)\)")
"""`@within(c.region, c.site, c.partner)` in a statement stands for the asker's scope."""
Session = AsyncSession
"""The name by which the rest of the connector, which writes no SQL, speaks of a transaction."""
OWNED = re.compile(r"@owned\(([^,()]+)\)")
"""`@owned(i.customer_id)` says it of the customer a row belongs to; everywhere, it costs no join."""
DIMENSIONS = ("region", "site", "partner")
T = TypeVar("T")
SITES_SAID = r"""
    select w.code from isp_sites w where w.code = upper(:area)
    or strpos(' ' || regexp_replace(lower(w.name), '\W+', ' ', 'g') || ' ',
        ' ' || regexp_replace(lower(:area), '\W+', ' ', 'g') || ' ') > 0
    and not exists (select from isp_sites r where lower(r.region) = lower(:area) or r.code = upper(:area))"""
"""The sites that `area` says: by code, or by whole words of the name where no region is called so."""


async def find_rows(session: AsyncSession, sql: str, scope: Scope, **binds: Any) -> Sequence[Row[Any]]:
    """Run a statement with the scope in it; a row of which nobody knows the area is outside."""
    shape, values = _shape(scope)
    clean = {name: _without_nul(value) for name, value in binds.items()}
    return (await session.execute(_statement(sql, shape), {**clean, **values})).all()


def records(kind: Callable[..., T], rows: Iterable[Row[Any]]) -> list[T]:
    """Read rows whose columns are named as the fields of a record."""
    return [kind(**row._asdict()) for row in rows]


def _without_nul(value: Any) -> Any:
    """Take out what PostgreSQL cannot hold in a text, and so can not find either."""
    if isinstance(value, str):
        return value.replace("\0", "")
    return [_without_nul(each) for each in value] if isinstance(value, list) else value


def _shape(scope: Scope) -> tuple[tuple[tuple[str, ...], ...] | None, dict[str, list[str]]]:
    """Return which dimensions each area limits (None: everywhere), and the values they are limited to."""
    if scope.everywhere:
        return None, {}
    shape: list[tuple[str, ...]] = []
    values: dict[str, list[str]] = {}
    for nr, area in enumerate(sorted(scope.areas, key=repr)):
        limits = {name: wanted for name in DIMENSIONS if (wanted := getattr(area, name)) is not None}
        shape.append(tuple(limits))
        values |= {f"w{nr}_{name}": sorted(wanted) for name, wanted in limits.items()}
    return tuple(shape), values


@lru_cache(maxsize=512)
def _statement(sql: str, shape: tuple[tuple[str, ...], ...] | None) -> TextClause:
    """Write the scope out with its own names; the values stay binds."""
    within = WITHIN.sub(lambda found: _clause(found.groups(), shape), sql)
    return text(OWNED.sub(lambda found: _owned(found[1], shape), within))


def _owned(column: str, shape: tuple[tuple[str, ...], ...] | None) -> str:
    if shape is None:
        return "true"
    clause = _clause(("owner.region", "owner.site", "owner.partner"), shape)
    return f"exists (select from isp_customers owner where owner.id = {column} and {clause})"


def _clause(columns: Sequence[str | Any], shape: tuple[tuple[str, ...], ...] | None) -> str:
    if shape is None:
        return "true"
    column = dict(zip(DIMENSIONS, columns, strict=True))
    areas = [
        " and ".join(f"{column[name]} = any(cast(:w{nr}_{name} as text[]))" for name in limits)
        for nr, limits in enumerate(shape)
    ]
    return "(" + " or ".join(f"({area})" for area in areas) + ")" if areas else "false"
