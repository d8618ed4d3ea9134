"""The last payment or credit note of somebody, and the promise that is open, named by whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from plugins.billing.port import Billing, CreditNote, CreditQuery, Payment, PaymentQuery, Promise
from plugins.billing.said import LOOK_BACK, midnight
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, Customers

UNDOING = ("reverse", "back", "cancel", "void", "undo", "withdraw", "delete", "remove", "off")
AHEAD = "|".join(rf"(?<=\b{verb} )" for verb in UNDOING)
OF = r"\s+(?:of|from|by|for|to)\s+"
WHOSE = r"[^,:;.!?\n]{2,60}?(?=\s*[,:;.!?\n]|\s+(?:because|since|as|for|it|please|pls)\b|\s*$)"
LAST = r"last|latest|newest|most recent"
FEW = 12
"""So many customers of a name are looked at."""


def last_of(noun: str, adjectives: str = LAST) -> re.Pattern[str]:
    """Return what names one by whose it is, where something is taken back: “the last payment of 100234”."""
    lead = rf"(?:{AHEAD})(?:the\s+|his\s+|her\s+)?(?:{adjectives})\s+(?:{noun})"
    return re.compile(lead + OF + WHOSE, re.IGNORECASE)


PAYMENT = last_of("payment")
CREDIT = last_of(r"credit(?:\s+note)?")
PROMISE = last_of(r"promise(?:\s+to\s+pay)?|payment\s+plan", rf"{LAST}|open")
TAKEN = re.compile(rf"^.*?\b(?:payment|credit|note|promise|pay|plan){OF}", re.IGNORECASE)


async def whose(ctx: Ctx, text: str) -> Sequence[Customer]:
    """Return the customers that “the last payment of …” may be about."""
    words = TAKEN.sub("", text, count=1).strip()
    if words == text.strip() or not words:
        return ()
    found = await ctx.port(Customers).find(ctx.scope, words, FEW)
    return [one.customer for one in found if one.exact] or [one.customer for one in found]


async def last_payment(ctx: Ctx, customer: Customer) -> Payment | None:
    """Return the last payment that stands."""
    query = PaymentQuery(customer=customer.number, status="succeeded")
    page = await ctx.port(Billing).find_payments(ctx.scope, query, 20)
    return next((one for one in page.payments if not one.reversed and not one.reverses), None)


async def last_credit(ctx: Ctx, customer: Customer) -> CreditNote | None:
    """Return the last credit note that stands."""
    since, until = ctx.now - LOOK_BACK, midnight(ctx, ctx.today + timedelta(days=1))
    query = CreditQuery(customer=customer.number)
    page = await ctx.port(Billing).find_credits(ctx.scope, query, since, until, 20)
    return next((one for one in page.notes if one.voided_at is None), None)


async def open_promise(ctx: Ctx, customer: Customer) -> Promise | None:
    """Return the promise or payment plan that is open, else the last."""
    made = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, customer.number)
    standing = [one for one in made if not one.cancelled]
    return next((one for one in standing if one.holds(ctx.today)), standing[0] if standing else None)


async def found_last(ctx: Ctx, text: str, last: Any) -> list[Any]:
    """Return what the words may mean: one of each customer they fit."""
    return [one for customer in await whose(ctx, text) if (one := await last(ctx, customer)) is not None]
