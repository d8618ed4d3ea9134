"""Fixtures of the plugins' tests: two ISPs whose rows a test writes itself, and a bench over the first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.api import Tenant
from bot.db.database import Database
from bot.testing import Bench
from tests.plugins.building import NOW, Isp

DOMAINS = ("customers", "tickets", "billing", "network", "email")
OpenBench = Callable[..., Awaitable[tuple[Bench, Isp]]]


@pytest.fixture
def isp(database: Database, tenant: Tenant) -> Isp:
    return Isp(database, tenant)


@pytest.fixture
def other_isp(database: Database, other_tenant: Tenant) -> Isp:
    return Isp(database, other_tenant)


@pytest.fixture
async def open_bench(database: Database) -> AsyncIterator[OpenBench]:
    """Open a bench with the plugin under test first, the other domains and `local` beside it."""
    opened: list[Bench] = []

    async def open_one(name: str, *, others: tuple[str, ...] = DOMAINS) -> tuple[Bench, Isp]:
        beside = [other for other in others if other != name]
        bench = await Bench.open(database, name, *beside, "local")
        bench.now = NOW
        opened.append(bench)
        return bench, Isp(database, bench.tenant)

    yield open_one
    for bench in opened:
        await bench.close()
