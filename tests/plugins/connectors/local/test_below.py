"""`isp_below` is what its sources say, whoever wrote them and however many at once; so is who is hit."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.api import EVERYWHERE, Area, Conflict, Money, Scope
from plugins.connectors.local.queries_impact import get_impact, get_up
from plugins.network.port import Impact, Place
from tests.plugins.building import NOW, Isp, ago

DEVICES = {"core": None, "bng": "core", "olt1": "core", "olt2": "core", "spare": None}
PORTS = (("olt1", "PON 1/1"), ("olt1", "PON 1/2"), ("olt2", "PON 1/1"))
PLACES = (
    Place(kind="site", key="NTH-01"),
    Place(kind="device", key="core"),
    Place(kind="device", key="bng"),
    Place(kind="device", key="olt1"),
    Place(kind="port", key="olt1 PON 1/1"),
)
NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))
SINCE = NOW - timedelta(minutes=15)
CLASSES = {"critical": 0, "premium": 2, "standard": 4}
# Each takes `:a` and `:b`, numbers drawn anew, and chooses rows by them.
WRITES = (
    (
        "insert into isp_services (tenant_id, number, customer_id, plan_code, kind, port_id) "
        "select tenant_id, 'SVC-' || number || '-' || :a * 1000 + :b, id, 'F100', 'fiber', "
        "(select id from isp_ports order by id offset :b % 3 limit 1) from isp_customers "
        "order by isp_customers.id offset :a % 7 limit 2"
    ),
    (
        "update isp_services set status = (array['active', 'suspended', 'terminated', 'pending'])[1 + :b % 4] "
        "where ascii(right(number, 1)) % 5 = :a % 5"
    ),
    "update isp_services set status = 'active' where ascii(right(number, 1)) % 2 = :a % 2",
    (
        "update isp_services set plan_code = (array['F100', 'F200', 'USD'])[1 + :b % 3] "
        "where ascii(right(number, 1)) % 9 = :a % 9"
    ),
    (
        "update isp_services set port_id = (select id from isp_ports order by id offset :b % 4 limit 1) "
        "where ascii(right(number, 1)) % 7 = :a % 7"
    ),
    (
        "update isp_services set customer_id = (select id from isp_customers order by id offset :b % 7 limit 1) "
        "where id = (select id from isp_services order by id offset :a % 9 limit 1)"
    ),
    "delete from isp_services where id = (select id from isp_services order by id offset :a % 19 limit 1)",
    (
        "update isp_customers set tier = (array['critical', 'premium', 'standard'])[1 + :b % 3], "
        "kind = (array['individual', 'business'])[1 + :a % 2] where ascii(right(number, 1)) % 3 = :a % 3"
    ),
    (
        "update isp_customers set name = 'Name ' || :b % 3, street = :b % 9 || ' Road ' || :a % 3, "
        "region = (array['north', 'south', null])[1 + :b % 3] where ascii(right(number, 1)) % 4 = :a % 4"
    ),
    "delete from isp_customers where number = '10010' || :a % 40",
    (
        "insert into isp_sessions (tenant_id, service_id, username, nas, started_at, updated_at, ended_at) "
        "select tenant_id, id, 'u', (array['bng', 'elsewhere', 'spare'])[1 + :a % 3], "
        "(:now) - make_interval(mins => :b), :now, case when :a % 2 = 0 "
        "then (:now) - make_interval(mins => :b / 2) end from isp_services "
        "where ascii(right(number, 1)) % 6 = :a % 6"
    ),
    (
        "update isp_sessions set ended_at = :now, updated_at = :now where ended_at is null "
        "and service_id = (select id from isp_services order by id offset :a % 9 limit 1)"
    ),
    (
        "update isp_sessions set nas = 'bng', bytes_in = bytes_in + 1 "
        "where id = (select id from isp_sessions order by id offset :a % 30 limit 1)"
    ),
    "delete from isp_sessions where id = (select id from isp_sessions order by id offset :a % 30 limit 1)",
    (
        "update isp_ports set device = (array['olt1', 'olt2', 'spare'])[1 + :b % 3] "
        "where id = (select id from isp_ports order by id offset :a % 3 limit 1) and name <> 'PON 1/1'"
    ),
    "delete from isp_ports where name = 'PON 1/9' or name = 'PON 1/2' and :a % 8 = 0",
    (
        "insert into isp_ports (tenant_id, device, name, kind) "
        "select tenant_id, name, 'PON 1/2', 'pon' from isp_devices where name = 'olt1'"
    ),
)
FROM_SCRATCH = """
select s.id as service_id, s.customer_id, s.status = 'active' as active, c.tier, c.kind, c.name, s.number,
    s.plan_code, c.road, c.region, c.site, c.partner, p.device, s.port_id, pl.price_minor, pl.currency
