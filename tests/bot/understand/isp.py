"""A small ISP to understand questions about: actions that do nothing, and things that can be found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal

from bot.contract.action import Action, Approval, action
from bot.contract.entity import Entity, Match, Ref
from bot.contract.money import Money
from bot.contract.people import User
from bot.contract.reply import Reply
from bot.host.registry import Owned, View
from bot.llm.embedding import LocalEmbedder
from bot.understand.understander import Understander
from tests.vectors import kept_vectors

Customer = Annotated[Any, Ref("customer")]
Ticket = Annotated[Any, Ref("ticket")]
Device = Annotated[Any, Ref("device")]
Site = Annotated[Any, Ref("site")]
Priority = Literal["low", "normal", "high", "urgent"]


@dataclass(frozen=True)
class Thing:
    key: str
    label: str
    words: str = ""
    detail: str = ""


THINGS = {
    "customer": [
        Thing("100234", "Amina Bello", "amina@acme.example +234 801 234 5678 10.20.0.7 ALCL12AB34CD"),
        Thing("100777", "John Smith", "john@acme.example", "100 Links Road, Nyali, active"),
        Thing("100778", "John Smith", "john2@acme.example", "34C Waiyaki Way, Westlands, suspended"),
        Thing("100999", "Grace Adeyemi", "grace@acme.example"),
    ],
    "ticket": [Thing("TCK-10234", "No light"), Thing("TCK-10235", "Slow in the evening")],
    "device": [Thing("olt-ikj-01", "olt-ikj-01"), Thing("bng1", "bng1")],
    "site": [Thing("IKJ", "Ikeja"), Thing("SUR", "Surulere")],
}


async def find(kind: str, text: str) -> list[Match]:
    low = text.lower().strip()
    out = []
    for thing in THINGS.get(kind, []):
        names = {thing.key.lower(), thing.label.lower(), *thing.words.lower().split()}
        exact = low in names
        if exact or set(low.split()) & set(thing.label.lower().split()):
            out.append(
                Match(
                    key=thing.key,
                    label=thing.label,
                    detail=thing.detail,
                    record=thing,
                    exact=exact,
                    score=1.0 if exact else 0.7,
                )
            )
    return sorted(out, key=lambda m: not m.exact)


def read(permission: str, *examples: str, **more: Any):
    return action(permission=permission, reads_only=True, examples=examples, **more)


def write(permission: str, *examples: str, **more: Any):
    return action(permission=permission, examples=examples, **more)


@read(
    "customers:read",
    "{customer}",
    "find customer {customer}",
    "who is on account {customer}",
    "tell me about {customer}",
    "who has the IP {customer}",
)
async def card(ctx: Any, customer: Customer) -> Reply:
    """Show everything about a customer: plan, balance, line, tickets and notes."""
    return Reply("card")


@read(
    "customers:read",
    "what plan does {customer} have",
    "services of {customer}",
    "which speed does {customer} pay for",
)
async def services(ctx: Any, customer: Customer) -> Reply:
    """List a customer's services, plans and speeds."""
    return Reply("services")


@write("customers:write", "add a note to {customer}: {text}", "note on {customer}: {text}")
async def note(ctx: Any, customer: Customer, text: str) -> Reply:
    """Write a note on a customer."""
    return Reply("noted")


@write(
    "customers:suspend",
    "suspend {customer} for non-payment",
    "suspend {customer}: {reason}",
    "cut off {customer}",
    approval=Approval.SELF,
)
async def suspend(ctx: Any, customer: Customer, reason: str = "non-payment") -> Reply:
    """Suspend a customer's services."""
    return Reply("suspended")


@write(
    "customers:suspend",
    "restore service for {customer}",
    "unsuspend {customer}",
    "{customer} has paid, turn the service on again",
    approval=Approval.SELF,
)
async def resume(ctx: Any, customer: Customer) -> Reply:
    """Resume a suspended customer's services."""
    return Reply("resumed")


@read("tickets:read", "show ticket {ticket}", "{ticket}", "what happened with {ticket}", "status of {ticket}")
async def show(ctx: Any, ticket: Ticket) -> Reply:
    """Show one ticket with its history."""
    return Reply("ticket")


