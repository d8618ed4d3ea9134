"""What is known about a line that makes trouble, step by step, each good, bad or not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean, median
from zoneinfo import ZoneInfo

from bot.api import moment, plural, span
from plugins.billing.port import Balance
from plugins.customers.port import Customer, Service, ServiceStatus
from plugins.network.cause import Cause, Kind, cause_of
from plugins.network.port import Line, Measured, Session, Signs
from plugins.network.speeds import ENOUGH, EVENING
from plugins.tickets.port import Category, Ticket

DAY, WEEK = timedelta(days=1), timedelta(days=7)
OFTEN, OFTEN_WEEK = 3, 10
"""Drops in a day, and in a week, from which on a line flaps: routers restart once in a while."""
FELL = 2.0
"""dB that a level may sink before it is worth a word."""
FEW = 3
OURS = "Admin-Reset"
OF_LINE = frozenset((Category.NO_SERVICE, Category.SLOW, Category.EQUIPMENT))
"""What a ticket is about when it speaks against the line."""


class Sign(StrEnum):
    """How a step came out."""

    GOOD = "✔"
    BAD = "✘"
    UNKNOWN = "–"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing looked at."""

    name: str
    sign: Sign
    said: str


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Speed tests beside the plan, in Mbit/s; `usual` is the median, of the evenings where there are some."""

    usual: float
    plan: float
    below: int
    tests: int
    evenings: bool

    @property
    def slow(self) -> bool:
        """Whether they stay below what a good line reaches."""
        return self.usual < ENOUGH * self.plan or self.below * 2 > self.tests

    @property
    def said(self) -> str:
        """Return `median evening 31 of 50, 8 of 13 tests below 80%`."""
        when = "evening " if self.evenings else ""
        tests = f"{self.below:,} of {plural(self.tests, 'test')}"
        return f"median {when}{self.usual:.0f} of {self.plan:g} Mbit/s, {tests} below {ENOUGH:.0%}"


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that was found out; None where the asker may not look or the system does not answer."""

    customer: Customer
    now: datetime
    zone: ZoneInfo
    line: Line | None
    services: tuple[Service, ...] | None = None
    balance: Balance | None = None
    drops: tuple[Session, ...] | None = None
    levels: tuple[Measured, ...] | None = None
    tests: tuple[Measured, ...] | None = None
    signs: Signs | None = None
    tickets: tuple[Ticket, ...] | None = None
    hidden: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def up(self) -> bool:
        """Whether the session is up."""
        return bool(self.line and self.line.session and self.line.session.up)

    @property
    def service(self) -> Service | None:
        """Return the service the line carries."""
        known = {one.number: one for one in self.services or ()}
        return known.get(self.line.service) if self.line else None

    @property
    def suspended(self) -> bool:
        """Whether the line was switched off on purpose."""
        held = self.service is not None and self.service.status is ServiceStatus.SUSPENDED
        return held or (self.line is not None and self.line.status == "suspended")

    def went(self, within: timedelta) -> int:
        """Return how often the session ended by itself within a time."""
        return sum(
            1
            for one in self.drops or ()
            if one.ended_at and one.ended_at >= self.now - within and one.terminate_cause != OURS
        )

    @property
    def flaps(self) -> bool:
        """Whether the session ends too often."""
        return self.went(DAY) >= OFTEN or self.went(WEEK) >= OFTEN_WEEK

    @property
    def common(self) -> Cause | None:
        """Return what is wrong with the whole PON, if anything."""
        cause = cause_of(self.signs) if self.signs else None
        return None if cause is None or cause.kind is Kind.NONE else cause

    @property
    def fell(self) -> float:
        """Return how many dB the line's own level sank over what was measured."""
        own = [one.points for one in self.levels or () if len(one.points) >= 2 * FEW]
        moves = [fmean(v for _, v in p[:FEW]) - fmean(v for _, v in p[-FEW:]) for p in own]
        return max(moves, default=0.0)

    @property
    def points(self) -> list[tuple[datetime, float]]:
        """Return the speed tests of the line that is looked at."""
        own = f"service {self.line.service}" if self.line else ""
        return sorted(point for one in self.tests or () if one.subject == own for point in one.points)

    @property
    def speed(self) -> Speed | None:
        """Return what the tests say beside the plan, by the rule of the speed tests themselves."""
        values = [value for _, value in self.points]
        if not values or self.service is None:
            return None
        evening = [value for at, value in self.points if at.astimezone(self.zone).hour in EVENING]
        plan = self.service.plan.down_kbps / 1_000
        return Speed(
            usual=median(evening if len(evening) >= FEW else values),
            plan=plan,
            below=sum(value < ENOUGH * plan for value in values),
            tests=len(values),
            evenings=len(evening) >= FEW,
        )

    @property
    def slow(self) -> Speed | None:
        """Return the speed tests where they stay below the plan."""
        return self.speed if self.speed and self.speed.slow else None

    @property
    def complaints(self) -> list[Ticket]:
        """Return the open tickets that speak against the line."""
        return [one for one in self.tickets or () if one.category in OF_LINE]


