"""Notes that staff keep on a customer."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Column,
    Context,
    NotFound,
    Preview,
    Reply,
    Table,
    Tone,
    action,
    moment,
    plural,
)
from plugins.customers.port import Customer, CustomerRef, Customers, Note
from plugins.reminders.port import offer

LONGEST = 4_000
UNDO = timedelta(minutes=30)
LOOKED_AT = 50
"""So many notes back a note of one's own is looked for."""


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
    written = await ctx.port(Customers).add_note(ctx.effect, customer.number, body, ctx.user.id)
    return Reply(
        f"Noted on {customer.name} ({customer.number}): {written.body}",
        data=written,
        tone=Tone.GOOD,
        choices=offer(ctx, written.body, customer=customer.number),
        undo=ActionCall(
            action_id="customers_remove_note",
            args={"customer": customer.number, "note": written.body, "whole": True},
        ),
        undo_within=UNDO,
        buttons=(Button("All notes", "customers_notes", {"customer": customer.number}),),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Customers),),
    )


async def own_note(ctx: Context[Any], customer: Customer, note: str, *, whole: bool) -> Note:
    """Return the newest note this person wrote there, or the newest with these words.

    One that is just these words goes before one that has more; with `whole` nothing else will do.
    """
    words = " ".join(note.split()).casefold()
    found = await ctx.port(Customers).notes(ctx.scope, customer.number, LOOKED_AT)
    said = [(" ".join(n.body.split()).casefold(), n) for n in found]
    fitting = [n for body, n in said if body == words or (words in body and not whole)]
    if own := [n for n in fitting if is_own(ctx, n)]:
        same = {id(n) for body, n in said if body == words}
        return next((n for n in own if id(n) in same), own[0])
    if fitting:
        who = fitting[0].by
        whose = f"Another {who}" if who == ctx.user.name else who
        raise BadInput(f"{whose} wrote that note, so only {who} can remove it. Add one that sets it right.")
    what = f"no note with “{note.strip()[:60]}”" if words else "no note"
    raise NotFound(f"There is {what} on {customer.name}. Ask for the notes to see which there are.")


def is_own(ctx: Context[Any], note: Note) -> bool:
    """Say whether the asker wrote it; of old notes nobody kept more than a name."""
    return note.author == ctx.user.id if note.author else note.by in {ctx.user.name, ctx.user.email}


async def preview_remove_note(
    ctx: Context[Any], customer: CustomerRef, note: str = "", *, whole: bool = False
) -> Preview:
    """Show the note that goes."""
    one = await own_note(ctx, customer, note, whole=whole)
    when = moment(one.at, ctx.now, ctx.tenant.zone)
    return Preview(text=f"Your note of {when} on {customer.name} ({customer.number}) is removed: {one.body}")


@action(
    permission="customers:write",
    approval=Approval.SELF,
    preview=preview_remove_note,
    examples=(
        "delete my note on {customer}",
        "remove my last note on {customer}",
        "remove the note “{note}” from {customer}",
        "my note on {customer} was wrong, take it off",
    ),
)
async def remove_note(
    ctx: Context[Any], customer: CustomerRef, note: str = "", *, whole: bool = False
) -> Reply:
    """Remove a note that you wrote on a customer.

    The last one, or the one with these words (just these, if you say whole); those of colleagues stay.
    """
    own = await own_note(ctx, customer, note, whole=whole)
    key = _kept(ctx, customer, own.body)
    days = [one for one in str(await ctx.store.get(key) or "").split() if one != own.at.isoformat()]
    await ctx.store.set(key, " ".join([*days, own.at.isoformat()]))
    gone = await ctx.port(Customers).remove_note(ctx.effect, customer.number, own)
    return Reply(
        f"Removed your note on {customer.name} ({customer.number}): {gone.body}",
        data=gone,
        undo=ActionCall(
            action_id="customers_restore_note", args={"customer": customer.number, "note": gone.body}
        ),
        undo_within=UNDO,
        buttons=(Button("All notes", "customers_notes", {"customer": customer.number}),),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Customers),),
    )


def _kept(ctx: Context[Any], customer: Customer, body: str) -> str:
    """Return the key under which the day of a removed note is kept, not its words."""
    said = hashlib.sha256(" ".join((ctx.user.id, *body.split())).encode()).hexdigest()
    return f"removed:{customer.number}:{said}"


@action(permission="customers:write", examples=("put my removed note on {customer} back: {note}",))
async def restore_note(ctx: Context[Any], customer: CustomerRef, note: str) -> Reply:
    """Put back a note that you removed from a customer, as of the day it was written."""
    key = _kept(ctx, customer, note)
    if not (days := str(await ctx.store.get(key) or "").split()):
        raise NotFound(f"You removed no note with just these words from {customer.name}. Add it anew.")
    port, when = ctx.port(Customers), datetime.fromisoformat(days.pop())
    back = await port.add_note(ctx.effect, customer.number, note, ctx.user.id, when)
    await (ctx.store.set(key, " ".join(days)) if days else ctx.store.pop(key))
    return Reply(
        f"Your note of {moment(back.at, ctx.now, ctx.tenant.zone)} is back on {customer.name} "
        f"({customer.number}): {back.body}",
        data=back,
        tone=Tone.GOOD,
        undo=ActionCall(
            action_id="customers_remove_note",
            args={"customer": customer.number, "note": back.body, "whole": True},
        ),
        undo_within=UNDO,
        buttons=(Button("All notes", "customers_notes", {"customer": customer.number}),),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Customers),),
    )
