"""The hand-over of a shift: all parts in one reply, each as far as the reader may see; and the notes in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.api import Area, BadInput, Conflict, NotAllowed, NotFound, Reply, Tone, Unavailable
from bot.contract.action import Via
from bot.testing import Bench
from plugins.connectors.local.network import LocalNetwork
from plugins.shifts.kept import do_drop, do_keep, get_note
from tests.plugins.building import NOW, Isp, ago

SHIFTS = ("shifts:read", "shifts:write")


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("shifts", others=("customers", "tickets", "network", "admin"))
    for code, region in (("NTH-03", "north"), ("STH-01", "south")):
        await isp.site(code, region=region)
        await isp.device(f"olt-{code.lower()}-1", code)
    return bench, isp


async def trouble(isp: Isp) -> None:
    """Give the shift something to hand over."""
    for number, title, site, more in (
        ("OUT-1", "Feeder cut", "NTH-03", {"started_at": ago(hours=2), "eta": NOW + timedelta(hours=1)}),
        ("OUT-2", "Mast dark", "STH-01", {"started_at": ago(days=1)}),
        ("OUT-3", "Power", "NTH-03", {"started_at": ago(hours=30), "ended_at": ago(hours=1), "status": "resolved"}),
        ("OUT-4", "Long over", "NTH-03", {"started_at": ago(days=9), "ended_at": ago(days=8), "status": "resolved"}),
    ):  # fmt: skip
        await isp.insert("isp_outages", number=number, title=title, site=site, **more)
    for number, starts in (("MNT-1", timedelta(hours=6)), ("MNT-2", timedelta(days=2))):
        await isp.insert(
            "isp_maintenance", number=number, title="BNG upgrade", site="NTH-03", starts_at=NOW + starts,
            ends_at=NOW + starts + timedelta(hours=1),
        )  # fmt: skip
    for nr in range(7):
        due = ago(minutes=nr + 1) if nr < 2 else ago(days=nr)
        await isp.ticket(f"TCK-{nr}", "No light", resolve_due=due, opened_at=ago(hours=12), priority="urgent")
    await isp.ticket("TCK-8", "Slow", resolve_due=NOW + timedelta(hours=2))
    await isp.ticket("TCK-9", "Wrong bill", resolve_due=NOW + timedelta(days=2), region="south")
    await isp.ticket("TCK-10", "Solved", status="closed", resolved_at=ago(hours=1), closed_at=ago(hours=1))


def lines(reply: Reply) -> list[str]:
    return reply.text.splitlines()


async def done(bench: Bench, asked: Reply) -> Reply:
    return await bench.approve(asked, user=bench.ann) if asked.waiting else asked


async def test_everything_is_said_in_a_screen_with_the_top_five(world) -> None:
    bench, isp = world
    await trouble(isp)
    await bench.act("note", text="Crew is on the way to Harbour.")
    said = await bench.act("handover")
    old = "; ".join(f"TCK-{nr} No light (breached {nr} d ago)" for nr in (6, 5, 4))
    assert (
        said.text
        == f"""\
