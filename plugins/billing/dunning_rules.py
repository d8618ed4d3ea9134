"""Who would lose service for not paying, on which day, and what holds it off: pure rules over debtors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.api import Money, Tenant, day, plural
from plugins.billing.port import Debtor, Promise
from plugins.billing.settings import BillingSettings, whole


class Course(StrEnum):
    """What dunning does with a debtor."""

    SUSPEND = "suspend"
    HELD = "held"
    SPARED = "spared"
    OFF = "already off"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of one debtor: on which day, and why."""

    debtor: Debtor
    course: Course
    on: date
    why: str

    @property
    def net(self) -> Money:
        """What is overdue less what lies on the account and what is disputed."""
        return net_of(self.debtor)


def net_of(debtor: Debtor) -> Money:
    """Return overdue debt less credit on the account and disputed invoices."""
    off = sum(part.minor for part in (debtor.credit, debtor.disputed) if part)
    return Money(max(debtor.owed.minor - off, 0), debtor.owed.currency)


def judge(
    debtor: Debtor, promise: Promise | None, settings: BillingSettings, tenant: Tenant, today: date
) -> Verdict:
    """Apply the rules in the order in which a clerk would explain them."""
    business = debtor.kind == "business"
    grace = settings.business_grace_days if business else settings.grace_days
    on = debtor.oldest_due + timedelta(days=grace)

    def verdict(course: Course, why: str, when: date = on) -> Verdict:
        return Verdict(debtor=debtor, course=course, on=when, why=why)

    if debtor.status == "suspended" or not debtor.services:
        return verdict(Course.OFF, "has no service that is on")
    if spared := _spared(debtor, settings):
        return verdict(Course.SPARED, f"{spared} customer: decide by hand")
    if promise is not None and promise.next is not None:
        until = promise.next.due_on
        why = f"{promise.kind} {promise.number} holds until {day(until, today)}"
        return verdict(Course.HELD, why, max(on, until + timedelta(days=1)))
    if small := _small(debtor, whole(settings.dunning_minimum, tenant)):
        return verdict(Course.HELD, small)
    rule = f"grace is {plural(grace, 'day')}{' for business' if business else ''}"
    return verdict(Course.SUSPEND, rule, max(on, today))


def _spared(debtor: Debtor, settings: BillingSettings) -> str:
    """Return what about them spares them, or nothing."""
    if settings.spare_critical and debtor.tier == "critical":
        return "critical"
    return "business" if settings.spare_business and debtor.kind == "business" else ""


def _small(debtor: Debtor, minimum: Money) -> str:
    """Return why the debt is too small to act on, or nothing."""
    if net_of(debtor).minor:
        return f"less than {minimum}" if net_of(debtor).minor < minimum.minor else ""
    return "all of it is disputed" if debtor.disputed == debtor.owed else "credit on the account covers it"


def holding(promises: Mapping[str, Promise], customer: str, today: date) -> Promise | None:
    """Return the open promise of a customer, if any."""
    promise = promises.get(customer)
    return promise if promise is not None and promise.holds(today) else None
