"""Files of ONTs in stock: again and again, what hangs on lines left out, and every way in which they cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.api import EVERYWHERE
from bot.db.users import do_add_person
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import CpeQuery
from tests.plugins.connectors.local.importing.conftest import counts, told

SITES = "name,kind,site,site name,region\nolt-1,olt,CST-01,Mombasa Island,coast\n"
PEOPLE = "number,name\n100,Ann Apple\n"
LINES = "account,number,plan,price,download,login,ont serial\n100,L1,Fibre 50,45.00,50,ann100,HWTC00000001\n"
STOCK = (
    "S/N,Product,Status,Warehouse name,Assigned to\n"
    "zteg-0000-0001,F670L,available,Mombasa Island,\nZTEG00000002,F670L,issued,CST-01,fay@acme.example\n"
    "HWTC00000001,HG8145V5,assigned to customer,,\nHWTC00000003,HG8145V5,RMA,,\n"
)


@pytest.fixture
async def fay(isp) -> str:
    async with isp.sql() as session:
        await do_add_person(session, name="Fay Mwende", email="fay@acme.example")
    return "fay@acme.example"


async def test_onts_are_loaded_and_brought_up_to_date(load, isp, fay) -> None:
    for kind, file in (("devices", SITES), ("customers", PEOPLE), ("services", LINES)):
        await load(kind, file)
    dry = await load("onts", STOCK, dry_run=True)
    assert counts(dry) == {"ONTs": (3, 0, 0)} and not await isp.count("isp_cpes")
    assert dry.notes == ("ONTs of the file that hang on lines in use are left out: 1, such as HWTC00000001.",)
    assert counts(await load("onts", STOCK)) == {"ONTs": (3, 0, 0)}
    assert counts(await load("onts", STOCK)) == {"ONTs": (0, 0, 3)}
    page = await LocalNetwork(isp.context()).cpes(EVERYWHERE, CpeQuery())
    assert {(b.serial, b.state, b.model, b.place) for b in page.boxes} == {
        ("ZTEG00000001", "in stock", "F670L", "CST-01"),
        ("ZTEG00000002", "with technician", "F670L", "Fay Mwende"),
        ("HWTC00000003", "faulty", "HG8145V5", ""),
        ("HWTC00000001", "installed", None, "L1 of Ann Apple (100)"),
    }
    back = "serial,state\nZTEG00000002,in stock\n"
    assert counts(await load("onts", back)) == {"ONTs": (0, 1, 0)}
    box = await LocalNetwork(isp.context()).get_cpe(EVERYWHERE, "ZTEG00000002")
    assert (box.state, box.holder, box.place) == ("in stock", None, "CST-01")


async def test_since_when_is_that_of_the_last_change_of_state(load, isp, fay) -> None:
    await load("devices", SITES)
    await load("onts", STOCK)
    async with isp.sql() as session:
        await session.execute(text("update isp_cpes set since = '2026-01-01'"))
    changed = "serial,state,technician\nZTEG00000001,faulty,\nHWTC00000003,faulty,\nZTEG00000002,,fay@acme.example\n"
    assert counts(await load("onts", changed)) == {"ONTs": (0, 1, 2)}
    port = LocalNetwork(isp.context())
    since = {one: (await port.get_cpe(EVERYWHERE, one)).since for one in ("ZTEG00000001", "HWTC00000003")}
    assert since["HWTC00000003"].year == 2026 and since["HWTC00000003"].month == 1
    assert counts(await load("onts", "serial,note\nZTEG00000002,boxed\n")) == {"ONTs": (0, 1, 0)}
    held = await port.get_cpe(EVERYWHERE, "ZTEG00000002")
    assert (held.holder, held.since.month) == (fay, 1), "a file without technicians takes none from anybody"
    assert datetime.now(UTC) - since["ZTEG00000001"] < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ZTEG00000001,issued,,", "2 technician: is empty. Give the e-mail address of the technician"),
        ("ZTEG00000001,issued,,joe@x.example", "nobody here has the e-mail address joe@x.example."),
        (
            "ZTEG00000001,,Nowhere,",
            "2 site: there is no site Nowhere. Load the devices with their sites first.",
        ),
        ("ZTEG00000001,lent,,", "2 state: "),
        ("ZTEG00000001,,,\nzteg 0000 0001,,,", "3 serial: ZTEG00000001 stands in row 2 already"),
        ("8.48E+15,,,", "2 serial: “8.48E+15” was shortened by a spreadsheet."),
    ],
)
async def test_an_ont_that_cannot_be_is_said(load, isp, row, said) -> None:
    assert any(said in one for one in told(await load("onts", f"serial,state,site,technician\n{row}\n")))
    assert not await isp.count("isp_cpes")
