"""The customer 360: what every system knows about one subscriber, asked at once, in one reply."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.api import Button, Context, Evidence, Reply, Round, Tone, ago, day, moment, plural
from plugins.billing.port import Balance, Billing
from plugins.customers.port import Customer, Customers, CustomerStatus, Note, Service, ServiceStatus
from plugins.email.port import Mail, Stop
from plugins.network.port import Line, Network
from plugins.reminders.port import Reminder, Reminders, find_about
from plugins.tickets.port import TicketPage, TicketQuery, Tickets
from plugins.visits.port import Visit, VisitQuery, Visits

FEW = 5


@dataclass(frozen=True, kw_only=True)
class Card:
    """One subscriber. A part is None when the asker may not see it or its system did not answer."""

    customer: Customer
    services: tuple[Service, ...]
    notes: tuple[Note, ...]
    lines: tuple[Line, ...] | None
    balance: Balance | None
    tickets: TicketPage | None
    promised: tuple[Reminder, ...]
    visits: tuple[Visit, ...]
    stop: Stop | None
    silent: tuple[str, ...]


async def collect(ctx: Context[Any], customer: Customer) -> Card:
    """Ask all systems at once; one that does not answer leaves a gap and is named."""
    number, today, asked = customer.number, ctx.today, Round(ctx)
    ask = asked.ask
    coming = VisitQuery(customer=number, since=ctx.now, ahead_only=True)
    open_ones = TicketQuery(customer=number, open_only=True)
    (services, notes, lines, balance, tickets, promised), stops, visits = await asyncio.gather(
        asyncio.gather(
            ask(Customers, lambda port, scope: port.services(scope, number)),
            ask(Customers, lambda port, scope: port.notes(scope, number, 3)),
            ask(Network, lambda port, scope: port.lines(scope, number)),
            ask(Billing, lambda port, scope: port.balance(scope, number, today)),
            ask(Tickets, lambda port, scope: port.find(scope, open_ones, FEW)),
            find_about(ctx, Reminders, customer=number),
        ),
        ask(Mail, lambda port, _: port.stops([customer.email] if customer.email else [])),
        ask(Visits, lambda port, scope: port.find(scope, coming, 2)),
    )
    return Card(
        customer=customer,
        services=tuple(services or ()),
        notes=tuple(notes or ()),
        lines=None if lines is None else tuple(lines),
        balance=balance,
        tickets=tickets,
        promised=promised,
        visits=tuple(visits or ()),
        stop=(stops or {}).get((customer.email or "").lower()),
        silent=asked.silent,
    )


def card_reply(ctx: Context[Any], card: Card) -> Reply:
    """Lay the card out: who, what stands out, then one line per system."""
    customer = card.customer
    head = f"**{customer.name}** ({customer.number}), {_standing(customer, ctx)}"
    news = [*_news(ctx, card)]
    return Reply(
        "\n".join([head, *(f"- {line}" for line in news)]),
        data=card,
        facts=dict(_facts(ctx, card)),
        buttons=tuple(_buttons(card)),
        evidence=tuple(_evidence(ctx, card)),
        focus={"customer": customer.number},
        tone=_tone(card),
    )


def _standing(customer: Customer, ctx: Context[Any]) -> str:
    parts = [customer.status.value, customer.kind]
    if customer.tier != "standard":
        parts.insert(0, customer.tier)
    since = f" since {day(customer.since, ctx.today)}" if customer.since else ""
    return " ".join(parts) + " customer" + since


def _news(ctx: Context[Any], card: Card) -> Iterator[str]:
    """Say what a person at the phone must not overlook."""
    zone = ctx.tenant.zone
    today = ctx.today
    for outage in {o.number: o for line in card.lines or () for o in line.outages}.values():
        eta = f", back by {moment(outage.eta, ctx.now, zone)}" if outage.eta else ""
        yield f"Outage {outage.number}: {outage.title}, since {moment(outage.started_at, ctx.now, zone)}{eta}"
    for work in {m.number: m for line in card.lines or () for m in line.maintenance}.values():
        start, end = moment(work.starts_at, ctx.now, zone), moment(work.ends_at, ctx.now, zone)
        yield f"Maintenance {work.number}: {work.title}, {start} to {end}"
    for service in card.services:
        if service.status is ServiceStatus.SUSPENDED:
            since = f" {ago(service.suspended_at, ctx.now)}" if service.suspended_at else ""
            why = f": {service.suspend_reason}" if service.suspend_reason else ""
            yield f"{service.number} was suspended{since}{why}"
        if service.next_plan and service.next_plan_on:
            yield f"{service.number} moves to {service.next_plan.name} on {day(service.next_plan_on, today)}"
        if service.terminated_on and service.status is not ServiceStatus.TERMINATED:
            yield f"{service.number} ends on {day(service.terminated_on, today)}"
    for visit in card.visits:
        start, end = moment(visit.starts_at, ctx.now, zone), f"{visit.ends_at.astimezone(zone):%H:%M}"
        yield f"{visit.technician_name} visits {start} to {end} ({visit.number})"
    for one in card.promised:
        at = moment(one.at, ctx.now, zone) + (", late" if one.late(ctx.now) else "")
        yield f"{one.owner_name} promised for {at}: {one.text} ({one.number})"
    for name in card.silent:
        yield f"The system behind {name} does not answer, so that part is missing"


def _facts(ctx: Context[Any], card: Card) -> Iterator[tuple[str, Any]]:
    customer, zone = card.customer, ctx.tenant.zone
    if customer.contact:
        yield "Contact", customer.contact
    if customer.phone or customer.email:
        yield "Reach", ", ".join(filter(None, (customer.phone, customer.alt_phone, customer.email)))
    if card.stop:
        yield "E-mail", _stopped(ctx, card.stop)
    if customer.address:
        yield "Address", customer.address
    yield "Plan", _plans(card.services)
    if card.balance:
        yield "Balance", card.balance.said(ctx.today)
        yield "Last payment", _payment(ctx, card.balance)
    for line in card.lines or ():
        tail = f" {line.service}" if len(card.lines or ()) > 1 else ""
        yield f"Session{tail}", _session(ctx, line)
        yield f"{'Optical' if line.kind == 'fiber' else 'Signal'}{tail}", _signal(ctx, line)
    if card.lines and not any(line.outages for line in card.lines):
        yield "Outage", "none known on this line"
    if card.tickets is not None:
        yield "Open tickets", _tickets(ctx, card.tickets)
    for note in card.notes:
        yield f"Note {moment(note.at, ctx.now, zone)}", f"{note.body} ({note.by})"


def _stopped(ctx: Context[Any], stop: Stop) -> str:
    since = moment(stop.at, ctx.now, ctx.tenant.zone)
    if stop.reason != "bounced":
        return f"wants no news, since {since}"
    return f"bounced {since}: {stop.detail}" if stop.detail else f"bounced {since}"


def _plans(services: Sequence[Service]) -> str:
    using = [s for s in services if s.status is not ServiceStatus.TERMINATED]
    said = [f"{s.plan.name}, {speed(s)}, {s.plan.price} a month ({s.status})" for s in using]
    return "; ".join(said) or "no service in use"


def speed(service: Service) -> str:
    """Return `100/50 Mbit/s`."""
    down, up = (f"{kbps / 1000:g}" for kbps in (service.plan.down_kbps, service.plan.up_kbps))
    return f"{down}/{up} Mbit/s"


def _payment(ctx: Context[Any], balance: Balance) -> str:
    paid, failed, zone = balance.last_payment, balance.last_failure, ctx.tenant.zone
    said = "none yet"
    if paid:
        said = f"{paid.amount} on {moment(paid.at, ctx.now, zone)} by {paid.method.replace('_', ' ')}"
    if failed and (paid is None or failed.at > paid.at):
        why = (failed.failure or "no reason given").replace("_", " ")
        said += f"; {failed.amount} failed {moment(failed.at, ctx.now, zone)} ({why})"
    return said


def _session(ctx: Context[Any], line: Line) -> str:
    return line.session.said(ctx.now, ctx.tenant.zone) if line.session else "none on record"


def _signal(ctx: Context[Any], line: Line) -> str:
    if line.ont is None:
        return "not measured"
    if line.ont.status != "online":
        why = line.ont.status.replace("_", " ").replace("los", "loss of signal")
        since = moment(line.ont.status_since, ctx.now, ctx.tenant.zone)
        return f"{why} since {since}; last {line.level or 'unknown'}"
    return line.level or "online, level not measured"


def _tickets(ctx: Context[Any], page: TicketPage) -> str:
    if not page.total:
        return "none"
    said = [f"{t.number} {t.subject} ({t.priority}, {t.clock(ctx.now) or t.status})" for t in page.tickets]
    more = page.total - len(page.tickets)
    return "; ".join(said) + (f"; and {plural(more, 'more', 'more')}" if more else "")


def _tone(card: Card) -> Tone:
    lines = card.lines or ()
    if any(line.outages for line in lines) or any(line.session and not line.session.up for line in lines):
        return Tone.BAD
    owing = card.balance is not None and card.balance.overdue.minor > 0
    weak = any(line.signal in {"weak", "critical"} for line in lines)
    if owing or weak or card.customer.status is CustomerStatus.SUSPENDED:
        return Tone.WARN
    return Tone.PLAIN


def _buttons(card: Card) -> Iterator[Button]:
    customer = {"customer": card.customer.number}
    yield Button("Open a ticket", "tickets_create", customer, "primary")
    if card.tickets and card.tickets.total:
        yield Button("Tickets", "tickets_search", {**customer, "open_only": True})
    yield Button("Line", "network_line", customer)
    yield Button("Invoices", "billing_invoices", customer)
    statuses = {service.status for service in card.services}
    if ServiceStatus.SUSPENDED in statuses:
        yield Button("Resume", "customers_resume", customer)
    elif ServiceStatus.ACTIVE in statuses:
        who = f"{card.customer.name} ({card.customer.number})"
        yield Button("Suspend", "customers_suspend", customer, "danger", about=who)


def _evidence(ctx: Context[Any], card: Card) -> Iterator[Evidence]:
    yield ctx.evidence(Customers)
    if card.lines is not None:
        seen = [line.ont.seen_at for line in card.lines if line.ont]
        yield ctx.evidence(Network, min(seen, default=None))
    if card.balance is not None:
        yield ctx.evidence(Billing)
    if card.tickets is not None:
        yield ctx.evidence(Tickets)
