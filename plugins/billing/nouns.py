"""What one customer's account is made of: invoices, payments, credit notes, what is owed."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from bot.api import BadInput, Money, Ref, day, plural


class InvoiceStatus(StrEnum):
    """Where an invoice stands; overdue is an open one past its due date."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


class Method(StrEnum):
    """How money came in."""

    CASH = "cash"
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    MOBILE_MONEY = "mobile_money"
    DIRECT_DEBIT = "direct_debit"


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """What one line charges for."""

    text: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """`number` is the key; `customer` is the account number. A disputed one is not dunned."""

    number: str
    customer: str
    customer_name: str = ""
    issued_on: date
    due_on: date
    total: Money
    paid: Money
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...] = ()
    disputed_at: datetime | None = None
    dispute: str | None = None

    @property
    def owed(self) -> Money:
        """What is still to be paid on it."""
        nothing = Money(0, self.total.currency)
        return self.total - self.paid if self.status is InvoiceStatus.OPEN else nothing


InvoiceRef = Annotated[Invoice, Ref("invoice")]


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money that came in, or did not: `status` succeeded, failed, pending or refunded.

    `invoice` names the invoice it settled, several joined by commas. One that `reverses` another is
    negative and takes it back; the other is `reversed` then.
    """

    number: str
    customer: str
    customer_name: str = ""
    at: datetime
    amount: Money
    method: str
    status: str
    invoice: str | None = None
    provider: str | None = None
    failure: str | None = None
    reference: str | None = None
    by: str | None = None
    note: str | None = None
    reverses: str | None = None
    reversed: bool = False


PaymentRef = Annotated[Payment, Ref("payment")]


@dataclass(frozen=True, kw_only=True)
class CreditNote:
    """Money given back on paper. `invoice` is the one it corrects; a voided one counts for nothing.

    `agent` is the id of the colleague `by` whose name it was given, empty where nobody kept it.
    """

    number: str
    customer: str
    customer_name: str = ""
    at: datetime
    amount: Money
    reason: str
    by: str
    invoice: str | None = None
    voided_at: datetime | None = None
    voided_by: str | None = None
    agent: str = ""


CreditRef = Annotated[CreditNote, Ref("credit_note")]


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a customer owes now. A negative `owed` is credit in their favour.

    `owed` is open invoices less payments and credit notes not yet spread over invoices (`credit`); what
    they owe in a currency other than the tenant's is in `other`. `currencies` are those of the account.
    """

    customer: str
    owed: Money
    overdue: Money
    overdue_since: date | None = None
    open_invoices: int = 0
    next_due: date | None = None
    last_payment: Payment | None = None
    last_failure: Payment | None = None
    other: tuple[Money, ...] = ()
    credit: Money | None = None
    currencies: tuple[str, ...] = ()

    def said(self, today: date) -> str:
        """Return `owes 130.00 EUR, 85.00 EUR of it overdue since 11 Oct (40 days)`."""
        also = "".join(f", and {money}" for money in self.other)
        if self.owed.minor < 0:
            return f"in credit by {-self.owed}{also}"
        if self.owed.minor == 0:
            return f"nothing owed{also}"
        if not self.overdue.minor or self.overdue_since is None:
            due = f", due {day(self.next_due, today)}" if self.next_due else ""
            return f"owes {self.owed}{also}{due}"
        late = plural((today - self.overdue_since).days, "day")
        part = "all of it" if self.overdue == self.owed else f"{self.overdue} of it"
        return f"owes {self.owed}{also}, {part} overdue since {day(self.overdue_since, today)} ({late})"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the account: a charge is positive, what lowers the debt negative."""

    at: datetime
    kind: str
    number: str
    amount: Money
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The newest entries, oldest first; `before` is what was owed ahead of them, `after` what is now."""

    entries: tuple[Entry, ...]
    before: Money
    after: Money


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of some money goes to one invoice."""

    invoice: str
    amount: Money
    rest: Money
    """What is still owed on it afterwards."""


def spread(amount: Money, invoices: Sequence[Invoice], first: str | None = None) -> tuple[Share, ...]:
    """Spread money over open invoices, the named one first, then those due longest; the rest is credit."""
    shares, left = list[Share](), amount.minor
    order = sorted(invoices, key=lambda i: (i.number != first, i.due_on, i.issued_on, i.number))
    for invoice in order:
        owed = invoice.owed
        if owed.minor <= 0 or owed.currency != amount.currency:
            continue
        part = min(left, owed.minor)
        if part <= 0:
            break
        money = Money(part, amount.currency)
        shares.append(Share(invoice=invoice.number, amount=money, rest=owed - money))
        left -= part
    return tuple(shares)


def foreign(name: str, amount: Money, currencies: Sequence[str]) -> str:
    """Say that an account is kept in another currency."""
    units = " and ".join(sorted(currencies))
    return (
        f"The account of {name} is in {units}, so {amount} cannot be booked on it. "
        f"Convert it first and give the amount in {units}."
    )


def over_month(name: str, given: Money, limit: Money) -> str:
    """Say that a credit goes over what one customer may be credited in a month."""
    left = Money(max(limit.minor - given.minor, 0), limit.currency)
    so_far = f"{name} was credited {given} this month already; " if given.minor else ""
    return (
        f"{so_far}one customer may be credited {limit} a month, so {left} is left for {name}. "
        "Credit less, or ask someone who may credit beyond the limit."
    )


def over_day(given: Money, limit: Money, count: int) -> str:
    """Say that a credit goes over what one colleague may credit in a day, all customers together."""
    left = Money(max(limit.minor - given.minor, 0), limit.currency)
    so_far = f"You credited {given} today already ({plural(count, 'note')}); " if count else ""
    return (
        f"{so_far}one colleague may credit {limit} a day, all customers together, so {left} is left for you. "
        "Credit less, do it tomorrow, or ask someone who may credit beyond the limit."
    )


def check_comparable(of: str, limit: Money | None, amount: Money) -> None:
    """Raise BadInput when a limit is in another currency, as that of the month or the day may be."""
    if limit is not None and limit.currency != amount.currency:
        raise BadInput(
            f"The {of}'s limit is in {limit.currency} and this is in {amount.currency}, so I cannot "
            "compare them. Ask someone who may credit beyond the limit."
        )


def months_after(first: date, months: int) -> date:
    """Return the same day of a later month, or its last day where there is none."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
