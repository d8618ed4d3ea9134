"""How a customer is called and reached: phone, e-mail, address, contact person, name."""

from __future__ import annotations

import re
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Context,
    Preview,
    Reply,
    Tone,
    action,
)
from plugins.customers.adding import EMAIL, PHONE
from plugins.customers.calling import as_known
from plugins.customers.port import ContactChange, Customer, CustomerQuery, CustomerRef, Customers
from plugins.customers.suspending import UNDO
from plugins.customers.taking_back import TITLES, do_remember

Ctx = Context[Any]
NONE = frozenset({"none", "nothing", "-", "empty"})
"""What people say to clear a field."""
LONGEST = 200


async def change_of(ctx: Ctx, customer: Customer, **given: str | None) -> ContactChange:
    """Return what is written; BadInput for what cannot be, Conflict when nothing changes."""
    clean = _in_place({name: _clean(value) for name, value in given.items() if value is not None})
    if not clean:
        raise BadInput("Say what is new: the phone, e-mail, address, contact person or name.")
    if clean.get("name") == "":
        raise BadInput("A customer needs a name.")
    if (email := clean.get("email")) and not EMAIL.fullmatch(email):
        raise BadInput(f"“{email[:60]}” is no e-mail address.")
    for field in ("phone", "alt_phone"):
        if phone := clean.get(field):
            if not PHONE.fullmatch(phone):
                raise BadInput(f"“{phone[:40]}” is no phone number.")
            clean[field] = as_known(phone, customer.phone or customer.alt_phone)
    if "street" in clean and "city" not in clean:
        clean |= await _split(ctx, clean["street"], customer)
    new = {name: value for name, value in clean.items() if value != (getattr(customer, name) or "")}
    if not new:
        said = ", ".join(f"{TITLES[name].lower()} {value or 'none'}" for name, value in clean.items())
        raise Conflict(f"{customer.name} ({customer.number}) has that already: {said}.")
    left = {name: new.get(name, getattr(customer, name) or "") for name in ("phone", "email")}
    if not any(left.values()):
        raise BadInput("Then there is no phone number and no e-mail address left to reach them by. Give one.")
    return ContactChange(**new)


def _in_place(clean: dict[str, str]) -> dict[str, str]:
    """Put an e-mail address given as a phone number where it belongs, and the other way round."""
    phone, email = clean.get("phone", ""), clean.get("email", "")
    if "email" not in clean and EMAIL.fullmatch(phone):
        return {"email" if name == "phone" else name: value for name, value in clean.items()}
    if "phone" not in clean and email and PHONE.fullmatch(email):
        return {"phone" if name == "email" else name: value for name, value in clean.items()}
    return clean


def _clean(value: str) -> str:
    plain = " ".join(value.split()).strip(" ,;")[:LONGEST]
    return "" if plain.lower() in NONE else plain


async def _split(ctx: Ctx, street: str, customer: Customer) -> dict[str, str]:
    """Take the town after the last comma of `12 Acacia Road, Nakuru`; a postcode stands there as well.

    Without one it is a town only where we have customers there: it may be `Block C` as well.
    """
    head, comma, tail = street.rpartition(",")
    found = re.fullmatch(r"\s*(?P<code>\d{3,6})?\s*(?P<city>.+?)\s*(?P<end>\d{3,6})?\s*", tail)
    if not comma or not head.strip() or not found or not re.search(r"[^\W\d]{3}", tail):
        return {}
    code, city = found["code"] or found["end"], found["city"]
    same = city.casefold() == (customer.city or "").casefold()
    if not code and not same and not await _is_town(ctx, city):
        return {}
    there = {"street": head.strip(" ,"), "city": customer.city or city if same else city}
    if code or same or customer.postcode is None:
        return there | ({"postcode": code} if code else {})
    return there | {"postcode": ""}


async def _is_town(ctx: Ctx, name: str) -> bool:
    page = await ctx.port(Customers).find_by(ctx.scope, CustomerQuery(area=name), 1)
    return any(
        name.casefold() in {(c.city or "").casefold(), (c.region or "").casefold()} for c in page.customers
    )


async def preview_change_contact(  # noqa: PLR0913 - as the action
    ctx: Ctx,
    customer: CustomerRef,
    *,
    phone: str | None = None,
    email: str | None = None,
    street: str | None = None,
    city: str | None = None,
    postcode: str | None = None,
    alt_phone: str | None = None,
    contact: str | None = None,
    name: str | None = None,
) -> Preview:
    """Show old and new side by side, and who else has that phone or e-mail."""
    new = await change_of(
        ctx, customer, phone=phone, email=email, street=street, city=city, postcode=postcode,
        alt_phone=alt_phone, contact=contact, name=name,
    )  # fmt: skip
    warnings = []
    for what in filter(None, (new.phone, new.alt_phone, new.email)):
        warnings += [
            f"{found.customer.name} ({found.customer.number}) has this {found.by} too"
            for found in await ctx.port(Customers).find(ctx.scope, what, 3)
            if found.exact and found.customer.number != customer.number
        ]
    if new.name and ctx.enabled("billing"):
        warnings.append("Invoices of the past keep what they say; new ones bear the new name")
    return Preview(
        text=f"{customer.name} ({customer.number}) is reached anew.",
        changes=tuple(
            Change(what=TITLES[field], before=getattr(customer, field) or "none", after=value or "none")
            for field, value in _given(new).items()
        ),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _given(new: ContactChange) -> dict[str, str]:
    return {field: value for field in TITLES if (value := getattr(new, field)) is not None}


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_change_contact,
    examples=(
        "change the phone number of {customer} to {phone}",
        "new e-mail address of {customer}: {email}",
        "{customer} has a new phone number: {phone}",
        "change the address of {customer} to {street}",
        "the contact person of {customer} is now {contact}",
        "rename {customer} to {name}",
    ),
)
async def change_contact(  # noqa: PLR0913 - what can change
    ctx: Ctx,
    customer: CustomerRef,
    *,
    phone: str | None = None,
    email: str | None = None,
    street: str | None = None,
    city: str | None = None,
    postcode: str | None = None,
    alt_phone: str | None = None,
    contact: str | None = None,
    name: str | None = None,
) -> Reply:
    """Change how a customer is reached or called.

    Phone, e-mail, address, contact person or name. What you do not name stays; “none” clears it. It can be
    taken back for 30 minutes.
    """
    new = await change_of(
        ctx, customer, phone=phone, email=email, street=street, city=city, postcode=postcode,
        alt_phone=alt_phone, contact=contact, name=name,
    )  # fmt: skip
    done = await ctx.port(Customers).change_contact(ctx.effect, customer.number, new)
    said = "; ".join(f"{TITLES[field].lower()} {value or 'none'}" for field, value in _given(new).items())
    change = await do_remember(ctx, customer, _given(new))
    return Reply(
        f"{done.name} ({done.number}): {said}.",
        data=done,
        tone=Tone.GOOD,
        undo=ActionCall(
            action_id="customers_revert_contact", args={"customer": done.number, "change": change}
        ),
        undo_within=UNDO,
        buttons=(Button("Customer", "customers_show", {"customer": done.number}),),
        focus={"customer": done.number},
        evidence=(ctx.evidence(Customers),),
    )
