"""Billing: who owes what since when, who paid, what failed, what comes in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import Action, Entity, PluginInfo, hookimpl
from plugins.billing.accounts import balance, find_invoices, invoice, invoices, payments
from plugins.billing.sums import failed, overdue, revenue

READ = frozenset({"billing:read"})
ALL = READ | {"billing:summary"}


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="billing",
        about="Balances, invoices, payments, overdue debt by age, failed payments, revenue.",
        permissions={
            "billing:read": "See balances, invoices and payments",
            "billing:summary": "See the company's revenue",
        },
        roles={"support": READ, "billing": ALL, "admin": ALL},
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """One customer's money, then everybody's."""
    return [balance, invoices, invoice, payments, overdue, failed, revenue]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Invoices by number."""
    return [
        Entity(
            name="invoice",
            title="Invoice",
            permission="billing:read",
            find=find_invoices,
            patterns=(re.compile(r"\bINV-[\dA-Z-]+\b", re.IGNORECASE),),
            words=("invoice", "bill"),
        )
    ]
