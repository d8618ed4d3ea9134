"""The customers plugin through the gate: the card, finding, notes, suspend and resume with undo."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.api import Ambiguous, Area, BadInput, Conflict, NotAllowed, NotFound, Tone, Unavailable
from bot.testing import Bench
from plugins.connectors.local.customers import LocalCustomers
from plugins.customers.card import Card
from plugins.customers.suspending import UNTOUCHED
from plugins.network.port import Network
from tests.plugins.building import NOW, TODAY, Isp, ago

READ = ["customers:read", "billing:read", "network:read", "tickets:read"]


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("customers")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("olt-nth-03-1", "NTH-03")
    pon = await isp.port("olt-nth-03-1")
    await isp.customer(
        "100234", "Amina Bello", phone="+254712345678", email="amina@example.com", street="12 Harbour Road",
        since=date(2024, 3, 1), site="NTH-03",
    )  # fmt: skip
    await isp.service("100234", port=pon, username="amina@isp")
    await isp.ont("HWTC1", pon, "SVC-100234-1", rx_dbm=-26.1)
    await isp.session("SVC-100234-1", ipv4="100.64.0.9", nas="bng1")
    await isp.invoice("INV-1", "100234", 4_500, due=TODAY - timedelta(days=40))
    await isp.payment("PAY-1", "100234", 4_500, at=ago(days=70), invoice="INV-1")
    await isp.ticket(
        "TCK-10100", "No light", "100234", priority="high", resolve_due=NOW + timedelta(hours=2, minutes=10)
    )
    await isp.insert(
        "isp_notes", customer_id=isp.ids["100234"], at=ago(days=1), by="Ada", body="Dog at the gate."
    )
    await isp.customer("200100", "Grace Otieno", region="south")
    await isp.service("200100")
    return bench, isp


async def test_a_day_begins_with_the_tenants_clock(world) -> None:
    bench, isp = world
    await isp.customer("100500", "Newa Year", since=date(2026, 3, 5))
    bench.now = isp.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 00:30 on 1 January in Madrid
    assert (await bench.context()).today == date(2027, 1, 1)
    assert "since 5 Mar 2026" in (await bench.act("show", customer="100500")).text


async def test_the_card_is_one_reply(world) -> None:
    bench, _ = world
    reply = await bench.act("show", customer="amina bello")
    facts = reply.facts
    assert reply.text.startswith("**Amina Bello** (100234), active individual customer since 1 Mar 2024")
    assert facts["Plan"] == "Fibre 100, 100/50 Mbit/s, 45.00 EUR a month (active)"
    assert facts["Balance"] == "owes 45.00 EUR, all of it overdue since 11 Oct (40 days)"
    assert facts["Last payment"] == "45.00 EUR on 11 Sep 18:55 by card"
    assert facts["Session"] == "up since 11:55 (6 h), 100.64.0.9 on bng1"
    assert facts["Optical"] == "-26.1 dBm, weak (an ONT needs -27 dBm)"
    assert facts["Outage"] == "none known on this line"
    assert facts["Open tickets"] == "TCK-10100 No light (high, 2 h 10 min left)"
    assert facts["Note yesterday 17:55"] == "Dog at the gate. (Ada)"
    assert reply.focus == {"customer": "100234"} and reply.tone is Tone.WARN
    assert [e.source for e in reply.evidence] == [
        "customers, local database", "network, local database", "billing, local database", "tickets, local database",
    ]  # fmt: skip
    assert "Suspend" in [button.label for button in reply.buttons]


async def test_an_outage_stands_first(world) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages", number="OUT-0042", title="Fibre cut", site="NTH-03", started_at=ago(minutes=35),
        eta=NOW + timedelta(hours=1),
    )  # fmt: skip
    reply = await bench.act("show", customer="100234")
    assert "Outage OUT-0042: Fibre cut, since 17:20, back by 18:55" in reply.text
    assert reply.tone is Tone.BAD and "Outage" not in reply.facts


async def test_the_card_shows_only_what_the_asker_may_see(world) -> None:
    bench, _ = world
    temp = await bench.person("Temp Temple", ["customers:read", "network:read"])
    reply = await bench.act("show", user=temp, customer="100234")
    assert "Balance" not in reply.facts and "Open tickets" not in reply.facts and "Session" in reply.facts


async def test_the_card_without_the_other_plugins(open_bench) -> None:
    bench, isp = await open_bench("customers", others=())
    await isp.customer("100234", "Amina Bello")
    reply = await bench.act("show", customer="100234")
    assert set(reply.facts) == {"Plan"} and reply.facts["Plan"] == "no service in use"


class Silent:
    """A network that does not answer."""

    async def lines(self, *_: Any) -> Any:
        raise Unavailable("The RADIUS server does not answer.")


async def test_a_system_that_does_not_answer_leaves_a_gap_that_is_named(world) -> None:
    bench, _ = world
    bench.port(Network.port_name, Silent())
    reply = await bench.act("show", customer="100234")
    assert "The system behind network does not answer" in reply.text
    assert isinstance(reply.data, Card) and reply.data.silent == ("network",) and "Balance" in reply.facts


class Hanging:
    """A network that takes for ever."""

    async def lines(self, *_: Any) -> Any:
        await asyncio.Event().wait()


async def test_a_system_that_hangs_leaves_a_gap_too(world, monkeypatch) -> None:
    bench, _ = world
    bench.port(Network.port_name, Hanging())
    monkeypatch.setattr("bot.contract.round.PATIENCE", timedelta(seconds=1))
    reply = await bench.act("show", customer="100234")
    assert "The system behind network does not answer" in reply.text
    assert reply.data.silent == ("network",) and "Open tickets" in reply.facts


async def test_two_of_one_name_are_told_apart_by_street_and_status(world) -> None:
    bench, isp = world
    await isp.customer("100777", "Amina Bello", street="9 Mill Lane", status="suspended")
    with pytest.raises(Ambiguous) as asked:
        await bench.act("show", customer="Amina Bello")
    assert {(c.label, c.detail) for c in asked.value.choices} == {
        ("Amina Bello (100234)", "12 Harbour Road, active, +254712345678"),
        ("Amina Bello (100777)", "9 Mill Lane, suspended"),
    }
    assert asked.value.choices[0].words.startswith("customers show customer=100")


async def test_another_region_is_as_if_it_did_not_exist(world) -> None:
    bench, _ = world
    agent = await bench.person(
        "North Agent", [*READ, "customers:suspend"], area=Area(region=frozenset({"north"}))
    )
    for words in ("Grace Otieno", "200100"):
        with pytest.raises(NotFound) as hidden:
            await bench.act("show", user=agent, customer=words)
        with pytest.raises(NotFound) as nobody:
            await bench.act("show", user=agent, customer=words.replace("Grace", "Gracy").replace("2", "8"))
        assert str(hidden.value).replace(words, "") == str(nobody.value).replace("Gracy Otieno", "").replace(
            "800100", ""
        )
        found = await bench.act("find", user=agent, query=words)
        assert found.data == () and "no customer" in found.text
    with pytest.raises(NotFound):
        await bench.act("suspend", user=agent, customer="200100", reason="x")


async def test_find_lists_several_and_shows_the_only_exact_one(world) -> None:
    bench, isp = world
    await isp.customer("100778", "Amina Yusuf", phone="+254712345999")
    several = await bench.act("find", query="amina")
    assert [row[0] for row in several.table.rows] == ["100234", "100778"] and several.choices
    assert (await bench.act("find", query="0712 345 678")).focus == {"customer": "100234"}
    assert "Try the phone number" in (await bench.act("find", query="nobody at all")).text


async def test_notes_and_services_and_plans(world) -> None:
    bench, _ = world
    assert "There are no notes on Grace Otieno" in (await bench.act("notes", customer="200100")).text
    done = await bench.act("add_note", customer="200100", note="  Call after 18:00. ")
    assert done.text == "Noted on Grace Otieno (200100): Call after 18:00."
    listed = await bench.act("notes", customer="200100")
    assert listed.table.rows == [("17:55", "Ann Apple", "Call after 18:00.")]
    with pytest.raises(BadInput):
        await bench.act("add_note", customer="200100", note="   ")
    services = await bench.act("services", customer="100234")
    assert services.text == "Amina Bello: Fibre 100 (100/50 Mbit/s) at 45.00 EUR a month, active."
    assert (await bench.act("plans")).text == "1 plan on sale:"


async def test_suspend_shows_what_it_does_then_can_be_taken_back(world) -> None:
    bench, isp = world
    asked = await bench.act("suspend", customer="100234", reason="non-payment")
    for part in (
        "is suspended: non-payment",
        UNTOUCHED,
        "SVC-100234-1",
        "overdue since 11 Oct",
        "Online now: up since",
        "TCK-10100",
    ):
        assert part in asked.waiting.preview
    assert await isp.count("isp_services", "status = 'suspended'") == 0
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == f"Suspended SVC-100234-1 of Amina Bello (100234): non-payment.\n\n{UNTOUCHED}"
    assert done.undo_within == timedelta(minutes=30)
    card = await bench.act("show", customer="100234")
    assert "SVC-100234-1 was suspended just now: non-payment" in card.text
    assert "Resume" in [button.label for button in card.buttons]
    back = await bench.undo(done)
    back = await bench.approve(back, user=bench.ann) if back.waiting else back
    assert "Resumed SVC-100234-1" in back.text
    assert await isp.count("isp_services", "status = 'suspended'") == 0


async def test_a_system_that_reaches_the_network_is_said_to_cut(world, monkeypatch) -> None:
    bench, _ = world
    monkeypatch.setattr(LocalCustomers, "tells_devices", True)
    asked = await bench.act("suspend", customer="100234", reason="abuse")
    assert "Online now, will be cut" in asked.waiting.preview and UNTOUCHED not in asked.waiting.preview
    assert UNTOUCHED not in (await bench.approve(asked, user=bench.ann)).text


async def test_resume_says_why_it_was_off_and_what_is_owed(world) -> None:
    bench, _ = world
    await bench.approve(await bench.act("suspend", customer="100234", reason="abuse"), user=bench.ann)
    asked = await bench.act("resume", customer="100234")
    assert "Was suspended for: abuse" in asked.waiting.preview and "owes 45.00 EUR" in asked.waiting.preview
    assert "Resumed" in (await bench.approve(asked, user=bench.ann)).text


async def test_several_lines_are_named_as_people_do(world) -> None:
    bench, _ = world
    asked = await bench.act("suspend", customer="100234", reason="abuse", services=["SVC-100234-1"])
    assert "services “SVC-100234-1”" in asked.waiting.summary and "[" not in asked.waiting.summary


async def test_what_can_not_be_suspended_is_said_before_anybody_is_asked(world) -> None:
    bench, _ = world
    with pytest.raises(Conflict, match="Nothing to do for Amina Bello: SVC-100234-1 is active"):
        await bench.act("resume", customer="100234")
    with pytest.raises(BadInput, match="has no service SVC-9"):
        await bench.act("suspend", customer="100234", reason="x", services=["SVC-9"])
    with pytest.raises(NotAllowed):
        await bench.act("suspend", user=bench.eve, customer="100234", reason="x")
    reader = await bench.person("Rita Read", READ)
    with pytest.raises(NotAllowed):
        await bench.act("suspend", user=reader, customer="100234", reason="x")


async def test_a_note_is_taken_back_and_removed_by_who_wrote_it_only(world) -> None:
    bench, _ = world
    noted = await bench.act("add_note", customer="100234", note="Goat in the yard")
    back = noted.undo
    assert (back.action_id, back.args["note"]) == ("customers_remove_note", "Goat in the yard")
    with pytest.raises(BadInput, match="only Ann"):
        await bench.act("remove_note", customer="100234", note="goat in", user=bench.bob)
    with pytest.raises(NotFound, match="no note with"):
        await bench.act("remove_note", customer="100234", note="cat")
    asked = await bench.act("remove_note", customer="100234")
    assert "Goat in the yard" in asked.waiting.preview
    gone = await bench.approve(asked, user=bench.ann)
    assert gone.undo.action_id == "customers_restore_note"
    assert not [n for n in (await bench.act("notes", customer="100234")).data if "Goat" in n.body]


async def test_a_removed_note_comes_back_with_its_day_and_only_to_its_author(world) -> None:
    bench, _ = world
    noted = await bench.act("add_note", customer="100234", note="Goat in the  yard")
    bench.now += timedelta(minutes=26)
    gone = await bench.approve(await bench.act("remove_note", customer="100234", note="goat"), user=bench.ann)
    args = dict(gone.undo.args)
    with pytest.raises(NotFound, match="removed no note with just these words"):
        await bench.act("restore_note", user=bench.bob, **args)
    back = await bench.undo(gone)
    assert back.data == noted.data
    assert [n.at for n in (await bench.act("notes", customer="100234")).data if "Goat" in n.body] == [
        noted.data.at
    ]
    with pytest.raises(NotFound, match="removed no note"):
        await bench.act("restore_note", **args)


async def test_two_removed_notes_of_the_same_words_both_come_back(world) -> None:
    bench, _ = world
    written, gone = [], []
    for _nr in range(2):
        written.append((await bench.act("add_note", customer="100234", note="Call back")).data.at)
        bench.now += timedelta(minutes=3)
    for _nr in range(2):
        asked = await bench.act("remove_note", customer="100234", note="call back")
        gone.append(await bench.approve(asked, user=bench.ann))
    for one in gone:
        await bench.undo(one)
    notes = (await bench.act("notes", customer="100234")).data
    assert sorted(n.at for n in notes if n.body == "Call back") == written


async def test_a_note_of_a_colleague_of_the_same_name_stays(world) -> None:
    bench, _ = world
    await bench.act("add_note", customer="100234", note="Goat in the yard")
    async with bench.database.tenant(bench.tenant.id) as session:
        named = {"name": bench.ann.name, "id": bench.bob.id}
        await session.execute(text("update users set name = :name where id = cast(:id as uuid)"), named)
    with pytest.raises(BadInput, match="Another Ann Apple wrote that note"):
        await bench.act("remove_note", user=bench.bob, customer="100234", note="goat")


async def test_taking_a_note_back_never_removes_a_newer_one_with_its_words(world) -> None:
    bench, _ = world
    first = await bench.act("add_note", customer="200100", note="Call back")
    bench.now += timedelta(minutes=1)
    await bench.act("add_note", customer="200100", note="Call back tomorrow, she wants to cancel")
    await bench.undo(first)
    left = [n.body for n in (await bench.act("notes", customer="200100")).data]
    assert left == ["Call back tomorrow, she wants to cancel"]
    with pytest.raises(NotFound, match="no note with"):
        await bench.act("remove_note", customer="200100", note="Call back", whole=True)
