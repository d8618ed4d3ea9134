"""Customers: find them by anything, see all at a glance, keep notes, change their services."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import Action, Entity, PluginInfo, hookimpl
from plugins.customers.adding import create
from plugins.customers.contact import change_contact
from plugins.customers.ending import keep, terminate
from plugins.customers.leaving import leavers
from plugins.customers.listing import browse
from plugins.customers.looking import find, find_customers, find_services, plans, services, show
from plugins.customers.naming import NAMED, find_plans
from plugins.customers.noting import add_note, notes, remove_note, restore_note
from plugins.customers.planning import change_plan, quote_plan
from plugins.customers.provisioning import activate, provision
from plugins.customers.reverting import revert_plan
from plugins.customers.suspending import resume, suspend
from plugins.customers.taking_back import revert_contact

READ = frozenset({"customers:read"})
WRITE = READ | {"customers:write"}
ALL = WRITE | {"customers:suspend", "customers:provision"}


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="customers",
        about="Find customers by anything, see all about them at a glance, change their services.",
        permissions={
            "customers:read": "See customers, their services and notes",
            "customers:write": "Write notes on customers",
            "customers:suspend": "Suspend and resume service",
            "customers:provision": "Add customers, change their contact and plans, set up and end services",
        },
        roles={"support": ALL, "billing": ALL, "noc": WRITE, "field": WRITE, "admin": ALL},
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """Looking first, then notes, then what changes their services."""
    return [
        find,
        show,
        browse,
        leavers,
        services,
        plans,
        notes,
        add_note,
        remove_note,
        restore_note,
        suspend,
        resume,
        quote_plan,
        change_plan,
        revert_plan,
        create,
        change_contact,
        revert_contact,
        provision,
        activate,
        terminate,
        keep,
    ]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Customers by any identifier or words; services by theirs."""
    return [
        Entity(
            name="customer",
            title="Customer",
            permission="customers:read",
            find=find_customers,
            words=("customer", "subscriber", "client", "account"),
        ),
        Entity(
            name="service",
            title="Service",
            permission="customers:read",
            find=find_services,
            patterns=(re.compile(r"\bSVC-[\w-]+\b", re.IGNORECASE),),
            words=("service", "line", "connection"),
        ),
        Entity(
            name="plan",
            title="Plan",
            permission="customers:read",
            find=find_plans,
            patterns=(NAMED,),
            words=("plan", "package"),
            scoped=False,
        ),
    ]
