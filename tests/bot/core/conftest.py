"""One database for all tests of the gate; each test has a tenant of its own in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from bot.understand.understander import Understander
from tests.bot.core.answer_world import Talk, talk
from tests.bot.core.debt_world import DebtGate
from tests.bot.core.gate_world import Desk
from tests.bot.understand import isp
from tests.databases import TestServer, Urls


@pytest.fixture(scope="session")
def gate_urls(server: TestServer) -> Iterator[Urls]:
    taken = asyncio.run(server.take())
    yield taken
    server.give_back(taken)


@pytest.fixture
async def gate_database(gate_urls: Urls) -> AsyncIterator[Database]:
    opened = Database(runtime_url=gate_urls.runtime, owner_url=gate_urls.owner, pool_size=5)
    yield opened
    await opened.close()


async def new_tenant(database: Database) -> Tenant:
    async with database.system() as session:
        return await do_create_tenant(
            session, slug=f"t{uuid4().hex[:10]}", name="Acme Fiber", timezone="Europe/Madrid", currency="EUR"
        )


@pytest.fixture
async def gate_tenant(gate_database: Database) -> Tenant:
    return await new_tenant(gate_database)


@pytest.fixture
def desk(gate_database: Database, gate_tenant: Tenant) -> Desk:
    return Desk(gate_database, gate_tenant)


@pytest.fixture
async def debts(database: Database, tenant: Tenant) -> Talk:
    made = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    gate = DebtGate()
    chat = replace(made, desk=replace(made.desk, gate=gate), gate=gate)
    await chat.say("list overdue customers")
    return chat
