"""Reminding a customer of what they owe, and marking an invoice they dispute."""

from __future__ import annotations

from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    ago,
    day,
)
from plugins.billing.paying import open_invoices
from plugins.billing.port import Balance, Billing, Channel, InvoiceRef
from plugins.billing.posting import doubts_of, post, sender_for, subject_for
from plugins.billing.said import LOOK_BACK, UNDO, balance_of, focus_of, reasoned, standing
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef

SOON = timedelta(days=2)
"""Who was reminded within this time is not to be pestered unawares."""


def reach_of(customer: Customer, channel: Channel) -> str:
    """Return the address or number a channel needs; BadInput when we have none."""
    place = {
        Channel.EMAIL: customer.email,
        Channel.SMS: customer.phone,
        Channel.PHONE: customer.phone,
        Channel.LETTER: customer.address,
    }[channel]
    if not place:
        other = customer.phone or customer.email or customer.address
        hint = f" We have {other}." if other else ""
        raise BadInput(f"We have nothing to reach {customer.name} by {words_of(channel)}.{hint}")
    return place


def words_of(channel: Channel) -> str:
    """Return the channel as people say it."""
    return {Channel.EMAIL: "e-mail", Channel.SMS: "SMS"}.get(channel, channel.value)


async def letter_of(ctx: Ctx, customer: Customer, balance: Balance) -> str:
    """Return what the customer is told: each open invoice, and what it comes to."""
    today = ctx.today
    due = [i for i in await open_invoices(ctx, customer.number) if i.disputed_at is None]
    lines = "\n".join(f"- {i.number}: {i.owed}, {standing(i, today)}" for i in due[:12])
    name = customer.contact or customer.name
    late = f", {balance.overdue} of it overdue" if balance.overdue.minor else ""
    return "\n\n".join(
        (
            f"Dear {name},",
            f"on your account {customer.number} {balance.owed} is open{late}:",
            lines,
            "Please pay, or call us if something about it is not right.",
            ctx.tenant.name,
        )
    )


async def preview_remind(ctx: Ctx, customer: CustomerRef, channel: Channel = Channel.EMAIL) -> Preview:
    """Show what the customer would read, and when they were reminded last."""
    place, balance = reach_of(customer, channel), await owing(ctx, customer)
    warnings = []
    found = await ctx.port(Billing).debtors(ctx.scope, ctx.today, customer.number)
    last = found[0].reminded_at if found else None
    if last and ctx.now - last < SOON:
        warnings.append(f"They were reminded {ago(last, ctx.now)}")
    today, since = ctx.today, ctx.now - LOOK_BACK
    warnings += [
        f"They promised {one.next.amount} by {day(one.next.due_on, today)}"
        for one in await ctx.port(Billing).promises(ctx.scope, since, customer.number, 5)
        if one.holds(today) and one.next
    ]
    sender, head = sender_for(ctx, channel, customer), ""
    if sender is not None:
        head = f"From: {sender.said}\nTo: {place}\nSubject: {subject_for(customer)}\n\n"
        warnings += await doubts_of(ctx, place)
    return Preview(
        text=f"{customer.name} ({customer.number}) is reminded by {words_of(channel)} to {place}:\n"
        f"{head}{await letter_of(ctx, customer, balance)}",
        changes=(Change(what="Reminder", after=f"{balance.owed} by {words_of(channel)}"),),
        warnings=tuple(warnings),
    )


async def owing(ctx: Ctx, customer: Customer) -> Balance:
    """Return the balance of somebody who owes; Conflict when they do not."""
    balance = await balance_of(ctx, customer)
    if balance.owed.minor <= 0:
        raise Conflict(f"{customer.name}: {balance.said(ctx.today)}. There is nothing to remind of.")
    return balance


@action(
    permission="billing:remind",
    approval=Approval.SELF,
    preview=preview_remind,
    examples=(
        "remind {customer} to pay",
        "send a payment reminder to {customer}",
        "remind {customer} by {channel}",
        "payment reminder for {customer} by {channel}",
        "chase {customer} for the money",
        "nudge {customer} about the open invoices",
    ),
)
async def remind(ctx: Ctx, customer: CustomerRef, channel: Channel = Channel.EMAIL) -> Reply:
    """Remind a customer of what they owe.

    By e-mail, SMS, phone or letter; the text lists the open invoices, and the reminder is written down.
    """
    place, balance = reach_of(customer, channel), await owing(ctx, customer)
    text = await letter_of(ctx, customer, balance)
    sender = sender_for(ctx, channel, customer)
    posted = await post(ctx, customer, place, text, sender) if sender is not None else None
    await ctx.port(Billing).remind(ctx.effect, customer.number, channel, balance.owed)
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    how, who = words_of(channel), focus_of(customer.number)
    todo = f"Nothing was sent from here: use this text for {place}."
    if posted is not None:
        todo = f"{posted.number} leaves within half a minute, to {place}."
    show = (Button("Did it arrive?", "email_show", {"message": posted.number}),) if posted else ()
    return Reply(
        f"Written down: {customer.name} ({customer.number}) is reminded of {balance.owed} by {how}. "
        f"{todo}\n\n{quoted}",
        data=text,
        buttons=(
            *show,
            Button("Promise to pay", "billing_promise", who),
            Button("Balance", "billing_balance", who),
        ),
        focus=focus_of(customer.number),
        evidence=(ctx.evidence(Billing),),
    )


@action(
    permission="billing:promise",
    examples=(
        "{invoice} is disputed: {reason}",
        "dispute {invoice}: {reason}",
        "the customer contests {invoice}, {reason}",
        "mark {invoice} as disputed because {reason}",
    ),
)
async def dispute(ctx: Ctx, invoice: InvoiceRef, reason: str) -> Reply:
    """Mark an invoice as disputed by the customer.

    Dunning leaves it out until the dispute is settled.
    """
    why = reasoned(reason, "the invoice is disputed")
    done = await ctx.port(Billing).dispute(ctx.effect, invoice.number, why)
    return Reply(
        f"{done.number} of {done.customer_name} ({done.customer}), {done.owed} owed, is disputed: {why}. "
        "Dunning leaves it out.",
        data=done,
        tone=Tone.WARN,
        undo=ActionCall(action_id="billing_settle_dispute", args={"invoice": done.number}),
        undo_within=UNDO,
        buttons=(Button("Open a ticket", "tickets_create", focus_of(done.customer)),),
        focus=focus_of(done.customer, invoice=done.number),
        evidence=(ctx.evidence(Billing),),
    )


@action(
    permission="billing:promise",
    examples=(
        "the dispute of {invoice} is settled",
        "settle the dispute about {invoice}",
        "{invoice} is no longer disputed",
    ),
)
async def settle_dispute(ctx: Ctx, invoice: InvoiceRef) -> Reply:
    """Settle the dispute about an invoice; dunning counts it again."""
    done = await ctx.port(Billing).dispute(ctx.effect, invoice.number, None)
    return Reply(
        f"The dispute about {done.number} of {done.customer_name} is settled; {done.owed} is owed on it.",
        data=done,
        focus=focus_of(done.customer, invoice=done.number),
        evidence=(ctx.evidence(Billing),),
    )
