"""Promises to pay, at once or in instalments (payments say whether they were kept), and what writes carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from bot.api import Money, Ref


class Standing(StrEnum):
    """How a promise stands today."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "kept late"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """So much by such a day; `paid_on` is the day on which payments since the promise reached it."""

    nr: int
    due_on: date
    amount: Money
    paid_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What a customer said they would pay. One instalment is a promise, several are a payment plan."""

    number: str
    customer: str
    customer_name: str = ""
    phone: str | None = None
    made_at: datetime
    by: str
    instalments: tuple[Instalment, ...]
    note: str = ""
    cancelled: bool = False

    @property
    def total(self) -> Money:
        """All of it."""
        amounts = [one.amount for one in self.instalments]
        return Money(sum(amount.minor for amount in amounts), amounts[0].currency)

    @property
    def kind(self) -> str:
        """What people call it."""
        return "promise" if len(self.instalments) == 1 else "payment plan"

    @property
    def next(self) -> Instalment | None:
        """The first instalment that is not paid."""
        return next((one for one in self.instalments if one.paid_on is None), None)

    def standing(self, today: date) -> Standing:
        """Return whether it is kept, broken or still open; the day itself still counts as in time."""
        if self.cancelled:
            return Standing.CANCELLED
        if self.next is not None:
            return Standing.BROKEN if self.next.due_on < today else Standing.OPEN
        late = any(one.paid_on and one.paid_on > one.due_on for one in self.instalments)
        return Standing.LATE if late else Standing.KEPT

    def holds(self, today: date) -> bool:
        """Say whether it holds dunning off."""
        return self.standing(today) is Standing.OPEN


PromiseRef = Annotated[Promise, Ref("promise")]


@dataclass(frozen=True, kw_only=True)
class NewPromise:
    """What to write down: day and sum of each instalment, in order."""

    customer: str
    instalments: tuple[tuple[date, Money], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPayment:
    """Money that came in; `invoice` names the one to settle first."""

    customer: str
    amount: Money
    method: str
    at: datetime
    reference: str | None = None
    invoice: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewCredit:
    """A credit note to write: against an invoice, or on the account.

    `month_limit` is the most that notes of this calendar month may come to for the customer, this one
    included; `day_limit` the most that those of `agent` (an id) may come to today, for all customers; the
    connector refuses what goes over either, also when two are written at once.
    """

    customer: str
    amount: Money
    reason: str
    invoice: str | None = None
    month_limit: Money | None = None
    agent: str = ""
    day_limit: Money | None = None


class Channel(StrEnum):
    """How a reminder reaches a customer."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A customer was reminded of what they owed."""

    customer: str
    at: datetime
    by: str
    channel: str
    owed: Money
