"""The fixtures every room shares: a server for the session, a database and two tenants for each test."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from tests.databases import TestServer, Urls
from tests.left_behind import shared_state

settings.register_profile("backhaul", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("backhaul")  # a busy machine is slow, which says nothing of what is tested

RENDERER = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
"""The one structlog comes with draws a box with coloured code around each frame: a tenth of all the time."""
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], RENDERER])

collect_ignore = ["example_plugin"]
"""A distribution of its own: `tests/bot/test_testing_plugin.py` installs it and runs its tests."""


def pytest_collection(session: pytest.Session) -> None:
    """Nothing is dropped while thousands of tests are read: looking for it takes a third of that time."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was read stays to the end, so nobody looks through it again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Name the test that changes what later tests of its process go by, and not the one that trips over it."""
    before = shared_state()
    yield
    after = shared_state()
    left = {name: (was, after[name]) for name, was in before.items() if after[name] != was}
    assert not left, f"left behind by {request.node.nodeid}: {left}"


@pytest.fixture(scope="session")
def server(backhaul_server: TestServer) -> TestServer:
    """The embedded PostgreSQL, shared with other test processes; the same one `bench` uses."""
    return backhaul_server


@pytest.fixture
async def urls(server: TestServer) -> AsyncIterator[Urls]:
    """A fresh migrated database, by its URLs: for tests of several processes."""
    taken = await server.take()
    yield taken
    server.give_back(taken)


@pytest.fixture
async def empty_urls(server: TestServer) -> AsyncIterator[Urls]:
    """A fresh database with roles and extensions but no tables."""
    taken = await server.take(migrated=False)
    yield taken
    server.give_back(taken)


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    """A fresh migrated database, as the bot sees it."""
    opened = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
async def tenant(database: Database) -> Tenant:
    """The tenant of the test."""
    async with database.system() as session:
        return await do_create_tenant(
            session, slug="acme", name="Acme Fiber", timezone="Europe/Madrid", currency="EUR"
        )


@pytest.fixture
async def other_tenant(database: Database) -> Tenant:
    """Somebody else's tenant, which must see and touch nothing of `tenant`."""
    async with database.system() as session:
        return await do_create_tenant(
            session, slug="globex", name="Globex Wireless", timezone="America/New_York", currency="USD"
        )
