"""Invoices, payments, credit notes and promises by their numbers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.api import Context, Entity, Match
from plugins.billing.port import Billing
from plugins.billing.said import standing
from plugins.billing.settings import Ctx
from plugins.customers.port import Customers

Describe = Callable[[Any], tuple[str, str]]


def entity(
    name: str,
    title: str,
    shape: str,
    words: tuple[str, ...],
    method: str,
    describe: Callable[..., tuple[str, str]],
) -> Entity:
    """Return a kind of record that is found by its number alone."""

    async def find(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
        del limit  # a number is one record or none
        get: Callable[..., Awaitable[Any]] = getattr(ctx.port(Billing), method)
        return await _match(ctx, await get(ctx.scope, text), describe)

    return Entity(
        name=name,
        title=title,
        permission="billing:read",
        find=find,
        patterns=(re.compile(shape, re.IGNORECASE),),
        words=words,
    )


async def _match(ctx: Context[Any], found: Any, describe: Callable[..., tuple[str, str]]) -> Sequence[Match]:
    if found is None:
        return []
    label, detail = describe(ctx, found)
    owner = await ctx.port(Customers).get(ctx.scope, found.customer)
    area = owner.area if owner else {}
    return [Match(key=found.number, label=label, record=found, detail=detail, exact=True, scope=area)]


def _invoice(ctx: Context[Any], found: Any) -> tuple[str, str]:
    return f"{found.total} of {found.customer_name}", standing(found, ctx.today)


def _payment(_ctx: Context[Any], found: Any) -> tuple[str, str]:
    state = "taken back" if found.reversed else found.status
    return f"{found.amount} of {found.customer_name}", state


def _credit(_ctx: Context[Any], found: Any) -> tuple[str, str]:
    return f"{found.amount} for {found.customer_name}", "void" if found.voided_at else found.reason


def _promise(ctx: Context[Any], found: Any) -> tuple[str, str]:
    return f"{found.total} of {found.customer_name}", found.standing(ctx.today).value


INVOICE = entity("invoice", "Invoice", r"\bINV-[\dA-Z-]+\b", ("invoice", "bill"), "get_invoice", _invoice)
PAYMENT = entity("payment", "Payment", r"\bPAY-[\dA-Z-]+\b", ("payment",), "get_payment", _payment)
CREDIT_NOTE = entity(
    "credit_note", "Credit note", r"\bCN-[\dA-Z-]+\b", ("credit note",), "get_credit", _credit
)
PROMISE = entity(
    "promise", "Promise to pay", r"\bPTP-\d+\b", ("promise", "payment plan"), "get_promise", _promise
)
ENTITIES = (INVOICE, PAYMENT, CREDIT_NOTE, PROMISE)
