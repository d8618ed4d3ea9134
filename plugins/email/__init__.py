"""E-mail: what subscribers were told, and the templates for telling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.api import (
    Action,
    Button,
    Column,
    Context,
    PluginInfo,
    Reply,
    Table,
    Tone,
    action,
    hookimpl,
    moment,
    plural,
)
from plugins.customers.port import CustomerRef
from plugins.email.port import Mail

READ = frozenset({"email:read"})
MAX_ROWS = 50
SHOWN = 1_500


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "what did we last tell {customer}",
        "which e-mails did {customer} get",
        "messages sent to {customer}",
        "has {customer} been told",
        "e-mail log of {customer}",
        "when did we last write to {customer}",
        "did we write to {customer}",
        "did our e-mail reach {customer}",
        "mails to {customer}",
        "what did {customer} hear from us",
        "did we inform {customer}",
    ),
)
async def log(ctx: Context[Any], customer: CustomerRef, limit: int = 5) -> Reply:
    """Show what a customer was told by e-mail.

    The last message in full, and those before it.
    """
    found = await ctx.port(Mail).sent(ctx.scope, customer.number, max(1, min(limit, MAX_ROWS)))
    focus, evidence = {"customer": customer.number}, (ctx.evidence(Mail),)
    if not found:
        text = f"We have not written to {customer.name} yet."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    last, zone = found[0], ctx.tenant.zone
    body = last.body if len(last.body) <= SHOWN else f"{last.body[:SHOWN]} …"
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    rows = [(moment(m.at, ctx.now, zone), m.subject, m.to, m.status, m.by) for m in found]
    columns = [Column(title) for title in ("When", "Subject", "To", "Status", "By")]
    return Reply(
        f"The last message to {customer.name}, {moment(last.at, ctx.now, zone)}, {last.status}: "
        f"**{last.subject}**\n{quoted}",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        tone=Tone.WARN if last.status == "bounced" else Tone.PLAIN,
        buttons=(Button("Customer", "customers_show", focus),),
        focus=focus,
        evidence=evidence,
    )


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which e-mail templates do we have",
        "list the templates",
        "show e-mail templates",
        "what template is there for reminders",
    ),
)
async def templates(ctx: Context[Any]) -> Reply:
    """List the e-mail templates."""
    found = await ctx.port(Mail).templates()
    evidence = (ctx.evidence(Mail),)
    if not found:
        return Reply("There are no e-mail templates yet.", data=(), evidence=evidence)
    return Reply(
        f"{plural(len(found), 'template')}:",
        data=tuple(found),
        table=Table(columns=(Column("Name"), Column("Subject")), rows=[(t.name, t.subject) for t in found]),
        evidence=evidence,
    )


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="email",
        about="What subscribers were told by e-mail, and the templates.",
        permissions={"email:read": "See what subscribers were told"},
        roles=dict.fromkeys(("support", "billing", "noc", "admin"), READ),
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """What was said, and how we say it."""
    return [log, templates]
