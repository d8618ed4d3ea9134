"""Address pools: which is nearly full, what is free in one, and who sees them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from bot.api import BadInput, Conflict, NotAllowed, NotFound, Tone
from bot.contract.scope import Area
from bot.testing import Bench
from tests.plugins.building import Isp, ago


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.customer("100234", "Amina Bello", site="NTH-03")
    return bench, isp


async def pool(isp: Isp, name: str, prefix: str, **more: str) -> None:
    await isp.insert("isp_pools", name=name, prefix=IPv4Network(prefix), **more)


async def lines(isp: Isp, *ips: str, status: str = "active", first: int = 1) -> None:
    for nr, ip in enumerate(ips, start=first):
        await isp.service("100234", nr, ipv4=IPv4Address(ip), status=status)


async def test_the_fullest_pool_comes_first_and_is_named(world) -> None:
    bench, isp = world
    assert (await bench.act("pools")).text == "No address pool is on record."
    await pool(isp, "wide", "100.66.0.0/24", purpose="CGNAT")
    await pool(isp, "tight", "100.64.0.8/30", site="NTH-03")
    await lines(isp, "100.64.0.8", "100.64.0.9", "100.64.0.10", "100.66.0.7")
    await isp.session("SVC-100234-1", ipv4=IPv4Address("100.64.0.8"))
    good = await bench.act("pools")
    assert (
        good.text == "2 pools, 256 addresses free. None is 90% full; the fullest is **tight** (75%)."
        and good.tone is Tone.GOOD
    )
    await isp.session("SVC-100234-4", ipv4=IPv4Address("100.64.0.11"))
    reply = await bench.act("pools")
    assert reply.text == "2 pools, 255 addresses free. Nearly full: **tight** (100%)."
    assert reply.tone is Tone.WARN
    assert reply.table.rows == [
        ("tight", "100.64.0.8/30", 4, 0, "100%", None, "NTH-03"),
        ("wide", "100.66.0.0/24", 1, 255, "0%", "CGNAT", None),
    ]
    above = await bench.act("pools", over="80%")
    assert above.text == "1 pool is more than 80% full, of 2." and above.table.rows == reply.table.rows[:1]
    with pytest.raises(BadInput, match="is no share"):
        await bench.act("pools", over="80 dBm")
    here = await bench.act("pools", site="Harbour")
    assert here.text.startswith("1 pool at Harbour (NTH-03), 0 addresses free.")


async def test_what_is_over_gives_its_address_back(world) -> None:
    bench, isp = world
    await pool(isp, "tight", "100.64.0.8/30")
    await lines(isp, "100.64.0.8", status="terminated")
    await lines(isp, "100.64.0.10", status="suspended", first=2)
    await isp.session("SVC-100234-1", ipv4=IPv4Address("100.64.0.9"), ended_at=ago(minutes=5))
    reply = await bench.act("free_addresses", pool="tight")
    assert reply.data == ("100.64.0.8", "100.64.0.9", "100.64.0.11")
    assert reply.text == (
        "**tight** (100.64.0.8/30): 3 of 4 addresses free, the lowest: 100.64.0.8, 100.64.0.9, 100.64.0.11."
    )


async def test_a_pool_is_known_by_prefix_or_an_address_in_it(world) -> None:
    bench, isp = world
    await pool(isp, "north", "100.64.0.0/24", site="NTH-03")
    await pool(isp, "all", "100.64.0.0/16")
    for named in ("north", " North ", "100.64.0.0/24"):
        assert (await bench.act("free_addresses", pool=named, limit=2)).data == ("100.64.0.1", "100.64.0.2")
    which = await bench.act("free_addresses", pool="100.64.0.77")
    assert which.text == "Which pool do you mean?" and {b.label for b in which.buttons} == {"north", "all"}
    assert (await bench.act("free_addresses")).text == "Which pool do you mean?"
    for nothing in ("south", "10.0.0.1"):
        with pytest.raises(NotFound, match="There is no address pool"):
            await bench.act("free_addresses", pool=nothing)


async def test_a_full_pool_and_a_partial_view(world) -> None:
    bench, isp = world
    await pool(isp, "one", "198.51.100.9/32", site="NTH-03")
    await pool(isp, "nowhere", "100.66.0.0/24")
    await lines(isp, "198.51.100.9")
    reply = await bench.act("free_addresses", pool="one")
    assert reply.text == "**one** (198.51.100.9/32): 0 of 1 address free." and reply.tone is Tone.WARN
    north, south = [
        await bench.person(f"Sue {region}", ("network:read",), area=Area(region=frozenset({region})))
        for region in ("north", "south")
    ]
    assert [p.name for p in (await bench.act("pools", user=north)).data] == ["one"]
    assert not (await bench.act("pools", user=south)).data
    with pytest.raises(NotFound):
        await bench.act("free_addresses", user=south, pool="one")


async def test_a_pool_is_added_taken_back_and_removed(world) -> None:
    bench, isp = world
    asked = await bench.act("add_pool", name="homes", prefix="100.64.4.0/22", site="Harbour", purpose="CGNAT")
    assert "The pool homes, 100.64.4.0/22 at Harbour (NTH-03), is kept on record." in asked.waiting.preview
    assert "100.64.4.0 to 100.64.7.255, 1,024 addresses" in asked.waiting.preview
    assert not await isp.count("isp_pools")
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == "The pool homes, 100.64.4.0/22, is on record: 0 of 1,024 addresses used."
    with pytest.raises(Conflict, match="overlaps the pool homes"):
        await bench.approve(await bench.act("add_pool", name="more", prefix="100.64.5.0/24"), user=bench.ann)
    back = await bench.undo(done)
    back = await bench.approve(back, user=bench.ann) if back.waiting else back
    assert back.text == "The pool homes, 100.64.4.0/22, is off the record." and not await isp.count(
        "isp_pools"
    )
    again = await bench.undo(back)
    again = await bench.approve(again, user=bench.ann) if again.waiting else again
    assert (again.data.site, again.data.purpose) == ("NTH-03", "CGNAT")


async def test_pools_that_nobody_can_add_or_remove(world) -> None:
    bench, _ = world
    for name, prefix, said in (
        ("two words", "100.64.4.0/22", "in one word"),
        ("homes", "100.64.4.7/22", "no IPv4 prefix"),
        ("homes", "2001:db8::/32", "no IPv4 prefix"),
        ("homes", "0.0.0.0/0", "too wide"),
        ("add the pool", "100.64.4.0/22", "Say how the pool is called"),
    ):
        with pytest.raises(BadInput, match=said):
            await bench.act("add_pool", name=name, prefix=prefix)
    with pytest.raises(NotFound, match="There is no address pool"):
        await bench.act("remove_pool", pool="homes")
    with pytest.raises(NotFound, match="bridge mode"):
        await bench.act("add_pool", name="homes", prefix="bridge mode")
    reader = await bench.person("Rita Read", ["network:read", "customers:read"])
    with pytest.raises(NotAllowed):
        await bench.act("add_pool", user=reader, name="homes", prefix="100.64.4.0/22")


async def test_a_pool_is_known_among_other_words(world) -> None:
    bench, isp = world
    await pool(isp, "cgnat-1", "100.64.4.0/22")
    await pool(isp, "cgnat-2", "100.64.8.0/22")
    asked = await bench.act("add_pool", name="called homes", prefix="100.64.16.0/22")
    assert "The pool homes, 100.64.16.0/22, is kept" in asked.waiting.preview
    asked = await bench.act("remove_pool", pool="cgnat-2, we gave it back")
    assert "The pool cgnat-2, 100.64.8.0/22, is taken off the record." in asked.waiting.preview
    assert (await bench.act("free_addresses", pool="the pool cgnat-2 for a shop", limit=1)).data == (
        "100.64.8.1",
    )
    with pytest.raises(NotFound):
        await bench.act("remove_pool", pool="cgnat-1 and cgnat-2")
