"""Why somebody's internet is slow or down: each step shown, the nearest explanation named, the next action offered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.api import Tone
from bot.testing import Bench
from tests.plugins.building import NOW, Isp, ago

OLT, PON = "olt-nth-03-1", "olt-nth-03-1 PON 1/1"
SVC = "SVC-100234-1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("network")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("bng1", "NTH-03", "bng")
    await isp.customer("100234", "Amina Bello", email="amina@isp.example")
    return bench, isp


async def line(isp: Isp, *, ont: dict[str, Any] | None = None, session: dict[str, Any] | None = None, olt: str = "up",
               **service: Any) -> None:  # fmt: skip
    await isp.device(OLT, "NTH-03", parent="bng1", status=olt)
    await isp.port(OLT)
    await isp.service("100234", port=PON, **service)
    await isp.ont("HWTC1", PON, SVC, **(ont or {}))
    await isp.session(SVC, nas="bng1", **(session or {}))


async def neighbours(isp: Isp, count: int, **ont: Any) -> None:
    for nr in range(count):
        number = str(100_300 + nr)
        await isp.customer(number, f"Neighbour {nr}")
        await isp.service(number, port=PON)
        await isp.ont(f"HWTC3{nr}", PON, f"SVC-{number}-1", **ont)


DOWN = {"ended_at": ago(hours=1), "terminate_cause": "Lost-Carrier"}


async def test_nothing_on_our_side_is_said_with_every_step(world) -> None:
    bench, isp = world
    await line(isp)
    reply = await bench.act("diagnose", customer="100234")
    assert reply.text.startswith("**Amina Bello** (100234): Nothing on our side stands out.")
    for step in ("✔ **Account**: SVC-100234-1 is active", "✔ **Money**: nothing owed", "✔ **Session**: up since",
                 "✔ **Stability**: 0 drops", "✔ **Optical level**: -19.5 dBm, good", "✔ **Neighbours**: 0 of 1",
                 "✔ **Equipment**: olt-nth-03-1 PON 1/1 at Harbour is up"):  # fmt: skip
        assert step in reply.text
    assert reply.tone is Tone.GOOD and [b.label for b in reply.buttons][-1] == "Line"


async def test_a_suspended_account_is_the_first_explanation(world) -> None:
    bench, isp = world
    await line(isp, status="suspended", suspend_reason="non-payment", session=DOWN, ont={"status": "los"})
    await isp.invoice("INV-1", "100234", 4_500, due=date(2026, 10, 11))
    reply = await bench.act("diagnose", customer="100234")
    assert "The service is suspended: non-payment. Ask for the payment" in reply.text
    assert "✘ **Money**: owes 45.00 EUR, all of it overdue" in reply.text
    assert [b.action_id for b in reply.buttons[:2]] == ["billing_remind", "customers_resume"]


async def test_a_suspended_line_that_is_still_online_is_said_to_be(world) -> None:
    bench, isp = world
    await line(isp, status="suspended", suspend_reason="non-payment")
    reply = await bench.act("diagnose", customer="100234")
    assert "suspended: non-payment. It is online all the same: the router has not cut it." in reply.text
    reply = await bench.act("line", customer="100234")
    assert reply.text.startswith("Amina Bello is suspended, yet still **online**: the router has not cut it.")


async def test_an_outage_needs_no_ticket(world) -> None:
    bench, isp = world
    await line(isp, session=DOWN)
    await isp.insert("isp_outages", number="OUT-0042", title="Cut", device=OLT, started_at=ago(hours=1),
                     eta=NOW + timedelta(hours=2))  # fmt: skip
    reply = await bench.act("diagnose", customer="100234")
    assert "Hit by outage OUT-0042 (Cut), expected back 19:55. Tell them" in reply.text
    assert reply.buttons[0].action_id == "network_outage"


async def test_running_maintenance_explains_a_line_that_is_down(world) -> None:
    bench, isp = world
    await line(isp, session=DOWN)
    await isp.insert("isp_maintenance", number="MNT-7", title="Upgrade", device="bng1", starts_at=ago(hours=1),
                     ends_at=NOW + timedelta(hours=1))  # fmt: skip
    assert "Maintenance MNT-7 is running until 18:55" in (await bench.act("diagnose", customer="100234")).text


@pytest.mark.parametrize(
    ("mine", "theirs", "said", "action"),
    [
        ({"status": "los"}, {"status": "los"}, "Fibre cut: all 5 ONTs", "network_declare"),
        ({"status": "dying_gasp"}, {"status": "dying_gasp"}, "Power cut: 5 of the 5", "network_declare"),
        ({"status": "los"}, {}, "No light at this ONT (LOS) while the neighbours are up", "tickets_create"),
        (
            {"status": "dying_gasp"},
            {},
            "The ONT lost power (dying gasp) while the neighbours",
            "tickets_create",
        ),
        ({"status": "offline"}, {}, "does not answer, and did not say why", "tickets_create"),
        ({}, {}, "The ONT is online, but there is no session: the router", "network_reboot"),
    ],
)
async def test_a_line_that_is_down(world, mine, theirs, said: str, action: str) -> None:
    bench, isp = world
    await line(isp, session=DOWN, ont=mine)
    await neighbours(isp, 4, **theirs)
    reply = await bench.act("diagnose", customer="100234")
    assert said in reply.text and reply.buttons[0].action_id == action
    assert reply.tone is Tone.WARN


async def test_a_device_that_is_down_is_told_to_the_noc(world) -> None:
    bench, isp = world
    await line(isp, session=DOWN, olt="down")
    reply = await bench.act("diagnose", customer="100234")
    assert "olt-nth-03-1 is down and no outage is declared for it." in reply.text
    assert reply.buttons[0].args["device"] == OLT and "✘ **Equipment**: olt-nth-03-1 is down" in reply.text


async def test_a_weak_and_sinking_level_calls_field(world) -> None:
    bench, isp = world
    await line(isp, ont={"rx_dbm": -26.1})
    for day in range(10):
        await isp.insert(
            "isp_measurements", subject="ont:HWTC1", metric="rx_dbm", at=ago(days=day), value=-26 + day / 2
        )
    reply = await bench.act("diagnose", customer="100234")
    assert (
        "The optical level is weak (-26.1 dBm, weak" in reply.text and "3.5 dB less than before" in reply.text
    )
    assert reply.buttons[0].label == "Call field" and reply.buttons[0].args["priority"] == "high"
    assert "✘ Optical level" in reply.buttons[0].args["body"]


async def test_a_flapping_session_is_counted_without_our_own_resets(world) -> None:
    bench, isp = world
    await line(isp)
    for hours, cause in ((2, "Lost-Carrier"), (3, "Lost-Carrier"), (4, "Admin-Reset"), (100, "Port-Error")):
        await isp.session(SVC, started_at=ago(days=9), ended_at=ago(hours=hours), terminate_cause=cause)
    reply = await bench.act("diagnose", customer="100234")
    assert "✔ **Stability**: 2 drops in 24 h, 3 in 7 days" in reply.text
    await isp.session(SVC, started_at=ago(days=9), ended_at=ago(hours=8), terminate_cause="Lost-Carrier")
    reply = await bench.act("diagnose", customer="100234")
    assert (
        "The session flaps: 3 drops in 24 h, 4 in 7 days, mostly Lost-Carrier. Reboot the ONT" in reply.text
    )
    listed = await bench.act("flapping")
    assert listed.text == "1 line dropped 3 times or more in the last 24 h, the worst first:"
    assert listed.table.rows[0][:3] == ("100234", "Amina Bello", 3)


async def test_speed_tests_far_below_the_plan(world) -> None:
    bench, isp = world
    await line(isp)
    for day in (1, 2, 3):
        await isp.insert(
            "isp_measurements", subject=f"service:{SVC}", metric="mbps_down", at=ago(days=day), value=22.0
        )
    reply = await bench.act("diagnose", customer="100234")
    assert "are far below the plan: median" in reply.text and "22 of 100 Mbit/s" in reply.text
    assert reply.buttons[0].action_id == "network_disconnect"


async def test_slow_evenings_and_an_open_ticket_are_no_all_clear(world) -> None:
    bench, isp = world
    await line(isp)
    for hours, value in ((22, 62.0), (46, 61.0), (70, 60.0), (2, 95.0), (5, 96.0), (28, 97.0)):
        await isp.insert(
            "isp_measurements", subject=f"service:{SVC}", metric="mbps_down", at=ago(hours=hours), value=value
        )
    await isp.ticket("TCK-7", "Very slow in the evenings", "100234", category="slow")
    reply = await bench.act("diagnose", customer="100234")
    assert "Nothing on our side" not in reply.text and reply.tone is Tone.WARN
    assert (
        "Speed tests in the evenings are below the plan: median evening 61 of 100 Mbit/s, 3 of 6"
        in reply.text
    )
    assert "✘ **Tickets**: TCK-7 Very slow in the evenings" in reply.text
    assert ("tickets_show", {"ticket": "TCK-7"}) in [(b.action_id, b.args) for b in reply.buttons]


async def test_an_open_ticket_alone_is_no_all_clear_either(world) -> None:
    bench, isp = world
    await line(isp)
    await isp.ticket("TCK-8", "Invoice", "100234", category="billing")
    assert "Nothing on our side stands out." in (await bench.act("diagnose", customer="100234")).text
    await isp.ticket("TCK-7", "Slow", "100234", category="slow")
    reply = await bench.act("diagnose", customer="100234")
    assert "Nothing that was measured explains it, but TCK-7 is open: Slow." in reply.text


async def test_what_the_asker_may_not_see_is_left_out_and_said(world) -> None:
    bench, isp = world
    await line(isp)
    await isp.invoice("INV-1", "100234", 4_500, due=date(2026, 10, 11))
    noc = await bench.person("Nils Noc", ["network:read", "customers:read"])
    reply = await bench.act("diagnose", customer="100234", user=noc)
    assert "Left out, because you may not see it: what is owed, tickets." in reply.text
    assert "45.00" not in reply.text and "Money" not in reply.text


async def test_nobody_without_a_line_is_diagnosed(world) -> None:
    bench, _ = world
    assert "Amina Bello has no line in use." in (await bench.act("diagnose", customer="100234")).text