def steps_of(known: Known) -> list[Step]:
    """Return what was looked at, in the order in which one thing explains the next."""
    return [
        *_account(known),
        *_trouble(known),
        *_session(known),
        *_level(known),
        *_around(known),
        *_tests(known),
        *_tickets(known),
    ]


def _step(name: str, said: str, *, bad: bool) -> Step:
    return Step(name=name, sign=Sign.BAD if bad else Sign.GOOD, said=said)


def _account(known: Known) -> Iterator[Step]:
    if "network" in known.silent:
        yield Step(name="Line", sign=Sign.UNKNOWN, said="the network system does not answer")
    elif known.services is not None or known.line:
        status = (known.service.status.value if known.service else None) or (known.line and known.line.status)
        why = known.service.suspend_reason if known.service and known.suspended else None
        which = known.line.service if known.line else "no line in use"
        said = f"{which} is {status}" + (f": {why}" if why else "") if known.line else which
        yield _step("Account", said, bad=known.suspended or known.line is None)
    if known.balance is not None:
        today = known.now.astimezone(known.zone).date()
        yield _step("Money", known.balance.said(today), bad=known.balance.overdue.minor > 0)


def _trouble(known: Known) -> Iterator[Step]:
    if known.line is None:
        return
    outages = [f"{o.number} {o.title}, since {_at(known, o.started_at)}" for o in known.line.outages]
    works = [
        f"{m.number} {m.title}, {_at(known, m.starts_at)} to {_at(known, m.ends_at)}"
        for m in known.line.maintenance
    ]
    running = any(m.starts_at <= known.now for m in known.line.maintenance)
    said = "; ".join([*outages, *works]) or "none declared on this line"
    yield _step("Outage, maintenance", said, bad=bool(outages) or running)


def _session(known: Known) -> Iterator[Step]:
    if known.line is None:
        return
    session = known.line.session
    if session is None:
        yield Step(name="Session", sign=Sign.UNKNOWN, said="none on record")
    else:
        yield _step("Session", session.said(known.now, known.zone), bad=not session.up)
    if known.drops is not None:
        day, week = known.went(DAY), known.went(WEEK)
        said = f"{plural(day, 'drop')} in 24 h, {week:,} in 7 days"
        yield _step("Stability", f"{said}: it flaps" if known.flaps else said, bad=known.flaps)


def _level(known: Known) -> Iterator[Step]:
    line = known.line
    if line is None or line.ont is None:
        return
    if line.ont.status != "online":
        state = line.ont.status.replace("_", " ")
        said = f"{line.ont.serial} is {state} since {_at(known, line.ont.status_since)}"
        yield Step(name="ONT" if line.kind == "fiber" else "Radio", sign=Sign.BAD, said=said)
        return
    name = "Optical level" if line.kind == "fiber" else "Signal"
    if not line.level:
        yield Step(name=name, sign=Sign.UNKNOWN, said="not measured")
        return
    sank = f", {known.fell:.1f} dB less than before" if known.fell >= FELL else ""
    steady = ", steady" if known.levels and not sank else ""
    yield _step(name, f"{line.level}{sank}{steady}", bad=line.signal in {"weak", "critical"} or bool(sank))


def _around(known: Known) -> Iterator[Step]:
    line = known.line
    if line is None:
        return
    if known.signs is not None and line.port:
        onts, dark = sum(p.onts for p in known.signs.pons), sum(p.dark for p in known.signs.pons)
        if onts:
            said = f"{dark:,} of {onts:,} ONTs on {line.port.key} are dark"
            yield _step("Neighbours", said, bad=known.common is not None)
    if line.port and line.device:
        bad = [
            x
            for x in ((line.port.key, line.port.status), (line.device.name, line.device.status))
            if x[1] != "up"
        ]
        above = [
            (d.name, d.status)
            for d in (known.signs.down if known.signs else ())
            if d.name != line.device.name
        ]
        wrong = ", ".join(f"{name} is {status}" for name, status in [*bad, *above])
        where = f" at {line.site.name}" if line.site else ""
        yield _step("Equipment", wrong or f"{line.port.key}{where} is up", bad=bool(wrong))


def _tests(known: Known) -> Iterator[Step]:
    if not known.points:
        return
    at, last = known.points[-1]
    said = f"{last:g} Mbit/s at the last test, {span(known.now - at)} ago"
    if known.speed is not None:
        said = f"{known.speed.said}; {said}"
    yield _step("Speed tests", said, bad=known.slow is not None)


def _tickets(known: Known) -> Iterator[Step]:
    if known.tickets is None:
        return
    named = [f"{one.number} {one.subject}, since {_at(known, one.opened_at)}" for one in known.tickets]
    rest = [f"{len(named) - FEW:,} more"] if len(named) > FEW else []
    yield _step("Tickets", "; ".join([*named[:FEW], *rest]) or "none open", bad=bool(known.complaints))


def _at(known: Known, at: datetime) -> str:
    return moment(at, known.now, known.zone)


def noted(steps: Sequence[Step]) -> str:
    """Return the steps as a ticket keeps them."""
    return "\n".join(f"{step.sign} {step.name}: {step.said}" for step in steps)


def told(steps: Sequence[Step]) -> str:
    """Return the steps as lines."""
    return "\n".join(f"- {step.sign} **{step.name}**: {step.said}" for step in steps)
