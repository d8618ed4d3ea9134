"""Rows of a file on their way into tables: staged by COPY, checked and compared as sets, written in batches.

All of it in the caller's transaction, under the tenant it is bound to: staging tables are temporary and go
with it, row-level security checks what is written. So a load is there whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict

BATCH = 50_000
"""Rows one statement writes: progress shows, and triggers keep only so many rows in mind."""
BEGIN = text(
    "select set_config('statement_timeout', '0', true), set_config('jit', 'off', true), "
    "set_config('idle_in_transaction_session_timeout', '0', true), set_config('work_mem', '64MB', true)"
)
LOCK = text(
    "select pg_try_advisory_xact_lock(hashtextextended('load ' || current_setting('app.tenant_id'), 0))"
)
"""The same lock that the demo's load takes."""
MOST = 100_000
"""Faults of one sort that are told of: more are as good as all."""
NEW_ID = (
    "cast(lpad(to_hex(cast(extract(epoch from now()) * 1000 as bigint) + s.\"row\"), 12, '0') "
    "|| '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15) as uuid)"
)
"""Ids in the order of the rows (UUIDv7): drawn at random, each would go to another page of every index."""
BIND = re.compile(r"(?<![:\w]):([a-z_]+)")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: for a new row `default` where the file has nothing; `fixed` is never changed.

    `words` are kept by triggers that look at each row, so they are written only where they change.
    """

    name: str
    default: str = "null"
    fixed: bool = False
    clears: bool = True
    words: bool = False


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table that gets rows. `select` makes them out of what is staged, with `row`, `target` and `key`.

    `target` is what the row is known by that is there already, or null; a null column leaves what is there.
    """

    noun: str
    table: str
    select: str
    columns: tuple[Column, ...]
    id: str = "id"
    inserts: bool = True
    byproduct: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    known_by: str = ""
    """How `t` and `r` are one and the same row, where that takes more than one column."""

    @property
    def same(self) -> str:
        """How the row that is there is joined with the one of the file."""
        return self.known_by or f"t.{self.id} = r.target"

    @property
    def ready(self) -> str:
        """The temporary table with the rows as they will be."""
        return f"ready_{self.table}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """What may not be: `sql` returns `row` and `said` for each row at fault, `field` is whose."""

    field: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How one kind of file is loaded: `fields` are staged columns with their types, `key` is SQL over s."""

    fields: Mapping[str, str]
    key: str
    key_field: str
    targets: tuple[Target, ...]
    first: tuple[str, ...] = ()
    """Statements that complete what is staged, before anything is locked, checked or compared."""
    checks: tuple[Check, ...] = ()
    after: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    """Statements that keep others away from what is compared, from before that until the commit."""
    notes: tuple[str, ...] = ()
    """Statements that return sentences worth telling."""
    binds: Mapping[str, Any] = field(default_factory=dict)


