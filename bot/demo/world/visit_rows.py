"""Technicians' visits of today and tomorrow, from a stream of their own: no other row changes with them."""

from __future__ import annotations

from typing import Any

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.seeded import DAY, HOUR, instants
from bot.demo.world.staff import STAFF, Colleague

COLUMNS = (
    "number", "customer", "customer_name", "address", "phone", "technician", "technician_name", "starts_at",
    "ends_at", "status", "note", "made_at", "made_by", "region", "site", "partner",
)  # fmt: skip
BEGINS = (8, 10, 13, 15)
DAYS = 2
LONG = 90 * 60
FIRST = 1_001
NOTES = ("Weak signal at the wall outlet", "Install a second router", "Swap the ONT", "Move the outlet")
Row = tuple[Any, ...]


def visit_rows(chunk: Chunk, customers: Batch) -> Batch:
    """Return the visits of two days for each technician, at customers of the first chunk near them."""
    rows = Planner(chunk, customers).rows() if chunk.number == 0 else []
    return Batch("isp_visits", COLUMNS, rows)


class Planner:
    """Plans the technicians' days."""

    def __init__(self, chunk: Chunk, customers: Batch) -> None:
        self.world, self.rng = chunk.world, chunk.rng("visits")
        known = [dict(zip(customers.columns, row, strict=True)) for row in customers.rows]
        self.active = [one for one in known if one["status"] == "active"]

    def rows(self) -> list[Row]:
        """Return four visits a day each, no customer twice."""
        out: list[Row] = []
        seen: set[str] = set()
        for one in STAFF[self.world.isp.slug]:
            if one.role != "field" or one.left:
                continue
            near = [c for c in self.active if c["number"] not in seen and _near(one, c)]
            picks = self.rng.permutation(len(near))[: len(BEGINS) * DAYS].tolist()
            for nr, pick in enumerate(picks):
                seen.add(near[pick]["number"])
                out.append(self._visit(f"VIS-{FIRST + len(out)}", near[pick], one, nr))
        return out

    def _visit(self, number: str, customer: dict[str, Any], one: Colleague, nr: int) -> Row:
        calendar, (day, slot) = self.world.calendar, divmod(nr, len(BEGINS))
        start = (calendar.today + day) * DAY + BEGINS[slot] * HOUR - calendar.offset
        status = "done" if start + LONG < calendar.now else "on_site" if start < calendar.now else "planned"
        begins, ends, made = instants([start, start + LONG, start - 2 * DAY])
        where = ", ".join(filter(None, (customer["street"], customer["city"])))
        email = one.email(self.world.isp)
        area = (customer["region"], customer["site"], customer["partner"])
        who = (customer["number"], customer["name"], where, customer["phone"], email, one.name)
        return (number, *who, begins, ends, status, NOTES[nr % len(NOTES)], made, email, *area)


def _near(one: Colleague, customer: dict[str, Any]) -> bool:
    if one.site:
        return bool(one.site == customer["site"])
    return one.region in (None, customer["region"])
