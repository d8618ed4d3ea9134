"""What plugins keep: JSON, atomic, bounded, and only their own."""

from __future__ import annotations

import asyncio

import pytest

from bot.db.store import MAX_BYTES, PluginStore
from bot.errors import BadInput


@pytest.fixture
def store(database, tenant):
    return PluginStore(database, tenant.id, "shop")


@pytest.mark.parametrize("value", [0, "", False, [], {"a": [1, None, "ü"]}, 1.5, "x" * 1000])
async def test_values_come_back_as_they_went(store, value):
    await store.set("key", value)
    assert await store.get("key") == value
    assert await store.items() == {"key": value}
    assert await store.pop("key") == value
    assert await store.pop("key") is None
    assert await store.get("key") is None


async def test_none_is_nothing(store):
    await store.set("key", 1)
    await store.set("key", None)
    assert await store.items() == {}


async def test_of_many_one_pops_it(store):
    await store.set("key", "once")
    assert sorted(map(str, await asyncio.gather(*(store.pop("key") for _ in range(4))))) == [
        "None",
        "None",
        "None",
        "once",
    ]


async def test_a_swap_keeps_what_fits_what_was_read(store):
    assert await store.swap("key", None, {"a": 1, "b": [2]})
    assert not await store.swap("key", None, "mine"), "somebody was faster"
    assert not await store.swap("key", {"a": 1}, "mine")
    assert await store.swap("key", {"b": [2], "a": 1}, {"a": 2})
    assert await store.get("key") == {"a": 2}
    assert not await store.swap("key", {"a": 1}, None)
    assert await store.swap("key", {"a": 2}, None)
    assert await store.swap("key", None, None)
    assert not await store.swap("gone", 1, 2)
    assert await store.items() == {}


async def test_of_many_swaps_one_wins(store):
    await store.set("key", 0)
    won = await asyncio.gather(*(store.swap("key", 0, n) for n in range(1, 6)))
    assert won.count(True) == 1
    assert await store.get("key") == won.index(True) + 1


async def test_no_number_comes_twice(store, database, other_tenant, tenant):
    numbers = await asyncio.gather(*(store.next("ticket") for _ in range(12)))
    assert sorted(numbers) == list(range(1, 13))
    assert await store.next("invoice") == 1
    assert await PluginStore(database, tenant.id, "rival").next("ticket") == 1
    assert await PluginStore(database, other_tenant.id, "shop").next("ticket") == 1


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("", 1, "1 to 200"),
        ("k" * 201, 1, "1 to 200"),
        ("a\0b", 1, "1 to 200"),
        ("k", {1, 2}, "JSON values only"),
        ("k", float("nan"), "JSON values only"),
        ("k", "a\0b", "NUL"),
        ("k", "x" * (MAX_BYTES + 1), "up to 256 KiB"),
    ],
)
async def test_what_does_not_fit_is_refused(store, key, value, why):
    with pytest.raises(BadInput, match=why):
        await store.set(key, value)
    assert await store.items() == {}


async def test_nobody_elses_values_are_seen_or_touched(store, database, tenant, other_tenant):
    await store.set("key", "mine")
    for other in (PluginStore(database, tenant.id, "rival"), PluginStore(database, other_tenant.id, "shop")):
        assert await other.get("key") is None
        assert await other.items() == {}
        assert await other.pop("key") is None
        await other.set("key", "theirs")
    assert await store.get("key") == "mine"
