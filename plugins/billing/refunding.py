"""Money that somebody wants back: where it is now, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.api import Button, Column, Money, Reply, Table, Tone, action, moment
from plugins.billing.port import Balance, Billing, Payment, PaymentQuery
from plugins.billing.said import RIGHT, balance_of
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef

BACK = timedelta(days=92)
"""How far back payments are compared with each other."""
NEAR = timedelta(days=10)
"""Two equal amounts within this time may be one that was paid or booked twice."""
PAYMENTS = 200


def doubles(payments: Sequence[Payment]) -> Iterator[tuple[Payment, Payment]]:
    """Yield payments that stand with the one before them that they look like, newest first."""
    good = sorted((p for p in payments if _stands(p)), key=lambda p: (p.at, p.number))
    for at in reversed(range(1, len(good))):
        late = good[at]
        early = next(
            (p for p in good[:at] if p.amount == late.amount and late.at - p.at <= NEAR),
            None,
        )
        if early is not None:
            yield early, late


def _stands(payment: Payment) -> bool:
    return payment.status == "succeeded" and not payment.reversed and payment.reverses is None


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "{customer} paid twice",
        "refund the double payment of {customer}",
        "{customer} wants the money back that was paid twice",
        "did {customer} pay too much",
        "refund {customer} {amount}",
    ),
)
async def refund(ctx: Ctx, customer: CustomerRef, amount: Money | None = None) -> Reply:
    """Say what can be done when a customer wants money back, or paid twice or too much.

    Nothing is paid out from here: it shows payments that look double, what lies on the account, and the
    ways on: take a wrong booking back, leave the money as credit, or have it paid out by hand.
    """
    query = PaymentQuery(customer=customer.number, since=ctx.now - BACK)
    page = await ctx.port(Billing).find_payments(ctx.scope, query, PAYMENTS)
    found, balance = list(doubles(page.payments)), await balance_of(ctx, customer)
    zone = ctx.tenant.zone
    rows = [
        (late.number, moment(late.at, ctx.now, zone), late.amount, late.method.replace("_", " "),
         late.reference, f"{early.number}, {moment(early.at, ctx.now, zone)}")
        for early, late in found
    ]  # fmt: skip
    titles = ("Payment", "When", "Amount", "How", "Reference", "Looks like")
    columns = [Column(title, RIGHT) if title == "Amount" else Column(title) for title in titles]
    return Reply(
        _said(ctx, customer, balance, len(found), amount),
        data=tuple(late for _, late in found),
        table=Table(columns=columns, rows=rows) if rows else None,
        tone=Tone.WARN if found else Tone.PLAIN,
        buttons=tuple(_buttons(customer, found, balance, amount)),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Billing),),
    )


def _said(ctx: Ctx, customer: Customer, balance: Balance, count: int, amount: Money | None) -> str:
    wanted = f"I pay nothing out, so {amount} neither." if amount else "I pay nothing out."
    lines = [f"**{customer.name}** ({customer.number}): {balance.said(ctx.today)}. {wanted}"]
    if count:
        like = "One payment looks" if count == 1 else f"{count} payments look"
        lines.append(f"{like} like another one of the last three months:")
        lines.append(
            "- If the same money was **booked twice**, take the second booking back.\n"
            "- If they really **paid twice**, it is on the account already and settles the next invoice. A "
            "credit note would give it to them a second time.\n"
            "- If they want it paid out, accounting does that by hand; then take the payment back here."
        )
    else:
        lines.append("No two payments of the last three months look alike.")
        if (over := _over(balance)) is not None:
            lines.append(
                f"They are {over} ahead, which settles the next invoice. If they want it paid out, "
                "accounting does that by hand; then take the payment back here."
            )
        else:
            lines.append(
                "There is nothing on the account to pay back. For an outage or as goodwill, give a credit "
                "note: it is no refund, it lowers what they owe."
            )
    return "\n\n".join(lines)


def _over(balance: Balance) -> Money | None:
    return -balance.owed if balance.owed.minor < 0 else None


def _buttons(
    customer: Customer, found: Sequence[tuple[Payment, Payment]], balance: Balance, amount: Money | None
) -> Iterator[Button]:
    who = {"customer": customer.number}
    for early, late in found[:2]:
        args = {"payment": late.number, "reason": f"The same money as {early.number}"}
        about = f"{late.amount} of {customer.name} ({customer.number})"
        yield Button(f"Take {late.number} back", "billing_reverse_payment", args, "danger", about=about)
    yield Button("Payments", "billing_payments", who)
    owes = amount is None or (amount.currency == balance.owed.currency and amount <= balance.owed)
    if not found and owes:  # more than they owe would only lie on the account
        label = f"Credit note of {amount}" if amount else "Credit note"
        yield Button(label, "billing_credit", {**who, "amount": str(amount)} if amount else who)
