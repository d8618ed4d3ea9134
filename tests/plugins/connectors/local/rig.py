"""Puts a world of the conformance checks into our own tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import ConnectorContext, NoSettings, Tenant
from bot.conformance import World
from bot.conformance.world import plain
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from bot.db.users import do_add_person
from plugins.connectors.local import OPEN

Rows = list[dict[str, Any]]
Ids = Mapping[str, UUID]


class LocalRig:
    """A tenant of its own for each world, in one database."""

    lacks: frozenset[str] = frozenset()

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tenants: dict[str, Tenant] = {}

    def numbers(self, kind: str, nr: int) -> str:
        return plain(kind, nr)

    def open(self, world: World, port: str) -> Any:
        return OPEN[port](self.context(world))

    def context(self, world: World) -> ConnectorContext:
        tenant = self.tenants[world.tenant.slug]

        def sql() -> AbstractAsyncContextManager[AsyncSession]:
            return self.database.tenant(tenant.id)

        return ConnectorContext(tenant=tenant, settings=NoSettings(), now=lambda: world.now, sql=sql)

    async def load(self, world: World) -> None:
        async with self.database.system() as session:
            tenant = await do_create_tenant(
                session,
                slug=f"{world.tenant.slug}-{uuid4().hex[:10]}",
                name=world.tenant.name,
                timezone=world.tenant.timezone,
                currency=world.tenant.currency,
            )
        self.tenants[world.tenant.slug] = tenant
        ids = {key: uuid4() for key in keys_of(world)}
        async with self.database.tenant(tenant.id) as session:
            for table, rows in (*people(world, ids), *desk(world, ids), *plant(world, ids)):
                await insert(session, tenant, table, rows)
            for agent in world.agents:
                await do_add_person(session, name=agent.name, email=agent.email)


def keys_of(world: World) -> Iterable[str]:
    yield from (p.key for p in world.ports)
    for each in (world.customers, world.services, world.invoices, world.payments, world.tickets):
        yield from (one.number for one in each)


async def insert(session: AsyncSession, tenant: Tenant, table: str, rows: Rows) -> None:
    if not rows:
        return
    rows = [{"tenant_id": UUID(tenant.id), **row} for row in rows]
    names = [f"cast(:{name} as jsonb)" if name == "lines" else f":{name}" for name in rows[0]]
    await session.execute(
        text(f"insert into {table} ({', '.join(rows[0])}) values ({', '.join(names)})"), rows
    )


def fields(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def people(world: World, ids: Ids) -> Iterable[tuple[str, Rows]]:
    yield (
        "isp_plans",
        [
            fields(p, "code", "name", "kind", "down_kbps", "up_kbps", "active")
            | {"price_minor": p.price.minor, "currency": p.price.currency}
            for p in world.plans
        ],
    )
    yield (
        "isp_customers",
        [
            {"id": ids[c.number], **vars(c), "status": c.status.value, "tags": list(c.tags)}
            for c in world.customers
        ],
    )
    yield "isp_notes", [{"customer_id": ids[number], **vars(note)} for number, note in world.notes]
    kept = ("number", "kind", "username", "ipv4", "ipv6_prefix", "vlan", "cpe_mac", "ont_serial", "activated_on",
            "suspended_at", "suspend_reason", "terminated_on", "next_plan_on")  # fmt: skip
    yield "isp_services", [
        {"id": ids[s.number], "customer_id": ids[s.customer], "plan_code": s.plan.code, "status": s.status.value,
         "port_id": ids.get(world.wires.get(s.number, "")), "install_address": s.address, **fields(s, *kept)}
        for s in world.services
    ]  # fmt: skip
    yield "isp_invoices", [
        {"id": ids[i.number], "customer_id": ids[i.customer], "total_minor": i.total.minor, "paid_minor": i.paid.minor,
         "currency": i.total.currency, "status": i.status.value, **fields(i, "number", "issued_on", "due_on"),
         "lines": json.dumps([{"text": line.text, "minor": line.amount.minor} for line in i.lines])}
        for i in world.invoices
    ]  # fmt: skip
    yield "isp_payments", [
        {"id": ids[p.number], "customer_id": ids[p.customer], "invoice_id": ids.get(p.invoice or ""),
         "amount_minor": p.amount.minor, "currency": p.amount.currency,
         **fields(p, "number", "at", "method", "status", "provider", "failure", "reference", "by", "note")}
        for p in world.payments
    ]  # fmt: skip


def desk(world: World, ids: Ids) -> Iterable[tuple[str, Rows]]:
    kept = ("number", "subject", "body", "assignee", "opened_by", "opened_at", "first_response_due", "resolve_due",
            "first_response_at", "resolved_at", "closed_at", "resolution", "region", "site", "partner")  # fmt: skip
    yield "isp_tickets", [
        {"id": ids[t.number], "customer_id": ids.get(t.customer or ""), "outage_number": t.outage,
         "category": t.category.value, "priority": t.priority.value, "status": t.status.value, "level": t.level.value,
         **fields(t, *kept)}
        for t in world.tickets
    ]  # fmt: skip
    yield "isp_email_templates", [vars(template) for template in world.templates]
    yield "isp_emails", [
        {"customer_id": ids[e.customer or ""], "to_address": e.to, **fields(e, "at", "subject", "body", "status", "by")}
        for e in world.emails
    ]  # fmt: skip


def plant(world: World, ids: Ids) -> Iterable[tuple[str, Rows]]:
    yield "isp_sites", [vars(site) for site in world.sites]
    kept = ("name", "kind", "site", "status", "status_since", "seen_at", "vendor", "model", "ip", "parent")
    yield "isp_devices", [fields(device, *kept) for device in world.devices]
    yield "isp_pools", [fields(pool, "name", "prefix", "purpose", "site") for pool in world.pools]
    kept = ("serial", "state", "since", "model", "site", "holder", "holder_name", "note")
    yield "isp_cpes", [fields(box, *kept) for box in world.cpes]
    kept = ("device", "name", "kind", "status", "status_since", "capacity")
    yield "isp_ports", [{"id": ids[port.key], **fields(port, *kept)} for port in world.ports]
    yield (
        "isp_onts",
        [{"port_id": ids[far.port], "service_id": ids[far.service], **vars(far.ont)} for far in world.onts],
    )
    kept = ("name", "parent", "ratio")
    yield "isp_splitters", [{"port_id": ids[one.port], **fields(one, *kept)} for one in world.splitters]
    yield (
        "isp_splitter_lines",
        [{"service_id": ids[service], "splitter": name} for service, name in world.behind.items()],
    )
    yield "isp_sessions", [{"service_id": ids[one.service], **vars(one.session)} for one in world.sessions]
    kept = ("number", "title", "cause", "note", "status", "site", "device", "started_at", "eta", "ended_at")
    yield "isp_outages", [{"port_id": ids.get(o.port or ""), **fields(o, *kept)} for o in world.outages]
    kept = ("number", "title", "status", "site", "device", "starts_at", "ends_at")
    yield (
        "isp_maintenance",
        [{"port_id": ids.get(m.port or ""), **fields(m, *kept)} for m in world.maintenance],
    )
    yield (
        "isp_measurements",
        [
            {"subject": f"{one.kind}:{one.key}", "metric": one.metric, "at": at, "value": value}
            for one in world.readings
            for at, value in one.points
        ],
    )
