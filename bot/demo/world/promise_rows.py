"""Promises to pay, payment plans and reminders: some open, some broken, some kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.bills import Bills
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import GRACE_DAYS
from bot.demo.world.seeded import DAY, HOUR, days, instants
from bot.demo.world.staff import find_emails

FIRST = 1_001
"""Promises bear the place of their customer, counted from here."""
HERO = "failed_autopay"
OPEN, BROKEN, PLAN, KEPT = 0.12, 0.22, 0.27, 0.25
"""Shares of those in debt who promised, broke one, pay by plan (added up); of late payers who kept one."""
KEPT_WITHIN = 60
NOTES = ("Salary comes on Friday", "Was travelling", "Asked to wait for the end of the month", "", "")


def promise_rows(chunk: Chunk, bills: Bills) -> Iterator[Batch]:
    """Return promises, their instalments and reminders of a chunk."""
    teller = PromiseRows(chunk, bills)
    teller.tell()
    if teller.promises:
        yield Batch("isp_promises", PROMISE, teller.promises)
        yield Batch("isp_instalments", INSTALMENT, teller.instalments)
    if teller.reminders:
        yield Batch("isp_reminders", REMINDER, teller.reminders)


PROMISE = ("id", "number", "customer_id", "made_at", "by", "note", "currency")
INSTALMENT = ("promise_id", "nr", "due_on", "amount_minor")
REMINDER = ("customer_id", "at", "by", "channel", "owed_minor", "currency")
Row = tuple[Any, ...]


class PromiseRows:
    """Tells what the customers of one chunk promised."""

    def __init__(self, chunk: Chunk, bills: Bills) -> None:
        self.chunk, self.bills, self.world = chunk, bills, chunk.world
        self.rng = chunk.rng("promises")
        self.by = find_emails(self.world.isp, "support") + find_emails(self.world.isp, "billing")
        self.promises: list[Row] = []
        self.instalments: list[Row] = []
        self.reminders: list[Row] = []

    def tell(self) -> None:
        """Go through those in debt, then through those who paid late."""
        heroes = {m.index - self.chunk.low for m in self.world.cast if m.role == HERO}
        cast = {index - self.chunk.low for index in self.chunk.cast}
        debt = self.bills.overdue.any(axis=1)
        draws = self.rng.random(len(self.chunk))
        for k in np.flatnonzero(debt).tolist():
            self._remind(k)
            if k in heroes:
                self._promise(k, "open", made=1, due=4)
            elif k not in cast:
                self._of_debtor(k, float(draws[k]))
        late = self._late_payers() & ~debt
        for k in np.flatnonzero(late & (draws < KEPT)).tolist():
            if k not in cast:
                self._kept(k)

    def _of_debtor(self, k: int, draw: float) -> None:
        if draw < OPEN:
            self._promise(k, "open", made=1 + k % 3, due=2 + k % 6)
        elif draw < BROKEN:
            self._promise(k, "broken", made=6 + k % 5, due=-1 - k % 4)
        elif draw < PLAN:
            self._promise(k, "plan", made=2 + k % 4, due=8 + k % 9, parts=3)

    def _owed(self, k: int) -> int:
        return int(self.bills.overdue[k].sum()) * int(self.chunk.prices[k])

    def _promise(self, k: int, kind: str, *, made: int, due: int, parts: int = 1) -> None:
        today = self.world.calendar.today
        at = (today - made) * DAY + 8 * HOUR + (k % 400) * 60 - self.world.calendar.offset
        each, over = divmod(self._owed(k), parts)
        plan = [(today + due + 30 * nr, each + (1 if nr < over else 0)) for nr in range(parts)]
        self._add(k, kind, at, plan)

    def _kept(self, k: int) -> None:
        col = int(np.flatnonzero(self._recent()[k])[-1])
        paid = int(self.bills.paid_at[k, col])
        on = (paid + self.world.calendar.offset) // DAY
        self._add(k, "kept", paid - 2 * DAY, [(on + 1, int(self.chunk.prices[k] * 7 // 10))])

    def _add(self, k: int, kind: str, at: int, plan: list[tuple[int, int]]) -> None:
        index = self.chunk.low + k
        number, promise = f"PTP-{FIRST + index}", self.world.ids.of("promise", index)
        author, note = self.by[index % len(self.by)], NOTES[index % len(NOTES)]
        made = instants([at])[0]
        currency = self.world.isp.currency
        self.promises.append((promise, number, self.chunk.ids[k], made, author, note, currency))
        for nr, (due, minor) in enumerate(plan, 1):
            self.instalments.append((promise, nr, days([due])[0], minor))
        self.world.note(f"promises_{kind}", number)

    def _remind(self, k: int) -> None:
        first = int(np.flatnonzero(self.bills.overdue[k])[0])
        at = (int(self.bills.issued[k, first]) + GRACE_DAYS + 3) * DAY + 9 * HOUR - self.world.calendar.offset
        if at < self.world.calendar.now:
            boss = find_emails(self.world.isp, "billing")[0]
            owed, currency = int(self.chunk.prices[k]), self.world.isp.currency
            self.reminders.append((self.chunk.ids[k], instants([at])[0], boss, "email", owed, currency))

    def _recent(self) -> Any:
        bills, calendar = self.bills, self.world.calendar
        due = (bills.issued + GRACE_DAYS) * DAY - calendar.offset
        recent = bills.paid_at > calendar.now - int(timedelta(days=KEPT_WITHIN).total_seconds())
        return bills.paid & recent & (bills.paid_at > due + 3 * DAY)

    def _late_payers(self) -> Any:
        return self._recent().any(axis=1)
