"""What is put around a message as it leaves: where it comes back to, how to unsubscribe, and its HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.api import Context, Unavailable
from plugins.email.paper import as_html
from plugins.email.port import Email, MailingKind, Outgoing, Returns, Sender
from plugins.email.settings import EmailSettings

Ctx = Context[Any]
LINK = "unsubscribe"
MARK_HEADER = "X-Backhaul-Message"
LONGEST_LOCAL = 64
"""What stands before the @ is no longer (RFC 5321)."""
MARK = re.compile(r"\b((?:EM|ML)-[0-9]{1,12}(?:-[0-9]{1,6})?)\.([a-z2-7]{20})\b", re.IGNORECASE)
"""A message's number and the seal that proves that we sent it."""


def dressed(ctx: Ctx, message: Outgoing, sender: Sender) -> Outgoing:
    """Return a message as it leaves."""
    headers = {"Precedence": "bulk", "Auto-Submitted": "auto-generated"} if message.mailing else {}
    body, mark = message.body, mark_of(ctx, message)
    if sender.bounces:
        headers[MARK_HEADER] = mark
    if message.mailing == MailingKind.NEWS:
        headers |= unsubscribing(ctx, message, sender)
        body += footer(ctx, message.number)
    html = message.html
    if html is None and isinstance(ctx.settings, EmailSettings) and ctx.settings.html:
        html = as_html(body, subject=message.subject, isp=ctx.tenant.name)
    envelope = back_to(sender, mark)
    return replace(message, body=body, html=html, headers=headers, envelope=envelope)


def back_to(sender: Sender, mark: str) -> str:
    """Return the address a server reports to when it cannot deliver this very message."""
    local, at, domain = sender.bounces.rpartition("@")
    tagged = f"{local}+{mark.lower()}"
    if not at or not sender.tagged or len(tagged) > LONGEST_LOCAL:
        return sender.bounces
    return f"{tagged}@{domain}"


def unsubscribing(ctx: Ctx, message: Outgoing, sender: Sender) -> dict[str, str]:
    """Return the headers of RFC 2369 and RFC 8058, as far as there is a way to unsubscribe from outside."""
    ways = []
    if link := ctx.link(LINK, message.number):
        ways.append(f"<{link}>")
    if sender.bounces and reads_returns(ctx):
        seal = ctx.seals.make(wish_text(message.number, message.message_id))
        ways.append(f"<mailto:{sender.bounces}?subject={LINK}%20{message.number}.{seal}>")
    headers = {"List-Unsubscribe": ", ".join(ways)} if ways else {}
    return headers | ({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link else {})


def footer(ctx: Ctx, number: str) -> str:
    """Return what stands below news: why they get it, and their own way out; nothing without a link."""
    link = ctx.link(LINK, number)
    return f"\n\nYou get this as a customer of {ctx.tenant.name}. No more news: {link}" if link else ""


def has_link(ctx: Ctx) -> bool:
    """Say whether outsiders can reach a link of ours."""
    return bool(ctx.link(LINK, "EM-0"))


def reads_returns(ctx: Ctx) -> bool:
    """Say whether anybody reads what comes back."""
    try:
        ctx.port(Returns).check()
    except Unavailable:
        return False
    return True


def mark_of(ctx: Ctx, message: Outgoing | Email) -> str:
    """Return what a message is known by when it comes back, e.g. `EM-1001.k3…`."""
    return f"{message.number}.{ctx.seals.make(mark_text(message.number or '', message.message_id or ''))}"


def mark_text(number: str, message_id: str) -> str:
    """Return what the seal of a message says: a number that is given out again proves nothing."""
    return f"message {number} {message_id}"


def wish_text(number: str, message_id: str) -> str:
    """Return what the seal of a wish to unsubscribe says."""
    return f"{LINK} {number} {message_id}"
