"""Files of splitters: with the lines behind them, again and again, and every way in which they cannot be."""

from __future__ import annotations

import pytest

from bot.api import EVERYWHERE
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import Place
from tests.plugins.connectors.local.importing.conftest import counts, told

SITES = "name,kind,site,site name,region\nolt-1,olt,CST-01,Mombasa Island,coast\n"
PORTS = "parent_kind,parent,child_kind,child\ndevice,olt-1,pon,PON 1/1\ndevice,olt-1,pon,PON 1/2\n"
PEOPLE = "number,name\n100,Ann Apple\n101,Bo Bean\n"
LINES = (
    "account,number,plan,price,download,login,ont serial\n100,L1,Fibre 50,45.00,50,ann100,HWTC00000001\n"
    "101,L2,Fibre 50,45.00,50,bo101,\n"
)
FILE = (
    "Splitter,PON,Upstream,Ratio,Line\nSPL-1,olt-1 PON 1/1,,4,\n"
    "SPL-1A,olt-1 PON 1/1,spl-1,1:16,hwtc-0000-0001\nSPL-1,,,,bo101\n"
)


@pytest.fixture
async def plant(load) -> None:
    for kind, file in (("devices", SITES), ("topology", PORTS), ("customers", PEOPLE), ("services", LINES)):
        await load(kind, file)


async def test_splitters_are_loaded_and_brought_up_to_date(load, isp, plant) -> None:
    new = {"splitters": (2, 0, 0), "lines behind splitters": (2, 0, 0)}
    assert counts(await load("splitters", FILE, dry_run=True)) == new
    assert not await isp.count("isp_splitters")
    assert counts(await load("splitters", FILE)) == new
    assert counts(await load("splitters", FILE)) == {
        "splitters": (0, 0, 2), "lines behind splitters": (0, 0, 2),
    }  # fmt: skip
    port = LocalNetwork(isp.context())
    known = {one.name: one for one in await port.splitters(EVERYWHERE)}
    assert {name: (one.parent, one.ratio, one.lines) for name, one in known.items()} == {
        "SPL-1": (None, 4, 2), "SPL-1A": ("SPL-1", 16, 1),
    }  # fmt: skip
    assert (await port.impact(EVERYWHERE, Place(kind="splitter", key="SPL-1"))).services == 2
    moved = await load("splitters", "splitter,line\nSPL-1A,L2\n")
    assert counts(moved)["lines behind splitters"] == (0, 1, 0)
    assert (await port.impact(EVERYWHERE, Place(kind="splitter", key="SPL-1A"))).services == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S,olt-1 PON 9/9,,,", "2 port: there is no port olt-1 PON 9/9. Load the topology first."),
        ("S,,,,", "2 port: is empty, and the splitter is new. Say on which PON it is."),
        ("S,olt-1 PON 1/1,T,,", "2 parent: there is no splitter T, here or in the file."),
        ("S,olt-1 PON 1/1,,,L9", "2 service: there is no service L9. Load the services first."),
        ("S,olt-1 PON 1/1,,500,", "2 ratio: is 1:500; splitters split into 2 to 128."),
        (
            "S,olt-1 PON 1/1,,16,\nS,olt-1 PON 1/2,,,",
            "3 port: S is on two PONs, olt-1 PON 1/1 and olt-1 PON 1/2.",
        ),
        ("S,olt-1 PON 1/1,,1:16,\nS,,,1:8,", "3 ratio: S has two ratios, 8 and 16."),
        ("S,olt-1 PON 1/1,s,,", "2 parent: S would hang below itself."),
        ("S,olt-1 PON 1/1,T,,\nT,olt-1 PON 1/1,S,,", "3 parent: T would hang below itself."),
        ("S,olt-1 PON 1/1,T,,\nT,olt-1 PON 1/2,,,", "2 parent: T is on another PON than S."),
        (
            "S,olt-1 PON 1/1,,,L1\nT,olt-1 PON 1/1,,,ann100",
            "3 service: L1 is behind two splitters, S and T.",
        ),
    ],
)
async def test_a_splitter_that_cannot_be_is_said(load, isp, plant, row, said) -> None:
    assert said in told(await load("splitters", f"name,port,parent,ratio,service\n{row}\n"))
    assert not await isp.count("isp_splitters")


async def test_a_splitter_does_not_leave_those_below_it_on_another_pon(load, isp, plant) -> None:
    await load("splitters", "name,port,parent\nSPL-1,olt-1 PON 1/1,\nSPL-1A,olt-1 PON 1/1,SPL-1\n")
    refused = await load("splitters", "name,port\nSPL-1,olt-1 PON 1/2\n")
    assert "2 port: SPL-1A hangs on it and would stay on another PON. Give its row, too." in told(refused)
    both = await load("splitters", "name,port,parent\nSPL-1,olt-1 PON 1/2,\nSPL-1A,olt-1 PON 1/2,SPL-1\n")
    assert counts(both)["splitters"] == (0, 2, 0)
