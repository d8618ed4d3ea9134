"""The network plugin through the gate: lines, equipment, outages, who is hit."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from bot.api import BadInput, NotFound, Tone, moment
from bot.testing import Bench
from plugins.network.entities import find_sites
from plugins.network.port import Line, Ont
from tests.plugins.building import NOW, Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("bng1", "NTH-03", "bng")
    await isp.device(
        "olt-nth-03-1",
        "NTH-03",
        parent="bng1",
        vendor="Huawei",
        model="MA5800",
        status_since=ago(days=3, hours=4),
    )
    await isp.port("olt-nth-03-1")
    await isp.customer("100234", "Amina Bello", street="12 Harbour Road", tier="critical")
    await isp.service("100234", port=PON, username="amina@isp")
    await isp.ont("HWTC1", PON, "SVC-100234-1", rx_dbm=-28.3, distance_m=4_210, model="HG8145")
    await isp.session("SVC-100234-1", nas="bng1", ipv4="100.64.0.9")
    return bench, isp


async def test_a_line_that_is_up_but_weak(world) -> None:
    bench, _ = world
    reply = await bench.act("line", customer="amina bello")
    assert reply.text == "Amina Bello is **online**, but the signal is critical." and reply.tone is Tone.WARN
    assert reply.facts["Session"] == "up since 11:55 (6 h), 100.64.0.9 on bng1"
    assert reply.facts["Optical"] == "-28.3 dBm, critical (an ONT needs -27 dBm), 4,210 m of fibre"
    assert reply.facts["Device"] == "olt-nth-03-1 (up) at Harbour (NTH-03)"
    assert reply.evidence[0].at == ago(seconds=40)


@pytest.mark.parametrize(
    ("status", "said"),
    [("los", "suspect the fibre"), ("dying_gasp", "ask about electricity"), ("online", "suspect the router"), ("offline", "does not answer")],
)  # fmt: skip
async def test_an_offline_line_says_what_to_suspect(open_bench, status: str, said: str) -> None:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03")
    await isp.device("olt-nth-03-1", "NTH-03")
    await isp.port("olt-nth-03-1")
    await isp.customer("100234", "Amina Bello")
    await isp.service("100234", port=PON)
    await isp.ont("HWTC1", PON, "SVC-100234-1", status=status)
    await isp.session("SVC-100234-1", ended_at=ago(hours=1), terminate_cause="Lost-Carrier")
    reply = await bench.act("line", customer="100234")
    assert "is **offline**" in reply.text and said in reply.text and reply.tone is Tone.BAD
    assert reply.facts["Session"] == "down since 16:55 (1 h ago, Lost-Carrier)"


async def test_an_outage_explains_the_line(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages", number="OUT-0042", title="Fibre cut", device="bng1", started_at=ago(minutes=35), cause="backhoe",
        eta=NOW + timedelta(hours=1),
    )  # fmt: skip
    reply = await bench.act("line", customer="100234")
    assert (
        reply.text
        == "Amina Bello is hit by outage OUT-0042 (Fibre cut), begun 35 min ago; expected back 18:55."
    )
    listed = await bench.act("outages")
    assert listed.text == "1 active outage, 1 service hit." and listed.tone is Tone.BAD
    one = await bench.act("outage", outage="out-0042")
    assert (one.facts["Cause"], one.facts["Services below"], one.facts["Where"]) == ("backhoe", 1, "bng1")
    hit = await bench.press(listed.buttons[0])
    assert "**1 customer** (1 service) hang on OUT-0042 (bng1), 1 critical." in hit.text


async def test_a_site_is_known_without_what_it_is_and_by_how_its_name_begins(world) -> None:
    bench, isp = world
    await isp.site("CST-01", name="Nyali POP")
    await isp.site("CST-02", name="Mombasa Island tower", kind="tower")
    await isp.site("CST-03", name="Nyali Road hub")
    ctx = await bench.context()
    known = {
        text: [match.key for match in await find_sites(ctx, text, 5) if match.exact]
        for text in ("nyali", "Mombasa", "mombasa  island", "cst-03", "harb", "island", "pop", "")
    }
    assert known == {"nyali": ["CST-01"], "Mombasa": ["CST-02"], "mombasa  island": ["CST-02"], "cst-03": ["CST-03"],
                     "harb": [], "island": [], "pop": [], "": []}  # fmt: skip


async def test_a_customer_without_a_line(world) -> None:
    bench, isp = world
    await isp.customer("100900", "New Person")
    assert "no line in use" in (await bench.act("line", customer="100900")).text


async def test_device_site_and_what_is_down(world) -> None:
    bench, isp = world
    reply = await bench.act("device", device="olt-nth-03-1")
    assert reply.text.startswith("**olt-nth-03-1** (olt Huawei MA5800) at Harbour (NTH-03): up for 3 d 4 h.")
    assert "1 active service below, 1 online now." in reply.text
    assert (await bench.act("devices")).text == "All devices are up."
    await isp.device("ap-9", "NTH-03", "ap", status="down", status_since=ago(minutes=5))
    down = await bench.act("devices")
    assert down.text == "1 device is not up, the newest change first:" and down.focus == {"device": "ap-9"}
    site = await bench.act("site", site="harbour")
    assert "1 of 3 devices are not up" in site.text and site.tone is Tone.BAD
    with pytest.raises(NotFound):
        await bench.act("device", device="olt-xyz-99-9")


async def test_affected_wants_a_place(world) -> None:
    bench, _ = world
    reply = await bench.act("affected", port=PON)
    assert reply.facts["Monthly revenue"].minor == 4_500 and reply.facts["Streets"] == "Harbour Road (1)"
    assert reply.table.rows[0][:4] == ("100234", "Amina Bello", "critical", "online")
    with pytest.raises(BadInput, match="Say where"):
        await bench.act("affected")


@pytest.mark.parametrize(
    "said", [f"PON 1/1 of {OLT}", f"port PON 1/1 on {OLT}", f"{OLT} pon1/1", f"pon 1/1 at the {OLT}"]
)
async def test_a_port_may_be_said_before_its_device(world, said: str) -> None:
    bench, _ = world
    assert (await bench.act("affected", port=said)).data.place.key == PON


async def test_who_is_online_in_an_area_is_counted_by_where_they_live(open_bench) -> None:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NBO-01", region="nairobi")
    await isp.site("CST-01", region="coast", name="Pier")
    await isp.device("bng-nbo", "NBO-01", "bng")
    for number in ("1001", "1002"):
        await isp.customer(number, f"C {number}", region="coast")
        await isp.service(number)
    await isp.session("SVC-1001-1", nas="bng-nbo")
    said = (await bench.act("sessions", area="coast")).text
    assert said == (
        "1 of 2 active services of customers in coast online, over whichever BNG. "
        "No session is up on a BNG or NAS in coast."
    )
    assert (await bench.act("sessions", area="nairobi")).text == "1 session up on 1 NAS in nairobi."


async def test_sessions_and_maintenance(world) -> None:
    bench, isp = world
    assert (await bench.act("sessions")).text == "1 session up on 1 NAS."
    assert (await bench.act("sessions", nas="bng1")).text == "1 session up on bng1."
    assert "No maintenance" in (await bench.act("maintenance")).text
    await isp.insert(
        "isp_maintenance", number="MNT-1", title="Upgrade", site="NTH-03", starts_at=NOW + timedelta(days=2),
        ends_at=NOW + timedelta(days=2, hours=2),
    )  # fmt: skip
    assert (await bench.act("maintenance")).text == "1 maintenance window:"
    assert "No maintenance" in (await bench.act("maintenance", within="P1D")).text
    with pytest.raises(BadInput, match="a year at most"):
        await bench.act("maintenance", within="P400D")


async def test_the_night_of_a_day_ends_in_the_morning(world) -> None:
    bench, isp = world
    today = bench.now.astimezone(bench.tenant.zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), bench.tenant.zone)
    for number, hour in (("MNT-1", 1), ("MNT-2", 10)):
        begins = midnight + timedelta(hours=hour)
        await isp.insert(
            "isp_maintenance", number=number, title="Upgrade", site="NTH-03", starts_at=begins,
            ends_at=begins + timedelta(hours=2),
        )  # fmt: skip
    said = await bench.act("maintenance", since=today.isoformat(), until=today.isoformat())
    assert [one.number for one in said.data] == ["MNT-1"]


@pytest.mark.parametrize(
    ("kind", "dbm", "signal"),
    [("fiber", -19.0, "good"), ("fiber", -25.0, "good"), ("fiber", -25.1, "weak"), ("fiber", -27.0, "weak"),
     ("fiber", -27.1, "critical"), ("fiber", -7.9, "critical"), ("wireless", -60.0, "good"),
     ("wireless", -75.0, "weak"), ("wireless", -84.0, "critical"), ("fiber", None, "")],
)  # fmt: skip
def test_what_a_level_means(kind: str, dbm: float | None, signal: str) -> None:
    ont = Ont(serial="X", status="online", status_since=NOW, seen_at=NOW, rx_dbm=dbm)
    assert Line(service="S", customer="C", kind=kind, status="active", ont=ont).signal == signal


async def test_outages_of_some_days_are_those_that_went_on_then(world) -> None:
    bench, isp = world
    over = {"started_at": ago(days=9), "status": "resolved", "ended_at": ago(days=8)}
    await isp.insert("isp_outages", number="OUT-0001", title="Old", device="bng1", **over)
    await isp.insert("isp_outages", number="OUT-0002", title="Now", device="bng1", started_at=ago(hours=1))
    day = ago(days=9).date().isoformat()
    then = await bench.act("outages", since=day, until=day)
    assert [row[0] for row in then.table.rows] == ["OUT-0001"]
    assert then.text == "1 outage in that time, 0 of them still active."
    lately = await bench.act("outages", since=ago(days=2).date().isoformat())
    assert [row[0] for row in lately.table.rows] == ["OUT-0002"]
    none = await bench.act("outages", until=ago(days=30).date().isoformat())
    assert none.text == "There was no outage in that time."


async def test_outages_by_how_long_they_lasted(world) -> None:
    bench, isp = world
    for number, begun, hours, eta in (("1", 9, 2, 4), ("2", 5, 7, 4), ("3", 2, 5, 1)):
        at = ago(days=begun)
        await isp.insert(
            "isp_outages", number=f"OUT-000{number}", title="Old", device="bng1", status="resolved",
            started_at=at, ended_at=at + timedelta(hours=hours), eta=at + timedelta(hours=eta),
        )  # fmt: skip
    await isp.insert("isp_outages", number="OUT-0009", title="Now", device="bng1", started_at=ago(hours=1))
    ranked = await bench.act("outages", longest=True)
    assert [row[0] for row in ranked.table.rows] == ["OUT-0002", "OUT-0003", "OUT-0001", "OUT-0009"]
    assert ranked.text == "4 outages, 1 of them still active. The longest first:"
    running = await bench.act("outages", longest=True, active=True)
    assert running.text.startswith("1 active outage") and {o.status for o in running.data} == {"active"}
    titles = [column.title for column in ranked.table.columns]
    assert titles[5:7] == ["Ended or back by", "Lasted"]
    assert ranked.table.rows[0][6] == "7 h" and ranked.table.rows[3][5:7] == (None, "1 h")
    assert ranked.table.rows[0][5] == moment(ago(days=5) + timedelta(hours=7), NOW, bench.tenant.zone)
    long = await bench.act("outages", longer_than="PT3H", since=ago(days=3).date().isoformat())
    assert [row[0] for row in long.table.rows] == ["OUT-0003"]
    assert long.text == "1 outage of more than 3 h in that time, 0 of them still active. The longest first:"
    none = await bench.act("outages", longer_than="P1D")
    assert none.text == "There was no outage of more than 1 d yet."
    facts = (await bench.act("outage", outage="OUT-0002")).facts
    assert facts["Lasted"] == "7 h" and "Back by" not in facts
