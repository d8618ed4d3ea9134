"""One customer's money: balance, one invoice, the statement of the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.api import (
    Button,
    Chart,
    Column,
    Curve,
    Money,
    NotFound,
    Reply,
    Table,
    Tone,
    action,
    day,
    moment,
    plural,
)
from plugins.billing.port import Balance, Billing, InvoiceRef, Ledger, Promise
from plugins.billing.said import (
    LOOK_BACK,
    MAX_ROWS,
    RIGHT,
    check_past,
    midnight,
    period_said,
    standing,
    why_failed,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "what does {customer} owe",
        "balance of {customer}",
        "how much does {customer} have to pay",
        "is {customer} behind with payments",
        "did {customer} pay",
        "what is outstanding for {customer}",
        "what does {customer} still have to pay",
        "is {customer} all paid",
        "when did {customer} last pay",
        "is {customer} paid up",
        "has {customer} paid",
        "does {customer} owe anything",
        "how much is {customer} behind",
        "how much is open with {customer}",
        "debt of {customer}",
        "is the account of {customer} settled",
        "is {customer} in arrears",
        "when was the last time {customer} paid us",
    ),
)
async def balance(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Say what a customer owes, since when, and when they last paid."""
    today = ctx.today
    found = await ctx.port(Billing).balance(ctx.scope, customer.number, today)
    if found is None:
        raise NotFound(f"Billing knows no customer {customer.number}.")
    zone, last, failed = ctx.tenant.zone, found.last_payment, found.last_failure
    lines = [f"**{customer.name}** ({customer.number}): {found.said(today)}."]
    if last:
        how = last.method.replace("_", " ")
        lines.append(f"Last payment: {last.amount} on {moment(last.at, ctx.now, zone)} by {how}.")
    else:
        lines.append("They have not paid anything yet.")
    if failed and (last is None or failed.at > last.at):
        lines.append(
            f"A later try failed: {failed.amount}, {moment(failed.at, ctx.now, zone)}, {why_failed(failed)}."
        )
    if found.owed.minor > 0:
        held = [p for p in await _promises(ctx, customer) if p.holds(today)]
        lines += [
            f"They promised {p.total} by {day(p.instalments[-1].due_on, today)} ({p.number})." for p in held
        ]
    return Reply(
        "\n\n".join(lines),
        data=found,
        tone=Tone.WARN if found.overdue.minor else Tone.PLAIN,
        buttons=_buttons(customer, found),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": customer.number},
    )


async def _promises(ctx: Ctx, customer: Customer) -> list[Promise]:
    since = ctx.now - LOOK_BACK
    return list(await ctx.port(Billing).promises(ctx.scope, since, customer.number))


