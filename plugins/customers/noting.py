"""Notes that staff keep on a customer."""

from __future__ import annotations

from typing import Any

from bot.api import BadInput, Button, Column, Context, Reply, Table, Tone, action, moment, plural
from plugins.customers.port import CustomerRef, Customers
from plugins.reminders.port import offer

LONGEST = 4_000


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "notes on {customer}",
        "show the notes of {customer}",
        "what did we write down about {customer}",
        "any remarks on the account of {customer}",
        "has anyone written something about {customer}",
        "remarks about {customer}",
        "what do colleagues say about {customer}",
    ),
)
async def notes(ctx: Context[Any], customer: CustomerRef, limit: int = 10) -> Reply:
    """Show the notes staff wrote on a customer, newest first."""
    found = await ctx.port(Customers).notes(ctx.scope, customer.number, max(1, min(limit, 50)))
    focus, evidence = {"customer": customer.number}, (ctx.evidence(Customers),)
    add = Button("Add a note", "customers_add_note", focus)
    if not found:
        text = f"There are no notes on {customer.name}."
        return Reply(text, data=(), focus=focus, buttons=(add,), evidence=evidence)
    rows = [(moment(n.at, ctx.now, ctx.tenant.zone), n.by, n.body) for n in found]
    return Reply(
        f"{plural(len(found), 'note')} on {customer.name}, the newest first:",
        data=tuple(found),
        table=Table(columns=(Column("When"), Column("By"), Column("Note")), rows=rows),
        focus=focus,
        buttons=(add,),
        evidence=evidence,
    )


@action(
    permission="customers:write",
    examples=(
        "add a note to {customer}: {note}",
        "note on {customer}: {note}",
        "write down for {customer} that {note}",
        "put a remark on the account of {customer}: {note}",
        "remember about {customer}: {note}",
        "make a note for {customer} that {note}",
        "make a note that {note}",
        "leave a note on {customer} saying {note}",
        "note for {customer}: {note}",
        "note that {note}",
    ),
)
async def add_note(ctx: Context[Any], customer: CustomerRef, note: str) -> Reply:
    """Write a note on a customer."""
    body = note.strip()
    if not body:
        raise BadInput("The note is empty. Say what to write down.")
    if len(body) > LONGEST:
        raise BadInput(f"The note has {len(body):,} letters; {LONGEST:,} fit. Shorten it, or use a ticket.")
    written = await ctx.port(Customers).add_note(ctx.effect, customer.number, body)
    return Reply(
        f"Noted on {customer.name} ({customer.number}): {written.body}",
        data=written,
        tone=Tone.GOOD,
        choices=offer(ctx, written.body, customer=customer.number),
        buttons=(Button("All notes", "customers_notes", {"customer": customer.number}),),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Customers),),
    )
