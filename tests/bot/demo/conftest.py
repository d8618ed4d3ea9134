"""Small worlds at a fixed moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.core.surroundings import Surroundings
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.demo.load import load_demo
from bot.demo.world.places import LAKESIDE, SAVANNA
from bot.demo.world.tell import tell
from bot.demo.world.world import World, build_world
from bot.host.registry import Registry

NOW = datetime(2026, 11, 20, 12, 34, tzinfo=UTC)
"""A Friday, 15:34 in Nairobi."""


def told(world: World) -> dict[str, list[dict]]:
    """Return all rows of a world as dictionaries, by table."""
    found: dict[str, list[dict]] = {}
    for batch in tell(world):
        found.setdefault(batch.table, []).extend(
            dict(zip(batch.columns, row, strict=True)) for row in batch.rows
        )
    return found


@pytest.fixture(scope="session")
def world() -> World:
    """Three thousand customers: two chunks."""
    return build_world(SAVANNA, 3_000, 11, NOW)


@pytest.fixture(scope="session")
def rows(world: World) -> dict[str, list[dict]]:
    """Its rows."""
    return told(world)


@pytest.fixture(scope="session")
def lakeside() -> dict[str, list[dict]]:
    """The second provider's rows."""
    return told(build_world(LAKESIDE, 300, 12, NOW))


def around_with(database, plugins=()):
    """Return what makes a tenant's surroundings, with these plugins there."""
    registry = Registry({info.name: info for info in plugins}, ())
    cipher = Cipher(keys={"test": bytes(32)}, seals_with="test")
    return lambda tenant: Surroundings(
        database=database, registry=registry, tenant=tenant, cipher=cipher, clock=lambda: NOW
    )


@pytest.fixture(scope="session")
def standing(server):
    """A database with both providers that tests only read (or add to), and the truth: loaded once."""

    async def load():
        urls = await server.take()
        opened = Database(runtime_url=urls.runtime, owner_url=urls.owner)
        truth = await load_demo(opened, around_with(opened), size=300, seed=5, now=NOW)
        await opened.close()
        return urls, truth

    urls, truth = asyncio.run(load())
    yield urls, truth
    server.give_back(urls)


@pytest.fixture
async def shared(standing):
    """The standing database, opened for this test."""
    urls, _ = standing
    opened = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
def truth(standing):
    """What is true in it."""
    return standing[1]


@pytest.fixture
async def loaded(database):
    """Both providers in a database, small; returns the truth."""
    return await load_demo(database, around_with(database), size=300, seed=5, now=NOW)
