"""Lists narrowed to a region or site, who is offline, and planned work that is past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Area, BadInput, NotFound, Tone
from bot.testing import Bench
from plugins.network.areas import area_of
from tests.plugins.building import NOW, Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    """Three subscribers on one PON of the north, one of them offline, one never online; a mast in the south."""
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour POP")
    await isp.site("STH-01", name="South Hill", region="south", kind="tower")
    await isp.device("bng1", "NTH-03", "bng", vendor="Juniper")
    await isp.device(
        OLT, "NTH-03", parent="bng1", vendor="Huawei", status="degraded", status_since=ago(hours=1)
    )
    await isp.device("ap-sth-01-a", "STH-01", "ap")
    await isp.port(OLT)
    people = (("100234", "Amina Bello"), ("100300", "Kano Textiles"), ("100400", "Bola Ade"))
    for nr, (number, name) in enumerate(people):
        await isp.customer(number, name, site="NTH-03")
        await isp.service(number, port=PON)
        await isp.ont(f"HWTC{nr}", PON, f"SVC-{number}-1", status="los" if nr == 2 else "online")
    await isp.session("SVC-100234-1", nas="bng1")
    await isp.session("SVC-100400-1", nas="bng1", ended_at=ago(minutes=20))
    return bench, isp


@pytest.mark.parametrize(
    ("said", "area"), [("the coast region", "coast"), ("in Harbour", "Harbour"), ("Site NTH-03", "Site NTH-03"), ("", "")]
)  # fmt: skip
def test_what_an_area_is_called(said: str, area: str) -> None:
    assert area_of(said) == area


async def test_sites_those_with_trouble_first(world) -> None:
    bench, isp = world
    reply = await bench.act("sites")
    assert reply.text == "2 sites, 1 of them has trouble." and reply.tone is Tone.WARN
    assert [row[0] for row in reply.table.rows] == ["NTH-03", "STH-01"]
    await isp.insert(
        "isp_outages", number="OUT-0042", title="Mast down", site="STH-01", started_at=ago(minutes=12)
    )
    south = await bench.act("sites", area="the south region")
    assert south.text == "1 site in south, 1 of them has trouble." and south.tone is Tone.BAD
    assert south.table.rows == [("STH-01", "South Hill", "south", "tower", 1, None, "OUT-0042")]
    assert (await bench.press(south.buttons[0])).focus == {"site": "STH-01"}
    with pytest.raises(
        NotFound, match=r"No region or site is called “mars”\. The regions are north, south\."
    ):
        await bench.act("sites", area="mars")


async def test_devices_of_a_region_a_kind_or_a_vendor_are_all_of_them(world) -> None:
    bench, _ = world
    for args, names, text in (
        ({"area": "north"}, [OLT, "bng1"], "2 devices in north, the newest change first:"),
        ({"kind": "olt"}, [OLT], "1 device of kind olt, the newest change first:"),
        (
            {"vendor": "huawei", "status": "not up"},
            [OLT],
            "1 device by Huawei is not up, the newest change first:",
        ),
        (
            {"area": "harbour", "status": "up"},
            ["bng1"],
            "1 device in harbour is up, the newest change first:",
        ),
        ({"area": "south", "status": "down"}, [], "All devices in south are up."),
        ({"kind": "switch"}, [], "There are no devices of kind switch."),
        ({"kind": "switch", "status": "down"}, [], "No device of kind switch is down."),
    ):
        reply = await bench.act("devices", **args)
        assert ([device.name for device in reply.data], reply.text) == (names, text), args
    for action in ("devices", "outages", "maintenance", "sessions", "onts", "offline"):
        with pytest.raises(NotFound, match="No region or site is called “mars”"):
            await bench.act(action, area="mars")


async def test_how_long_lines_and_devices_have_been_so(world) -> None:
    bench, isp = world
    for args, text, who in (
        (
            {"older_than": "PT1H"},
            "**1** of 3 active services are offline for more than 1 h (33%)",
            ["100300"],
        ),
        (
            {"since": ago(hours=1).isoformat()},
            "**1** of 3 active services are offline since 16:55",
            ["100400"],
        ),
        (
            {"area": "harbour", "since": ago(minutes=5).isoformat()},
            "Nobody in harbour has been offline since",
            [],
        ),
    ):
        reply = await bench.act("offline", **args)
        assert reply.text.startswith(text) and [one.customer for one in reply.data.lines] == who, args
    await isp.device("sw-nth-03-1", "NTH-03", "switch", seen_at=ago(hours=3))
    unseen = await bench.act("devices", older_than="PT2H")
    assert unseen.text == "1 device is not up or not seen for more than 2 h:"
    assert unseen.focus == {"device": "sw-nth-03-1"}, "degraded for an hour only"
    limps = await bench.act("devices", older_than="PT30M", status="degraded", area="north")
    assert limps.text == "1 device in north is degraded for more than 30 min:"
    none = await bench.act("devices", older_than="P9D", kind="olt")
    assert (
        none.text == "No device of kind olt is not up or not seen for more than 9 d."
        and none.tone is Tone.GOOD
    )
    with pytest.raises(NotFound, match="No region or site"):
        await bench.act("devices", older_than="P9D", area="mars")


async def test_who_is_offline_for_no_known_reason(world) -> None:
    bench, isp = world
    await isp.insert("isp_outages", number="OUT-0042", title="Dark", device=OLT, started_at=ago(minutes=12))
    reply = await bench.act("offline", unexplained=True)
    assert reply.text.startswith("Nobody is offline but the 2 below an active outage (OUT-0042)")
    await isp.customer("100500", "Eve Oba", site="STH-01", region="south")
    await isp.service("100500")
    reply = await bench.act("offline", unexplained=True)
    assert [one.customer for one in reply.data.lines] == ["100500"]
    assert reply.text.startswith(
        "**1** of 4 active services are offline, beside 2 below an active outage (OUT-0042)"
    )


async def test_outages_and_sessions_of_a_region(world) -> None:
    bench, isp = world
    await isp.insert("isp_outages", number="OUT-0042", title="Dark", device=OLT, started_at=ago(minutes=12))
    assert (await bench.act("outages", area="south")).text == "No outage is active in south."
    assert (await bench.act("outages", area="harbour")).text == "1 active outage in harbour, 3 services hit."
    assert (await bench.act("sessions", area="north")).text == (
        "1 of 3 active services of customers in north online, over whichever BNG. 1 session up on 1 NAS in north."
    )
    assert (await bench.act("sessions", area="south")).text == "No session is up on a BNG or NAS in south."


async def test_whoever_asks_what_is_down_hears_of_the_outages(world) -> None:
    bench, isp = world
    await isp.insert("isp_outages", number="OUT-0042", title="Dark", device=OLT, started_at=ago(minutes=12))
    down = await bench.act("devices", status="down")
    assert down.text.startswith("1 outage is active: OUT-0042 (3 services).")
    assert "No device is down, but 1 device is degraded, the newest" in down.text
    aps = await bench.act("devices", status="down", kind="ap")
    assert aps.text.startswith("1 outage is active: OUT-0042") and aps.tone is Tone.WARN


async def test_who_is_offline(world) -> None:
    bench, isp = world
    reply = await bench.act("offline")
    assert reply.text == "**2** of 3 active services are offline (67%), those that went last first:"
    assert [row[:4] for row in reply.table.rows] == [
        ("100400", "Bola Ade", "standard", "20 min ago"), ("100300", "Kano Textiles", "standard", "never online")
    ]  # fmt: skip
    on = await bench.act("offline", port=PON, limit=1)
    assert f"on {PON} are offline" in on.text and len(on.table.rows) == 1 and on.table.total == 2
    assert (
        await bench.act("offline", device="ap-sth-01-a")
    ).text == "There is no active service on ap-sth-01-a."
    for number in ("100300", "100400"):
        await isp.session(f"SVC-{number}-1", nas="bng1", started_at=ago(minutes=1))
    assert "all 3 active services have a session" in (await bench.act("offline", area="Harbour")).text
    sue = await bench.person("Sue South", ["network:read"], area=Area(region=frozenset({"south"})))
    assert (await bench.act("offline", user=sue)).text == "There is no active service."


async def test_who_is_offline_of_a_kind_or_tier(world) -> None:
    bench, _ = world
    private = await bench.act("offline", kind="residential", limit=1)
    assert " of individual customers are offline" in private.text and private.table.total == len("ab")
    assert (await bench.act("offline", kind="business")).text == (
        "There is no active service of business customers."
    )
    below = await bench.act("affected", device=OLT, kind="business", tier="critical")
    assert below.text == f"No active service of critical business customers hangs on {OLT}."
    assert (
        "**3 individual customers** (3 services) hang on"
        in (await bench.act("affected", device=OLT, kind="individual")).text
    )


async def test_who_is_hit_by_an_outage_is_narrowed_by_a_part_of_it_and_by_nothing_else(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages", number="OUT-0042", title="Dark", device=OLT, site="NTH-03", started_at=ago()
    )
    assert (await bench.act("affected", outage="OUT-0042", port=PON)).data.place.key == PON
    assert (await bench.act("affected", outage="OUT-0042", site="NTH-03")).data.place.key == OLT
    for args in ({"site": "STH-01"}, {"device": "ap-sth-01-a"}):
        for action in ("affected", "affected_list"):
            with pytest.raises(BadInput, match=r"OUT-0042 is at .*Ask for one of the two"):
                await bench.act(action, outage="OUT-0042", **args)
    with pytest.raises(BadInput, match=f"{OLT} is not at STH-01, but at NTH-03"):
        await bench.act("affected", device=OLT, site="STH-01")


async def test_the_onts_beside_a_customer_and_those_in_a_state(world) -> None:
    bench, isp = world
    beside = await bench.act("onts", customer="100234")
    assert beside.text.startswith(f"**{PON}**: 3 ONTs, 1 not up") and beside.focus == {"port": PON}
    for args, text in (
        ({"status": "down"}, "1 ONT is not up:"),
        ({"status": "down", "older_than": "P1D"}, "1 ONT is not up for more than 1 d:"),
        ({"status": "down", "older_than": "P3D"}, "No ONT is not up for more than 3 d."),
        ({"since": ago(days=1).isoformat()}, "No ONT is not up since yesterday 17:55."),
        ({"status": "back", "model": "f670"}, "No ONT of model f670 is online."),
        ({"status": "without light"}, "1 ONT sees no light:"),
        ({"device": OLT, "status": "offline"}, f"1 ONT on {OLT} is not up:"),
        ({"status": "not answering"}, "No ONT does not answer."),
        ({"device": OLT, "status": "online"}, f"2 ONTs on {OLT} are online, the weakest first:"),
        ({"area": "harbour", "status": "no power"}, "No ONT in harbour lost power."),
        ({"area": "south"}, "No ONT in south is not up."),
    ):
        assert (await bench.act("onts", **args)).text == text, args
    with pytest.raises(BadInput, match="Which ONTs"):
        await bench.act("onts")
    with pytest.raises(BadInput, match="still to come"):
        await bench.act("onts", status="down", since=ago(days=-1).isoformat())
    await isp.customer("100900", "No Port")
    await isp.service("100900")
    with pytest.raises(NotFound, match="which port No Port hangs on"):
        await bench.act("onts", customer="100900")


async def test_work_that_is_past_or_ahead(world) -> None:
    bench, isp = world
    for number, status, days in (("MNT-1", "done", -3), ("MNT-2", "cancelled", -2), ("MNT-3", "planned", 2)):
        start = NOW + timedelta(days=days)
        await isp.insert("isp_maintenance", number=number, title="Upgrade", site="NTH-03", status=status,
                         starts_at=start, ends_at=start + timedelta(hours=2))  # fmt: skip

    async def listed(**args: object) -> list[str]:
        return [work.number for work in (await bench.act("maintenance", **args)).data]

    assert await listed() == ["MNT-3"]
    assert await listed(past=True) == ["MNT-1"]
    assert await listed(since=(NOW - timedelta(days=1)).date().isoformat()) == []
    assert await listed(until=(NOW + timedelta(days=1)).date().isoformat()) == []
    assert await listed(since=(NOW + timedelta(days=1)).date().isoformat()) == ["MNT-3"]
    assert await listed(area="south") == []
    one = await bench.act("work", maintenance="mnt-3")
    assert one.text == "**MNT-3** Upgrade, planned." and "(in 2 d)" in one.facts["From"]
    assert (await bench.press(one.buttons[0])).focus == {"site": "NTH-03"}


async def test_a_site_tells_its_sessions_against_the_usual(world) -> None:
    bench, isp = world
    assert (await bench.act("site", site="harbour")).facts["Sessions here"] is None
    for hours in range(24 * 7):
        value = 100.0 if hours else 31.0
        await isp.insert(
            "isp_measurements", subject="site:NTH-03", metric="sessions", at=ago(hours=hours), value=value
        )
    said = (await bench.act("site", site="harbour")).facts["Sessions here"]
    assert said == "31 at 17:55, usually 100 at that hour"
