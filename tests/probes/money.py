"""Money behind the local connector: what the first tenant has booked, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from bot.api import EVERYWHERE, Money
from plugins.billing.promises import Channel, NewCredit, NewPayment, NewPromise
from plugins.billing.totals import CreditQuery, InvoiceQuery, PaymentQuery
from plugins.connectors.local import (
    queries_accounts,
    queries_credit,
    queries_debtors,
    queries_numbers,
    queries_pay,
    queries_promises,
    queries_settle,
)
from plugins.connectors.local.queries_settle import Account, Source
from tests.plugins.building import NOW, TODAY, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA, CURRENCY, SINCE

ZONE = "Europe/Madrid"
SPAN = (SINCE, NOW + timedelta(days=1))
MONTH = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
TEN = Money(1_000, CURRENCY)
CREDIT = NewCredit(customer=AMINA, amount=TEN, reason="mine")
PAYMENT = NewPayment(customer=AMINA, amount=TEN, method="cash", at=NOW)
PROMISE = NewPromise(customer=AMINA, instalments=((TODAY + timedelta(days=3), TEN),))


@dataclass(frozen=True)
class Booked:
    """What the first tenant has booked."""

    account: Account
    source: Source
    payment: str
    credit: str
    promise: str
    invoice: UUID


async def fill(isp: Isp) -> Booked:
    """Book a payment, a credit note and a promise, over what `tests.probes.isp` put there."""
    async with isp.sql() as session:
        account = await queries_settle.lock_account(session, AMINA)
        payment = await queries_pay.do_pay(session, PAYMENT, "Ada", NOW, CURRENCY)
        credit = await queries_credit.do_credit(session, CREDIT, "Ada", NOW, CURRENCY, MONTH)
        promise = await queries_promises.do_promise(session, PROMISE, "Ada", NOW, TODAY, ZONE, CURRENCY)
        found = await session.execute(text("select id from isp_payments where number = :n"), {"n": payment})
        source = Source(column="payment_id", id=found.scalar_one(), amount=TEN)
    await isp.invoice("INV-3", AMINA, 700, due=TODAY - timedelta(days=9))
    return Booked(
        account=account,
        source=source,
        payment=payment,
        credit=credit,
        promise=promise,
        invoice=isp.ids["INV-3"],
    )


ASKS: Asks = {
    queries_accounts.find_invoice_page: lambda s, a: queries_accounts.find_invoice_page(
        s, EVERYWHERE, InvoiceQuery(), TODAY, CURRENCY, 9
    ),
    queries_accounts.find_payment_page: lambda s, a: queries_accounts.find_payment_page(
        s, EVERYWHERE, PaymentQuery(), TODAY, CURRENCY, 9
    ),
    queries_accounts.get_payment: lambda s, a: queries_accounts.get_payment(s, EVERYWHERE, a.payment),
    queries_accounts.get_ledger: lambda s, a: queries_accounts.get_ledger(
        s,
        EVERYWHERE,
        queries_accounts.Account(customer=AMINA, today=TODAY, currency=CURRENCY, zone=ZONE),
        9,
    ),
    queries_credit.find_credits: lambda s, a: queries_credit.find_credits(
        s, EVERYWHERE, CreditQuery(), SPAN, CURRENCY, 9
    ),
    queries_credit.find_days: lambda s, a: queries_credit.find_days(
        s, EVERYWHERE, CreditQuery(), SPAN, CURRENCY, ZONE
    ),
    queries_credit.get_credit: lambda s, a: queries_credit.get_credit(s, EVERYWHERE, a.credit),
    queries_credit.do_credit: lambda s, a: queries_credit.do_credit(
        s, CREDIT, "Eve", NOW, CURRENCY, (MONTH, MONTH)
    ),
    queries_credit.do_void: lambda s, a: queries_credit.do_void(s, a.credit, "mine", "Eve", NOW),
    queries_debtors.find_debtors: lambda s, a: queries_debtors.find_debtors(
        s, EVERYWHERE, TODAY, CURRENCY, None, 9
    ),
    queries_debtors.do_remind: lambda s, a: queries_debtors.do_remind(
        s, AMINA, next(iter(Channel)), TEN, "Eve", NOW
    ),
    queries_debtors.do_dispute: lambda s, a: queries_debtors.do_dispute(s, "INV-3", "mine", NOW),
    queries_numbers.next_number: lambda s, a: queries_numbers.next_number(s, queries_pay.PAYMENTS),
    queries_pay.do_pay: lambda s, a: queries_pay.do_pay(s, PAYMENT, "Eve", NOW, CURRENCY),
    queries_pay.check_invoice: lambda s, a: queries_pay.check_invoice(s, a.account, "INV-3"),
    queries_pay.do_reverse: lambda s, a: queries_pay.do_reverse(s, a.payment, "mine", "Eve", NOW),
    queries_promises.find_promises: lambda s, a: queries_promises.find_promises(
        s, EVERYWHERE, SINCE, None, ZONE, 9
    ),
    queries_promises.get_promise: lambda s, a: queries_promises.get_promise(s, EVERYWHERE, a.promise, ZONE),
    queries_promises.do_promise: lambda s, a: queries_promises.do_promise(
        s, PROMISE, "Eve", NOW, TODAY, ZONE, CURRENCY
    ),
    queries_promises.do_cancel: lambda s, a: queries_promises.do_cancel(s, a.promise, NOW),
    queries_settle.lock_account: lambda s, a: queries_settle.lock_account(s, AMINA),
    queries_settle.check_currency: lambda s, a: queries_settle.check_currency(
        s, a.account, Money(1, "USD"), "USD"
    ),
    queries_settle.settle: lambda s, a: queries_settle.settle(s, a.account, CURRENCY, NOW, new=a.source),
    queries_settle.take_off: lambda s, a: queries_settle.take_off(s, a.account, a.source, NOW),
    queries_settle.change_paid: lambda s, a: queries_settle.change_paid(s, a.invoice, 1),
}
