"""Invoices, payments, credit notes and promises by their numbers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.api import Context, Entity, Match
from plugins.billing import lasting
from plugins.billing.lasting import found_last, last_credit, last_payment, open_promise
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
    last: tuple[re.Pattern[str], Callable[..., Awaitable[Any]]] | None = None,
) -> Entity:
    """Return a kind of record that is found by its number, or as the last one of somebody."""

    async def find(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
        get: Callable[..., Awaitable[Any]] = getattr(ctx.port(Billing), method)
        if (one := await get(ctx.scope, text)) is not None or last is None:
            return await _match(ctx, one, describe)
        own = await found_last(ctx, text, last[1])
        found = [match for one in own for match in await _match(ctx, one, describe)]
        return found if len(found) == 1 else _told_apart(found[:limit])

    return Entity(
        name=name,
        title=title,
        permission="billing:read",
        find=find,
        patterns=(re.compile(shape, re.IGNORECASE), *((last[0],) if last else ())),
        words=words,
    )


def _told_apart(found: Sequence[Match]) -> Sequence[Match]:
    """Return them with their accounts: two may bear one name."""
    return [replace(one, exact=False, label=f"{one.label} ({one.record.customer})") for one in found]


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
PAYMENT = entity(
    "payment", "Payment", r"\bPAY-[\dA-Z-]+\b", ("payment",), "get_payment", _payment,
    (lasting.PAYMENT, last_payment),
)  # fmt: skip
CREDIT_NOTE = entity(
    "credit_note", "Credit note", r"\bCN-[\dA-Z-]+\b", ("credit note",), "get_credit", _credit,
    (lasting.CREDIT, last_credit),
)  # fmt: skip
PROMISE = entity(
    "promise", "Promise to pay", r"\bPTP-\d+\b", ("promise", "payment plan"), "get_promise", _promise,
    (lasting.PROMISE, open_promise),
)  # fmt: skip
ENTITIES = (INVOICE, PAYMENT, CREDIT_NOTE, PROMISE)
