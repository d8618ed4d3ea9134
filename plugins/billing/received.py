"""Payments: what came in, of one customer or of all, by method, period and reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from bot.api import Column, Money, Reply, Sheet, Table, action, moment, plural, read_for_sheet, sheet_with
from plugins.billing.bounds import amounts
from plugins.billing.port import Billing, Method, Payment, PaymentPage, PaymentQuery
from plugins.billing.said import (
    MAX_ROWS,
    RIGHT,
    check_past,
    in_ours,
    midnight,
    none_of,
    period_said,
    unknown_area,
    whom_said,
    why_failed,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerKind, CustomerQuery, CustomerRef, query_of

Status = Literal["failed", "succeeded", "pending", "refunded"]
PAST = {"succeeded": "successful"}
"""Statuses as they stand before “payments”."""


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "payments of {customer}",
        "what has {customer} paid",
        "payment history of {customer}",
        "show the last payments of {customer}",
        "how does {customer} pay",
        "{method} payments since {since}",
        "all payments received on {since}",
        "payment with reference {reference}",
        "what did we receive from {customer}",
        "what came in from {customer}",
        "did the payment of {customer} arrive",
        "when did {customer} pay",
        "{method} payments over {over}",
        "was {amount} paid {since}",
        "how much did we collect {since}",
        "payments of {kind} customers in {area} {since}",
        "who paid twice {since}",
    ),
)
async def payments(  # noqa: PLR0913 - what the list can be narrowed by
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    method: Method | None = None,
    since: date | None = None,
    until: date | None = None,
    reference: str | None = None,
    status: Status | None = None,
    over: Money | None = None,
    under: Money | None = None,
    amount: Money | None = None,
    kind: CustomerKind | None = None,
    area: str = "",
    twice: bool = False,
    at_least: bool = False,
    at_most: bool = False,
    limit: int = 12,
    csv: bool = False,
) -> Reply:
    """List a customer's payments, newest first, failed ones too.

    Or those of everybody, of business customers or an area; by cash, card or another way, of a period, over
    or under an amount, between two (both are meant too) or of just one, failed ones only, of who paid twice,
    or with a reference; as a CSV file.
    """
    check_past(since, until, ctx.today)
    of = amounts(ctx, over, under, at_least=at_least, at_most=at_most)
    query = PaymentQuery(
        customer=customer.number if customer else None,
        since=midnight(ctx, since) if since else None,
        until=midnight(ctx, until + timedelta(days=1)) if until else None,
        method=method,
        reference=reference,
        status=status,
        over=of.over,
        under=of.under,
        amount=amount and in_ours(ctx, amount),
        whose=query_of(kind=kind, area=area),
        twice=twice,
    )
    span = period_said(since, until, ctx.today) + _more(query, of.said)
    return await _listed(ctx, query, customer, span, limit, csv=csv)


async def _listed(
    ctx: Ctx,
    query: PaymentQuery,
    customer: Customer | None,
    span: str,
    limit: int,
    *,
    csv: bool,
) -> Reply:
    read = partial(ctx.port(Billing).find_payments, ctx.scope)
    found = await read_for_sheet(partial(read, query), lambda page: page.count, csv=csv)
    whose, beside = query.whose or CustomerQuery(), ""
    if customer and not found.count and whose != CustomerQuery():
        query = replace(query, whose=None)
        found = await read_for_sheet(partial(read, query), lambda page: page.count, csv=csv)
        beside = none_of(customer, whose) if found.count else ""
    rows = found.payments[: max(1, min(limit, MAX_ROWS))]
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not found.count:
        return Reply(await _none(ctx, customer, query, span), data=(), focus=focus, evidence=evidence)
    sheet = _sheet(ctx, found, len(rows), csv=csv)
    return Reply(
        sheet.after(beside + _said(found, len(rows), customer, query, span)),
        data=rows,
        table=replace(_payments(ctx, rows, everybody=customer is None), total=found.count),
        file=sheet.file,
        focus=focus,
        evidence=evidence,
    )


def _kind(query: PaymentQuery) -> str:
    status = PAST.get(query.status or "", query.status or "")
    words = (status, query.method.replace("_", " ") if query.method else "", "payment")
    return " ".join(word for word in words if word)


def _more(query: PaymentQuery, amounts_said: str) -> str:
    """Return what amounts and which reference are meant, to stand behind the period."""
    twice = ", of customers who paid more than once" + (" in it" if query.since or query.until else "")
    much = f", {amounts_said}" if amounts_said else ""
    amount = f", {query.amount} each" if query.amount else ""
    return (
        much
        + (twice if query.twice else "")
        + amount
        + (f", reference {query.reference}" if query.reference else "")
    )


async def _none(ctx: Ctx, customer: Customer | None, query: PaymentQuery, span: str) -> str:
    """Say that nothing came in; of somebody asked about in a period, when it last did."""
    today = ctx.today
    if customer is None and (unknown := await unknown_area(ctx, query.whose or CustomerQuery())):
        return unknown
    if customer is None:
        return f"No {_kind(query)}s{whom_said(None, query.whose or CustomerQuery(), None)}{span}."
    if not span:
        return f"No {_kind(query)}s from {customer.name} yet."
    balance = await ctx.port(Billing).balance(ctx.scope, customer.number, today)
    last = balance.last_payment if balance else None
    when = f" The last payment: {last.amount} on {moment(last.at, ctx.now, ctx.tenant.zone)}." if last else ""
    return f"No {_kind(query)} from {customer.name}{span}.{when}"


def _said(found: PaymentPage, shown: int, customer: Customer | None, query: PaymentQuery, span: str) -> str:
    """Say what came in; whether somebody paid in a period at all comes first."""
    note = f", {found.failed} of them failed" if found.failed and not query.status else ""
    many = plural(found.count, _kind(query))
    part = f"The last {shown} of " if shown < found.count else ""
    if customer and span and not found.total.minor:
        only = "it failed" if found.count == 1 else "none of them went through"
        if found.failed < found.count:
            only = "none of it is on the account (look at the status)"
        return f"{customer.name} paid nothing{span.lstrip(',')}: {many}, {only}:"
    if customer and span:
        return f"{customer.name} paid {found.total}{span.lstrip(',')}, {many}{note}:"
    whose = whom_said(customer, query.whose or CustomerQuery(), None)
    return f"{part}{many}{whose}{span}{note}, {found.total} came in:"


def _sheet(ctx: Ctx, found: PaymentPage, shown: int, *, csv: bool) -> Sheet:
    return sheet_with(
        lambda: _payments(ctx, found.payments, everybody=True, plain=True),
        "payments",
        plural(found.count, "payment"),
        shown=shown,
        read=len(found.payments),
        total=found.count,
        csv=csv,
    )


def _payments(ctx: Ctx, found: Sequence[Payment], *, everybody: bool, plain: bool = False) -> Table:
    """Return them as a table; `plain`: with times that say the day next year too, as files need."""
    who = [Column("Account"), Column("Name")] if everybody else []
    columns = [Column("Payment"), *who, Column("When"), Column("Amount", RIGHT), Column("How")]
    zone = ctx.tenant.zone
    rows = [
        (
            p.number,
            *((p.customer, p.customer_name) if everybody else ()),
            f"{p.at.astimezone(zone):%Y-%m-%d %H:%M}" if plain else moment(p.at, ctx.now, zone),
            p.amount,
            _how(p),
            _status(p),
            p.invoice,
        )
        for p in found
    ]
    return Table(columns=[*columns, Column("Status"), Column("Invoice")], rows=rows)


def _how(payment: Payment) -> str:
    how = payment.method.replace("_", " ")
    return f"{how}, {payment.provider}" if payment.provider else how


def _status(payment: Payment) -> str:
    if payment.reverses:
        return f"takes {payment.reverses} back"
    if payment.reversed:
        return "taken back"
    return f"failed: {why_failed(payment)}" if payment.status == "failed" else payment.status
