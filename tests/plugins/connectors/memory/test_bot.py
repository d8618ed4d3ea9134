"""The whole bot over the other connector: no plugin leans on what is only so in our own tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.api import EVERYWHERE, NotSupported, Reply
from bot.conformance import World, small_isp
from bot.db.database import Database
from bot.testing import Bench
from plugins.customers.port import ServiceStatus
from tests.plugins.connectors.memory.rig import MemoryRig

DOMAINS = ("customers", "tickets", "billing", "network", "email")


@pytest.fixture
async def bot(database: Database) -> AsyncIterator[tuple[Bench, World, MemoryRig]]:
    bench, rig = await Bench.open(database, *DOMAINS), MemoryRig()
    world = replace(small_isp(rig.numbers), tenant=bench.tenant)
    bench.now = world.now
    await rig.load(world)
    for port in rig.ports:
        bench.port(port, rig.open(world, port))
    yield bench, world, rig
    await bench.close()


async def ask(bench: Bench, action: str, **args: object) -> Reply:
    """Ask, and say yes where a yes is asked for."""
    reply = await bench.call(action, args)
    return await bench.approve(reply, user=bench.ann) if reply.waiting else reply


async def taken_back(bench: Bench, done: Reply) -> Reply:
    reply = await bench.undo(done)
    return await bench.approve(reply, user=bench.ann) if reply.waiting else reply


async def test_the_card_of_a_subscriber(bot) -> None:
    bench, _, _ = bot
    for words in ("c-1", "amina belo", "0712 345 678", "hwtc-1a2b3c4d", "2026/3", "t/701"):
        reply = await ask(bench, "customers_show", customer=words)
        assert reply.text.startswith("**Amina Bello** (C-1), critical"), words
    assert "owes 130.00 EUR, 85.00 EUR of it overdue" in reply.facts["Balance"]
    assert reply.facts["Session"].startswith("up since 11:55 (6 h), 100.64.0.9 on bng1")
    assert "-27.5 dBm" in reply.facts["Optical"] and "t/701 No light on ONT" in reply.facts["Open tickets"]


async def test_who_is_hit(bot) -> None:
    bench, _, _ = bot
    reply = await ask(bench, "network_affected", device="bng1")
    assert "**3 customers** (3 services) hang on bng1, 1 critical, 1 business." in reply.text
    assert len(reply.table.rows) == 3 and "line-4" in reply.file.text
    outage = await ask(bench, "network_affected", outage="O42")
    assert "hang on o42 (olt-nth-03-1 PON 1/2)" in outage.text
    assert "Hit by outage o42" in (await ask(bench, "network_diagnose", customer="C-4")).text


async def test_suspending_and_taking_it_back(bot) -> None:
    bench, world, rig = bot
    done = await ask(bench, "customers_suspend", customer="C-2", reason="fault", services=["LINE-7"])
    assert done.text.startswith("Suspended line-7 of Zoë O'Brien-Müller (C-2): fault.")
    back = await taken_back(bench, done)
    assert back.text.startswith("Resumed line-7")
    lines = await rig.open(world, "customers").services(EVERYWHERE, "C-2")
    assert {line.status for line in lines} == {ServiceStatus.ACTIVE}
    ended = await ask(bench, "network_disconnect", customer="C-1", service="Line-1")
    assert "Disconnected line-1 of Amina Bello (C-1)" in ended.text


async def test_money_in_and_back(bot) -> None:
    bench, world, rig = bot
    note = await ask(bench, "billing_credit", customer="C-1", amount="5", reason="outage")
    assert note.text.startswith("Credit note GS1: 5.00 EUR for Amina Bello (C-1)")
    paid = await ask(bench, "billing_record_payment", invoice="2026/3", amount="45", method="cash")
    assert "It goes to 2026/3." in paid.text
    assert "owes 80.00 EUR" in (await ask(bench, "billing_balance", customer="C-1")).text
    for done in (paid, note):
        await taken_back(bench, done)
    balance = await rig.open(world, "billing").balance(EVERYWHERE, "C-1", world.today)
    assert str(balance.owed) == "130.00 EUR"
    assert "owes 130.00 EUR" in (await ask(bench, "billing_statement", customer="C-1")).text


async def test_another_plan_and_back(bot) -> None:
    bench, _, _ = bot
    done = await ask(bench, "customers_change_plan", service="LINE-1", plan="Fibre 50")
    assert "line-1" in done.text and "GS1" in done.text
    back = await taken_back(bench, done)
    assert "is on Fibre 100 again. GS1 is void." in back.text


async def test_tickets_from_opening_to_merging(bot) -> None:
    bench, _, _ = bot
    made = await ask(bench, "tickets_create", customer="C-1", subject="No light again")
    assert made.text.startswith("Opened t/706 for Amina Bello")
    assert "No light again" in (await ask(bench, "tickets_show", ticket="T/706")).text
    merged = await ask(bench, "tickets_merge", ticket="t/706", into="t/701")
    assert merged.text.startswith("Merged t/706 into t/701; t/706 is closed.")
    await taken_back(bench, merged)
    linked = await ask(bench, "tickets_link_all", outage="o42", tickets=["T/701", "t/702"])
    assert set(linked.data) == {"t/701", "t/702"}
    assert set((await taken_back(bench, linked)).data) == {"t/701", "t/702"}
    closed = await ask(bench, "tickets_close", ticket="t/701", resolution="Spliced")
    assert closed.data.status == "closed"


async def test_an_outage_and_its_end(bot) -> None:
    bench, _, _ = bot
    done = await ask(bench, "network_declare", port="olt-nth-03-1 PON 1/1", title="Cut")
    assert done.text.startswith("Declared o3 at olt-nth-03-1 PON 1/1: Cut, 2 services hit.")
    over = await ask(bench, "network_resolve", outage="O3", note="Spliced")
    assert over.data.status == "resolved"
    assert (await taken_back(bench, over)).data.status == "active"


async def test_what_a_system_cannot_do_is_said_and_nothing_is_changed(bot, monkeypatch) -> None:
    bench, _, rig = bot

    async def suspend(*_args: object, **_more: object) -> None:
        raise NotSupported("Lines are suspended in the old system only. Do it there.")

    monkeypatch.setattr(rig.ports["customers"], "suspend", suspend)
    with pytest.raises(NotSupported, match="Do it there"):
        await ask(bench, "customers_suspend", customer="C-1", reason="unpaid")
    assert (await bench.events("suspend"))[-1] == "failed"
