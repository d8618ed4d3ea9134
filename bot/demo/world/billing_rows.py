"""Invoices, payments, failed charges and credit notes of a chunk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.bills import LAST_TRY, RETRY_DAYS, Bills
from bot.demo.world.calendar import MONTHS
from bot.demo.world.chunk import Chunk
from bot.demo.world.credits import credit_rows
from bot.demo.world.isp import GRACE_DAYS
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Flags, Ints, days, instants, pick
from bot.demo.world.subscribers import CHURNED

ATTEMPTS = 8
"""Payments kept apart per invoice: numbers and identifiers are spaced by this."""
CARD_FAILURES = ("insufficient_funds", "card_expired", "do_not_honour", "provider_timeout")
DEBIT_FAILURES = ("insufficient_funds", "mandate_cancelled")
HAND_FAILURES = ("insufficient_funds", "wrong_pin", "provider_timeout")
EPOCH_YEAR = 2020


class BillingRows:
    """Tells the bills of one chunk."""

    def __init__(self, chunk: Chunk, bills: Bills) -> None:
        self.chunk, self.bills, self.world = chunk, bills, chunk.world
        self.rng = chunk.rng("payments")
        row, col = np.nonzero(bills.billed)
        self.row, self.col = row, col
        self.issued = bills.issued[row, col]
        self.paid = bills.paid[row, col]
        self.index = (chunk.low + row) * MONTHS + col
        self.credit = np.zeros(len(row), dtype=np.int64)
        self.total = chunk.prices[row]

    def batches(self) -> Iterator[Batch]:
        """Return invoices, payments, credit notes."""
        notes = credit_rows(self.chunk, self)
        yield self._invoices()
        yield from self._payments()
        if notes:
            yield Batch.of("isp_credit_notes", notes)

    def sequence(self) -> Ints:
        """Return the place of each invoice in the provider's whole history: month, then bill day."""
        months = self.issued.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        rank = self.chunk.slice(self.world.subs.bill_rank)[self.row]
        place: Ints = (months - (EPOCH_YEAR - 1970) * 12) * self.world.subs.n + rank
        return place

    def _invoices(self) -> Batch:
        n, now = self.world.subs.n, self.world.calendar.today
        years, places = np.divmod(self.sequence(), 12 * n)
        old_debt = (
            ~self.paid
            & (self.chunk.slice(self.world.subs.status) == CHURNED)[self.row]
            & (self.issued < now - 120)
        )
        partial = ~self.paid & (self.rng.random(len(self.row)) < 0.06)  # share paid in part
        partial &= ~np.isin(self.row + self.chunk.low, list(self.chunk.cast)) & (self.issued < now - 5)
        self.partial = partial & ~old_debt
        paid = np.where(self.paid, self.total, np.where(self.partial, self.total // 200 * 100, 0))
        status = np.where(old_debt, "void", np.where(self.paid, "paid", "open"))
        ids, zipped = self.chunk.ids, zip(years.tolist(), places.tolist(), strict=True)
        return Batch.of(
            "isp_invoices",
            {
                "id": self.world.ids.many("invoice", self.index.tolist()),
                "number": [f"INV-{EPOCH_YEAR + year}-{place + 1:06d}" for year, place in zipped],
                "customer_id": [ids[k] for k in self.row.tolist()],
                "issued_on": days(self.issued),
                "due_on": days(self.issued + GRACE_DAYS),
                "total_minor": self.total.tolist(),
                "paid_minor": paid.tolist(),
                "currency": [self.world.isp.currency] * len(self.row),
                "status": status.tolist(),
                "lines": self._lines(),
            },
        )

    def _lines(self) -> list[str]:
        """Return the lines of each invoice as JSON; what a customer buys is put in words once."""
        chunk, subs = self.chunk, self.world.subs
        bought: list[list[tuple[str, int]]] = [[] for _ in range(len(chunk))]
        for s in chunk.services.tolist():
            plan = self.world.isp.plans[int(subs.plan[s])]
            bought[int(subs.owner[s]) - chunk.low].append((plan.name, plan.price_minor))
        months = {day: f"{date(1970, 1, 1) + timedelta(days=day):%b %Y}" for day in set(self.issued.tolist())}
        heads = [
            [(f'{{"text": "{name}, ', f'", "minor": {minor}}}') for name, minor in items] for items in bought
        ]
        return [
            "[" + ", ".join(head + month + tail for head, tail in heads[k]) + "]"
            for k, month in zip(self.row.tolist(), map(months.__getitem__, self.issued.tolist()), strict=True)
        ]

    def _payments(self) -> Iterator[Batch]:
        subs, bills = self.world.subs, self.bills
        carrier = self.chunk.slice(subs.carrier)[self.row]
        auto, tries = bills.auto[self.row], bills.tries[self.row, self.col]
        hands = np.array([k for k, c in enumerate(self.world.isp.carriers) if c.method == "mobile_money"])
        stray = (self.rng.random(len(self.row)) < 0.06) | (auto & (tries == LAST_TRY))  # share
        dropped = bills.dropped[self.row, self.col]
        used = np.where(stray & ~dropped, hands[-1], carrier)
        at = bills.paid_at[self.row, self.col]
        yield self._batch(self.paid, at, self.total - self.credit, used, 7, "succeeded")
        start = self.issued * DAY
        half_way = start + (self.world.calendar.now - start) // 2
        yield self._batch(self.partial, half_way, self.total // 200 * 100, used, 6, "succeeded")
        yield from self._failed_charges(auto, tries, carrier)
        slip = self.paid & ~auto & ~dropped & (self.rng.random(len(self.row)) < 0.015)  # share
        yield self._batch(
            slip,
            at - self.rng.integers(2, 40, len(at)) * MINUTE,
            self.total,
            carrier,
            3,
            "failed",
            HAND_FAILURES,
        )
        self._note_drop(dropped)
        seen = dropped & ~self.paid & (self.rng.random(len(self.row)) < 0.6)  # share that left a trace
        self.world.count("drop_failed", int(seen.sum()))
        yield self._batch(seen, at, self.total, carrier, 4, "failed", ("provider_timeout",))

    def _failed_charges(self, auto: Flags, tries: Ints, carrier: Ints) -> Iterator[Batch]:
        cards = np.array([c.method == "card" for c in self.world.isp.carriers])[carrier]
        for attempt in range(LAST_TRY):
            at = (
                (self.issued + GRACE_DAYS + RETRY_DAYS[attempt]) * DAY
                + 6 * HOUR
                + 11 * MINUTE
                - self.world.calendar.offset
            )
            failed = auto & (tries > attempt) & (at <= self.world.calendar.now)
            yield self._batch(failed & cards, at, self.total, carrier, attempt, "failed", CARD_FAILURES)
            yield self._batch(failed & ~cards, at, self.total, carrier, attempt, "failed", DEBIT_FAILURES)

    def _note_drop(self, dropped: Flags) -> None:
        numbers = self.chunk.numbers
        for name, which in (("drop_expected", dropped), ("drop_paid", dropped & self.paid)):
            self.world.note(name, *(numbers[k] for k in self.row[which].tolist()))

    def _batch(
        self,
        which: Flags,
        at: Ints,
        amount: Ints,
        carrier: Ints,
        attempt: int,
        status: str,
        failures: tuple[str, ...] = (),
    ) -> Batch:
        keep = np.flatnonzero(which)
        carriers, ids = self.world.isp.carriers, self.chunk.ids
        used: list[Any] = [carriers[k] for k in carrier[keep].tolist()]
        sequence = self.sequence()[keep] * ATTEMPTS + attempt
        cause = (
            pick(self.rng, [len(failures) - k for k in range(len(failures))], len(keep)).tolist()
            if failures
            else []
        )
        return Batch.of(
            "isp_payments",
            {
                "id": self.world.ids.many("payment", (self.index[keep] * ATTEMPTS + attempt).tolist()),
                "number": [f"PAY-{k:07d}" for k in sequence.tolist()],
                "customer_id": [ids[k] for k in self.row[keep].tolist()],
                "invoice_id": self.world.ids.many("invoice", self.index[keep].tolist()),
                "at": instants(at[keep]),
                "amount_minor": amount[keep].tolist(),
                "currency": [self.world.isp.currency] * len(keep),
                "method": [c.method for c in used],
                "provider": [c.name for c in used],
                "status": [status] * len(keep),
                "failure": [failures[k] for k in cause] if failures else [None] * len(keep),
                "reference": [
                    f"{c.name[:2].upper()}{k * 2_654_435_761 % 36**8:09d}"
                    for c, k in zip(used, sequence.tolist(), strict=True)
                ],
            },
        )
