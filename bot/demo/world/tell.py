"""Tells a world as batches of rows, parents before children, a chunk of customers at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from bot.demo.world.batch import Batch
from bot.demo.world.billing_rows import BillingRows
from bot.demo.world.bills import draw_bills
from bot.demo.world.chunk import Chunk
from bot.demo.world.customer_rows import customer_rows, plan_rows, service_rows
from bot.demo.world.email_rows import email_rows, template_rows
from bot.demo.world.measurement_rows import ont_rx_rows, port_rows, site_rows
from bot.demo.world.network_rows import network_rows, ont_rows
from bot.demo.world.pool_rows import pool_rows
from bot.demo.world.promise_rows import promise_rows
from bot.demo.world.session_rows import SessionRows
from bot.demo.world.speed_rows import speed_rows
from bot.demo.world.splitter_rows import splitter_line_rows, splitter_rows
from bot.demo.world.stock_rows import stock_rows
from bot.demo.world.ticket_rows import ticket_rows
from bot.demo.world.visit_rows import visit_rows
from bot.demo.world.world import World

GATHER = 4_000
"""Rows below which small batches of one table are joined before they travel."""


def tell(world: World) -> Iterator[Batch]:
    """Return every row of the world; `world.tally` is complete once all have been taken."""
    world.tally.clear()
    world.counted.clear()
    yield plan_rows(world)
    yield from network_rows(world)
    yield pool_rows(world)
    yield stock_rows(world)
    yield splitter_rows(world)
    yield template_rows(world)
    yield from gather(site_rows(world))
    yield from gather(port_rows(world))
    for number, low, high in world.chunks():
        yield from _chunk(Chunk(world, number, low, high))


def _chunk(chunk: Chunk) -> Iterator[Batch]:
    bills = draw_bills(chunk)
    customers, *beside = customer_rows(chunk, bills)
    yield customers
    yield from beside
    if (visits := visit_rows(chunk, customers)).rows:
        yield visits
    yield service_rows(chunk, bills, chunk.world.lines)
    yield ont_rows(chunk)
    yield splitter_line_rows(chunk)
    if chunk.world.isp.billing:
        yield from gather(BillingRows(chunk, bills).batches())
        yield email_rows(chunk, bills)
        yield from promise_rows(chunk, bills)
    _note_overdue(chunk, [bool(months.any()) for months in bills.overdue])
    yield from ticket_rows(chunk)
    yield SessionRows(chunk, bills).batch()
    yield ont_rx_rows(chunk)
    if (tests := speed_rows(chunk)).rows:
        yield tests


def _note_overdue(chunk: Chunk, owing: list[bool]) -> None:
    chunk.world.note("overdue", *(n for n, late in zip(chunk.numbers, owing, strict=True) if late))


def gather(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Join neighbouring small batches of the same table."""
    held: Batch | None = None
    for batch in batches:
        if held and (held.table, held.columns) == (batch.table, batch.columns) and len(held.rows) < GATHER:
            held = Batch(held.table, held.columns, [*held.rows, *batch.rows])
            continue
        if held:
            yield held
        held = batch
    if held:
        yield held


def fingerprint(world: World) -> str:
    """Return a hash of every row: equal for equal seeds, sizes and anchors."""
    digest = hashlib.sha256()
    for batch in tell(world):
        digest.update(f"{batch.table}{batch.columns}".encode())
        for row in batch.rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()
