"""ONTs and radios in the store of each region, with its technicians, back from customers, and faulty."""

from __future__ import annotations

from typing import Any

from bot.demo.world.batch import Batch
from bot.demo.world.customer_rows import MODELS, SERIAL_HEADS
from bot.demo.world.seeded import DAY, HOUR, instants
from bot.demo.world.staff import STAFF, Colleague
from bot.demo.world.world import World

COLUMNS = ("serial", "model", "state", "site", "holder", "holder_name", "note", "since")
VENDORS = {"pop": ("Huawei", "ZTE"), "tower": ("Ubiquiti", "Cambium")}
SHARES = {"in stock": 0.72, "with technician": 0.16, "returned": 0.07, "faulty": 0.05}
FAULTS = ("no power", "no light out", "Ethernet port dead", "burnt by lightning", "keeps rebooting")
LEAST, PER = 12, 400
"""A store has this many boxes and one more for so many customers of the provider."""
Row = tuple[Any, ...]


def stock_rows(world: World) -> Batch:
    """Return the boxes of the first site of each region: in a stream of their own."""
    rng, many = world.rng("stock"), LEAST + len(world.subs.status) // PER
    rows: list[Row] = []
    for nr, region in enumerate(world.isp.regions):
        store = next((s for s in world.network.sites if s.region == nr), None)
        if store is None:
            continue
        near = [one for one in STAFF[world.isp.slug] if _near(one, region.name)]
        states = rng.choice(list(SHARES), many, p=list(SHARES.values())).tolist()
        for state in states:
            vendor = VENDORS["tower" if rng.random() < 0.2 else "pop"][int(rng.integers(2))]
            serial = f"{SERIAL_HEADS[vendor]}00{len(rows):06d}"
            since = world.calendar.now - int(rng.integers(2 * HOUR, 60 * DAY))
            who = near[int(rng.integers(len(near)))] if near else None
            has = who if state == "with technician" else None
            note = FAULTS[int(rng.integers(len(FAULTS)))] if state == "faulty" else ""
            stands = "in stock" if state == "with technician" and who is None else state
            rows.append((serial, MODELS[vendor], stands, store.code, *_holder(world, has), note, since))
    return Batch("isp_cpes", COLUMNS, _dated(rows))


def _near(one: Colleague, region: str) -> bool:
    return one.role == "field" and not one.left and one.region == region


def _holder(world: World, who: Colleague | None) -> tuple[str | None, str]:
    return (who.email(world.isp), who.name) if who else (None, "")


def _dated(rows: list[Row]) -> list[Row]:
    times = instants([row[-1] for row in rows])
    return [(*row[:-1], at) for row, at in zip(rows, times, strict=True)]