**Hand-over since 09:55**
- **2 outages active, 1 new**: OUT-1 Feeder cut since 15:55, 0 services, back by 18:55; OUT-2 Mast dark since \
yesterday 17:55, 0 services
- 1 outage over: OUT-3 Power
- Maintenance until tomorrow 08:00: MNT-1 BNG upgrade, 23:55 to tomorrow 00:55
- **7 tickets past the SLA, 2 in this shift**: TCK-1 No light (breached 2 min ago); TCK-0 No light (breached \
1 min ago); {old}; and 2 more
- 1 ticket due within 4 h: TCK-8 Slow (2 h left)
- 7 urgent tickets open: TCK-3 No light (breached 3 d ago); TCK-2 No light (breached 2 d ago); and 2 more; 3 named \
above
- 3 tickets opened, 1 closed; 9 open now
- Done since 09:55: 1 change (Ann Apple 1)
- **1 note**: 1. Crew is on the way to Harbour. (Ann Apple, just now)"""
    )
    assert said.tone is Tone.BAD and len(said.evidence) == 3
    later = await bench.act("handover", since=ago(minutes=90))
    assert "**2 outages active**:" in later.text and "0 tickets opened, 1 closed" in later.text


async def test_a_quiet_shift_is_short(world) -> None:
    bench, _ = world
    said = await bench.act(
        "handover", user=await bench.person("Nia New", [*SHIFTS, "network:read", "tickets:read"])
    )
    assert lines(said)[1:] == ["- No outage is active", "- 0 tickets opened, 0 closed; 0 open now"]
    assert said.tone is Tone.GOOD


async def test_each_reads_what_they_may_see_and_no_more(world) -> None:
    bench, isp = world
    await trouble(isp)
    south = Area(region=frozenset({"south"}))
    rita = await bench.person("Rita South", [*SHIFTS, "network:read", "tickets:read"], area=south)
    said = (await bench.act("handover", user=rita)).text
    assert "OUT-2" in said and "OUT-1" not in said and "TCK-6" not in said and "1 open now" in said
    blind = await bench.person("Bo Blind", [*SHIFTS])
    assert lines(await bench.act("handover", user=blind))[1:] == [
        "- Nothing to hand over that you may see, and no note is open"
    ]
    with pytest.raises(NotAllowed):
        await bench.act("handover", user=bench.eve)


async def test_what_waits_for_a_yes_is_counted(world) -> None:
    bench, isp = world
    await isp.ticket("TCK-1", "No light")
    asked = await bench.call("tickets_close", {"ticket": "TCK-1", "resolution": "Spliced"})
    assert asked.waiting
    said = await bench.act("handover")
    assert "- 1 change waits for a yes" in said.text
    assert "admin_waiting" in [button.action_id for button in said.buttons]


async def test_a_system_that_does_not_answer_is_named(world, monkeypatch) -> None:
    bench, isp = world
    await trouble(isp)

    async def gone(*_: object, **__: object) -> None:
        raise Unavailable("The network does not answer.")

    monkeypatch.setattr(LocalNetwork, "outages", gone)
    said = (await bench.act("handover")).text
    assert "The system behind network does not answer, so that part is missing" in said
    assert "7 tickets past the SLA" in said and "OUT-1" not in said


async def test_a_time_that_is_no_shift_is_refused(world) -> None:
    bench, _ = world
    tonight = NOW + timedelta(hours=5)
    assert "since yesterday 22:55" in (await bench.act("handover", since=tonight)).text
    for since in (NOW + timedelta(days=2), ago(days=8)):
        with pytest.raises(BadInput):
            await bench.act("handover", since=since)


async def test_notes_are_left_listed_ticked_off_and_each_taken_back(world) -> None:
    bench, _ = world
    left = await bench.act("note", text="  Call Amina\nat six ")
    assert left.text == "Note 1 for the next shift: Call Amina at six"
    await bench.act("note", text="Key of NTH-03 is in the safe", user=bench.bob)
    assert [row[:3] for row in (await bench.act("notes")).table.rows] == [
        (1, "Call Amina at six", "Ann Apple"), (2, "Key of NTH-03 is in the safe", "Bob Berry"),
    ]  # fmt: skip
    ticked = await bench.act("tick", number=2)
    assert (await bench.act("notes")).text == "1 note for the next shift."
    assert (await bench.act("notes", all=True)).table.rows[1][4] == "Ann Apple, 17:55"
    with pytest.raises(Conflict, match="Ann Apple has ticked off note 2"):
        await bench.act("tick", number=2)
    await done(bench, await bench.undo(ticked))
    assert (await bench.act("notes")).text == "2 notes for the next shift."
    with pytest.raises(Conflict, match="open as it is"):
        await bench.act("untick", number=2)
    with pytest.raises(BadInput, match="by Bob Berry"):
        await bench.act("drop_note", number=2)
    await done(bench, await bench.undo(left))
    with pytest.raises(NotFound):
        await bench.act("tick", number=1)
    assert (await bench.act("notes")).text == "1 note for the next shift."


async def test_of_two_who_tick_off_a_note_at_once_one_learns_of_the_other(world) -> None:
    bench, _ = world
    await bench.act("note", text="Call Amina")
    read = await get_note(ctx := await bench.context(writes=True), 1)
    await bench.act("tick", number=1, user=bench.bob)
    with pytest.raises(Conflict, match="at the same moment"):
        await do_keep(ctx, replace(read, done_by="Ann Apple", done_at=NOW), was=read)
    with pytest.raises(Conflict, match="at the same moment"):
        await do_drop(ctx, read)
    assert (await bench.act("notes", all=True)).data[0].done_by == "Bob Berry"


async def test_a_note_says_before_the_yes_what_it_will_do_and_has_words(world) -> None:
    bench, _ = world
    asked = await bench.act("note", via=Via.MODEL, text="Mast is cold")
    assert "Note for the next shift: Mast is cold" in asked.waiting.preview
    for text in (" ", "x" * 501):
        with pytest.raises(BadInput):
            await bench.act("note", text=text)


async def test_a_note_thrown_away_is_the_one_that_was_shown(world) -> None:
    bench, _ = world
    await bench.act("note", text="Mast is cold")
    asked = await bench.act("drop_note", via=Via.MODEL, number=1)
    assert "Note 1: Mast is cold → thrown away" in asked.waiting.preview


async def test_what_is_long_done_is_forgotten(world) -> None:
    bench, _ = world
    await bench.act("note", text="Old")
    await bench.act("tick", number=1)
    bench.now = NOW + timedelta(days=31)
    await bench.act("note", text="New")
    assert [row[0] for row in (await bench.act("notes", all=True)).table.rows] == [2]


async def test_what_was_promised_for_the_next_day_is_handed_over(open_bench) -> None:
    bench, _ = await open_bench("shifts", others=("customers", "tickets", "reminders"))
    for days, what in ((0.1, "call Amina"), (3, "visit the mast")):
        at = (NOW + timedelta(days=days)).isoformat()
        await bench.call("reminders_add", {"at": at, "text": what})
    said = (await bench.act("handover")).text
    assert "- **1 promise to keep**: REM-1001 call Amina (Ann Apple, 20:19)" in said
    bench.now += timedelta(hours=3)
    assert "**1 promise to keep, 1 late**" in (await bench.act("handover")).text
    carl = await bench.person("Carl Cole", (*SHIFTS, "reminders:own"))
    assert "promise" not in (await bench.act("handover", user=carl)).text