from isp_services s join isp_customers c on c.id = s.customer_id join isp_plans pl on pl.code = s.plan_code
left join isp_ports p on p.id = s.port_id
"""
Line = dict[str, Any]


@pytest.fixture
async def built(isp: Isp) -> Isp:
    await isp.plan()
    await isp.plan("F200", price=9_900)
    await isp.plan("USD", price=70, currency="USD")
    for code in ("NTH-01", "NTH-02"):
        await isp.site(code)
    for name, parent in DEVICES.items():
        await isp.device(name, "NTH-01" if name != "spare" else "NTH-02", parent=parent, status="up")
    for device, name in PORTS:
        await isp.port(device, name)
    for nr in range(12):
        number = f"1001{nr:02}"
        await isp.customer(number, f"Name {nr}", street=f"{nr} Road {nr % 3}")
        await isp.service(number, port=" ".join(PORTS[nr % 3]))
        await isp.session(f"SVC-{number}-1", nas="bng", started_at=ago(hours=nr + 1))
    return isp


async def test_a_row_is_what_its_sources_say_after_every_write(built: Isp) -> None:
    await _write_and_compare(built, random.Random(20), 40)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(8))
async def test_a_row_is_what_its_sources_say_after_very_many_writes(built: Isp, seed: int) -> None:
    await _write_and_compare(built, random.Random(seed), 250)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(3))
async def test_a_row_is_what_its_sources_say_after_many_at_once(built: Isp, seed: int) -> None:
    """Whoever meets a deadlock is undone; nobody's change is lost in a row."""
    undone = 0

    async def writer(dice: random.Random) -> None:
        nonlocal undone
        for _ in range(60):
            try:
                async with built.sql() as session:
                    for _ in range(dice.randrange(1, 3)):
                        await session.execute(*_write(dice))
                        await asyncio.sleep(dice.random() / 200)
            except (IntegrityError, Conflict):  # a deadlock is said as a Conflict
                undone += 1

    await asyncio.gather(*(writer(random.Random(seed * 10 + nr)) for nr in range(5)))
    assert undone < 5 * 60 * 0.8
    assert await _kept(built) == await _from_scratch(built)


async def _write_and_compare(isp: Isp, dice: random.Random, writes: int) -> None:
    refused = hung = 0
    for nr in range(writes):
        statement = _write(dice)
        try:
            async with isp.sql() as session:
                await session.execute(*statement)
        except IntegrityError:  # a port of that name is there already, no customer is left for a service
            refused += 1
        kept, wanted = await _kept(isp), await _from_scratch(isp)
        wrong = [
            (n, name, kept.get(n, {}).get(name), value)
            for n, line in wanted.items()
            for name, value in line.items()
            if n not in kept or kept[n][name] != value
        ]
        assert not wrong and kept.keys() == wanted.keys(), str(statement[0])
        if nr % 4 == 0:
            await _compare_hits(isp, wanted)
            hung += sum(line["active"] and line["device"] is not None for line in wanted.values())
    assert refused < writes / 4
    assert hung > writes / 4  # else nothing was compared


def _write(dice: random.Random) -> Any:
    sql = re.sub(r":([ab])\b", r"cast(:\1 as int)", dice.choice(WRITES))
    sql = re.sub(r":now\b", "cast(:now as timestamptz)", sql)
    values = {"a": dice.randrange(240), "b": dice.randrange(240), "now": NOW}
    return text(sql), {name: value for name, value in values.items() if f":{name}" in sql}


async def _rows(isp: Isp, sql: str) -> list[Line]:
    async with isp.sql() as session:
        return [dict(row._mapping) for row in await session.execute(text(sql))]


async def _kept(isp: Isp) -> dict[str, Line]:
    rows = await _rows(isp, "select * from isp_below")
    return {row["number"]: {k: v for k, v in row.items() if k != "tenant_id"} for row in rows}


