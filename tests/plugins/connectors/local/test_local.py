"""The local connector itself: it loads, its effects are single, its look-ups use indexes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import asyncpg
from sqlalchemy import text

import plugins
from bot.api import Area, Connector, Scope
from bot.contract.port import PORTS
from bot.db.urls import connect_kwargs
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins
from plugins.connectors.local import queries_credit, queries_find
from plugins.connectors.local.customers import LocalCustomers
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_scope import WITHIN, find_rows
from plugins.connectors.local.shapes import words_of
from tests.databases import Urls
from tests.plugins.building import Isp, effect

NAMES = ("customers", "tickets", "billing", "network", "email", "local")


def test_the_domains_and_the_connector_load_and_fill_every_port() -> None:
    loaded = load_plugins(find_plugins(plugins))
    assert not {name: why for name, why in loaded.broken.items() if name in NAMES}
    view = loaded.registry.view(frozenset(NAMES))
    ports = {o.item.port for o in view.all(Connector) if o.plugin == "local"}
    assert ports == {*PORTS, "reminders", "visits"}


NAMES_TO_SPLIT = (
    "Zoë O'Brien-Müller",
    "KANO Textiles Ltd.",
    "Grüße & Söhne",
    "Nguyễn Văn A",
    "Яна 7/2",
    "a_b `c",
    "  ",
    "É",
)


async def test_words_are_split_alike_in_python_and_in_the_database(isp: Isp) -> None:
    async with isp.sql() as session:
        for name in NAMES_TO_SPLIT:
            rows = await session.execute(text("select isp_words_of(:name)"), {"name": name})
            assert sorted(rows.scalars()) == sorted(words_of(name)), name


async def test_words_follow_inserts_updates_and_deletes(isp: Isp) -> None:
    await isp.customer("1", "Amina Bello", street="12 Harbour Road")
    await isp.customer("2", "Amina Yusuf")
    used = "kind = 'name' and word = 'amina' and uses = :n"
    assert await isp.count("isp_words", used, n=2)
    async with isp.sql() as session:
        await session.execute(text("update isp_customers set name = 'Ada Bello' where number = '1'"))
    assert await isp.count("isp_words", used, n=1) and await isp.count("isp_word_rows", "word = 'ada'")
    async with isp.sql() as session:
        await session.execute(text("delete from isp_customers"))
    assert not await isp.count("isp_word_rows") and not await isp.count("isp_words", "uses > 0")


async def test_words_go_with_their_tenant(isp: Isp, urls: Urls) -> None:
    await isp.customer("1", "Amina Bello", street="12 Harbour Road")
    owner = await asyncpg.connect(**connect_kwargs(urls.owner))
    try:
        await owner.execute("select set_config('app.tenant_id', $1, false)", isp.tenant.id)
        assert await owner.fetchval("select count(*) from isp_word_rows")
        await owner.execute("delete from tenants where id = cast($1 as uuid)", isp.tenant.id)
        assert not await owner.fetchval("select count(*) from isp_word_rows")
    finally:
        await owner.close()


async def test_two_at_once_with_one_key_write_once(isp: Isp) -> None:
    await isp.customer("100234", "Amina Bello")
    port = LocalCustomers(isp.context())
    notes = await asyncio.gather(*(port.add_note(effect("same"), "100234", "Once.") for _ in range(5)))
    assert len(set(notes)) == 1 and await isp.count("isp_notes") == 1


async def test_a_write_under_way_is_neither_done_nor_undone(isp: Isp) -> None:
    inside, may_go = asyncio.Event(), asyncio.Event()

    async def write() -> Mapping[str, str]:
        inside.set()
        await may_go.wait()
        return {}

    async def slow() -> None:
        async with isp.sql() as session:
            await do_once(session, effect("slow"), write)

    running = asyncio.create_task(slow())
    await inside.wait()
    async with isp.sql() as session:
        assert await get_applied(session, "slow") is None
    may_go.set()
    await running
    async with isp.sql() as session:
        assert await get_applied(session, "slow") is True


async def test_one_key_of_two_tenants_is_two_effects(isp: Isp, other_isp: Isp) -> None:
    for one in (isp, other_isp):
        await one.customer("100234", "Amina Bello")
        await LocalCustomers(one.context()).add_note(effect("same"), "100234", "Once.")
    assert await isp.count("isp_notes") == await other_isp.count("isp_notes") == 1


async def test_scope_is_the_union_of_areas_and_all_dimensions_must_fit(isp: Isp) -> None:
    for number, region, site, partner in (
        ("1", "north", "A", None),
        ("2", "north", "B", "p"),
        ("3", "south", "A", "p"),
    ):
        await isp.customer(number, f"C{number}", region=region, site=site, partner=partner)
    sql = "select number from isp_customers c where @within(c.region, c.site, c.partner) order by number"

    async def seen(*areas: Area) -> list[str]:
        async with isp.sql() as session:
            return [row.number for row in await find_rows(session, sql, Scope(frozenset(areas)))]

    north, at_a, ours = frozenset({"north"}), frozenset({"A"}), frozenset({"p"})
    assert await seen(Area()) == ["1", "2", "3"] and await seen() == []
    assert await seen(Area(region=north)) == ["1", "2"]
    assert await seen(Area(region=north, site=at_a)) == ["1"]
    assert await seen(Area(region=north, partner=ours)) == ["2"]
    assert await seen(Area(region=north, site=at_a), Area(partner=ours)) == ["1", "2", "3"]
    assert await seen(Area(region=frozenset())) == []


FILL = """
insert into isp_customers (tenant_id, number, name, email, phone)
select current_setting('app.tenant_id')::uuid, n::text, 'C' || n, n || '@x.test', '+2547' || (10000000 + n)
from generate_series(100000, 101999) n;
insert into isp_plans values (current_setting('app.tenant_id')::uuid, 'P', 'P', 'fiber', 1, 1, 1, 'EUR');
insert into isp_services (tenant_id, number, customer_id, plan_code, kind, username, ipv4, cpe_mac, ont_serial)
select tenant_id, 'SVC-' || number, id, 'P', 'fiber', 'u' || number, '10.0.0.0'::inet + number::int,
    ('02' || lpad(to_hex(number::int), 10, '0'))::macaddr, 'HWTC' || number from isp_customers
