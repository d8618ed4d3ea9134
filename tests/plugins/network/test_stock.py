"""ONTs from the store to a technician, to a line and back; and moving planned work."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.api import Area, BadInput, Conflict, NotAllowed, NotFound, Reply
from bot.testing import Bench
from plugins.connectors.local.network import LocalNetwork
from tests.plugins.building import Isp, ago, effect

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"
NEW, OLD = "ZTEG0000AA01", "HWTC1A2B3C4D"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.site("STH-01", name="South Hill", region="south")
    await isp.device(OLT, "NTH-03")
    await isp.port(OLT)
    await isp.customer("100234", "Amina Bello", site="NTH-03", region="north")
    await isp.service("100234", port=PON, ont_serial=OLD)
    await isp.ont(OLD, PON, "SVC-100234-1", model="HG8145V5")
    await isp.customer("100300", "Grace Otieno", site="NTH-03", region="north")
    await isp.service("100300", port=PON)
    return bench, isp


async def done(bench: Bench, action: str, **args: str):
    return await bench.approve(await bench.act(action, **args), user=bench.ann)


async def taken_back(bench: Bench, reply: Reply) -> None:
    back = await bench.undo(reply)
    if back.waiting:
        await bench.approve(back, user=bench.ann)


async def box(bench: Bench, serial: str) -> tuple[str, str]:
    found = (await bench.act("ont", serial=serial)).data
    return found.state, found.place


async def test_an_ont_goes_to_a_technician_to_a_line_and_back(world) -> None:
    bench, _ = world
    asked = await bench.act("stock_ont", serial=NEW.lower(), model="F660", site="Harbour")
    assert "ONT ZTEG0000AA01 (F660) is in stock at NTH-03 from now on." in asked.waiting.preview
    with pytest.raises(NotFound, match="hangs on no line and is not in the stock"):
        await bench.act("ont", serial=NEW)
    await bench.approve(asked, user=bench.ann)
    assert (await bench.act("ont", serial=NEW)).text.startswith(
        f"**{NEW}** (F660) is in stock at NTH-03, since"
    )
    with pytest.raises(Conflict, match="is in stock at NTH-03 already"):
        await bench.act("stock_ont", serial=NEW)
    got = await done(bench, "issue_ont", serial=NEW, technician=bench.ann.email)
    assert got.text == f"ONT {NEW} is with {bench.ann.name} now."
    listed = await bench.act("stock", technician=bench.ann.email)
    assert listed.text == f"{bench.ann.name} has 1 ONT or radio: 1 F660."
    asked = await bench.act("install_ont", customer="100300", serial=NEW)
    assert f"gets ONT {NEW}, F660, on {PON}, for SVC-100300-1." in asked.waiting.preview
    hung = await bench.approve(asked, user=bench.ann)
    assert hung.text.startswith(f"Grace Otieno (100300) has ONT {NEW} on SVC-100300-1, since")
    assert await box(bench, NEW) == ("installed", "SVC-100300-1 of Grace Otieno (100300)")
    assert (
        await bench.act("stock", technician=bench.ann.email)
    ).text == f"{bench.ann.name} has no ONT or radio."
    with pytest.raises(Conflict, match="hangs on SVC-100300-1 of Grace Otieno"):
        await bench.act("issue_ont", serial=NEW)
    off = await done(bench, "remove_ont", customer="100300")
    assert off.text.startswith(f"Grace Otieno (100300): {NEW} is off SVC-100300-1 and returned, since")
    assert await box(bench, NEW) == ("returned", "NTH-03")
    broken = await done(bench, "return_ont", serial=NEW, state="faulty", note="no light out")
    assert broken.text == f"ONT {NEW} is faulty at NTH-03 now."
    for action, args in (("issue_ont", {}), ("install_ont", {"customer": "100300"})):
        with pytest.raises(Conflict, match="is faulty"):
            await done(bench, action, serial=NEW, **args)
    assert (await bench.act("stock", state="broken", area="north")).data[0].note == "no light out"
    assert (await bench.act("stock", state="faulty", since=ago(days=1).date().isoformat())).data
    later = ago(days=-2).date().isoformat()
    assert not (await bench.act("stock", state="faulty", since=later)).data
    with pytest.raises(BadInput, match="since when an ONT hangs on a line"):
        await bench.act("stock", state="installed", since=later)
    assert (await done(bench, "forget_ont", serial=NEW)).text == f"ONT {NEW} is off the stock."
    assert (await bench.act("stock")).text == "No ONT or radio is in stock."


async def test_each_step_can_be_taken_back(world) -> None:
    bench, _ = world
    steps = (
        ("stock_ont", {"serial": NEW, "model": "F660", "site": "NTH-03"}),
        ("issue_ont", {"serial": NEW, "technician": bench.ann.email}),
        ("return_ont", {"serial": NEW}),
        ("return_ont", {"serial": NEW, "state": "faulty", "note": "wet"}),
        ("stock_ont", {"serial": NEW}),
        ("issue_ont", {"serial": NEW}),
        ("install_ont", {"customer": "100300", "serial": NEW}),
        ("remove_ont", {"customer": "100300"}),
        ("forget_ont", {"serial": NEW}),
    )
    for action, args in steps:
        before = [(b.serial, b.state) for b in (await bench.act("stock", state="any")).data]
        reply = await done(bench, action, **args)
        after = [(b.serial, b.state) for b in (await bench.act("stock", state="any")).data]
        assert before != after, action
        await taken_back(bench, reply)
        back = [(b.serial, b.state) for b in (await bench.act("stock", state="any")).data]
        assert back == before, action
        await done(bench, action, **args)


async def test_a_swap_takes_the_new_one_from_the_stock_and_returns_the_old(world) -> None:
    bench, _ = world
    await done(bench, "stock_ont", serial=NEW, model="F660", site="NTH-03")
    asked = await bench.act("swap_ont", customer="100234", serial=NEW)
    await bench.approve(asked, user=bench.ann)
    assert await box(bench, NEW) == ("installed", "SVC-100234-1 of Amina Bello (100234)")
    assert await box(bench, OLD) == ("returned", "NTH-03")
    line = (await bench.act("ont", serial=NEW)).facts
    assert line["State"] == "online"
    await done(bench, "return_ont", serial=OLD, state="faulty")
    with pytest.raises(Conflict, match="is faulty"):
        await bench.act("swap_ont", customer="100234", serial=OLD)


async def test_what_left_with_a_customer_is_to_be_collected(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Zoe Left", site="NTH-03", region="north")
    await isp.service("100400", port=PON, ont_serial="HWTC0000DD01", status="terminated")
    await isp.ont("HWTC0000DD01", PON, "SVC-100400-1")
    reply = await bench.act("stock", state="not returned")
    assert reply.text == "1 ONT or radio is to collect from lines that have ended: 1 of no known model."
    assert (await bench.act("ont", serial="HWTC0000DD01")).text == (
        "**HWTC0000DD01** is on SVC-100400-1 of Zoe Left (100400), which has ended: collect it."
    )
    await done(bench, "return_ont", serial="HWTC0000DD01", site="NTH-03")
    assert (await bench.act("stock", state="to collect")).text.startswith("No ONT or radio is to collect")
    await done(bench, "install_ont", customer="100300", serial="HWTC0000DD01")
    assert (await box(bench, "HWTC0000DD01"))[0] == "installed"


async def test_who_sees_a_part_keeps_what_is_there_only(world) -> None:
    bench, isp = world
    rights = ["network:read", "network:stock", "customers:read"]
    nora = await bench.person("Nora", rights, area=Area(region=frozenset({"north"})))
    sue = await bench.person("Sue", rights, area=Area(region=frozenset({"south"})))
    reader = await bench.person("Rita", ["network:read"])
    with pytest.raises(BadInput, match="Say at which site"):
        await bench.act("stock_ont", serial=NEW, user=nora)
    await bench.approve(await bench.act("stock_ont", serial=NEW, site="NTH-03", user=nora), user=nora)
    assert len((await bench.act("stock", user=nora)).data) == 1
    assert not (await bench.act("stock", user=sue)).data
    with pytest.raises(NotFound):
        await bench.act("ont", serial=NEW, user=sue)
    for action, args in (("issue_ont", {}), ("stock_ont", {"site": "STH-01"}), ("forget_ont", {})):
        with pytest.raises(Conflict, match="is known already") as told:
            await bench.act(action, serial=NEW, user=sue, **args)
        assert "NTH" not in str(told.value)
    with pytest.raises(NotAllowed):
        await bench.act("issue_ont", serial=NEW, user=reader)
    assert await isp.count("isp_cpes", "state = 'in stock'") == 1


async def test_the_stock_by_model_and_place(world) -> None:
    bench, isp = world
    for nr, (model, site) in enumerate((("F660", "NTH-03"), ("F660", "NTH-03"), ("HG8145V5", "STH-01"))):
        await isp.insert("isp_cpes", serial=f"ZTEG0000CC0{nr}", model=model, site=site, state="in stock")
    reply = await bench.act("stock")
    assert reply.text == "3 ONTs and radios are in stock: 2 F660, 1 HG8145V5."
    assert reply.tables[0].rows == [("F660", "NTH-03", "in stock", 2), ("HG8145V5", "STH-01", "in stock", 1)]
    assert (await bench.act("stock", model="hg8145 ONTs")).text == (
        "1 ONT or radio of model hg8145 is in stock: 1 HG8145V5."
    )
    assert (await bench.act("stock", area="south")).text == "1 ONT or radio is in stock in south: 1 HG8145V5."
    assert (await bench.act("stock", model="XYZ999")).text == "No ONT or radio of model XYZ999 is in stock."
    with pytest.raises(NotFound, match="No region or site is called"):
        await bench.act("stock", area="nowhere")


async def test_planned_work_is_moved_and_keeps_its_length(world) -> None:
    bench, _ = world
    await done(bench, "plan", site="NTH-03", title="Firmware", starts_at="2026-11-21T01:30", lasts="PT3H")
    asked = await bench.act("move_maintenance", maintenance="MNT-0001", starts_at="2026-11-23")
    assert "A day alone keeps the hour, 01:30; for midnight: `network" in asked.waiting.preview
    moved = await bench.approve(asked, user=bench.ann)
    assert moved.text == "Moved MNT-0001 Firmware to 23 Nov 01:30 to 23 Nov 04:30."
    await taken_back(bench, moved)
    later = await done(bench, "move_maintenance", maintenance="MNT-0001", by="P1D", lasts="PT1H")
    assert later.text == "Moved MNT-0001 Firmware to 22 Nov 01:30 to 22 Nov 02:30."
    with pytest.raises(Conflict, match="already"):
        await bench.act("move_maintenance", maintenance="MNT-0001", starts_at="2026-11-22T01:30")
    own = await done(bench, "move_maintenance", maintenance="MNT-0001", hour="14:00")
    assert own.text == "Moved MNT-0001 Firmware to 22 Nov 14:00 to 22 Nov 15:00."
    midnight = await done(
        bench, "move_maintenance", maintenance="MNT-0001", starts_at="2026-11-23", hour="00:00"
    )
    assert midnight.text == "Moved MNT-0001 Firmware to 23 Nov 00:00 to 23 Nov 01:00."
    with pytest.raises(BadInput, match="is past"):
        await bench.act("move_maintenance", maintenance="MNT-0001", starts_at="2026-11-19T01:30")
    with pytest.raises(BadInput, match="Say to when"):
        await bench.act("move_maintenance", maintenance="MNT-0001")
    await done(bench, "cancel_maintenance", maintenance="MNT-0001")
    with pytest.raises(Conflict, match="cancelled already"):
        await bench.act("move_maintenance", maintenance="MNT-0001", by="P1D")


async def test_planned_work_begins_earlier_and_lasts_longer(world) -> None:
    bench, _ = world
    await done(bench, "plan", site="NTH-03", title="Firmware", starts_at="2026-11-21T01:30", lasts="PT2H")

    async def moved(**args: str) -> str:
        reply = await done(bench, "move_maintenance", maintenance="MNT-0001", **args)
        return reply.text.removeprefix("Moved MNT-0001 Firmware to ")

    assert await moved(by="PT1H", earlier="yes") == "tomorrow 00:30 to tomorrow 02:30."
    assert await moved(by="PT1H", extend="yes") == "tomorrow 00:30 to tomorrow 03:30."
    assert await moved(lasts="PT1H", longer="yes") == "tomorrow 00:30 to tomorrow 04:30."
    assert await moved(lasts="PT2H", extend="yes") == "tomorrow 00:30 to tomorrow 02:30."
    with pytest.raises(BadInput, match="either to when it moves or by how much"):
        await moved(starts_at="2026-11-22T01:00", by="PT1H")


async def test_a_move_is_not_taken_back_once_somebody_moved_it_again(world) -> None:
    bench, _ = world
    await done(
        bench,
        "plan",
        site="NTH-03",
        title="Firmware",
        starts_at="2026-11-22T00:00",
        lasts="PT2H",
        midnight="yes",
    )
    first = await done(bench, "move_maintenance", maintenance="MNT-0001", by="P1D")
    await done(bench, "move_maintenance", maintenance="MNT-0001", by="P2D")
    with pytest.raises(
        Conflict, match="was moved again since, to 25 Nov 00:00 to 25 Nov 02:00, so that stays"
    ):
        await bench.act("move_maintenance", **first.undo.args)


async def stands(isp: Isp, serial: str) -> tuple[object, ...] | None:
    async with isp.sql() as session:
        sql = "select state, site, holder, note, model from isp_cpes where serial = :serial"
        return (await session.execute(text(sql), {"serial": serial})).one_or_none()


async def test_what_came_on_a_line_goes_back_to_where_it_was(world) -> None:
    bench, isp = world
    for action, args in (("install_ont", {"customer": "100300"}), ("swap_ont", {"customer": "100234"})):
        await taken_back(bench, await done(bench, action, serial="ZTEG0000FF99", **args))
        assert await stands(isp, "ZTEG0000FF99") is None, "nobody knew it"
        await done(bench, "stock_ont", serial=NEW, model="F660", site="STH-01", note="only for business")
        await done(bench, "issue_ont", serial=NEW, technician=bench.bob.email)
        before = await stands(isp, NEW)
        assert before == ("with technician", "STH-01", bench.bob.email, "only for business", "F660")
        await taken_back(bench, await done(bench, action, serial=NEW, **args))
        assert await stands(isp, NEW) == before, action
        await done(bench, "forget_ont", serial=NEW)
    asked = await bench.act("remove_ont", customer="100234", technician=bench.bob.email)
    assert f"is with {bench.bob.name}." in asked.waiting.preview


async def test_a_line_that_works_is_not_dark_after_its_ont_came_back(world) -> None:
    bench, isp = world
    await isp.session("SVC-100234-1")
    await taken_back(bench, await done(bench, "remove_ont", customer="100234"))
    assert (await bench.act("ont", serial=OLD)).facts["State"] == "online"


async def test_what_stock_keeps_is_put_right_and_taken_back(world) -> None:
    bench, isp = world
    await done(bench, "stock_ont", serial=NEW, model="F670", note="only for business")
    placed = await done(bench, "stock_ont", serial=NEW, site="NTH-03")
    assert placed.text.endswith("This cannot be taken back.") and placed.undo is None
    for action, args in (
        ("stock_ont", {"model": "F660"}),
        ("issue_ont", {"technician": bench.ann.email}),
        ("return_ont", {"state": "faulty", "note": "wet"}),
    ):
        before = await stands(isp, NEW)
        await taken_back(bench, await done(bench, action, serial=NEW, **args))
        after = await stands(isp, NEW)
        assert after == before, action
    await done(bench, "return_ont", serial=NEW, state="faulty", note="wet")
    await done(bench, "return_ont", serial=NEW, state="faulty", note="broken screen")
    assert (await stands(isp, NEW))[3] == "broken screen"
    with pytest.raises(Conflict, match="is faulty at NTH-03 already"):
        await bench.act("return_ont", serial=NEW, state="faulty")


async def test_what_an_olt_sees_on_no_line_is_installed(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_onts",
        serial="ZTEG0000EE01",
        port_id=isp.ids[PON],
        status="online",
        status_since=ago(days=1),
        seen_at=ago(minutes=1),
    )
    await done(bench, "install_ont", customer="100300", serial="ZTEG0000EE01")
    facts = (await bench.act("ont", serial="ZTEG0000EE01")).facts
    assert facts["State"] == "online"


async def test_a_box_out_of_reach_is_not_swapped_in(world) -> None:
    bench, isp = world
    await isp.insert("isp_cpes", serial="ZTEG33330000", site="STH-01", state="faulty")
    rights = ["network:read", "network:swap", "customers:read"]
    nora = await bench.person("Nora", rights, area=Area(region=frozenset({"north"})))
    with pytest.raises(Conflict, match="is known already") as told:
        await bench.act("swap_ont", customer="100234", serial="ZTEG33330000", user=nora)
    assert "faulty" not in str(told.value)


async def test_who_left_is_sent_to_take_back_what_is_to_be_collected(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Zoe Left", site="NTH-03", region="north")
    await isp.service("100400", port=PON, ont_serial="HWTC0000DD01", status="terminated")
    with pytest.raises(Conflict, match="“take back ONT HWTC0000DD01”"):
        await bench.act("remove_ont", customer="100400")


async def test_a_box_that_no_olt_was_read_for_is_swapped_and_taken_off(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Zed Only", site="NTH-03", region="north")
    await isp.service("100400", ont_serial="ALCL00000001")
    with pytest.raises(Conflict, match=r"has ONT ALCL00000001 already\. Swap it instead"):
        await bench.act("install_ont", customer="100400", serial=NEW)
    with pytest.raises(Conflict, match="so how its ONT is nobody knows"):
        await bench.act("reboot", customer="100400")
    swapped = await done(bench, "swap_ont", customer="100400", serial=NEW)
    assert swapped.text.startswith(f"Zed Only (100400) has ONT {NEW} instead of ONT ALCL00000001 since")
    assert await box(bench, "ALCL00000001") == ("returned", "NTH-03")
    assert (await bench.act("ont", serial=NEW)).text.startswith(f"**{NEW}** is on SVC-100400-1 of Zed Only")
    off = await done(bench, "remove_ont", customer="100400")
    assert off.text.startswith(f"Zed Only (100400): {NEW} is off SVC-100400-1 and returned")
    await taken_back(bench, off)
    assert (await bench.act("ont", serial=NEW)).data.service == "SVC-100400-1"
    with pytest.raises(NotFound, match="There is no ONT"):
        await LocalNetwork(isp.context()).swap_ont(effect("x"), "ALCL0000FFFF", "ALCL0000FFFE")
