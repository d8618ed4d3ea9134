"""A small ISP, row by row: what a test of the local connector needs and no more."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Area, ConnectorContext, Effect, NoSettings, Scope, Tenant
from bot.db.database import Database

NOW = datetime(2026, 11, 20, 16, 55, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))
SOUTH = Scope(frozenset({Area(region=frozenset({"south"}))}))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


async def fine() -> None:
    """A lease that is still ours."""


def effect(
    key: str = "call-1", check: Callable[[], Awaitable[None]] = fine, by: str = "Chipo Dube"
) -> Effect:
    return Effect(key=key, check=check, by=by, at=NOW)


@dataclass
class Isp:
    """Inserts rows of one tenant and returns what others refer to them by."""

    database: Database
    tenant: Tenant
    now: datetime = NOW
    ids: dict[str, UUID] = field(default_factory=dict)

    def sql(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self.database.tenant(self.tenant.id)

    def context(self) -> ConnectorContext:
        return ConnectorContext(tenant=self.tenant, settings=NoSettings(), now=lambda: self.now, sql=self.sql)

    async def insert(self, table: str, **values: Any) -> None:
        values["tenant_id"] = UUID(self.tenant.id)
        binds = {
            k: json.dumps(v) if isinstance(v, (dict, list)) and k == "lines" else v for k, v in values.items()
        }
        names = [f"cast(:{k} as jsonb)" if k == "lines" else f":{k}" for k in values]
        async with self.sql() as session:
            await session.execute(
                text(f"insert into {table} ({', '.join(values)}) values ({', '.join(names)})"), binds
            )

    async def count(self, table: str, where: str = "true", **binds: Any) -> int:
        async with self.sql() as session:
            return int(
                (
                    await session.execute(text(f"select count(*) from {table} where {where}"), binds)
                ).scalar_one()
            )

    async def _add(self, key: str, table: str, **values: Any) -> str:
        self.ids[key] = uuid4()
        await self.insert(table, id=self.ids[key], **values)
        return key

    async def plan(self, code: str = "F100", *, kind: str = "fiber", price: int = 4_500, **more: Any) -> str:
        row = {"name": "Fibre 100", "down_kbps": 100_000, "up_kbps": 50_000, "currency": self.tenant.currency}
        await self.insert("isp_plans", code=code, kind=kind, price_minor=price, **(row | more))
        return code

    async def customer(self, number: str, name: str, **more: Any) -> str:
        return await self._add(
            number, "isp_customers", number=number, name=name, **({"region": "north"} | more)
        )

    async def service(
        self, customer: str, nr: int = 1, *, plan: str = "F100", port: str = "", **more: Any
    ) -> str:
        number = f"SVC-{customer}-{nr}"
        row: dict[str, Any] = {"kind": "fiber", "status": "active", "port_id": self.ids.get(port)}
        return await self._add(
            number,
            "isp_services",
            number=number,
            customer_id=self.ids[customer],
            plan_code=plan,
            **(row | more),
        )

    async def site(self, code: str, *, region: str = "north", **more: Any) -> str:
        await self.insert(
            "isp_sites", code=code, region=region, **({"name": f"{code} POP", "kind": "pop"} | more)
        )
        return code

    async def device(self, name: str, site: str, kind: str = "olt", **more: Any) -> str:
        await self.insert(
            "isp_devices", name=name, site=site, kind=kind, **({"status_since": ago(days=9)} | more)
        )
        return name

    async def port(self, device: str, name: str = "PON 1/1", kind: str = "pon", **more: Any) -> str:
        return await self._add(f"{device} {name}", "isp_ports", device=device, name=name, kind=kind, **more)

    async def ont(self, serial: str, port: str, service: str, **more: Any) -> None:
        row: dict[str, Any] = {"status_since": ago(days=2), "seen_at": ago(seconds=40), "rx_dbm": -19.5}
        await self.insert(
            "isp_onts", serial=serial, port_id=self.ids[port], service_id=self.ids[service], **(row | more)
        )

    async def session(self, service: str, **more: Any) -> None:
        row: dict[str, Any] = {
            "username": service.lower(),
            "started_at": ago(hours=6),
            "updated_at": ago(minutes=1),
        }
        await self.insert("isp_sessions", service_id=self.ids[service], **(row | more))

    async def ticket(self, number: str, subject: str, customer: str = "", **more: Any) -> str:
        row: dict[str, Any] = {"opened_by": "Ada", "opened_at": ago(hours=3), "region": "north"}
        return await self._add(
            number,
            "isp_tickets",
            number=number,
            subject=subject,
            customer_id=self.ids.get(customer),
            **(row | more),
        )

    async def invoice(self, number: str, customer: str, total: int, *, due: date, **more: Any) -> str:
        row: dict[str, Any] = {"issued_on": due - timedelta(days=14), "currency": self.tenant.currency}
        return await self._add(
            number, "isp_invoices", number=number, customer_id=self.ids[customer], total_minor=total, due_on=due,
            **(row | more),
        )  # fmt: skip

    async def payment(self, number: str, customer: str, amount: int, **more: Any) -> str:
        row: dict[str, Any] = {"at": ago(days=3), "currency": self.tenant.currency, "method": "card"}
        row |= {"status": "succeeded", "invoice_id": self.ids.get(more.pop("invoice", ""))}
        return await self._add(
            number,
            "isp_payments",
            number=number,
            customer_id=self.ids[customer],
            amount_minor=amount,
            **(row | more),
        )
