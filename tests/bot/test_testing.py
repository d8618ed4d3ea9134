"""The workbench itself: people, clock, fakes, waiting calls, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Area, Connector, NotAllowed, NotFound
from bot.testing import NOON, Bench, check_contract
from tests.plugins.admin import shed

SHED = ("shed", shed.__name__)
TOOLS = ("tools", shed.tools.__name__)


async def test_what_a_plugin_needs_comes_along(bench):
    kit = await bench("customers")
    assert kit.name == "customers"
    assert "customers" in (await kit.view()).enabled


async def test_people_hold_what_they_should(bench):
    kit = await bench(SHED)
    assert kit.ann.may("shed:use")
    assert kit.bob.may("shed:use")
    assert dict(kit.eve.rights) == {}
    carl = await kit.person(
        "Carl Cole", ["shed:use"], area=Area(site=frozenset({"S4"})), max_amount=5, max_count=1
    )
    assert carl.rights["shed:use"].limits([{"site": "S4"}]) == (5, 1)


async def test_people_are_who_the_bot_reads_them_as(bench):
    kit = await bench("customers")
    for one in (kit.ann, kit.eve):
        assert await kit.around.user(one.id, fresh=True) == one


async def test_the_clock_is_ours(bench):
    kit = await bench(SHED)
    assert (await kit.context()).now == NOON
    kit.now += timedelta(days=1)
    assert (await kit.context()).now == NOON + timedelta(days=1)


async def test_a_fake_stands_behind_a_port(bench):
    kit = await bench(SHED)
    kit.port("boats", "a boat")
    assert (await kit.context()).open_port("boats") == "a boat"


async def test_off_is_off(bench):
    kit = await bench(SHED, on=False)
    with pytest.raises(NotFound):
        await kit.find(Connector, "iron")
    await kit.enable()
    assert (await kit.find(Connector, "iron")).port == "spades"


async def test_benches_do_not_meet(bench):
    one, two = await bench(SHED), await bench(SHED)
    await one.store().set("key", 1)
    assert await two.store().get("key") is None
    assert one.tenant.id != two.tenant.id


async def test_a_waiting_call_that_is_none_says_so(bench):
    kit = await bench(SHED, TOOLS)
    said = await kit.call("tools_lend", {})
    with pytest.raises(AssertionError, match="nothing waits for a yes; the bot said: Lent"):
        await kit.approve(said)
    with pytest.raises(AssertionError, match="nothing to take back"):
        await kit.undo(said)
    with pytest.raises(NotAllowed):
        await kit.call("tools_lend", {}, user=kit.eve)


async def test_a_broken_plugin_is_told_at_once(bench):
    with pytest.raises(AssertionError, match="ModuleNotFoundError"):
        await bench(("gone", "no.such.module"))
    with pytest.raises(LookupError, match="no plugin 'gone'"):
        await bench("gone")


async def test_it_opens_on_any_database(database):
    kit = await Bench.open(database, SHED)
    await kit.set(size=4)
    assert (await kit.context()).settings.size == 4
    await kit.close()


def test_the_contract_names_what_is_wrong():
    assert check_contract(("gone", "no.such.module"))[0].startswith("gone: set aside: ModuleNotFoundError")
    assert check_contract(SHED) == ["permission shed:use is declared and never asked for"]