@read(
    "tickets:read",
    "open tickets of {customer}",
    "which tickets does {customer} have",
    "tickets about fibre cuts",
    "all urgent tickets",
    "list tickets opened today",
)
async def search(
    ctx: Any,
    customer: Customer | None = None,
    status: Literal["open", "pending", "closed"] | None = None,
    priority: Priority | None = None,
    since: date | None = None,
    text: str | None = None,
) -> Reply:
    """Search tickets by customer, status, priority and words."""
    return Reply("tickets")


@read("tickets:read", "my tickets", "what is in my queue", "what is assigned to me")
async def mine(ctx: Any) -> Reply:
    """Show the open tickets assigned to you."""
    return Reply("queue")


@read(
    "tickets:read",
    "which tickets breach their SLA today",
    "tickets about to breach",
    "SLA clock",
    "late tickets",
)
async def breaches(ctx: Any, hours: int = 24) -> Reply:
    """List tickets that breach, or will soon breach, their SLA."""
    return Reply("breaches")


@write(
    "tickets:write",
    "open a ticket for {customer}: {subject}",
    "open a {priority} priority ticket for {customer}: {subject}",
    "new ticket for {customer}, {subject}",
    "log a complaint from {customer} about {subject}",
)
async def create(ctx: Any, customer: Customer, subject: str, priority: Priority = "normal") -> Reply:
    """Open a ticket for a customer."""
    return Reply("opened", focus={"ticket": "TCK-10235"})


@write(
    "tickets:write", "comment on {ticket}: {text}", "add to {ticket} that {text}", "note on {ticket}: {text}"
)
async def comment(ctx: Any, ticket: Ticket, text: str) -> Reply:
    """Add a comment to a ticket."""
    return Reply("commented")


@write("tickets:write", "assign {ticket} to {assignee}", "give {ticket} to {assignee}", "take {ticket}")
async def assign(ctx: Any, ticket: Ticket, assignee: str) -> Reply:
    """Assign a ticket to a colleague."""
    return Reply("assigned")


@write("tickets:write", "escalate {ticket} to {level}", "escalate {ticket}")
async def escalate(ctx: Any, ticket: Ticket, level: Literal["L2", "L3"] = "L2") -> Reply:
    """Escalate a ticket to a higher support level."""
    return Reply("escalated")


@write("tickets:write", "close {ticket}: {resolution}", "{ticket} is solved", "resolve {ticket}")
async def close(ctx: Any, ticket: Ticket, resolution: str) -> Reply:
    """Close a ticket for good."""
    return Reply("closed")


@read(
    "billing:read",
    "what does {customer} owe",
    "balance of {customer}",
    "how much does {customer} owe us",
    "is {customer} paid up",
)
async def balance(ctx: Any, customer: Customer) -> Reply:
    """Say what a customer owes."""
    return Reply("balance")


@read(
    "billing:read",
    "overdue invoices over {days} days",
    "who has not paid",
    "list overdue customers",
    "unpaid invoices",
)
async def overdue(ctx: Any, days: int = 0, limit: int = 3) -> Reply:
    """List overdue invoices with ageing buckets."""
    return Reply("overdue")


@read("billing:read", "which payments failed this week", "failed payments since {since}", "declined cards")
async def failed(ctx: Any, since: date | None = None) -> Reply:
    """List failed payments."""
    return Reply("failed")


@read("billing:read", "what is MRR and outstanding AR", "revenue this month", "how much do we bill per month")
async def revenue(ctx: Any, month: date | None = None) -> Reply:
    """Show recurring revenue and receivables."""
    return Reply("revenue")


@write(
    "billing:write",
    "record {amount} cash from {customer}",
    "{customer} paid {amount} by transfer",
    "payment of {amount} for {customer}",
    approval=Approval.SELF,
    amount="amount",
)
async def record_payment(
    ctx: Any,
    customer: Customer,
    amount: Money,
    method: Literal["cash", "card", "bank_transfer", "mobile_money"] = "cash",
) -> Reply:
    """Record a payment a customer made."""
    return Reply("recorded")


@read(
    "network:read",
    "is {customer} online",
    "why is {customer} down",
    "session of {customer}",
    "signal level of {customer}",
    "since when is {customer} offline",
    "what is the IP of {customer}",
)
async def line(ctx: Any, customer: Customer) -> Reply:
    """Show a customer's line: session, optical level, device and outages."""
    return Reply("line")


@read(
    "network:read",
    "any outages",
    "active outages",
    "is there an outage that affects {customer}",
    "what is down right now",
)
async def outages(ctx: Any, customer: Customer | None = None) -> Reply:
    """List active outages."""
    return Reply("outages")