def _buttons(customer: Customer, found: Balance) -> tuple[Button, ...]:
    who = {"customer": customer.number}
    buttons = [Button("Invoices", "billing_invoices", who), Button("Statement", "billing_statement", who)]
    if found.owed.minor > 0:
        buttons.append(Button("Record a payment", "billing_record_payment", who, "primary"))
        buttons.append(Button("Promise to pay", "billing_promise", who))
    if found.overdue.minor and customer.status.value == "active":
        args, named = {**who, "reason": "non-payment"}, f"{customer.name} ({customer.number}) for non-payment"
        buttons.append(Button("Suspend", "customers_suspend", args, "danger", about=named))
    if not found.overdue.minor and customer.status.value == "suspended":
        buttons.append(Button("Resume", "customers_resume", who, "primary"))
    return tuple(buttons)


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "show invoice {invoice}",
        "what is on {invoice}",
        "is {invoice} paid",
        "lines of {invoice}",
        "open {invoice}",
        "when is {invoice} due",
        "what is {invoice} for",
        "whose invoice is {invoice}",
    ),
)
async def invoice(ctx: Ctx, invoice: InvoiceRef) -> Reply:
    """Show one invoice with its lines."""
    today = ctx.today
    rows = [(line.text, line.amount) for line in invoice.lines]
    facts = {"Issued": invoice.issued_on, "Due": invoice.due_on, "Paid": invoice.paid, "Owed": invoice.owed}
    if invoice.disputed_at:
        facts["Disputed"] = f"{invoice.dispute} ({moment(invoice.disputed_at, ctx.now, ctx.tenant.zone)})"
    who = {"customer": invoice.customer}
    buttons = [Button("Balance", "billing_balance", who)]
    if invoice.owed.minor:
        paid = {**who, "invoice": invoice.number, "amount": str(invoice.owed)}
        buttons.append(Button("Record a payment", "billing_record_payment", paid, "primary"))
        buttons.append(Button("Remind", "billing_remind", who))
    return Reply(
        f"**{invoice.number}** of {invoice.customer_name} ({invoice.customer}): {invoice.total}, "
        f"{standing(invoice, today)}.",
        data=invoice,
        facts=facts,
        table=Table(columns=(Column("For"), Column("Amount", RIGHT)), rows=rows) if rows else None,
        buttons=tuple(buttons),
        evidence=(ctx.evidence(Billing),),
        focus={"invoice": invoice.number, "customer": invoice.customer},
    )


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "statement of {customer}",
        "account statement for {customer}",
        "ledger of {customer}",
        "every charge and payment on the account of {customer}",
        "how did the balance of {customer} come about",
        "balance history of {customer}",
        "balance of {customer} as a chart",
        "statement of {customer} since {since}",
    ),
)
async def statement(
    ctx: Ctx,
    customer: CustomerRef,
    limit: int = 20,
    *,
    since: date | None = None,
    until: date | None = None,
) -> Reply:
    """Show the statement of an account, with the history of the balance as a chart.

    Every charge, payment and credit note, oldest first, with the balance after it; of a period if you name
    one.
    """
    check_past(since, until, ctx.today)
    begin = midnight(ctx, since) if since else None
    end = midnight(ctx, until + timedelta(days=1)) if until and until < ctx.today else None
    rows_ = MAX_ROWS if begin or end else max(1, min(limit, MAX_ROWS))
    read = await ctx.port(Billing).ledger(ctx.scope, customer.number, rows_ + 1, begin, end)
    if read is None:
        raise NotFound(f"Billing knows no customer {customer.number}.")
    found = _last(read, rows_)
    shown = plural(rows_, "last entry", "last entries")
    cut = f" Shown are the {shown} of it; name a shorter period for those before."
    today, owed, rows = ctx.today, found.before, list[tuple[object, ...]]()
    if found.before.minor:
        rows.append((None, "brought forward", "", "", None, found.before))
    for entry in found.entries:
        owed += entry.amount
        on = day(entry.at.astimezone(ctx.tenant.zone).date(), today)
        rows.append((on, entry.kind, entry.number, entry.text, entry.amount, owed))
    columns = (Column("On"), Column("What"), Column("Number"), Column("For"), Column("Amount", RIGHT),
               Column("Balance", RIGHT))  # fmt: skip
    then = f" on {day(until, today)}" if until and until < today else ""
    owes = f"in credit by {-found.after}" if found.after.minor < 0 else f"owed {found.after}"
    owes = owes if then or found.after.minor < 0 else owes.replace("owed", "owes")
    return Reply(
        f"Statement of **{customer.name}** ({customer.number}){period_said(since, until, today)}: "
        f"{owes if found.after.minor else 'nothing owed'}{then}.{cut if begin and found is not read else ''}",
        data=found,
        table=Table(columns=columns, rows=rows) if rows else None,
        chart=_chart(ctx, found),
        buttons=(Button("Balance", "billing_balance", {"customer": customer.number}),),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": customer.number},
    )


def _last(found: Ledger, most: int) -> Ledger:
    """Return the last entries of an account; what is cut before them is brought forward."""
    if len(found.entries) <= most:
        return found
    before = sum((one.amount for one in found.entries[:-most]), found.before)
    return replace(found, before=before, entries=tuple(found.entries[-most:]))


def _chart(ctx: Ctx, found: Ledger) -> Chart | None:
    """Return the balance after each day that changed it."""
    after: dict[date, Money] = {}
    owed = found.before
    for entry in found.entries:
        owed += entry.amount
        after[entry.at.astimezone(ctx.tenant.zone).date()] = owed
    if len(after) < 3:  # noqa: PLR2004 - two points are no course
        return None
    most = max(after.values(), key=lambda money: money.minor)
    return Chart(
        title="Balance",
        axis=list(after),
        curves=(Curve("Owed", list(after.values())),),
        says=f"At most {most} was owed at once.",
        unit=found.after.currency,
        from_zero=True,
    )
