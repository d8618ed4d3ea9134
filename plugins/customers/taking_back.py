"""Taking a change of contact details back: what stood there is written again, unless it was changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.api import Approval, Change, Conflict, Context, NotFound, Preview, Reply, Tone, action
from plugins.customers.port import ContactChange, Customer, CustomerRef, Customers
from plugins.customers.suspending import UNDO

Ctx = Context[Any]
PREFIX = "contact:"
TITLES = {"name": "Name", "contact": "Contact person", "phone": "Phone", "alt_phone": "Second phone",
          "email": "E-mail", "street": "Street", "city": "City", "postcode": "Postcode"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Past:
    """A change of contact details that can be taken back; an empty value is none."""

    number: str
    customer: str
    at: datetime
    by: str
    was: Mapping[str, str]
    wrote: Mapping[str, str]


def fields_of(customer: Customer, *names: str) -> dict[str, str]:
    """Return what stands in some fields, exactly as it is."""
    return {name: getattr(customer, name) or "" for name in names}


async def do_remember(ctx: Ctx, before: Customer, wrote: Mapping[str, str]) -> str:
    """Keep what stood there for as long as it can be taken back; the number of the change is returned."""
    for past in await find_past(ctx):
        if past.at + UNDO + timedelta(minutes=1) < ctx.now:
            await ctx.store.pop(f"{PREFIX}{past.number}")
    number = str(await ctx.store.next("contact"))
    kept = {"customer": before.number, "at": ctx.now.isoformat(), "by": ctx.user.name}
    await ctx.store.set(f"{PREFIX}{number}", {**kept, "was": fields_of(before, *wrote), "wrote": dict(wrote)})
    return number


async def find_past(ctx: Ctx) -> list[Past]:
    """Return the changes that are remembered, oldest first."""
    found = [
        Past(number=key.removeprefix(PREFIX), **{**kept, "at": datetime.fromisoformat(kept["at"])})
        for key, kept in (await ctx.store.items()).items()
        if key.startswith(PREFIX)
    ]
    return sorted(found, key=lambda past: int(past.number))


async def the_change(ctx: Ctx, customer: Customer, number: str) -> Past:
    """Return the change to take back; Conflict when what it wrote does not stand there any more."""
    of = [p for p in await find_past(ctx) if p.customer == customer.number and p.at + UNDO >= ctx.now]
    past = next((p for p in reversed(of) if number in {"", p.number}), None)
    if past is None:
        raise NotFound(
            f"Nothing of how {customer.name} ({customer.number}) is reached was changed in the last "
            f"{UNDO // timedelta(minutes=1)} minutes."
        )
    now = fields_of(customer, *past.wrote)
    for name, wrote in past.wrote.items():
        if now[name] != wrote:
            later = [p.by for p in of if int(p.number) > int(past.number) and name in p.wrote]
            by = f" by {later[-1]}" if later else ""
            raise Conflict(
                f"The {TITLES[name].lower()} of {customer.name} ({customer.number}) was changed since{by}: "
                f"it is {now[name] or 'none'} now. Nothing was taken back."
            )
    return past


async def preview_revert_contact(ctx: Ctx, customer: CustomerRef, change: str = "") -> Preview:
    """Say what will stand there again."""
    past = await the_change(ctx, customer, change)
    return Preview(
        text=f"{customer.name} ({customer.number}): what {past.by} changed is taken back.",
        changes=tuple(
            Change(what=TITLES[name], before=wrote or "none", after=past.was[name] or "none")
            for name, wrote in past.wrote.items()
        ),
    )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_revert_contact,
    examples=(
        "take the change of contact details of {customer} back",
        "revert the last contact change of {customer}",
    ),
)
async def revert_contact(ctx: Ctx, customer: CustomerRef, change: str = "") -> Reply:
    """Take the last change of how a customer is reached back, within 30 minutes.

    What stood there is written again as it was. It is refused when somebody changed it since.
    """
    past = await the_change(ctx, customer, change)
    done = await ctx.port(Customers).change_contact(
        ctx.effect, customer.number, ContactChange(**past.was), ContactChange(**past.wrote)
    )
    await ctx.store.pop(f"{PREFIX}{past.number}")
    said = "; ".join(f"{TITLES[name].lower()} {value or 'none'}" for name, value in past.was.items())
    return Reply(
        f"{done.name} ({done.number}) is reached as before: {said}.",
        data=done,
        tone=Tone.GOOD,
        focus={"customer": done.number},
        evidence=(ctx.evidence(Customers),),
    )
