"""Who a mailing goes to: whom it names, less those who cannot or do not want to be written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.api import BadInput, Context, day, moment
from plugins.billing.port import Billing
from plugins.email.chosen import MOST, Wanted, find_recipients, scope_for
from plugins.email.framing import framed, headed
from plugins.email.letter import ADDRESS, checked_body, subject_of
from plugins.email.placeholders import filled, on, places_in
from plugins.email.port import Mail, MailingKind, NewEmail, Recipient, Sender, Stop, Template

FOR_ALL = frozenset({"name", "number", "isp", "today"})
MONEY = frozenset({"balance", "overdue", "due"})
OUTAGE = frozenset({"outage", "eta"})


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who gets the mailing, who does not and why, and the text of each."""

    said: str
    messages: tuple[NewEmail, ...]
    kind: MailingKind = MailingKind.NEWS
    left_out: Mapping[str, int] = field(default_factory=dict)


async def make_audience(
    ctx: Context[Any], wanted: Wanted, template: Template | None, text: str, subject: str, sender: Sender
) -> Audience:
    """Return each message, filled in; BadInput when nobody is left, or when there are too many."""
    body = template.body if template else framed(ctx, text)
    body = checked_body(text if template and text.strip() else body)
    head = subject_of(body, subject.strip() or (template.subject if template else headed(ctx, text)))
    kind = wanted.about(f"{template.name.replace('_', ' ') if template else ''}\n{head}\n{body}")
    said, found = await find_recipients(ctx, wanted)
    if len(found) > MOST:
        raise BadInput(f"These are more than {MOST:,}. Take a smaller group, one after the other.")
    reached = [one for one in found if one.email and ADDRESS.fullmatch(one.email)]
    stops = await ctx.port(Mail).stops([one.email or "" for one in reached])
    why = {one.customer: stopped_by(stops.get((one.email or "").lower()), kind) for one in reached}
    free = [one for one in reached if not why[one.customer]]
    places = places_in(head, body)
    values = await _values(ctx, wanted, places, free)
    base = NewEmail(
        customer="", to="", subject="", body="", sender=sender.address, reply_to=sender.reply_to,
        template=template.name if template else None,
    )  # fmt: skip
    messages = tuple(
        replace(
            base,
            customer=one.customer,
            to=one.email or "",
            subject=filled(head, values[one.customer]),
            body=filled(body, values[one.customer]),
        )
        for one in free
        if all(values[one.customer].get(place) for place in places)
    )
    if not messages:
        raise BadInput(f"Nobody of {said} can be written to.{_why_nobody(why)}")
    return Audience(
        said=said,
        messages=messages,
        kind=kind,
        left_out=+Counter(
            {
                "no address": len(found) - len(reached),
                "unknown": len(free) - len(messages),
                **Counter(filter(None, why.values())),
            }
        ),
    )


def stopped_by(stop: Stop | None, kind: MailingKind) -> str:
    """Return the reason that keeps an address from a mailing: what is about their service only a bounce."""
    if stop is None or (stop.reason != "bounced" and kind is MailingKind.SERVICE):
        return ""
    return stop.reason


def _why_nobody(why: Mapping[str, str]) -> str:
    """Say so when it is their wish: another kind of mailing would reach them."""
    wish = any(reason == "unsubscribed" for reason in why.values())
    return " They want no more news; only what is about their own service reaches them." if wish else ""


async def _values(
    ctx: Context[Any], wanted: Wanted, places: set[str], found: Sequence[Recipient]
) -> dict[str, dict[str, str | None]]:
    """Return what stands for each name, for each recipient."""
    known = FOR_ALL | MONEY | (OUTAGE if wanted.outage else frozenset())
    if single := sorted(places - known):
        named = ", ".join(f"{{{name}}}" for name in single)
        raise BadInput(f"{named} cannot stand in this mailing. There is {', '.join(sorted(known))}.")
    today = ctx.local(ctx.now).date()
    shared: dict[str, str | None] = {"isp": ctx.tenant.name, "today": on(today)}
    if wanted.outage:
        eta = wanted.outage.eta
        shared |= {"outage": wanted.outage.number}
        shared |= {"eta": moment(eta, ctx.now, ctx.tenant.zone) if eta else None}
    values = {
        one.customer: shared | {"name": one.contact or one.name, "number": one.customer} for one in found
    }
    if places & MONEY:
        numbers = [one.customer for one in found]
        balances = await ctx.port(Billing).balances(scope_for(ctx, "billing:read"), numbers, today)
        for number, balance in balances.items():
            due = balance.overdue_since or balance.next_due
            values[number] |= {
                "balance": str(balance.owed),
                "overdue": str(balance.overdue) if balance.overdue.minor else None,
                "due": day(due, today) if due else None,
            }
    return values
