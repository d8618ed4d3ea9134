"""One import from file to tables: read, stage, check, compare, and unless it is a dry run write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.api import Money
from plugins.connectors.local import (
    load_billing,
    load_network,
    load_people,
    load_pools,
    load_services,
    load_speeds,
    load_splitters,
    load_stock,
)
from plugins.connectors.local.importing.convert import Converter, Faults
from plugins.connectors.local.importing.mapping import Mapped, map_columns
from plugins.connectors.local.importing.nouns import (
    SQL_TYPES,
    Changed,
    Effect,
    Kind,
    Outcome,
    Progress,
    Reading,
    Stop,
    Where,
    Wish,
)
from plugins.connectors.local.importing.reading import Known, delimiter_of, look, rows_of
from plugins.connectors.local.load_rows import Load, Plan
from plugins.connectors.local.queries_scope import Session

EXAMPLES = 10
"""Changes that a dry run shows."""


class Source:
    """A file that was looked at: what it is, its columns, its rows still to be read."""

    def __init__(self, kind: Kind, path: Path, wish: Wish) -> None:
        self.kind = kind
        self.wish = wish
        self.known: Known = look(path, wish.encoding)
        self.delimiter = delimiter_of(self.known, kind, wish.delimiter)
        self._rows = rows_of(self.known, self.delimiter)
        first = next(self._rows, None)
        if first is None:
            raise Stop(f"{path} is empty.")
        self.headers = list(first[1])

    def mapped(self, *, whole: bool = True) -> Mapped:
        """Return which column is which; Stop says what is missing and what to type."""
        return map_columns(self.kind, self.headers, self.wish, whole=whole)

    def batches(self, converter: Converter) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
        """Return the rows, read and converted, so many at a time."""
        return converter.batches(self._rows)

    def close(self) -> None:
        """Leave the file."""
        self._rows.close()  # type: ignore[attr-defined]  # a generator


def plan_of(kind: Kind, where: Where, key: str, wish: Wish) -> Plan:
    """Return how rows of a kind become rows of tables."""
    fields = {field.name: SQL_TYPES.get(field.shape, "text") for field in kind.fields}
    scale = float(10 ** Money(0, where.currency).exponent)
    makers: dict[str, Callable[[], Plan]] = {
        "customers": lambda: load_people.customers(fields),
        "tickets": lambda: load_people.tickets(fields, where),
        "devices": lambda: load_network.devices(fields),
        "topology": lambda: load_network.topology(fields),
        "pools": lambda: load_pools.pools(fields),
        "splitters": lambda: load_splitters.splitters(fields),
        "onts": lambda: load_stock.onts(fields),
        "speedtests": lambda: load_speeds.speed_tests(fields, where, key),
        "services": lambda: load_services.services(
            fields, where, key, create_plans=wish.create_plans, scale=scale
        ),
        "invoices": lambda: load_billing.invoices(fields, where, scale=scale),
        "payments": lambda: load_billing.payments(fields, where, key, scale=scale),
    }
    return makers[kind.name]()


async def run_import(
    session: Session, source: Source, where: Where, reading: Reading, progress: Progress
) -> Outcome:
    """Load a file within this transaction; faults leave everything as it was, as does a dry run."""
    mapped, wish = source.mapped(), source.wish
    if mapped.currency and "currency" not in mapped.given:
        reading = replace(reading, currency=mapped.currency)
    faults = Faults()
    converter = Converter(source.kind, mapped, reading, faults)
    plan = plan_of(source.kind, replace(where, currency=reading.currency), converter.key, wish)
    load = Load(session, plan, empty_clears=wish.empty_clears, given=mapped.given)
    await load.begin()
    rows = await _stage(load, source, converter, progress)
    progress("Checking", 0, 0)
    await load.complete()
    if not wish.dry_run:  # which writes nothing and keeps nobody waiting
        await load.hold()
    await _check(load, mapped, faults, converter.key)
    notes = (*_unused(mapped), *([] if faults.found else await load.find_notes()))
    told = Outcome(rows=rows, sha256=source.known.sha256, notes=notes)
    if faults.found:
        return replace(told, faults=tuple(sorted(faults.found)))
    effects = [await _effect(load, target, progress) for target in plan.targets]
    if wish.dry_run:
        return replace(told, effects=tuple(effects))
    for target, effect in zip(plan.targets, effects, strict=True):
        if effect.new or effect.changed:
            progress(f"Writing {effect.noun}", 0, rows)
            await load.write(target, _told(progress, effect.noun, rows))
    if any(effect.new or effect.changed for effect in effects):
        progress("Settling", 0, 0)
        await load.finish()
    tables = tuple(target.table for target in plan.targets)
    return replace(told, effects=tuple(effects), written=True, tables=tables)


async def _stage(load: Load, source: Source, converter: Converter, progress: Progress) -> int:
    """Read the next rows in a thread while PostgreSQL takes the last ones; return how many were good."""
    batches, staged = source.batches(converter), 0
    batch = await asyncio.to_thread(next, batches, None)
    while batch is not None:
        following = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
        try:
            await load.copy(converter.names, batch[1])
        finally:
            upcoming = await following
        staged += len(batch[1])
        progress("Reading", batch[0], source.known.lines)
        batch = upcoming
    return staged


async def _check(load: Load, mapped: Mapped, faults: Faults, key: str) -> None:
    """Note what only the whole file and what is there already can tell."""
    for row in await load.find_doubles():
        faults.add(row.row, mapped.header(key), row.said)
    doubled = bool(faults.found) and any("already" in fault.text for fault in faults.found)
    await load.prepare()
    seen = {(fault.row, fault.column) for fault in faults.found} if doubled else set[tuple[int, str]]()
    for field, row in await load.find_faults():
        header = mapped.header(field)
        if (row.row, header) not in seen:
            faults.add(row.row, header, row.said)


async def _effect(load: Load, target: Any, progress: Progress) -> Effect:
    progress("Comparing", 0, 0)
    new, changed, same, examples = await load.compare(target, EXAMPLES)
    names = await load.find_new(target, EXAMPLES) if target.byproduct and new else ()
    return Effect(
        noun=target.noun,
        new=new,
        changed=changed,
        same=same,
        names=tuple(names),
        examples=tuple(
            Changed(
                row=one.row, key=one.key, fields=tuple((name, *pair) for name, pair in one.fields.items())
            )
            for one in examples
        ),
    )


def _told(progress: Progress, noun: str, rows: int) -> Any:
    return lambda done: progress(f"Writing {noun}", min(done, rows), rows)


def _unused(mapped: Mapped) -> list[str]:
    if not mapped.unused:
        return []
    few = "column is" if len(mapped.unused) == 1 else "columns are"
    return [f"{len(mapped.unused)} {few} not used: {', '.join(mapped.unused)}."]
