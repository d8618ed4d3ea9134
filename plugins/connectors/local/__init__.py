"""The `local` connector: all five ports on our own tables, for an ISP that has nothing else.

Whoever writes customers, services, ports or sessions, imports included, need do nothing for "who is hit":
triggers keep `isp_below` in the same transaction, as they keep the words of names. A vacuum after very many
rows makes both quick at once; autovacuum does it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.api import Connector, ConnectorContext, Context, Health, HealthCheck, PluginInfo, hookimpl
from plugins.connectors.local.billing import LocalBilling
from plugins.connectors.local.customers import LocalCustomers
from plugins.connectors.local.email import LocalMail
from plugins.connectors.local.network import LocalNetwork
from plugins.connectors.local.reminders import LocalReminders
from plugins.connectors.local.tickets import LocalTickets
from plugins.connectors.local.visits import LocalVisits
from plugins.customers.port import Customers

OPEN: dict[str, Callable[[ConnectorContext], Any]] = {
    "customers": LocalCustomers,
    "billing": LocalBilling,
    "tickets": LocalTickets,
    "network": LocalNetwork,
    "email": LocalMail,
    "reminders": LocalReminders,
    "visits": LocalVisits,
}


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(name="local", about="Keep customers, bills, tickets and topology in our own tables.")


@hookimpl
def register_connectors() -> Sequence[Connector]:
    """Stand behind all five ports."""
    return [
        Connector(name="local", port=port, source="local database", open=opened)
        for port, opened in OPEN.items()
    ]


async def answers(ctx: Context[Any]) -> Health:
    """Say whether our own tables answer."""
    await ctx.port(Customers).applied("health")
    return Health(ok=True, detail="our own tables answer")


@hookimpl
def register_health_checks() -> Sequence[HealthCheck]:
    """Look at the tables."""
    return [HealthCheck(name="tables", run=answers)]
