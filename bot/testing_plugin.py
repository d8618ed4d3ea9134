"""What pytest loads wherever the bot is installed: the fixture `bench`, light until a test asks for it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from bot.db.scratch import TestServer
    from bot.testing import Bench, Wanted

RUNNER = pytest.StashKey[asyncio.Runner]()
CHECKS = "bot.conformance"
"""Where the checks of connectors are: they run as `bench` tests do, and say what was expected."""
pytest.register_assert_rewrite(CHECKS)


class OpenBench(Protocol):
    """The fixture `bench`: `kit = await bench("tickets", settings={"stale_after_days": 2})`."""

    def __call__(self, *wanted: Wanted, **options: Any) -> Awaitable[Bench]:
        """Return a workbench with these plugins on; the first one is under test."""


@pytest.fixture(scope="session")
def backhaul_server() -> Iterator[TestServer]:
    """An embedded PostgreSQL, shared by every test process of this account."""
    from bot.db.scratch import TestServer  # noqa: PLC0415 - seconds that other tests need not pay

    server = TestServer().start()
    yield server
    server.stop()


@asynccontextmanager
async def benches(server: TestServer) -> AsyncIterator[OpenBench]:
    """Give workbenches on one fresh database and clear them away."""
    from bot.db.database import Database  # noqa: PLC0415 - as above
    from bot.testing import Bench  # noqa: PLC0415 - as above

    urls = await server.take()
    database = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=5)
    opened: list[Bench] = []

    async def open_bench(*wanted: Wanted, **options: Any) -> Bench:
        opened.append(await Bench.open(database, *wanted, **options))
        return opened[-1]

    try:
        yield open_bench
    finally:
        for one in opened:
            await one.close()
        await database.close()
        server.give_back(urls)


async def _bench(backhaul_server: TestServer) -> AsyncIterator[OpenBench]:
    """Open workbenches for plugin tests: `kit = await bench("tickets")`."""
    async with benches(backhaul_server) as open_bench:
        yield open_bench


def _bench_alone(request: pytest.FixtureRequest, backhaul_server: TestServer) -> Iterator[OpenBench]:
    """Open workbenches for plugin tests where no other plugin runs coroutines."""
    with asyncio.Runner() as runner:
        request.node.stash[RUNNER] = runner
        kit = benches(backhaul_server)
        yield runner.run(kit.__aenter__())
        runner.run(kit.__aexit__(None, None, None))


def pytest_configure(config: pytest.Config) -> None:
    """Offer `bench` in the form that fits whoever runs coroutine tests here."""
    fixtures = ModuleType("backhaul_fixtures")
    if config.pluginmanager.hasplugin("asyncio"):
        from pytest_asyncio import fixture as async_fixture  # noqa: PLC0415 - only where it is installed

        fixtures.bench = async_fixture(_bench, name="bench")  # type: ignore[attr-defined]  # made just now
    else:
        fixtures.bench = pytest.fixture(_bench_alone, name="bench")  # type: ignore[attr-defined]  # as above
    config.pluginmanager.register(fixtures, "backhaul-fixtures")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: Any) -> None:
    """Spare authors the mark `asyncio` on `bench` tests and checks, whatever mode pytest-asyncio is in."""
    if not collector.config.pluginmanager.hasplugin("asyncio") or not inspect.iscoroutinefunction(obj):
        return
    marked = any(mark.name == "asyncio" for mark in getattr(obj, "pytestmark", ()))
    ours = "bench" in inspect.signature(obj).parameters or obj.__module__.startswith(CHECKS)
    if name.startswith("test") and ours and not marked:
        pytest.mark.asyncio(obj)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests that use `bench`, and checks, when no other plugin does."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = inspect.signature(pyfuncitem.obj).parameters
    call = partial(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in arguments})
    if (runner := pyfuncitem.stash.get(RUNNER, None)) is not None:
        runner.run(call())
        return True
    if pyfuncitem.obj.__module__.startswith(CHECKS) and not pyfuncitem.config.pluginmanager.hasplugin(
        "asyncio"
    ):
        asyncio.run(call())
        return True
    return None
