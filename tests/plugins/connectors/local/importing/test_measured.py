"""Files of address pools and of speed tests: again and again, and every way in which they cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import EVERYWHERE
from plugins.connectors.local.network import LocalNetwork
from tests.plugins.building import NOW
from tests.plugins.connectors.local.importing.conftest import counts, told

SITES = "name,kind,site,site name,region\nolt-1,olt,CST-01,Mombasa Island,coast\n"
POOLS = (
    "Title,Network,Comment,Location\n"
    "cgnat-1,10.20.0.0/22,home,\npublic,102.0.2.0-102.0.2.255,business,Mombasa Island\n"
)
PEOPLE = "number,name\n100,Ann Apple\n101,Bo Bean\n102,Cy Corn\n"
LINES = (
    "account,number,plan,price,download,login\n100,L1,Fibre 50,45.00,50,ann100\n"
    "101,L2,Fibre 50,45.00,50,bo101\n101,L3,Fibre 50,45.00,50,bo101b\n"
)


async def test_pools_are_loaded_and_brought_up_to_date(load, isp) -> None:
    await load("devices", SITES)
    dry = await load("pools", POOLS, dry_run=True)
    assert counts(dry) == {"pools": (2, 0, 0)} and not await isp.count("isp_pools")
    assert counts(await load("pools", POOLS)) == {"pools": (2, 0, 0)}
    assert counts(await load("pools", POOLS)) == {"pools": (0, 0, 2)}
    known = {
        p.name: (p.prefix, p.size, p.purpose, p.site)
        for p in await LocalNetwork(isp.context()).pools(EVERYWHERE)
    }
    assert known == {
        "cgnat-1": ("10.20.0.0/22", 1024, "home", None),
        "public": ("102.0.2.0/24", 256, "business", "CST-01"),
    }
    narrower = "name,prefix\nCGNAT-1,10.20.0.0/23\ncgnat-2,10.20.2.0/23\n"
    assert counts(await load("pools", narrower)) == {"pools": (1, 1, 0)}
    swapped = "name,prefix\ncgnat-1,10.20.2.0/23\ncgnat-2,10.20.0.0/23\n"
    assert counts(await load("pools", swapped)) == {"pools": (0, 2, 0)}
    assert await isp.count("isp_pools", "name = 'cgnat-2' and prefix = '10.20.0.0/23' and purpose = ''") == 1


async def test_pools_of_two_tenants_may_be_the_same(load, load_elsewhere) -> None:
    pool = "name,prefix\ncgnat-1,10.20.0.0/22\n"
    assert counts(await load("pools", pool)) == {"pools": (1, 0, 0)}
    assert counts(await load_elsewhere("pools", pool)) == {"pools": (1, 0, 0)}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("b,10.20.1.0/24", "2 prefix: 10.20.1.0/24 overlaps the pool taken, 10.20.0.0/22."),
        ("b,10.9.0.0/16\nc,10.9.7.0/24", "3 prefix: 10.9.7.0/24 overlaps the pool b, 10.9.0.0/16 in row 2."),
        ("my pool,10.9.0.0/16", "2 name: is no name of a pool"),
        ("b,10.9.0.0/16\nB,10.8.0.0/16", "3 name: B stands in row 2 already"),
        ("b,10.9.0.7/16", "2 prefix: “10.9.0.7/16” begins in the middle of 10.9.0.0/16."),
        ("b,10.9.0.0", "2 prefix: “10.9.0.0” is no IPv4 prefix such as 10.20.0.0/22."),
        ("b,2001:db8::/48", "2 prefix: “2001:db8::/48” is no IPv4 prefix"),
        ("b,10.9.0.0-10.9.2.255", "is not one prefix but 2: 10.9.0.0/23, 10.9.2.0/24. Give each a row."),
        ("b,10.9.0.9-10.9.0.1", "is no range of IPv4 addresses."),
        ("b,0.0.0.0/0", "wider than any pool"),
    ],
)
async def test_a_pool_that_cannot_be_is_said(load, isp, rows, said) -> None:
    await load("pools", "name,prefix\ntaken,10.20.0.0/22\n")
    assert any(said in one for one in told(await load("pools", f"name,prefix\n{rows}\n")))
    assert await isp.count("isp_pools") == 1


async def test_a_pool_at_no_site_is_said(load) -> None:
    (said,) = told(await load("pools", "name,prefix,site\nb,10.9.0.0/16,Nowhere\n"))
    assert said == "2 site: there is no site Nowhere. Load the devices with their sites first."


async def test_speed_tests_are_loaded_and_brought_up_to_date(load, isp) -> None:
    await load("customers", PEOPLE)
    await load("services", LINES)
    tests = (
        "Login,Account No,Date,Download (Mbps)\n"
        "L1,,2026-11-10 20:15,46.5\nann100,100,2026-11-10 20:30,9 Mbps\n"
    )
    assert counts(await load("speedtests", tests, dry_run=True)) == {"speed tests": (2, 0, 0)}
    assert not await isp.count("isp_measurements")
    assert counts(await load("speedtests", tests)) == {"speed tests": (2, 0, 0)}
    assert counts(await load("speedtests", tests)) == {"speed tests": (0, 0, 2)}
    by_account = "Client ID,Timestamp,DL\n100,2026-11-10 20:45,512 kbit/s\n"
    assert counts(await load("speedtests", by_account)) == {"speed tests": (1, 0, 0)}
    mended = "service,at,down\nl1,2026-11-10 20:15,48.1\nl2,2026-11-10 20:15,50\n"
    again = await load("speedtests", mended, dry_run=True)
    assert counts(again) == {"speed tests": (1, 1, 0)}
    assert again.effects[0].examples[0].key == "L1 2026-11-10 20:15:00"
    assert counts(await load("speedtests", mended)) == {"speed tests": (1, 1, 0)}
    (one,) = await LocalNetwork(isp.context()).speed_tests(EVERYWHERE, "100", NOW - timedelta(days=3_650))
    assert [round(value, 3) for _, value in one.points] == [48.1, 9, 0.512]
    local = one.points[0][0].astimezone(isp.tenant.zone)
    assert (local.day, local.hour, local.minute) == (10, 20, 15)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nobody,,2026-11-10 20:15,9", "2 service: there is no service nobody, nor such a PPPoE username."),
        (",999,2026-11-10 20:15,9", "2 customer: there is no customer 999. Load the customers first."),
        (",102,2026-11-10 20:15,9", "2 customer: 102 has no line."),
        (",101,2026-11-10 20:15,9", "2 customer: 101 has several lines. Say in a column service which"),
        ("L1,101,2026-11-10 20:15,9", "2 customer: the line L1 belongs to another customer here."),
        ("L1,,2027-11-10 20:15,9", "2 at: lies in the future."),
        ("L1,,2026-11-10 20:15,fast", "2 down: “fast” is no speed. Write it in Mbit/s, such as 50."),
        (
            "L1,,2026-11-10 20:15,9\nann100,,2026-11-10 20:15,8",
            "3 service: L1 2026-11-10 20:15:00 stands in row 2 already",
        ),
        (
            "L1,,2026-11-10 20:15,9\nl1,,2026-11-10 20:15,8",
            "3 service: l1 2026-11-10 20:15:00 stands in row 2 already",
        ),
    ],
)
async def test_a_speed_test_that_cannot_be_is_said(load, isp, row, said) -> None:
    await load("customers", PEOPLE)
    await load("services", LINES)
    head = "service,customer,at,down" if row[0] != "," else "nothing,customer,at,down"
    (found,) = told(await load("speedtests", f"{head}\n{row}\n"))
    assert found.startswith(said)
    assert not await isp.count("isp_measurements")


async def test_a_line_of_somebody_else_is_not_there(load, load_elsewhere, isp) -> None:
    await load("customers", PEOPLE)
    await load("services", LINES)
    (said,) = told(await load_elsewhere("speedtests", "service,at,down\nL1,2026-11-10 20:15,9\n"))
    assert "there is no service L1" in said