async def _from_scratch(isp: Isp) -> dict[str, Line]:
    lines = {row["number"]: row for row in await _rows(isp, FROM_SCRATCH)}
    sessions = await _rows(isp, "select * from isp_sessions order by started_at desc, id")
    for line in lines.values():
        mine = [s for s in sessions if s["service_id"] == line["service_id"]]
        newest: Mapping[str, Any] = mine[0] if mine else {}
        before = [s for s in mine[:10] if s["nas"] != newest["nas"] and s["ended_at"]] if mine else []
        line |= {
            "class": CLASSES[line["tier"]] + (line["kind"] != "business"),
            "alone": line["active"] and _lines_of(line["customer_id"], lines) == 1,
            "online": bool(mine) and newest["ended_at"] is None,
            "nas": newest.get("nas"),
            "ended_at": newest.get("ended_at"),
            "left_nas": before[0]["nas"] if before else None,
            "left_at": before[0]["ended_at"] if before else None,
        }
    for line in lines.values():
        line["price"] = Money(line.pop("price_minor"), line.pop("currency"))
        line["kinds"] = (line.pop("tier"), line.pop("kind"))
    return {n: {k: v for k, v in line.items() if k not in {"price", "kinds"}} for n, line in lines.items()}


def _lines_of(customer: object, lines: Mapping[str, Line]) -> int:
    return sum(line["active"] and line["customer_id"] == customer for line in lines.values())


async def _compare_hits(isp: Isp, lines: dict[str, Line]) -> None:
    prices = {
        row["code"]: row["price_minor"] if row["currency"] == isp.tenant.currency else 0
        for row in await _rows(isp, "select * from isp_plans")
    }
    ports = {f"{r['device']} {r['name']}": r["id"] for r in await _rows(isp, "select * from isp_ports")}
    for place in PLACES:
        for scope, region in ((EVERYWHERE, ""), (NORTH, "north")):
            hit = [
                line for line in lines.values()
                if line["active"] and _hangs(line, place, ports) and (not region or line["region"] == region)
            ]  # fmt: skip
            async with isp.sql() as session:
                found = await get_impact(
                    session, scope, place, currency=isp.tenant.currency, now=NOW, limit=4
                )
                up = await get_up(session, scope, place, NOW)
            assert _said(found) == _wanted(hit, prices), place
            assert up == (found.services, found.online)


def _hangs(line: Line, place: Place, ports: Mapping[str, Any]) -> bool:
    if place.kind == "port":
        return place.key in ports and line["port_id"] == ports[place.key]
    below = {"core", "bng", "olt1", "olt2"} if place.key in {"NTH-01", "core"} else {place.key}
    late = lambda at: at is not None and at > SINCE  # noqa: E731 - said three times below
    here = line["nas"] in below and (line["online"] or late(line["ended_at"]))
    return line["device"] in below or here or (line["left_nas"] in below and late(line["left_at"]))


def _said(found: Impact) -> tuple[Any, ...]:
    hits = [hit.service for hit in found.hits]
    counts = (found.customers, found.services, found.critical, found.premium, found.business, found.online)
    return (*counts, found.monthly.minor, found.streets, hits)


def _wanted(hit: list[Line], prices: Mapping[str, int]) -> tuple[Any, ...]:
    people = {line["customer_id"]: line for line in hit}
    classes = [line["class"] for line in people.values()]
    roads: dict[str, int] = {}
    for line in people.values():
        if line["road"]:
            roads[line["road"]] = roads.get(line["road"], 0) + 1
    first = sorted(hit, key=lambda x: (x["class"], x["online"], x["name"], x["number"]))[:4]
    return (
        len(people),
        len(hit),
        sum(c < 2 for c in classes),
        sum(c in {2, 3} for c in classes),
        sum(c in {0, 2, 4} for c in classes),
        sum(line["online"] for line in hit),
        sum(prices[line["plan_code"]] for line in hit),
        tuple(sorted(roads.items(), key=lambda item: (-item[1], item[0]))[:3]),
        [line["number"] for line in first],
    )


async def test_what_devices_say_of_a_session_all_the_time_changes_no_row(built: Isp) -> None:
    before = await _rows(built, "select xmin, service_id from isp_below order by 2")
    async with built.sql() as session:
        await session.execute(text("update isp_sessions set bytes_in = bytes_in + 9, updated_at = now()"))
        await session.execute(text("update isp_customers set email = 'a@b.example', status = 'suspended'"))
        await session.execute(text("update isp_services set suspend_reason = 'none'"))
    assert await _rows(built, "select xmin, service_id from isp_below order by 2") == before


async def test_rows_of_one_tenant_are_nobody_elses(built: Isp, other_isp: Isp) -> None:
    await other_isp.plan()
    await other_isp.customer("900", "Elsewhere")
    await other_isp.service("900")
    assert await other_isp.count("isp_below") == 1
    assert await built.count("isp_below") == 12
