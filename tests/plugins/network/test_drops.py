"""The drops of one customer's line, and which box where only a model was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Ambiguous, BadInput, NotFound, Tone
from bot.testing import Bench
from tests.plugins.building import Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device(OLT, "NTH-03")
    await isp.port(OLT)
    await isp.customer("100234", "Amina Bello", site="NTH-03", region="north")
    await isp.service("100234", port=PON)
    return bench, isp


async def test_the_drops_of_one_customer_with_how_long_each_took(world) -> None:
    bench, isp = world
    none = await bench.act("flapping", customer="100234")
    assert none.text == "Amina Bello had no drop in the last 7 d: offline now."
    for days, up, cause in ((9, 5, "Idle-Timeout"), (3, 10, "Lost-Carrier"), (2, 2, "Lost-Carrier")):
        begun = ago(days=days)
        await isp.session(
            "SVC-100234-1", started_at=begun, ended_at=begun + timedelta(hours=up), terminate_cause=cause
        )
    await isp.session("SVC-100234-1", started_at=ago(days=1), nas="bng1", ipv4="100.64.0.9")
    reply = await bench.act("flapping", customer="100234")
    assert reply.text.startswith(
        "**2 drops** of Amina Bello in the last 7 d, mostly Lost-Carrier (2); up since yesterday 17:55 (1 d)"
    )
    assert [row[1:] for row in reply.table.rows] == [
        ("Lost-Carrier", "2 h", "22 h"),
        ("Lost-Carrier", "10 h", "14 h"),
    ]
    days = {"since": ago(days=10).date().isoformat(), "until": ago(days=3).date().isoformat()}
    some = await bench.act("flapping", customer="100234", **days)
    assert some.text.startswith("**1 drop** of Amina Bello from 10 Nov to 17 Nov, mostly Idle-Timeout (1)")
    assert (
        "had no drop on "
        in (await bench.act("flapping", customer="100234", since=ago(days=0).date().isoformat())).text
    )
    assert (
        "no session dropped 2 times or more from"
        in (await bench.act("flapping", least=2, **days)).text.lower()
    )
    assert "dropped 3 times or more" in (await bench.act("flapping", least=2, more_than=True)).text
    for since, until in ((90, 0), (0, 3), (-2, -2)):
        with pytest.raises(BadInput, match="a month of them at most"):
            await bench.act(
                "flapping", since=ago(days=since).date().isoformat(), until=ago(days=until).date().isoformat()
            )
    assert reply.tone is Tone.PLAIN and reply.focus == {"customer": "100234"}
    month = await bench.act("flapping", customer="100234", within="P30D", limit=1)
    assert "**3 drops**" in month.text and (len(month.table.rows), month.table.total) == (1, 3)


async def test_what_we_ended_ourselves_is_no_drop(world) -> None:
    bench, isp = world
    for hours, cause in ((9, "Lost-Carrier"), (6, "Admin-Reset")):
        begun = ago(hours=hours)
        await isp.session(
            "SVC-100234-1", started_at=begun, ended_at=begun + timedelta(hours=1), terminate_cause=cause
        )
    reply = await bench.act("flapping", customer="100234")
    assert reply.text == "**1 drop** of Amina Bello in the last 7 d, mostly Lost-Carrier (1); offline now."
    assert [row[1:] for row in reply.table.rows] == [("Lost-Carrier", "1 h", "2 h")], "it was back then"


async def test_of_two_lines_the_one_that_is_dark_is_named(world) -> None:
    bench, isp = world
    await isp.service("100234", 2, port=PON)
    off = ago(days=2)
    await isp.session("SVC-100234-1", started_at=ago(days=4), ended_at=off, terminate_cause="Lost-Carrier")
    await isp.session("SVC-100234-2", started_at=off + timedelta(minutes=5))
    reply = await bench.act("flapping", customer="100234")
    assert reply.text.startswith("**1 drop** of Amina Bello in the last 7 d, mostly Lost-Carrier (1); ")
    assert "SVC-100234-1 down since 18 Nov 17:55" in reply.text and "SVC-100234-2 up since" in reply.text
    assert [row[1:] for row in reply.table.rows] == [("Lost-Carrier", "2 d", None, "SVC-100234-1")]
    assert reply.tone is Tone.WARN


async def test_a_box_is_chosen_where_only_its_model_was_said(world) -> None:
    bench, _ = world
    for nr in (1, 2):
        asked = await bench.act("stock_ont", serial=f"ZTEG0000000{nr}", model="F670L", site="NTH-03")
        await bench.approve(asked, user=bench.ann)
    with pytest.raises(Ambiguous) as which:
        await bench.act("issue_ont", technician=bench.bob.email, model="F670L", count=2)
    assert str(which.value) == (
        f"Which F670L does {bench.bob.name} take? Say the serial number on its label, one after the other for "
        "all 2; in stock are 2:"
    )
    words = [choice.words for choice in which.value.choices]
    assert words == [f"network issue_ont ZTEG0000000{n} technician={bench.bob.email}" for n in (1, 2)]
    with pytest.raises(NotFound, match="No HG8145 is in stock"):
        await bench.act("issue_ont", model="HG8145")
