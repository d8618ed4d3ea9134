"""Billing: who owes what since when, who paid, what comes in; booking, crediting, promises and dunning."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, Job, PluginInfo, hookimpl
from plugins.billing.accounts import balance, invoice, statement
from plugins.billing.alerting import WATCH
from plugins.billing.credited import credits  # noqa: A004 - what people call them
from plugins.billing.crediting import credit, void_credit
from plugins.billing.dunning import suspensions
from plugins.billing.entities import ENTITIES
from plugins.billing.lists import invoices
from plugins.billing.many import suspend_many
from plugins.billing.owing import overdue
from plugins.billing.papers import show_credit, show_payment, show_promise
from plugins.billing.paying import record_payment, reverse_payment
from plugins.billing.promised import promises
from plugins.billing.promising import cancel_promise, payment_plan, promise
from plugins.billing.received import payments
from plugins.billing.refunding import refund
from plugins.billing.reminding import dispute, remind, settle_dispute
from plugins.billing.settings import BillingSettings
from plugins.billing.sums import failed, revenue

READ = frozenset({"billing:read"})
SUPPORT = READ | {"billing:promise"}
CLERK = SUPPORT | {"billing:summary", "billing:remind", "billing:arrange", "billing:pay", "billing:credit"}
ALL = CLERK | {"billing:credit_over"}


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="billing",
        about="Balances, invoices, payments, credits, promises, overdue debt and dunning, revenue.",
        permissions={
            "billing:read": "See balances, invoices and payments",
            "billing:summary": "See the company's revenue",
            "billing:promise": "Take promises to pay, and note disputes",
            "billing:remind": "Remind customers of what they owe",
            "billing:arrange": "Agree payment plans",
            "billing:pay": "Record payments and take them back",
            "billing:credit": "Give credit notes and void them",
            "billing:credit_over": "Credit a customer beyond the month's limit",
        },
        roles={"support": SUPPORT, "billing": CLERK, "admin": ALL},
        settings=BillingSettings,
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """One customer's money, then everybody's, then what changes it."""
    return [
        balance,
        invoices,
        invoice,
        payments,
        show_payment,
        refund,
        statement,
        credits,
        show_credit,
        overdue,
        failed,
        revenue,
        suspensions,
        suspend_many,
        promises,
        show_promise,
        record_payment,
        reverse_payment,
        credit,
        void_credit,
        promise,
        payment_plan,
        cancel_promise,
        remind,
        dispute,
        settle_dispute,
    ]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Invoices, payments, credit notes and promises by number."""
    return ENTITIES


@hookimpl
def register_jobs() -> Sequence[Job]:
    """Credits are watched in the background."""
    return [WATCH]
