"""Adding a subscriber."""

from __future__ import annotations

import re
from typing import Any, Literal

from bot.api import Approval, BadInput, Button, Change, Context, NotAllowed, Preview, Reply, Tone, action
from plugins.customers.port import Customers, NewCustomer

Ctx = Context[Any]
Kind = Literal["individual", "business"]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"\+?[\d\s().\-/]{6,24}")
INSIDE = re.compile(r"(?<![\w@.])\+?\d[\d().\-/]*(?: \d[\d().\-/]*)*")
REST = re.compile(
    r"[\s,;]+(?:phone|tel|telephone|mobile|cell|number|email|e-mail|mail)[\s:.]+(?:number[\s:.]+)?"
    r"(?:\+?\(?\d[\d\s().\-/]{5,}|[^@\s]+@[^@\s]+).*$",
    re.IGNORECASE,
)
"""What is none of a name: "John Doe phone 0712000111 in north"."""


def _number(phone: str) -> str:
    """Return the one number of these words, else the words: "phone 0712000112, region north"."""
    found = [] if PHONE.fullmatch(phone) else [one for one in INSIDE.findall(phone) if PHONE.fullmatch(one)]
    return str(found[0]) if len(found) == 1 else phone


def new_of(ctx: Ctx, **given: str) -> NewCustomer:
    """Return the customer as they will be written; BadInput or NotAllowed for what cannot be."""
    clean = {name: " ".join(value.split())[:200] or None for name, value in given.items()}
    clean["name"] = REST.sub("", clean["name"] or "") or None
    clean["phone"] = _number(clean["phone"] or "") or None
    if not clean["name"]:
        raise BadInput("Say the name of the new customer.")
    if (email := clean["email"]) and not EMAIL.fullmatch(email):
        raise BadInput(f"“{email[:60]}” is no e-mail address.")
    if (phone := clean["phone"]) and not PHONE.fullmatch(phone):
        raise BadInput(f"“{phone[:40]}” is no phone number.")
    if not phone and not email:
        raise BadInput("Give a phone number or an e-mail address: there must be a way to reach them.")
    area = {"region": clean["region"], "site": clean["site"], "partner": None}
    if not ctx.scope.covers(area):
        raise NotAllowed(
            "You may add customers in your own area only. Say the region and site that are yours."
        )
    return NewCustomer(**{name: value for name, value in clean.items() if value is not None})


async def preview_create(  # noqa: PLR0913 - as the action
    ctx: Ctx,
    name: str,
    *,
    phone: str = "",
    email: str = "",
    street: str = "",
    city: str = "",
    region: str = "",
    site: str = "",
    kind: Kind = "individual",
    contact: str = "",
) -> Preview:
    """Say what is written, and who is there already by that phone, e-mail or name."""
    new = new_of(
        ctx, name=name, phone=phone, email=email, street=street, city=city, region=region, site=site,
        kind=kind, contact=contact,
    )  # fmt: skip
    warnings = []
    for what in filter(None, (new.phone, new.email, new.name)):
        for found in await ctx.port(Customers).find(ctx.scope, what, 3):
            if found.exact:
                one = found.customer
                warnings.append(f"There is {one.name} ({one.number}) with this {found.by}, {one.status}")
    rows = {field: value for field, value in vars(new).items() if value}
    return Preview(
        text=f"{new.name} becomes a customer.",
        changes=tuple(Change(what=field.capitalize(), after=value) for field, value in rows.items()),
        warnings=tuple(dict.fromkeys(warnings)),
    )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_create,
    examples=(
        "add a customer {name}, phone {phone}",
        "new subscriber {name}, {email}",
        "sign up {name}, {phone}",
        "register {name} as a new {kind} customer, phone {phone}",
    ),
)
async def create(  # noqa: PLR0913 - what a form asks
    ctx: Ctx,
    name: str,
    *,
    phone: str = "",
    email: str = "",
    street: str = "",
    city: str = "",
    region: str = "",
    site: str = "",
    kind: Kind = "individual",
    contact: str = "",
) -> Reply:
    """Add a new customer.

    They are a prospect until their first line is active. A phone number or an e-mail address is needed.
    """
    new = new_of(
        ctx, name=name, phone=phone, email=email, street=street, city=city, region=region, site=site,
        kind=kind, contact=contact,
    )  # fmt: skip
    made = await ctx.port(Customers).create(ctx.effect, new)
    return Reply(
        f"{made.name} is customer {made.number} now, a prospect until the first line is active.",
        data=made,
        tone=Tone.GOOD,
        buttons=(Button("Set up a line", "customers_provision", {"customer": made.number}, "primary"),),
        focus={"customer": made.number},
        evidence=(ctx.evidence(Customers),),
    )