class Load:
    """An open load of one file."""

    def __init__(
        self,
        session: AsyncSession,
        plan: Plan,
        *,
        empty_clears: bool = False,
        given: frozenset[str] = frozenset(),
    ) -> None:
        self._session = session
        self.plan = plan
        self._clears = empty_clears
        self._given = given

    async def begin(self) -> None:
        """Take the tenant's lock and make the staging table; Conflict while another load is under way."""
        await self._session.execute(BEGIN)
        if not (await self._session.execute(LOCK)).scalar_one():
            raise Conflict("Another import into this workspace is under way. Wait until it has ended.")
        columns = ", ".join(f'"{name}" {kind}' for name, kind in self.plan.fields.items())
        await self._run(f'create temporary table staged ("row" int, {columns}) on commit drop')

    async def copy(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Stage rows: their number, then the fields in this order."""
        if not rows:
            return
        connection = await self._session.connection()
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table(
            "staged", records=rows, columns=("row", *names), schema_name="pg_temp"
        )

    async def find_doubles(self) -> Sequence[Row[Any]]:
        """Return rows whose key an earlier row bears."""
        await self._run("analyze staged")
        return await self._all(
            "select \"row\", format('%s stands in row %s already. Keep one of them.', shown, first) as said "
            ""
            f'from (select s."row", {self.plan.key_field} as shown, '
            f'first_value(s."row") over w as first from staged s '
            f'window w as (partition by {self.plan.key} order by s."row")) d '
            f'where "row" <> first order by "row" limit {MOST}'
        )

    async def complete(self) -> None:
        """Fill in what the file leaves to be found out."""
        for statement in self.plan.first:
            await self._run(statement)

    async def hold(self) -> None:
        """Let nobody change meanwhile what the rows are compared with."""
        for statement in self.plan.hold:
            await self._run(statement)

    async def prepare(self) -> None:
        """Make the rows of each table out of what is staged."""
        for target in self.plan.targets:
            for statement in target.before:
                await self._run(statement)
            await self._run(f"create temporary table {target.ready} on commit drop as {target.select}")
            await self._run(f'create index on {target.ready} ("row")')
            await self._run(f"analyze {target.ready}")

    async def find_faults(self) -> Sequence[tuple[str, Row[Any]]]:
        """Return what may not be, as (field, row and sentence)."""
        found: list[tuple[str, Row[Any]]] = []
        for check in self.plan.checks:
            rows = await self._all(f'select * from ({check.sql}) f order by "row" limit {MOST}')
            found += [(check.field, row) for row in rows]
        return found

    async def compare(self, target: Target, limit: int) -> tuple[int, int, int, Sequence[Row[Any]]]:
        """Return how many rows are new, changed and the same, and the first changes as JSON."""
        moved = f"moved_{target.table}"
        columns = self._movable(target)
        differs = " or ".join(f"t.{c.name} is distinct from {self._new(c)}" for c in columns) or "false"
        await self._run(
            f'create temporary table {moved} on commit drop as select r."row" from {target.ready} r '
            f""
            f"join {target.table} t on {target.same} where r.target is not null and ({differs})"
        )
        await self._run(f'create index on {moved} ("row")')
        await self._run(f"analyze {moved}")
        (counts,) = await self._all(
            f"select count(*) filter (where target is null)::int as new, count(*)::int as n, "
            f""
            f"(select count(*) from {moved})::int as moved from {target.ready}"
        )
        pairs = ", ".join(
            f"'{c.name}', case when t.{c.name} is distinct from {self._new(c)} "
            f"then jsonb_build_array(t.{c.name}, {self._new(c)}) end"
            for c in columns
        )
        examples = await self._all(
            f'select r."row", r.key, jsonb_strip_nulls(jsonb_build_object({pairs})) as fields '
            f''
            f'from (select "row" from {moved} order by "row" limit {limit}) m '
            f'join {target.ready} r on r."row" = m."row" join {target.table} t on {target.same} '
            'order by r."row"'
        ) if columns else ()  # fmt: skip
        return counts.new, counts.moved, counts.n - counts.new - counts.moved, examples

    async def find_new(self, target: Target, limit: int) -> Sequence[str]:
        """Return what some of the new rows are called."""
        rows = await self._all(
            f'select key from {target.ready} where target is null order by "row" limit {limit}'
        )
        return [row.key for row in rows]

    async def write(self, target: Target, done: Callable[[int], None]) -> None:
        """Write the rows of one table, a batch at a time; `done` is told how many."""
        (span,) = await self._all(
            f'select coalesce(min("row"), 0) - 1 as low, coalesce(max("row"), 0) as high from {target.ready}'
        )
        for low in range(span.low, span.high, BATCH):
            binds = {"low": low, "high": low + BATCH}
            for statement in self._writes(target):
                await self._run(statement, **binds)
            done(min(low + BATCH, span.high))
        for statement in target.after:
            await self._run(statement)

    async def finish(self) -> None:
        """Set right what follows from the rows written."""
        for statement in self.plan.after:
            await self._run(statement)

    async def find_notes(self) -> Sequence[str]:
        """Return sentences worth telling about the rows."""
        return [row[0] for sql in self.plan.notes for row in await self._all(sql) if row[0]]

    def _writes(self, target: Target) -> list[str]:
        range_ = 'r."row" > :low and r."row" <= :high'
        statements = []
        for words in (True, False):
            columns = [c for c in self._movable(target) if c.words is words]
            if columns:
                sets = ", ".join(f"{c.name} = {self._new(c)}" for c in columns)
                differs = " or ".join(f"t.{c.name} is distinct from {self._new(c)}" for c in columns)
                statements.append(
                    f"update {target.table} t set {sets} from {target.ready} r "
                    f'join moved_{target.table} m on m."row" = r."row" '
                    f"where {target.same} and {range_} and ({differs})"
                )
        if target.inserts:
            names = ", ".join(c.name for c in target.columns)
            values = ", ".join(
                f"r.{c.name}" if c.default == "null" else f"coalesce(r.{c.name}, {c.default})"
                for c in target.columns
            )
            statements.append(
                f"insert into {target.table} (tenant_id, {names}) "
                f"select current_setting('app.tenant_id')::uuid, {values} from {target.ready} r "
                f'where r.target is null and {range_} order by r."row"'
            )
        return statements

    def _movable(self, target: Target) -> list[Column]:
        return [c for c in target.columns if not c.fixed]

    def _new(self, column: Column) -> str:
        """Return what a column becomes: an empty cell leaves it, or where that was asked for empties it."""
        if self._clears and column.clears and column.default == "null" and column.name in self._given:
            return f"r.{column.name}"
        return f"coalesce(r.{column.name}, t.{column.name})"

    async def _run(self, sql: str, **binds: Any) -> None:
        await self._session.execute(text(sql), self._binds(sql, binds))

    async def _all(self, sql: str) -> Sequence[Row[Any]]:
        return (await self._session.execute(text(sql), self._binds(sql, {}))).all()

    def _binds(self, sql: str, more: Mapping[str, Any]) -> dict[str, Any]:
        known = {**self.plan.binds, **more}
        return {name: known[name] for name in BIND.findall(sql) if name in known}
