"""The simulated provider in a tenant: whether it is loaded, and taking it away again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.database import Database

KEY = "demo world"
"""The load is remembered like any other effect on the provider's tables: under its key."""
TABLES = (
    "isp_below",
    "isp_emails",
    "isp_mailings",
    "isp_mail_stops",
    "isp_mail_returns",
    "isp_email_templates",
    "isp_maintenance",
    "isp_outages",
    "isp_measurements",
    "isp_sessions",
    "isp_onts",
    "isp_ticket_events",
    "isp_tickets",
    "isp_reminders",
    "isp_staff_reminders",
    "isp_visits",
    "isp_instalments",
    "isp_promises",
    "isp_allocations",
    "isp_credit_notes",
    "isp_payments",
    "isp_invoices",
    "isp_plan_changes",
    "isp_splitter_lines",
    "isp_services",
    "isp_plans",
    "isp_notes",
    "isp_customers",
    "isp_splitters",
    "isp_ports",
    "isp_pools",
    "isp_devices",
    "isp_cpes",
    "isp_sites",
    "isp_counters",
    "isp_effects",
)
"""Children before parents, so that no cascade has to look for rows one by one."""


ONE_AT_A_TIME = 723404
"""Advisory lock: two terminals may start the demo at once."""


@asynccontextmanager
async def loading_alone(database: Database) -> AsyncIterator[None]:
    """Wait until no other process loads the demo, and keep others waiting until the end."""
    connection = await asyncpg.connect(**database.connect_kwargs())
    try:
        await connection.execute("set statement_timeout = 0")
        await connection.execute("select pg_advisory_lock($1)", ONE_AT_A_TIME)
        yield
    finally:
        await connection.close()


async def get_loaded(session: AsyncSession) -> dict[str, Any] | None:
    """Return what was written down when the world was loaded, or None."""
    done = await session.execute(text("select result from isp_effects where key = :key"), {"key": KEY})
    row = done.one_or_none()
    return None if row is None else dict(row.result)


async def has_customers(session: AsyncSession) -> bool:
    """Say whether there is anything a load would mix with."""
    done = await session.execute(text("select 1 from isp_customers limit 1"))
    return done.one_or_none() is not None


async def do_clear(session: AsyncSession) -> None:
    """Delete the provider's rows of this transaction's tenant, and the record of the load."""
    await session.execute(text("set local statement_timeout = '10min'"))
    for table in TABLES:
        await session.execute(text(f"delete from {table}"))  # noqa: S608 - constants
