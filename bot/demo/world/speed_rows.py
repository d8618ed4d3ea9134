"""Speed tests of some lines, from a stream of their own: no other row changes with them."""

from __future__ import annotations

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.measurement_rows import COLUMNS
from bot.demo.world.seeded import instants

DAYS = 14
TESTED = 0.02
"""Share of the lines with a tester, or whose customers test now and then."""
LATE = 0.15
"""Share of the tested ones that are slow in the evening."""
HOURS = (9.4, 13.1, 18.6, 20.2, 21.3, 20.7)
"""Local hours of tests, one a day in turn: most people test when it is slow."""
FIRST_EVENING = 18.0


def speed_rows(chunk: Chunk) -> Batch:
    """Return two weeks of tests of a few active lines; the heroine's evenings are slow, as she complains."""
    world, services, rng = chunk.world, chunk.services, chunk.rng("speed-tests")
    calendar, subs = world.calendar, world.subs
    heroines = [m.index for m in chunk.cast.values() if m.role == "heroine"]
    tested = world.lines.live[services] & (rng.random(len(services)) < TESTED)
    heroic = np.isin(services, heroines)
    late = (rng.random(len(services)) < LATE) | heroic
    days = np.arange(DAYS - 1, -1, -1)
    hours = np.array([HOURS[day % len(HOURS)] for day in days.tolist()])
    moments = np.array(
        [calendar.at(calendar.today - d, h) for d, h in zip(days.tolist(), hours, strict=True)]
    )
    past, evening = moments <= calendar.now, hours >= FIRST_EVENING
    rows = []
    for k in np.flatnonzero(tested | heroic).tolist():
        s = services[k]
        sold, best = (
            world.isp.plans[subs.plan[s]].down_mbps,
            0.88 if world.lines.wireless[s] else 0.95,
        )  # share
        share = np.where(evening & late[k], 0.62, best) + rng.normal(0, 0.02, DAYS)  # of what was sold
        took = moments + rng.integers(0, 1_500, DAYS)
        kept = past & (took <= calendar.now)
        owner = int(subs.owner[s])
        number = f"SVC-{chunk.numbers[owner - chunk.low]}-{1 + int(s >= subs.n)}"
        at, values = instants(took[kept]), (sold * share[kept]).round(1).tolist()
        subject = f"service:{number}"
        rows += [(subject, "mbps_down", when, value) for when, value in zip(at, values, strict=True)]
    return Batch("isp_measurements", COLUMNS, rows)
