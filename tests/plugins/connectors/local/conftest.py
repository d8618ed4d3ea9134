"""One database for all conformance checks of our own tables; each check has tenants of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.db.database import Database
from tests.databases import TestServer, Urls
from tests.plugins.connectors.local.rig import LocalRig


@pytest.fixture(scope="module")
def shared(server: TestServer) -> Iterator[Urls]:
    with asyncio.Runner() as runner:
        urls = runner.run(server.take())
    yield urls
    server.give_back(urls)


@pytest.fixture
async def rig(shared: Urls) -> AsyncIterator[LocalRig]:
    database = Database(runtime_url=shared.runtime, owner_url=shared.owner, pool_size=5)
    yield LocalRig(database)
    await database.close()
