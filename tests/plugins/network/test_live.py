"""Watching a level while somebody splices: told when it moves, once each, and what came of it at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.api import BadInput, Conflict, NotAllowed, Unavailable
from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply
from bot.core.nudging import with_nudges
from bot.core.question import Question
from bot.testing import Bench
from plugins.connectors.local.network import LocalNetwork
from plugins.freeze.kept import Settings as FreezeSettings
from plugins.network import live
from tests.plugins.building import NOW, Isp

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"
TEN = timedelta(seconds=10)


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device(OLT, "NTH-03")
    await isp.port(OLT)
    for nr, name in (("100234", "Amina Bello"), ("100300", "Bola Ade")):
        await isp.customer(nr, name, site="NTH-03", region="north")
        await isp.service(nr, port=PON)
        await isp.ont(f"HWTC00{nr}", PON, f"SVC-{nr}-1", rx_dbm=-24.0)
    return bench, isp


async def heard(bench: Bench, user: User | None = None) -> str:
    """Return what a person hears beside their next answer."""
    place = Place(surface="terminal", kind=PlaceKind.DIRECT)
    person = user or bench.ann
    question = Question(
        tenant=bench.tenant, user=person, words="hi", thread="t", surface="terminal", place=place
    )

    class Desk:
        database = bench.database
        around = bench.around

    desk: Any = Desk()
    return (await with_nudges(desk, question, Reply("-"))).text.removeprefix("-").strip()


async def splice(bench: Bench, isp: Isp, dbm: float | None, status: str = "online", **after: int) -> str:
    """Let the level be so, some time later, read it, and return what Ann hears."""
    async with isp.sql() as session:
        await session.execute(
            text("update isp_onts set rx_dbm = :dbm, status = :status where serial = 'HWTC00100234'"),
            {"dbm": dbm, "status": status},
        )
    bench.now += timedelta(**after) if after else TEN
    await bench.run_job("follow", on=True)
    return await heard(bench)


async def test_a_level_is_told_of_when_it_moves_goes_dark_and_comes_back(world) -> None:
    bench, isp = world
    begun = await bench.act("watch_level", customer="100234")
    assert begun.text == (
        "I watch the level of Amina Bello (100234), ONT HWTC00100234: now **-24.0 dBm, good**. Until 18:05 I "
        "read it every 10 s and tell you with your next answer when it moves by 0.5 dB, goes dark or comes "
        "back.\n\nSimulated: no OLT is asked, I follow what our own records say of it."
    )
    assert await splice(bench, isp, -24.4) == "", "less than half a dB"
    worse = await splice(bench, isp, -24.5)
    assert worse.startswith("⏰ Amina Bello (100234): **-24.5 dBm, good**, 0.5 dB worse than -24.0.")
    dark = await splice(bench, isp, None, "los")
    assert dark.startswith(
        "⏰ Amina Bello (100234): It went **dark**: it sees no light; it was -24.5 dBm, good."
    )
    assert await splice(bench, isp, None, "los") == ""
    assert "It is back: **-19.8 dBm, good**." in await splice(bench, isp, -19.8)
    assert await heard(bench, bench.bob) == ""
    assert await splice(bench, isp, -19.7, minutes=9) != ""
    bench.now = NOW + timedelta(minutes=10)
    assert await bench.run_job("follow", on=True) is None
    assert await heard(bench) == (
        "⏰ I stop watching. Amina Bello (100234): from -24.0 dBm, good to **-19.7 dBm, good**, 7 readings in "
        "10 min. For 9 min of it nothing was read. Say `network watch_level 100234 service=SVC-100234-1`."
    )
    await bench.run_job("follow", on=True)
    assert await heard(bench) == "", "once"


async def test_one_watch_a_person_which_they_stop(world) -> None:
    bench, isp = world
    begun = await bench.act("watch_level", customer="100300")
    await bench.act("watch_level", customer="100300", user=bench.bob)
    other = await bench.act("watch_level", customer="100234", lasts="PT20M")
    assert "I no longer watch Bola Ade (100300)." in other.text and "Until 18:15" in other.text
    assert begun.undo and other.undo
    with pytest.raises(Conflict, match="That watch is over: you watch Amina Bello"):
        await bench.act(begun.undo.action_id.removeprefix("network_"), **begun.undo.args)
    await splice(bench, isp, -20.0)
    stopped = await bench.act("stop_watching", **other.undo.args)
    assert stopped.text == (
        "I stopped watching. Amina Bello (100234): from -24.0 dBm, good to **-20.0 dBm, good**, 2 readings "
        "in 10 s."
    )
    with pytest.raises(Conflict, match="You watch no level now"):
        await bench.act("stop_watching")
    assert (await bench.act("stop_watching", user=bench.bob)).data.customer == "100300", "his goes on"
    with pytest.raises(BadInput, match="60 minutes at most"):
        await bench.act("watch_level", customer="100234", lasts="PT3H")


async def test_a_process_that_died_half_way_tells_nothing_twice(world, monkeypatch) -> None:
    bench, isp = world
    await bench.act("watch_level", customer="100234")

    async def died(*_: Any) -> bool:
        raise RuntimeError("kill -9")

    swap = "bot.db.store.PluginStore.swap"
    with monkeypatch.context() as patched:
        patched.setattr(swap, died)
        with pytest.raises(RuntimeError):
            await splice(bench, isp, -20.0)
    assert await bench.run_job("follow", on=True) == TEN, "whoever comes next goes on with it"
    assert (await heard(bench)).count("4.0 dB better than -24.0") == 1
    assert await isp.count("nudges") == 1


async def test_a_gap_is_said_and_a_lost_run_is_woken(world) -> None:
    bench, isp = world
    await bench.act("watch_level", customer="100234")
    assert (await splice(bench, isp, -24.0, minutes=3)).startswith(
        "⏰ Amina Bello (100234): Still -24.0 dBm, good. Nothing was read from 17:55:00 to 17:58:00: the service "
        "was away."
    )
    await splice(bench, isp, -20.0)
    assert (
        "3 readings in 3 min. For 3 min of it nothing was read." in (await bench.act("stop_watching")).text
    ), "the word on it was overtaken by the next"
    bench.now = NOW
    await bench.act("watch_level", customer="100234")
    async with isp.sql() as session:
        await session.execute(text("delete from jobs"))
    assert await bench.run_job("follow") is None, "the run of each minute goes on with nothing itself"
    assert await isp.count("jobs", "entrypoint = 'plugin_network_follow'") == 1
    assert await bench.run_job("follow", on=True) == TEN


async def test_the_end_says_what_was_not_read(world, monkeypatch) -> None:
    bench, isp = world
    unread = "in 10 s. **Nothing was read after 17:55:10**: how it stands now I do not know."
    await bench.act("watch_level", customer="100234")
    await splice(bench, isp, -24.0)
    bench.now += timedelta(minutes=5)
    assert (await bench.act("stop_watching")).text.endswith(f"-24.0 dBm, good all along, 2 readings {unread}")
    bench.now = NOW
    await bench.act("watch_level", customer="100234")
    await splice(bench, isp, -24.0)
    bench.now += timedelta(hours=1)
    await bench.run_job("follow", on=True)
    assert unread in await heard(bench), "its service was away for the rest"

    async def silent(*_: Any) -> None:
        raise Unavailable("olt-nth-03-1 does not answer.")

    await bench.act("watch_level", customer="100234")
    monkeypatch.setattr(LocalNetwork, "ont_now", silent)
    await splice(bench, isp, -24.0)
    assert (await bench.act("stop_watching")).text.endswith(
        "The last times I asked there was no answer: how it stands now I do not know."
    )


async def test_an_ont_that_is_taken_off_its_line_is_not_up(world) -> None:
    bench, isp = world
    await bench.act("watch_level", customer="100234")
    await splice(bench, isp, None, "los")
    async with isp.sql() as session:
        await session.execute(text("update isp_onts set service_id = null where serial = 'HWTC00100234'"))
    gone = await splice(bench, isp, None, "los")
    assert "Now **no ONT on the line**; it was dark: it sees no light." in gone
    assert "from -24.0 dBm, good to **no ONT on the line**" in (await bench.act("stop_watching")).text


async def test_an_olt_that_does_not_answer_is_told_once(world, monkeypatch) -> None:
    bench, isp = world
    await bench.act("watch_level", customer="100234")

    async def silent(*_: Any) -> None:
        raise Unavailable("olt-nth-03-1 does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalNetwork, "ont_now", silent)
        assert "olt-nth-03-1 does not answer. I keep asking." in await splice(bench, isp, -24.0)
        assert await splice(bench, isp, -24.0, minutes=1) == ""
    assert "1.0 dB better" in await splice(bench, isp, -23.0)


async def test_it_is_for_those_who_may_see_the_line_and_no_freeze_holds_it_back(world) -> None:
    bench, isp = world
    with pytest.raises(NotAllowed):
        await bench.act("watch_level", customer="100234", user=await bench.person("Pat Paper", []))
    covers = FreezeSettings()
    assert covers.holds_back("network_reboot") and covers.holds_back("customers_suspend")
    assert not covers.holds_back("network_watch_level") and not covers.holds_back("network_stop_watching")
    assert live.moved("los", "dying_gasp", 0.5) and not live.moved("-24.0", "-24.4", 0.5)
    assert live.words_of("unknown") == "up, its level is not measured"
    await isp.customer("100400", "No Box", region="north")
    await isp.service("100400")
    with pytest.raises(Conflict, match="No ONT or radio is known"):
        await bench.act("watch_level", customer="100400")


async def test_what_somebody_watches_is_told(world) -> None:
    bench, isp = world
    assert (await bench.act("watched")).text.startswith("You watch no level now.")
    await bench.act("watch_level", customer="100234")
    await splice(bench, isp, -20.0)
    told = await bench.act("watched")
    assert told.text == (
        "You watch the level of Amina Bello (100234): **-20.0 dBm, good** when I told you last; read 2 times, last "
        "at 17:55:10, until 18:05."
    )
    assert told.focus == {"customer": "100234"}
    assert (await bench.act("watched", user=bench.bob)).data is None
