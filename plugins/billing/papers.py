"""One payment, credit note or promise by its number: what became of it, and what can be done with it."""

from __future__ import annotations

from bot.api import Button, Column, Reply, Table, Tone, action, day, moment
from plugins.billing.port import Billing, CreditRef, PaymentRef, PromiseRef, Standing
from plugins.billing.said import RIGHT, focus_of, why_failed
from plugins.billing.settings import Ctx


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "show payment {payment}",
        "who made the payment {payment}",
        "what was {payment} for",
        "did {payment} go through",
        "which invoice did {payment} settle",
    ),
)
async def show_payment(ctx: Ctx, payment: PaymentRef) -> Reply:
    """Show one payment.

    Whose it is, how and when it came in, what it settled, or why it failed.
    """
    who, zone = {"customer": payment.customer}, ctx.tenant.zone
    good = payment.status == "succeeded" and not payment.reversed and payment.reverses is None
    stands = "taken back" if payment.reversed else payment.status
    if payment.reverses:
        stands = f"it takes {payment.reverses} back"
    elif payment.status == "failed":
        stands = f"failed: {why_failed(payment)}"
    facts: dict[str, object] = {
        "How": ", ".join(filter(None, (payment.method.replace("_", " "), payment.provider))),
        "Reference": payment.reference,
        "Settled" if good else "For": payment.invoice
        or ("nothing yet: it lies on the account" if good else None),
        "Booked by": payment.by,
        "Note": payment.note,
    }
    buttons = [Button("Payments", "billing_payments", who), Button("Balance", "billing_balance", who)]
    if good:
        args = {"payment": payment.number}
        about = f"{payment.number}, {payment.amount} of {payment.customer_name} ({payment.customer})"
        buttons.append(Button("Take it back", "billing_reverse_payment", args, "danger", about=about))
    return Reply(
        f"**{payment.number}** of {payment.customer_name} ({payment.customer}): {payment.amount}, "
        f"{moment(payment.at, ctx.now, zone)}, {stands}.",
        data=payment,
        facts={name: value for name, value in facts.items() if value},
        tone=Tone.WARN if payment.status == "failed" or payment.reversed else Tone.PLAIN,
        buttons=tuple(buttons),
        focus=focus_of(payment.customer, payment=payment.number),
        evidence=(ctx.evidence(Billing),),
    )


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "show credit note {credit_note}",
        "credit note {credit_note}",
        "why was {credit_note} given",
        "who gave the credit {credit_note}",
        "what is {credit_note} for",
    ),
)
async def show_credit(ctx: Ctx, credit_note: CreditRef) -> Reply:
    """Show one credit note.

    For whom it was written, how much, why, by whom, on which invoice, and whether it stands.
    """
    note, zone = credit_note, ctx.tenant.zone
    void = ""
    if note.voided_at is not None:
        by = f" by {note.voided_by}" if note.voided_by else ""
        void = f"{moment(note.voided_at, ctx.now, zone)}{by}"
    facts: dict[str, object] = {
        "Reason": note.reason,
        "Given by": note.by,
        "On": note.invoice or "the account",
        "Voided": void,
    }
    buttons = [Button("Statement", "billing_statement", {"customer": note.customer})]
    if not void:
        args, about = {"credit_note": note.number}, f"{note.number}, {note.amount} of {note.customer_name}"
        buttons.append(Button("Void it", "billing_void_credit", args, "danger", about=about))
    return Reply(
        f"**{note.number}** for {note.customer_name} ({note.customer}): {note.amount}, "
        f"{moment(note.at, ctx.now, zone)}{', void' if void else ''}.",
        data=note,
        facts={name: value for name, value in facts.items() if value},
        tone=Tone.WARN if void else Tone.PLAIN,
        buttons=tuple(buttons),
        focus=focus_of(note.customer, credit_note=note.number),
        evidence=(ctx.evidence(Billing),),
    )


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "show promise {promise}",
        "how does {promise} stand",
        "was {promise} kept",
        "instalments of {promise}",
        "who made the promise {promise}",
    ),
)
async def show_promise(ctx: Ctx, promise: PromiseRef) -> Reply:
    """Show one promise to pay or payment plan.

    Its instalments, which of them are paid, and who took it.
    """
    today, stands = ctx.today, promise.standing(ctx.today)
    rows = [
        (one.nr, day(one.due_on, today), one.amount, day(one.paid_on, today) if one.paid_on else "")
        for one in promise.instalments
    ]
    columns = (Column("No", RIGHT), Column("Due"), Column("Amount", RIGHT), Column("Paid"))
    who = {"customer": promise.customer}
    buttons = [Button("Balance", "billing_balance", who)]
    if stands in {Standing.OPEN, Standing.BROKEN}:
        buttons.append(Button("Remind", "billing_remind", who))
        args, about = {"promise": promise.number}, f"{promise.number} of {promise.customer_name}"
        buttons.append(Button("Cancel it", "billing_cancel_promise", args, "danger", about=about))
    facts = {
        "Taken": f"{moment(promise.made_at, ctx.now, ctx.tenant.zone)} by {promise.by.split('@')[0]}",
        "Phone": promise.phone,
        "Note": promise.note,
    }
    return Reply(
        f"**{promise.number}**, {promise.kind} of {promise.customer_name} ({promise.customer}): "
        f"{promise.total}, {stands}.",
        data=promise,
        facts={name: value for name, value in facts.items() if value},
        table=Table(columns=columns, rows=rows),
        tone=Tone.WARN if stands is Standing.BROKEN else Tone.PLAIN,
        buttons=tuple(buttons),
        focus=focus_of(promise.customer, promise=promise.number),
        evidence=(ctx.evidence(Billing),),
    )
