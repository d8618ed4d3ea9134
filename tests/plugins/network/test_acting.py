"""Disconnecting, rebooting, declaring outages and planning work: asked first, done once, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.api import EVERYWHERE, Ambiguous, Area, BadInput, Conflict, NotAllowed, NotFound, Tone, Unavailable
from bot.testing import Bench
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import NewOutage, OutageChange
from tests.plugins.building import NORTH, NOW, SOUTH, Isp, ago, effect

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"
SIMULATED = "changes our own records only"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("bng1", "NTH-03", "bng")
    await isp.device(OLT, "NTH-03", parent="bng1")
    await isp.port(OLT)
    await isp.customer("100234", "Amina Bello", tier="critical")
    await isp.service("100234", port=PON, username="amina@isp")
    await isp.ont("HWTC1", PON, "SVC-100234-1")
    await isp.session("SVC-100234-1", nas="bng1", ipv4="100.64.0.9")
    await isp.customer("100300", "Grace Otieno")
    await isp.service("100300", port=PON)
    return bench, isp


async def test_a_session_is_ended_after_a_yes_and_the_router_dials_in_again(world) -> None:
    bench, isp = world
    asked = await bench.act("disconnect", customer="100234")
    for part in ("amina@isp", "up since 11:55 (6 h)", "critical customer: call them first", SIMULATED):
        assert part in asked.waiting.preview
    assert await isp.count("isp_sessions", "ended_at is not null") == 0
    done = await bench.approve(asked, user=bench.ann)
    assert done.text.startswith("Disconnected SVC-100234-1 of Amina Bello (100234) at 17:55, back within")
    assert SIMULATED in done.text and done.undo is None
    assert await isp.count("isp_sessions", "terminate_cause = 'Admin-Reset'") == 1
    assert await isp.count("isp_sessions", "ended_at is null") == 1


async def test_the_reason_of_a_restart_is_shown_and_told(world) -> None:
    bench, _ = world
    asked = await bench.act("disconnect", customer="100234", reason="stuck session.")
    assert asked.waiting.preview.count("Reason: stuck session.") == 1
    done = await bench.approve(asked, user=bench.ann)
    assert "Reason: stuck session." in done.text


async def test_what_is_not_up_can_not_be_disconnected(world) -> None:
    bench, isp = world
    with pytest.raises(Conflict, match="no session that is up"):
        await bench.act("disconnect", customer="100300")
    with pytest.raises(BadInput, match=r"no service svc-9\. They have SVC-100234-1"):
        await bench.act("disconnect", customer="100234", service="svc-9")
    await isp.customer("100900", "No Line")
    with pytest.raises(NotFound, match="no line in use"):
        await bench.act("disconnect", customer="100900")


async def test_a_bng_that_does_not_answer_is_said_and_nothing_is_half_done(world) -> None:
    bench, isp = world
    asked = await bench.act("disconnect", customer="100234")
    async with isp.sql() as session:
        await session.execute(text("update isp_devices set status = 'down' where name = 'bng1'"))
    with pytest.raises(Unavailable, match="bng1 does not answer, so nothing was disconnected"):
        await bench.approve(asked, user=bench.ann)
    assert await isp.count("isp_sessions", "ended_at is not null") == 0
    assert await isp.count("isp_effects") == 0


async def test_an_ont_is_rebooted_by_field_too_but_only_that(world) -> None:
    bench, isp = world
    field = await bench.person("Fay Field", ["network:read", "network:reboot", "customers:read"])
    asked = await bench.act("reboot", customer="100234", user=field)
    assert "Online now, will be cut" in asked.waiting.preview and SIMULATED in asked.waiting.preview
    done = await bench.approve(asked, user=field)
    assert "Rebooted ONT HWTC1 of Amina Bello" in done.text and SIMULATED in done.text
    assert await isp.count("isp_onts", "last_down_cause = 'reboot'") == 1
    with pytest.raises(NotAllowed):
        await bench.act("disconnect", customer="100234", user=field)


async def test_an_ont_without_light_does_not_obey(world) -> None:
    bench, isp = world
    await isp.ont("HWTC2", PON, "SVC-100300-1", status="los")
    asked = await bench.act("reboot", customer="100300")
    assert "It sees no light since" in asked.waiting.preview
    with pytest.raises(Unavailable, match="it sees no light"):
        await bench.approve(asked, user=bench.ann)
    await isp.customer("100900", "No Ont")
    await isp.service("100900")
    with pytest.raises(Conflict, match="No ONT or radio is known"):
        await bench.act("reboot", customer="100900")


async def test_an_ont_is_replaced_and_put_back(world) -> None:
    bench, isp = world
    field = await bench.person("Fay Field", ["network:read", "network:swap", "customers:read"])
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set serial = 'HWTC0001' where serial = 'HWTC1'"))
    asked = await bench.act("swap_ont", customer="100234", serial="zteg 0000 0001", model="F660", user=field)
    assert "HWTC0001" in asked.waiting.preview and "ZTEG00000001, F660" in asked.waiting.preview
    assert "Online now, will be cut" in asked.waiting.preview
    done = await bench.approve(asked, user=field)
    assert done.text.startswith("Amina Bello (100234) has ONT ZTEG00000001 instead of ONT HWTC0001 since ")
    assert await isp.count("isp_onts", "serial = 'ZTEG00000001' and model = 'F660' and rx_dbm is null") == 1
    await bench.undo(done, user=field)
    assert (
        await isp.count("isp_onts", "serial = 'HWTC0001'") == 1
        and await isp.count("isp_onts", "model = 'F660'") == 0
    )


@pytest.mark.parametrize(
    ("serial", "error", "said"),
    [("bridge mode", NotFound, "bridge mode"), ("HG8245", NotFound, "HG8245"), ("hwtc-1234 5678", Conflict, "has ONT HWTC12345678 already"),
     ("HWTC00777777", Conflict, "ONT HWTC00777777 is on SVC-100300-1 already")],
)  # fmt: skip
async def test_what_can_not_be_put_on_a_line(world, serial: str, error: type[Exception], said: str) -> None:
    bench, isp = world
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set serial = 'HWTC12345678' where serial = 'HWTC1'"))
        await session.execute(
            text("update isp_services set ont_serial = 'HWTC00777777' where number = 'SVC-100300-1'")
        )
    with pytest.raises(error, match=said):
        await bench.act("swap_ont", customer="100234", serial=serial)


async def test_an_ont_out_of_reach_is_refused_before_the_yes_and_not_named_by_its_line(world) -> None:
    bench, isp = world
    everything = [p for i in bench.registry.plugins.values() for p in i.permissions]
    nora = await bench.person("Nora North", everything, area=Area(region=frozenset({"north"})))
    await isp.customer("200100", "Far South", region="south")
    await isp.service("200100", ont_serial="HWTC87654321")
    await isp.ont("HWTC99999999", PON, "SVC-200100-1")
    for serial in ("HWTC87654321", "HWTC99999999"):
        with pytest.raises(Conflict, match="is known already") as refused:
            await bench.act("swap_ont", customer="100234", serial=serial, user=nora)
        assert "200100" not in str(refused.value)


async def test_taking_a_swap_back_makes_no_dark_line_look_up(world) -> None:
    bench, isp = world
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set serial = 'HWTC12345678', status = 'dying_gasp'"))
    asked = await bench.act("swap_ont", customer="100234", serial="ZTEG00000001")
    done = await bench.approve(asked, user=bench.ann)
    await bench.undo(done, user=bench.ann)
    assert await isp.count("isp_onts", "serial = 'HWTC12345678' and status = 'dying_gasp'") == 1


async def test_a_real_system_is_not_said_to_be_simulated(world, monkeypatch) -> None:
    bench, _ = world
    monkeypatch.setattr(LocalNetwork, "reaches_devices", True)
    assert SIMULATED not in (await bench.act("disconnect", customer="100234")).waiting.preview


async def test_an_outage_from_its_begin_to_its_end(world) -> None:
    bench, isp = world
    asked = await bench.act(
        "declare", port=PON, title="Feeder cut", cause="backhoe", eta="2026-11-20T18:30:00Z"
    )
    assert (
        "back by 19:30" in asked.waiting.preview
        and "1 of 2 services really offline now" in asked.waiting.preview
    )
    done = await bench.approve(asked, user=bench.ann)
    number = done.data.number
    assert done.text == f"Declared {number} at {PON}: Feeder cut, 2 services hit."
    assert (
        done.tone is Tone.WARN
    )  # what is bad news only is taken for a failure, and could not be undone by word
    assert await isp.count("isp_outages", "declared_by = 'Ann Apple' and device = :d", d=OLT) == 1
    again = await bench.act("declare", port=PON, title="Twice")
    assert f"{number} is active there already" in again.waiting.preview
    told = await bench.act("update", outage=number, note="Crew on site")
    assert told.text == f"Updated {number}: Crew on site."
    for note in ("we are working on it, back by 22:45", "still down"):
        with pytest.raises(BadInput, match="so it stays active"):
            await bench.act("resolve", outage=number, note=note)
    over = await bench.approve(await bench.act("resolve", outage=number, note="Spliced"), user=bench.ann)
    assert over.data.status == "resolved" and over.data.note == "Spliced"
    back = await bench.undo(over)
    back = await bench.approve(back, user=bench.ann) if back.waiting else back
    assert back.data.status == "active" and back.data.ended_at is None


async def test_an_outage_declared_by_mistake_is_gone_from_the_lists(world) -> None:
    bench, _ = world
    done = await bench.approve(await bench.act("declare", site="harbour", title="Dark"), user=bench.ann)
    gone = await bench.undo(done)
    gone = await bench.approve(gone, user=bench.ann) if gone.waiting else gone
    assert gone.data.status == "withdrawn"
    assert (await bench.act("outages", resolved=True)).text == "There was no outage yet."
    assert "withdrawn" in (await bench.act("outage", outage=done.data.number)).text
    with pytest.raises(Conflict, match="withdrawn already"):
        await bench.act("resolve", outage=done.data.number)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"title": "x"}, "Say where"),
        ({"title": " ", "site": "NTH-03"}, "Say what is out"),
        ({"title": "x" * 121, "site": "NTH-03"}, "too long"),
        ({"title": "x", "site": "NTH-03", "eta": "2026-11-20T15:00:00Z"}, "cannot be back by"),
        ({"title": "x", "site": "NTH-03", "eta": "2027-11-20T15:00:00Z"}, "within the next 31 days"),
    ],
)
async def test_what_can_not_be_declared_is_said(world, args, said: str) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match=said):
        await bench.act("declare", **args)


async def test_a_yes_counts_an_hour_later_when_nothing_but_the_time_has_changed(world) -> None:
    bench, isp = world
    at = ago(hours=1)
    await isp.insert("isp_outages", number="OUT-7", title="Dark", site="NTH-03", started_at=at)
    asked = [
        await bench.act("disconnect", customer="100234"),
        await bench.act("resolve", outage="OUT-7"),
        await bench.act("declare", port=PON, title="Cut", cause="fibre_cut"),
    ]
    assert "Cut (fibre cut)" in asked[2].waiting.preview
    bench.now += timedelta(minutes=45)
    for one in asked:
        assert (await bench.approve(one, user=bench.ann)).waiting is None


async def test_an_update_says_something_new(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages", number="OUT-7", title="Dark", site="NTH-03", started_at=ago(hours=1), note="old"
    )
    with pytest.raises(BadInput, match="Say what is new"):
        await bench.act("update", outage="OUT-7")
    done = await bench.act("update", outage="OUT-7", note="new")
    assert done.undo is not None and done.undo.args == {"outage": "OUT-7", "note": "old"}
    assert (await bench.act("update", outage="OUT-7", cause="backhoe")).undo is None


async def test_reading_is_not_writing(world) -> None:
    bench, _ = world
    reader = await bench.person("Rita Read", ["network:read", "customers:read"])
    for name, args in (
        ("declare", {"site": "NTH-03", "title": "x"}),
        ("plan", {"site": "NTH-03", "title": "x", "starts_at": "2026-11-21T01:00:00Z"}),
        ("disconnect", {"customer": "100234"}),
        ("reboot", {"customer": "100234"}),
    ):
        with pytest.raises(NotAllowed):
            await bench.act(name, user=reader, **args)


async def test_work_is_planned_cancelled_and_put_back(world) -> None:
    bench, _ = world
    night = {"starts_at": "2026-11-21T01:00:00Z", "lasts": "PT3H", "title": "Firmware"}
    asked = await bench.act("plan", device=OLT, **night)
    assert "1 critical customer below it: tell them before" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == f"Planned MNT-0001 at {OLT}: Firmware, tomorrow 02:00 to tomorrow 05:00."
    assert (
        "MNT-0001 is planned there at the same time"
        in (await bench.act("plan", device=OLT, **night)).waiting.preview
    )
    gone = await bench.approve(await bench.act("cancel_maintenance", maintenance="mnt-0001"), user=bench.ann)
    assert gone.data.status == "cancelled" and "No maintenance" in (await bench.act("maintenance")).text
    with pytest.raises(Conflict, match="cancelled already"):
        await bench.act("cancel_maintenance", maintenance="MNT-0001")
    back = await bench.undo(gone)
    back = await bench.approve(back, user=bench.ann) if back.waiting else back
    assert back.data.status == "planned"
    with pytest.raises(Conflict, match="not cancelled"):
        await bench.act("restore_maintenance", maintenance="MNT-0001")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"lasts": "PT1M"}, "between 5 minutes and 3 days"),
        ({"starts_at": "2026-11-19T01:00:00Z"}, "is past"),
        ({"starts_at": "2029-11-19T01:00:00Z"}, "within a year"),
        ({"title": "  "}, "Say what is done"),
        ({"title": "no maintenance this weekend"}, "there is to be none"),
    ],
)
async def test_work_nobody_can_plan(world, more, said: str) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match=said):
        await bench.act(
            "plan", **{"site": "NTH-03", "title": "x", "starts_at": "2026-11-21T01:00:00Z", **more}
        )


async def test_at_what_hour_work_begins_is_asked_where_a_day_alone_was_said(world) -> None:
    bench, _ = world
    day = datetime(2026, 11, 22, tzinfo=bench.tenant.zone)
    with pytest.raises(Ambiguous, match="At what hour of Sunday 22 Nov") as asked:
        await bench.act("plan", site="NTH-03", title='the "new" fan', starts_at=day.isoformat())
    labels = [one.label for one in asked.value.choices]
    assert labels == [
        "Sun 22 Nov 00:00, as Sunday begins", "Sun 22 Nov 01:00", "Sun 22 Nov 22:00", "Mon 23 Nov 01:00",
    ]  # fmt: skip
    assert asked.value.choices[0].words.endswith(f"starts_at={day.isoformat()} midnight=yes")
    plain = await bench.act("plan", site="NTH-03", title="fan", starts_at=day.isoformat(), midnight=True)
    assert plain.waiting is not None


async def test_an_hour_of_tomorrow_that_may_be_today_is_said(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages",
        number="OUT-0077",
        title="Dark",
        site="NTH-03",
        started_at=NOW,
        eta=NOW + timedelta(hours=2),
    )
    morning = (NOW + timedelta(hours=14)).isoformat()
    said = await bench.act("update", outage="OUT-0077", eta=morning)
    assert "That is tomorrow; if you mean today, say 19:55." in said.text
    again = await bench.act("update", outage="OUT-0077", eta=morning, note="x")
    assert "if you mean" not in again.text, "tomorrow is what it was"


async def test_work_planned_on_a_device(world) -> None:
    bench, isp = world
    night = {"starts_at": NOW + timedelta(hours=9), "ends_at": NOW + timedelta(hours=10), "status": "planned"}
    await isp.insert("isp_maintenance", number="MNT-0101", title="its own", device=OLT, **night)
    await isp.insert("isp_maintenance", number="MNT-0102", title="the whole site", site="NTH-03", **night)
    await isp.site("STH-07", name="Far", region="south")
    await isp.insert("isp_maintenance", number="MNT-0103", title="elsewhere", site="STH-07", **night)
    reply = await bench.act("maintenance", device=OLT)
    assert reply.text == f"2 maintenance windows on {OLT}:" and reply.focus == {"device": OLT}
    assert {one.number for one in reply.data} == {"MNT-0101", "MNT-0102"}


async def test_the_same_key_never_acts_twice(world) -> None:
    _, isp = world
    port = LocalNetwork(isp.context())
    first = await port.declare(effect("one"), NewOutage(title="Dark", site="NTH-03"))
    assert await port.declare(effect("one"), NewOutage(title="Dark", site="NTH-03")) == first
    told = await port.disconnect(effect("two"), "SVC-100234-1")
    assert await port.disconnect(effect("two"), "SVC-100234-1") == told and told.simulated
    assert await isp.count("isp_sessions", "terminate_cause = 'Admin-Reset'") == 1
    assert await isp.count("isp_outages") == 1
    assert await port.applied("one") and not await port.applied("three")
    for wrong in ({"site": "X"}, {"device": "X"}, {"port": "X"}):
        with pytest.raises(NotFound):
            await port.declare(effect("four"), NewOutage(title="x", **wrong))
    with pytest.raises(NotFound):
        await port.change_outage(effect("five"), "OUT-9", OutageChange(note="x"))


async def test_planned_work_is_seen_within_the_own_region_only(world) -> None:
    _, isp = world
    port = LocalNetwork(isp.context())
    await isp.insert(
        "isp_maintenance",
        number="MNT-7",
        title="x",
        site="NTH-03",
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
    )
    assert await port.get_maintenance(NORTH, "mnt-7") and await port.get_maintenance(EVERYWHERE, "MNT-7")
    assert await port.get_maintenance(SOUTH, "MNT-7") is None
