"""How a probe asks: in a transaction that is rolled back, and with a look at the owner's rows before it is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.urls import connect_kwargs
from bot.errors import BotError
from tests.databases import TestServer, Urls
from tests.savepoints import savepoint

Ask = Callable[[AsyncSession, Any], Awaitable[object]]
Asks = Mapping[Callable[..., Awaitable[object]], Ask]
"""For each function of a module a call of it that concerns something of the first tenant."""

TABLES = """
select c.relname, case when c.relname = 'tenants' then 'id' else 'tenant_id' end from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and (c.relname = 'tenants' or exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
order by 1
"""
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DRAWN = re.compile(UUID + r"|datetime\.datetime\([^()]*(?:\([^()]*\))?[^()]*\)")
"""What is drawn anew each time something is made."""


class Back(Exception):
    """Rolls the transaction back."""


@dataclass(frozen=True)
class Seen:
    """What came back, and the owner's rows as they stood then."""

    said: str
    rows: str


class Prober:
    """Asks as this tenant or that one, and never leaves anything behind."""

    def __init__(self, database: Database, owner: Tenant, tables: list[tuple[str, str]]) -> None:
        self.database = database
        self.owner = owner
        self.known: set[str] = set()
        self._rows = text(
            " union all ".join(
                [f"select '{t}', count(*), md5(string_agg(r::text, ' ' order by r::text)) from {t} r where {c} = cast(cast(:o as text) as uuid)"
                 for t, c in tables]
                + ["select 'jobs', count(*), md5(string_agg(r::text, ' ' order by r::text)) from jobs r where headers->>'tenant' = cast(:o as text)"]
            )
        )  # fmt: skip

    async def ask(self, tenant: Tenant, ask: Ask, things: object) -> Seen:
        """Ask as a tenant; what it says has drawn ids and moments taken out, but not those of the owner."""
        seen: list[Seen] = []
        try:
            async with self.database.tenant(tenant.id) as session:
                said = await self._said(session, ask, things)
                await session.execute(
                    text("select set_config('app.tenant_id', :o, true)"), {"o": self.owner.id}
                )
                rows = (await session.execute(self._rows, {"o": self.owner.id})).all()
                seen.append(Seen(said, repr(rows)))
                raise Back
        except Back:
            return seen[0]

    async def _said(self, session: AsyncSession, ask: Ask, things: object) -> str:
        try:
            async with savepoint(session):
                said = repr(await ask(session, things))
        except BotError as error:
            said = f"{type(error).__name__}: {error}"
        except ValueError as error:
            said = f"ValueError: {error}"
        except DBAPIError as error:
            said = f"{type(error).__name__} {getattr(error.orig, 'sqlstate', '')}"
        return DRAWN.sub(lambda found: found[0] if found[0] in self.known else "…", said)

    async def learn(self, urls: Urls) -> None:
        """Remember every id the owner's rows hold, so that none of them passes for a new one."""
        connection = await asyncpg.connect(**connect_kwargs(urls.owner))
        try:
            async with connection.transaction():
                await connection.execute("select set_config('app.tenant_id', $1, true)", self.owner.id)
                for (table,) in await connection.fetch(
                    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
                ):
                    for (row,) in await connection.fetch(f"select r::text from {table} r"):
                        self.known |= set(re.findall(UUID, row))
        finally:
            await connection.close()

    async def wipe(self, urls: Urls, server: TestServer) -> None:
        """Take everything of the owner away, the tenant itself excepted."""
        connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
        try:
            await connection.execute("set session_replication_role = replica")
            for table, column in await connection.fetch(TABLES):
                if table != "tenants":
                    await connection.execute(
                        f"delete from {table} where {column} = cast($1 as uuid)", self.owner.id
                    )
            await connection.execute("delete from jobs where headers->>'tenant' = $1", self.owner.id)
        finally:
            await connection.close()


async def open_prober(database: Database, owner: Tenant) -> Prober:
    """Learn which tables there are."""
    async with database.system() as session:
        return Prober(
            database, owner, [(name, column) for name, column in (await session.execute(text(TABLES))).all()]
        )