@read("network:read", "status of {device}", "is {device} up", "how is {device} doing")
async def device(ctx: Any, device: Device) -> Reply:
    """Show the state of a device."""
    return Reply("device")


@read("network:read", "which devices are offline", "list devices that are down", "devices at {site}")
async def devices(
    ctx: Any, site: Site | None = None, status: Literal["online", "offline"] | None = None
) -> Reply:
    """List devices."""
    return Reply("devices")


@read("network:read", "who is affected by {site}", "who is hit if {site} goes down", "customers on {site}")
async def affected(ctx: Any, site: Site) -> Reply:
    """Say which customers hang below a site."""
    return Reply("affected")


@write("network:write", "disconnect the session of {customer}", "kick {customer}", approval=Approval.SELF)
async def disconnect(ctx: Any, customer: Customer) -> Reply:
    """Disconnect a customer's session, so that it dials in anew."""
    return Reply("disconnected")


@write("network:write", "reboot the ONT of {customer}", "restart {customer}'s router", approval=Approval.SELF)
async def reboot(ctx: Any, customer: Customer) -> Reply:
    """Reboot a customer's ONT."""
    return Reply("rebooted")


@write(
    "network:write", "schedule maintenance at {site} {start}", "plan works on {site} from {start} for {lasts}"
)
async def maintenance(ctx: Any, site: Site, start: datetime, lasts: timedelta = timedelta(hours=2)) -> Reply:
    """Plan a maintenance window."""
    return Reply("planned")


@write("email:send", "email {customer} that {body}", "write to {customer}: {body}", approval=Approval.SELF)
async def send(ctx: Any, customer: Customer, body: str, subject: str = "") -> Reply:
    """Send a customer an e-mail."""
    return Reply("sent")


@read("email:read", "what did we last tell {customer}", "emails to {customer}")
async def log(ctx: Any, customer: Customer) -> Reply:
    """Show the e-mails a customer was sent."""
    return Reply("log")


PLUGINS = {
    "customers": [card, services, note, suspend, resume],
    "tickets": [show, search, mine, breaches, create, comment, assign, escalate, close],
    "billing": [balance, overdue, failed, revenue, record_payment],
    "network": [line, outages, device, devices, affected, disconnect, reboot, maintenance],
    "email": [send, log],
}


def finder(kind: str):
    async def look(ctx: Any, text: str, limit: int) -> list[Match]:
        return (await find(kind, text))[:limit]

    return look


ENTITIES = [
    Owned(
        "customers",
        Entity(
            name="customer",
            title="Customer",
            permission="customers:read",
            find=finder("customer"),
            words=("subscriber", "client", "account"),
            patterns=(re.compile(r"\b100\d{3}\b"),),
        ),
    ),
    Owned(
        "tickets",
        Entity(
            name="ticket",
            title="Ticket",
            permission="tickets:read",
            find=finder("ticket"),
            patterns=(re.compile(r"\bTCK-\d+\b", re.IGNORECASE),),
        ),
    ),
    Owned(
        "network",
        Entity(
            name="device",
            title="Device",
            permission="network:read",
            find=finder("device"),
            words=("olt", "router", "switch", "bng"),
        ),
    ),
    Owned(
        "network",
        Entity(
            name="site", title="Site", permission="network:read", find=finder("site"), words=("tower", "pop")
        ),
    ),
]
OWNED = [Owned(plugin, item) for plugin, items in PLUGINS.items() for item in items]
PERMISSIONS = frozenset(o.item.permission for o in OWNED)
VIEW = View(frozenset(PLUGINS), (*OWNED, *ENTITIES))


def person(*permissions: str, name: str = "Ada Obi", roles: frozenset[str] = frozenset()) -> User:
    held = frozenset(permissions) or PERMISSIONS
    user = User.with_permissions(f"id-{name}", name, held)
    return User(
        id=user.id,
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@acme.example",
        roles=roles,
        rights=user.rights,
    )


def owned(action_id: str) -> Owned[Action]:
    return VIEW.action(action_id)


@cache
def understander() -> Understander:
    """One of these plugins for all tests of a process: it keeps nothing of what is said."""
    return Understander(OWNED, ENTITIES, embedder=LocalEmbedder(), folder=kept_vectors())