"""


async def test_an_identifier_never_scans_all_customers(isp: Isp, urls: Urls) -> None:
    """Under row-level security an index serves only leakproof conditions: hold every branch to that."""
    binds = {
        "names": ["100234"], "lower": "a@b.c", "serial": "HWTC1", "mac": "aabbccddeeff", "ip": "10.0.0.1",
        "prefixes": ["2001:db8::/56"], "phone": "8765432", "limit": 5,
    }  # fmt: skip
    async with isp.sql() as session:
        for statement in FILL.split(";"):
            await session.execute(text(statement))
    owner = await asyncpg.connect(**connect_kwargs(urls.owner))
    await owner.execute("analyze isp_customers, isp_services")
    await owner.close()
    async with isp.sql() as session:
        plan = await session.execute(text("explain " + WITHIN.sub("true", queries_find.BY_IDENTIFIER)), binds)
        lines = list(plan.scalars())
    assert not [line for line in lines if re.search("Seq Scan on isp_(customers|services)", line)]
    for key in ("email_key =", "phone_key >=", "username_key =", "ont_key =", "cpe_mac =", "ipv4 ="):
        found = [line for line in lines if key in line]
        assert any("Index Cond" in line for line in found), key


async def test_a_credit_note_looks_its_invoice_up_in_the_index(isp: Isp) -> None:
    """Under row-level security a condition with `coalesce` in it read all invoices for each note."""
    find = WITHIN.sub("true", queries_credit.ONE)
    async with isp.sql() as session:
        await session.execute(text("set local enable_seqscan = off"))
        plan = await session.execute(text("explain " + find), {"number": "CN-1"})
        lines = list(plan.scalars())
    at = next(nr for nr, line in enumerate(lines) if "isp_invoices" in line)
    assert "Index Cond" in lines[at + 1] and "id = " in lines[at + 1].partition("AND")[2], lines
