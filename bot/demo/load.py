"""Loads the simulated providers: tenants, plugins, staff, and every row of their worlds."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.contract.people import Tenant
from bot.core.surroundings import Surroundings
from bot.core.switch import found_tenant
from bot.db import demo as rows
from bot.db.bulk import Bulk, analyze, bulk
from bot.db.database import Database
from bot.db.tenants import do_create_tenant, get_tenant
from bot.demo.oncall import add_rotations
from bot.demo.people import add_staff
from bot.demo.truth import Truth, truth_of
from bot.demo.world.batch import Batch
from bot.demo.world.isp import Isp
from bot.demo.world.places import LAKESIDE, SAVANNA
from bot.demo.world.tell import tell
from bot.demo.world.world import World, build_world
from bot.errors import Conflict, NotFound

SIZE, SEED = 12_000, 2026
LAKESIDE_SIZE = 300
DOMAINS = ("customers", "tickets", "billing", "network", "email")
MORE = ("admin", "knowledge", "oncall", "digests", "freeze", "shifts", "reminders", "visits")
PLUGINS = {
    "savanna": (*DOMAINS, "local", "drymail", *MORE),
    "lakeside": ("customers", "tickets", "network", "local", "admin"),
}
"""What each tenant turns on, as far as it is installed; the second one bills elsewhere."""
KEPT = ("isp_words", "isp_word_rows", "isp_below")
"""What triggers fill: the planner has to know them as well, or finding by name is slow, and who is hit."""
Progress = Callable[[str], None]


def quiet(_step: str) -> None:
    """Say nothing about progress."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which world a tenant is to have."""

    isp: Isp
    size: int
    seed: int
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Old:
    """What may happen to a world that is there already."""

    replace_other: bool
    stale_after: timedelta | None

    def is_stale(self, known: Truth, now: datetime) -> bool:
        """Say whether a world's clock stopped too long ago."""
        return self.stale_after is not None and now - datetime.fromisoformat(known.anchor) > self.stale_after


async def load_demo(  # noqa: PLR0913 - each may be left out
    database: Database,
    around: Callable[[Tenant], Surroundings],
    *,
    size: int = SIZE,
    seed: int = SEED,
    now: datetime | None = None,
    progress: Progress = quiet,
    truth_path: Path | None = None,
    replace_other: bool = False,
    stale_after: timedelta | None = None,
) -> Truth:
    """Load both providers, or find them loaded; return what is true of them.

    `around` gives what surrounds a tenant's calls (`App.around`): plugins are turned on through it.
    A second load of the same seed and size changes nothing, whatever the time is, unless the world
    stands still for longer than `stale_after`: then it is drawn anew. Another seed or size is a
    Conflict unless `replace_other`. What is replaced goes with all that people did in it.
    """
    moment = now or datetime.now(UTC)
    wishes = (
        Wish(isp=SAVANNA, size=size, seed=seed, now=moment),
        Wish(isp=LAKESIDE, size=min(size, LAKESIDE_SIZE), seed=seed + 1, now=moment),
    )
    old = Old(replace_other=replace_other, stale_after=stale_after)
    async with rows.loading_alone(database):
        truths = {wish.isp.slug: await _load(database, around, wish, old, progress) for wish in wishes}
    truth = replace(truths.pop(SAVANNA.slug), others=truths)
    if truth_path is not None:
        await asyncio.to_thread(truth.write, truth_path)
    return truth


async def _load(
    database: Database, around: Callable[[Tenant], Surroundings], wish: Wish, old: Old, progress: Progress
) -> Truth:
    tenant = await _tenant(database, wish.isp)
    progress(f"Setting up {wish.isp.name}")
    surroundings = around(tenant)
    there = [name for name in PLUGINS[wish.isp.slug] if name in surroundings.registry.plugins]
    await found_tenant(surroundings, with_plugins=there)
    await add_staff(database, tenant, wish.isp)
    await add_rotations(surroundings, wish.isp, wish.now)
    return await _world(database, tenant, wish, old, progress)


async def get_truth(database: Database) -> Truth | None:
    """Return what is true of the loaded worlds, or None when they are not (both) there."""
    found: dict[str, Truth] = {}
    for isp in (SAVANNA, LAKESIDE):
        try:
            async with database.system() as session:
                tenant = await get_tenant(session, isp.slug)
        except NotFound:
            return None
        async with database.tenant(tenant.id) as session:
            loaded = await rows.get_loaded(session)
        if loaded is None:
            return None
        found[isp.slug] = Truth.from_json(loaded)
    return replace(found.pop(SAVANNA.slug), others=found)


async def _tenant(database: Database, isp: Isp) -> Tenant:
    async with database.system() as session:
        try:
            return await get_tenant(session, isp.slug)
        except NotFound:
            return await do_create_tenant(
                session,
                slug=isp.slug,
                name=isp.name,
                timezone=isp.timezone,
                currency=isp.currency,
                locale=isp.locale,
            )


async def _world(database: Database, tenant: Tenant, wish: Wish, old: Old, progress: Progress) -> Truth:
    async with database.tenant(tenant.id) as session:
        loaded = await rows.get_loaded(session)
        known = None if loaded is None else Truth.from_json(loaded)
        if known is not None and (known.seed, known.size) == (wish.seed, wish.size):
            if not old.is_stale(known, wish.now):
                return known
        elif not old.replace_other and (known is not None or await rows.has_customers(session)):
            raise Conflict(
                f"{tenant.name} holds other data already. `backhaul demo --fresh` replaces all of it."
            )
        if known is not None or old.replace_other:
            progress(f"Taking the old world of {tenant.name} away")
            await rows.do_clear(session)
    return await load_world(database, tenant, wish, progress)


async def load_world(database: Database, tenant: Tenant, wish: Wish, progress: Progress = quiet) -> Truth:
    """Load one world into a tenant that has none: all of it, or on any error nothing."""
    world = await asyncio.to_thread(build_world, wish.isp, wish.size, wish.seed, wish.now)
    async with bulk(database, tenant.id) as into:
        if not await into.is_empty("isp_customers"):
            raise Conflict(f"{tenant.name} got its data from somebody else meanwhile. Nothing was loaded.")
        await into.delay_words()
        counts = await _pour(world, into, progress)
        await into.count_words()
        truth = truth_of(world, counts)
        # The record is written last, in the same transaction: it is there exactly when the world is.
        mark = (rows.KEY, wish.now.astimezone(UTC).replace(tzinfo=None), json.dumps(truth.as_json()))
        await into.add("isp_effects", ("key", "at", "result"), [mark])
    progress(f"Counting what {tenant.name} has")
    await analyze(database, [*counts, *KEPT])
    return truth


async def _pour(world: World, into: Bulk, progress: Progress) -> dict[str, int]:
    """Draw the next rows in a thread while PostgreSQL takes the last ones."""
    counts: Counter[str] = Counter()
    batches = tell(world)
    batch = await asyncio.to_thread(_next, batches)
    while batch is not None:
        following = asyncio.ensure_future(asyncio.to_thread(_next, batches))
        try:
            await into.add(batch.table, batch.columns, batch.rows)
        finally:
            upcoming = await following
        counts[batch.table] += len(batch.rows)
        share = min(counts["isp_customers"] * 100 // world.subs.n // 10, 9) * 10
        progress(f"Loading {world.isp.name}, {world.subs.n:,} customers: {share} %")
        batch = upcoming
    return dict(counts)


def _next(batches: Iterator[Batch]) -> Batch | None:
    return next(batches, None)
