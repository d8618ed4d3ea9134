"""Technicians' visits: nobody at two places at once, the day in driving order, told before, and only by right."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.api import Ambiguous, Area, BadInput, Conflict, NotAllowed, NotFound, Reply
from bot.contract.action import Via
from bot.db import nudges
from bot.testing import Bench
from plugins.visits.port import Visit
from plugins.visits.route import distance, length, ordered
from tests.plugins.building import NOW, Isp

AMINA, GRACE = "100234", "200100"
TEN, NOON = "2026-11-23T10:00:00+01:00", "2026-11-23T12:00:00+01:00"
FIELD = ("visits:read", "visits:write", "customers:read", "tickets:read")


@pytest.fixture
async def world(open_bench: Any) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("visits", others=("customers", "tickets", "network", "email", "billing"))
    for code, region, lat in (("NTH-03", "north", 1.0), ("NTH-04", "north", 1.1), ("STH-01", "south", -4.0)):
        await isp.site(code, region=region, lat=lat, lon=36.0)
    await isp.customer(AMINA, "Amina Bello", site="NTH-03", region="north", phone="+254712", street="12 Road")
    await isp.customer("100300", "Brian Otieno", site="NTH-04", region="north")
    await isp.customer(GRACE, "Grace Otieno", site="STH-01", region="south")
    await isp.ticket("TCK-10100", "No light", AMINA)
    return bench, isp


async def plan(bench: Bench, customer: str = AMINA, at: str = TEN, **more: Any) -> Reply:
    return await bench.act("schedule", customer=customer, at=at, **more)


async def test_scheduled_shown_and_taken_back(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    said = await plan(bench, ticket="TCK-10100", note="swap the ONT")
    assert said.text == "VIS-1001: Ann Apple goes to Amina Bello, Mon 23 Nov 10:00–11:30."
    assert said.facts["Where"].startswith("12 Road") and said.facts["Ticket"] == "TCK-10100"
    card = await bench.call("customers_show", {"customer": AMINA})
    assert "Ann Apple visits 23 Nov 10:00 to 11:30 (VIS-1001)" in card.text
    await bench.undo(said)
    assert "VIS-1001" not in (await bench.call("customers_show", {"customer": AMINA})).text


async def test_whoever_never_drives_is_asked_who_goes(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, technician=bench.bob.email)
    with pytest.raises(BadInput, match="Nobody who drives is free Mon 10:00"):
        await plan(bench, GRACE)
    with pytest.raises(
        BadInput, match=r"Say who goes, for example “… with Bob Berry”. Free Mon 12:00: Bob Berry"
    ):
        await plan(bench, GRACE, NOON)
    own = await bench.act("schedule", user=bench.bob, customer=GRACE, at=NOON)
    assert "Bob Berry goes to Grace Otieno" in own.text


async def test_nobody_is_at_two_places_at_once(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    with pytest.raises(
        Conflict, match=r"Ann Apple has VIS-1001 then, Mon 23 Nov 10:00–11:30. Free: Mon 11:30, Tue 08:00"
    ):
        await plan(bench, GRACE, "2026-11-23T11:00:00+01:00")
    await plan(bench, GRACE, "2026-11-23T11:30:00+01:00")
    await plan(bench, GRACE, TEN, technician=bench.bob.email)
    with pytest.raises(Conflict):
        await bench.act("move", visit="VIS-1002", at=TEN)
    with pytest.raises(Conflict, match="Bob Berry has"):
        await bench.act("assign", visit="VIS-1001", to=bench.bob.email)


async def test_who_names_nobody_is_told_that_they_go_themselves(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    own = "You named nobody, so you go yourself."
    alone = await plan(bench, via=Via.MODEL)
    assert alone.waiting is not None and own in alone.waiting.preview
    named = await plan(bench, via=Via.MODEL, technician=bench.bob.email)
    assert named.waiting is not None and own not in named.waiting.preview


async def test_two_at_the_same_moment_do_not_overlap_either(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    tried = await asyncio.gather(
        *(plan(bench, one) for one in (AMINA, GRACE, "100300")), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in tried) == 2
    assert await isp.count("isp_visits") == 1


@pytest.mark.parametrize(
    ("at", "minutes", "wrong"),
    [
        (NOW.isoformat(), 60, "is past"),
        ((NOW + timedelta(days=200)).isoformat(), 60, "120 days"),
        ("2026-11-23T00:00:00+01:00", 60, "at what hour"),
        (TEN, 5, "between 15 minutes"),
    ],
)
async def test_times_that_cannot_be(world: tuple[Bench, Isp], at: str, minutes: int, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        await plan(world[0], at=at, minutes=minutes)


async def test_free_times_are_offered_and_one_press_takes_one(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match="Name a technician"):
        await bench.act("free")
    await plan(bench)
    found = await bench.act("free", customer=GRACE, at="2026-11-23")
    assert found.table and found.table.rows[:2] == [
        ("Mon 23 Nov", "08:00–09:30", "Ann Apple"),
        ("Mon 23 Nov", "11:30–13:00", "Ann Apple"),
    ]
    made = await bench.press(found.buttons[0])
    assert "Mon 23 Nov 08:00–09:30" in made.text
    sunday = await bench.act("free", technician=bench.ann.email, at="2026-11-22T10:00:00+01:00")
    assert sunday.table and sunday.table.rows[0][0] == "Mon 23 Nov"


async def test_from_free_text_it_waits_for_a_yes_with_a_preview(world: tuple[Bench, Isp]) -> None:
    asked = await world[0].act("schedule", via=Via.MODEL, customer=AMINA, at=TEN)
    assert asked.waiting and "Ann Apple goes to Amina Bello (100234), 12 Road" in asked.waiting.preview


async def test_the_day_goes_on_step_by_step_with_a_way_back(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, ticket="TCK-10100")
    for step in ("on_the_way", "on_site"):
        said = await bench.act(step, visit="VIS-1001")
        assert step.replace("_", " ") in said.text
    with pytest.raises(Conflict, match="on site already"):
        await bench.act("on_site", visit="VIS-1001")
    over = await bench.act("done", visit="VIS-1001", note="ONT swapped")
    assert over.buttons[0].args == {"ticket": "TCK-10100"} and over.facts["Note"] == "ONT swapped"
    with pytest.raises(Conflict, match="done already"):
        await bench.act("cancel", visit="VIS-1001")
    await bench.undo(over)
    assert "missed" in (await bench.act("missed", visit="VIS-1001", reason="nobody home")).text


async def test_my_route_keeps_the_hours_and_shortens_the_way_between(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, GRACE, TEN, minutes=30)
    await plan(bench, AMINA, NOON)
    said = await bench.act("route", at=TEN)
    assert [one.number for one in said.data] == ["VIS-1001", "VIS-1002"]
    assert "You have 2 visits on 23 Nov, in driving order, about 556 km between their sites." in said.text
    assert said.evidence[-1].source == "coordinates of sites, as the crow flies"
    assert "You have no visits today" in (await bench.act("route")).text
    blind = await bench.person("Bella Blind", FIELD)
    assert (
        "2 of them have no coordinates"
        in (await bench.act("route", user=blind, technician=bench.ann.email, at=TEN)).text
    )


async def test_it_is_told_before_as_it_is_now_and_once(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await plan(bench)
    await bench.run_job("tell")
    assert await isp.count("nudges") == 0
    bench.now = datetime.fromisoformat(TEN) - timedelta(minutes=50)
    await asyncio.gather(*(bench.run_job("tell") for _ in range(4)))
    assert await isp.count("nudges") == 1
    await bench.act("move", visit="VIS-1001", at=(bench.now + timedelta(minutes=55)).isoformat())
    await bench.run_job("tell")
    assert await isp.count("nudges") == 1, "the newer one instead"
    assert await isp.count("nudges", "key = 'visits:VIS-1001:1'") == 1


async def test_the_customer_is_told_by_an_e_mail_somebody_says_yes_to(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await plan(bench)
    draft = await bench.act("notice", visit="VIS-1001")
    assert "> Dear Amina Bello," in draft.text and f"> {bench.tenant.name}" in draft.text
    assert (
        "> our technician Ann Apple visits you on Monday 23 November between 10:00 and 11:30." in draft.text
    )
    assert draft.buttons[0].action_id == "email_send" and await isp.count("isp_emails") == 0


async def told(bench: Bench) -> dict[str, list[str]]:
    async with bench.database.tenant(bench.tenant.id) as session:
        return {
            user.name: [
                one["text"] for one in await nudges.do_take(session, user.id, "terminal", bench.now, 9)
            ]
            for user in (bench.ann, bench.bob)
        }


async def test_the_day_before_who_planned_a_visit_is_asked_to_tell_the_customer(
    world: tuple[Bench, Isp],
) -> None:
    bench, isp = world
    await plan(bench, technician=bench.bob.email)
    await plan(bench, "100300", NOON, technician=bench.ann.email)
    await plan(bench, GRACE, "2026-11-24T10:00:00+01:00", technician=bench.ann.email)
    bench.now = datetime.fromisoformat("2026-11-22T14:30:00+01:00")
    await bench.run_job("ask")
    assert await told(bench) == {"Ann Apple": [], "Bob Berry": []}, "not yet"
    bench.now += timedelta(hours=1)
    await asyncio.gather(*(bench.run_job("ask") for _ in range(3)))
    said = await told(bench)
    assert said["Bob Berry"] == [] and len(said["Ann Apple"]) == 2, "each area by itself"
    assert min(said["Ann Apple"]) == (
        "You planned 1 visit on Mon 23 Nov that no customer was written about:\n"
        "- 10:00 Amina Bello (100234), VIS-1001"
    )
    await bench.run_job("ask")
    assert (await told(bench))["Ann Apple"] == []
    await isp.insert(
        "isp_emails", customer_id=isp.ids[GRACE], to_address="grace@x.example", status="sent", by="ann",
        subject="Our visit on Tuesday 24 November", body="Dear Grace", at=bench.now,
    )  # fmt: skip
    bench.now += timedelta(days=1)
    await bench.run_job("ask")
    assert (await told(bench))["Ann Apple"] == [], "she was written to"


@pytest.mark.parametrize(
    ("mail", "asked"),
    [
        ({}, False),
        ({"body": "between 10:00 and 11:30"}, False),
        ({"subject": "Our visit on Wednesday 25 November"}, True),
        ({"body": "between 14:00 and 15:30"}, True),
        ({"status": "failed"}, True),
        ({"status": "bounced"}, True),
        ({"status": "queued", "at": NOW - timedelta(hours=3)}, True),
    ],
)
async def test_a_mail_that_did_not_leave_or_tells_another_time_does_not_count(
    world: tuple[Bench, Isp], mail: dict[str, Any], asked: bool
) -> None:
    bench, isp = world
    await plan(bench)
    bench.now = datetime.fromisoformat("2026-11-22T15:30:00+01:00")
    row = {"status": "sent", "body": "Dear Amina", "at": bench.now} | mail
    row |= {"at": bench.now} if "at" not in mail else {"at": bench.now - timedelta(hours=3)}
    await isp.insert(
        "isp_emails", customer_id=isp.ids[AMINA], to_address="a@x.example", by="ann",
        **({"subject": "Our visit on Monday 23 November"} | row),
    )  # fmt: skip
    await isp.insert("isp_emails", customer_id=isp.ids[AMINA], to_address="a@x.example", by="ann", status="sent",
                     subject="Your invoice", body="x", at=bench.now)  # fmt: skip
    await bench.run_job("ask")
    assert bool((await told(bench))["Ann Apple"]) is asked


async def test_an_hour_alone_is_one_of_the_visits_own_day(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, at="2026-11-24T10:00:00+01:00")
    moved = await bench.act("move", visit="VIS-1001", hour="14:00")
    assert moved.text.startswith("VIS-1001 is Tue 24 Nov 14:00")
    later = await bench.act("move", visit="VIS-1001", by="PT1H")
    assert later.text.startswith("VIS-1001 is Tue 24 Nov 15:00")
    sooner = await bench.act("move", visit="VIS-1001", by="PT2H", earlier=True)
    assert sooner.text.startswith("VIS-1001 is Tue 24 Nov 13:00")
    for two in ({"by": "PT1H", "hour": "09:00"}, {"hour": "09:00", "at": "2026-11-25T14:00:00+01:00"}):
        with pytest.raises(BadInput, match="more than one way"):
            await bench.act("move", visit="VIS-1001", **two)
    await bench.act("move", visit="VIS-1001", hour="14:00")
    with pytest.raises(Ambiguous) as asked:
        await bench.act("move", visit="VIS-1001")
    assert asked.value.choices[0].words.startswith("visits move VIS-1001 at=2026-11-24T")


async def test_another_day_keeps_its_hour_only_where_that_is_said(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    tuesday = "2026-11-24T00:00:00+01:00"
    with pytest.raises(Ambiguous, match=r"When on Tue 24 Nov is VIS-1001 .* Say an hour") as asked:
        await bench.act("move", visit="VIS-1001", at=tuesday)
    assert [one.label for one in asked.value.choices][:2] == ["Tue 24 Nov 10:00", "Tue 24 Nov 08:00"]
    moved = await bench.act("move", visit="VIS-1001", at=tuesday, same_time=True)
    assert moved.text == "VIS-1001 is Tue 24 Nov 10:00–11:30 now."


async def test_the_visits_of_a_week_are_all_of_them_day_by_day(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, AMINA, "2026-11-24T10:00:00+01:00")
    await plan(bench, GRACE, TEN)
    said = await bench.act("route", at="2026-11-23T00:00:00+01:00", until="2026-11-30T00:00:00+01:00")
    assert said.text.startswith("You have 2 visits from 23 Nov to 29 Nov, in driving order.")
    assert [one.number for one in said.data] == ["VIS-1002", "VIS-1001"]


async def test_whoever_is_on_site_sets_off_to_another_visit(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    bench.now = datetime.fromisoformat("2026-11-23T08:20:00+01:00")
    await plan(bench)
    await plan(bench, GRACE, "2026-11-23T13:00:00+01:00")
    await bench.act("on_site", visit="VIS-1001")
    with pytest.raises(Ambiguous, match="You are on site at VIS-1001") as asked:
        await bench.act("on_the_way", visit="VIS-1001")
    assert [one.words for one in asked.value.choices] == ["visits on_the_way VIS-1002"]
    with pytest.raises(Conflict, match="Ann Apple is on site at VIS-1001"):
        await bench.act("on_the_way", visit="VIS-1001", user=bench.bob)


async def test_on_my_way_and_arrived_are_of_ones_next_visit(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    bench.now = datetime.fromisoformat("2026-11-23T08:20:00+01:00")
    with pytest.raises(NotFound, match="no visit left today"):
        await bench.act("on_the_way")
    await plan(bench)
    await plan(bench, GRACE, "2026-11-23T13:00:00+01:00")
    assert (await bench.act("on_the_way")).text == "VIS-1001 at Amina Bello is on the way."
    assert (await bench.act("on_site")).text == "VIS-1001 at Amina Bello is on site."
    assert (await bench.act("on_the_way")).text == "VIS-1002 at Grace Otieno is on the way."


async def test_my_next_visit_is_the_first_that_is_not_over(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    bench.now = datetime.fromisoformat("2026-11-23T09:00:00+01:00")
    await plan(bench)
    await plan(bench, "100300", NOON)
    assert "VIS-1001" in (await bench.act("show", visit="my first visit")).text
    await bench.act("done", visit="my next visit")
    with pytest.raises(Conflict, match="VIS-1001 is done already"):
        await bench.act("done", visit="my first visit")
    assert "VIS-1002" in (await bench.act("show", visit="my second visit")).text
    assert "VIS-1002" in (await bench.act("show", visit="my next visit")).text
    with pytest.raises(NotFound):
        await bench.act("show", user=bench.bob, visit="my next visit")


async def test_free_times_around_a_site_are_those_of_who_drives_there(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, technician=bench.bob.email)
    await plan(bench, GRACE, NOON, technician=bench.ann.email)
    free = await bench.act("free", site="NTH-04", at="2026-11-23")
    assert free.text == "Free times around NTH-04 POP, the earliest first:"
    assert {row[2] for row in free.table.rows} == {"Bob Berry"}


async def test_whether_somebody_is_free_at_an_hour_is_said_first(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    said = (await bench.act("free", technician=bench.ann.email, at="2026-11-23T11:00:00+01:00")).text
    assert said.startswith("Ann Apple has VIS-1001 then, Mon 23 Nov 10:00–11:30. Free times")
    said = (await bench.act("free", technician=bench.ann.email, at="2026-11-23T12:00:00+01:00")).text
    assert said.startswith("Ann Apple is free Mon 23 Nov 12:00. Free times")


async def test_the_visits_of_several_days_are_one_list(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    await plan(bench, GRACE, "2026-11-25T10:00:00+01:00")
    assert (await bench.act("board", at=TEN)).text == "1 visit on 23 Nov."
    week = await bench.act("board", at="2026-11-23T00:00:00+01:00", until="2026-11-26T00:00:00+01:00")
    assert week.text == "2 visits from 23 Nov to 25 Nov."


async def test_whose_region_it_is_not_hears_only_that_somebody_is_not_free(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    south = await bench.person("Saul South", FIELD, area=Area(region=frozenset({"south"})))
    said = await bench.act("free", user=south, technician=bench.ann.email, at="2026-11-23T11:00:00+01:00")
    assert said.text.startswith("Ann Apple is not free Mon 23 Nov 11:00. Free times")
    with pytest.raises(Conflict) as taken:
        await bench.act("schedule", user=south, customer=GRACE, at=TEN, technician=bench.ann.email)
    assert "VIS-" not in str(taken.value)
    late = await bench.act("free", technician=bench.ann.email, at="2026-11-29T03:00:00+01:00")
    assert late.text.startswith("Ann Apple has no visit Sun 29 Nov 03:00, but that is outside working hours.")


async def test_a_cut_board_does_not_say_that_it_is_all(
    world: tuple[Bench, Isp], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, _ = world
    await plan(bench)
    await plan(bench, GRACE, NOON)
    monkeypatch.setattr("plugins.visits.listing.MOST", 1)
    assert (await bench.act("board", at=TEN)).text == "The first 1 visits on 23 Nov; there are more."
    later = await bench.act("board", customer=GRACE, at="2026-12-20T00:00:00+01:00")
    assert later.text == "No visits of Grace Otieno on 20 Dec."


async def test_rights_and_regions(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    await plan(bench, GRACE, NOON)
    south = await bench.person("Saul South", FIELD, area=Area(region=frozenset({"south"})))
    seen = await bench.act("board", user=south, at=TEN)
    assert [one.number for one in seen.data] == ["VIS-1002"]
    with pytest.raises(NotFound):
        await bench.act("show", user=south, visit="VIS-1001")
    with pytest.raises(NotFound):
        await plan(bench, AMINA, user=south)
    with pytest.raises(Conflict):
        await plan(bench, GRACE, TEN, user=south, technician=bench.ann.email)
    with pytest.raises(NotAllowed):
        await bench.act("board", user=bench.eve)
    assert len((await bench.act("board", customer=AMINA)).data) == 1


def visit(number: str, site: str, start: int, end: int) -> Visit:
    return Visit(
        number=number, customer=number, customer_name=number, technician="t", technician_name="T",
        starts_at=NOW + timedelta(hours=start), ends_at=NOW + timedelta(hours=end), made_at=NOW, made_by="x",
        site=site,
    )  # fmt: skip


def test_within_one_window_the_way_is_the_short_one() -> None:
    places = {"A": (0.0, 0.0), "B": (0.0, 1.0), "C": (0.0, 2.0), "D": (0.0, 3.0)}
    mixed = [visit(str(nr), site, 0, 8) for nr, site in enumerate("ACBD")]
    assert [one.site for one in ordered(mixed, places)] == ["A", "B", "C", "D"]
    assert round(length(ordered(mixed, places), places)) == 334
    fixed = [visit("1", "A", 0, 1), visit("2", "D", 1, 2), visit("3", "B", 2, 3)]
    assert [one.site for one in ordered(fixed, places)] == ["A", "D", "B"], "hours come first"
    assert ordered([], places) == []
    assert round(distance((0, 0), (0, 1)), 1) == 111.2


async def test_those_who_drive_there_anyway_are_offered_first(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, AMINA)
    await plan(bench, GRACE, technician=bench.bob.email)
    for customer, name in ((AMINA, "Ann Apple"), (GRACE, "Bob Berry")):
        found = await bench.act("free", customer=customer, at=TEN)
        assert {row[2] for row in found.table.rows} == {name}
    assert {row[2] for row in (await bench.act("free", at=TEN)).table.rows} == {"Ann Apple", "Bob Berry"}


async def test_the_hour_that_was_named_counts(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench, technician=bench.bob.email)
    free = await bench.act("free", site="NTH-04", at=NOON)
    assert free.text.startswith("Free Mon 23 Nov 12:00: Bob Berry. ")
    assert free.table and free.table.rows[0] == ("Mon 23 Nov", "12:00–13:30", "Bob Berry")
    taken = await bench.act("free", site="NTH-04", at=TEN)
    assert taken.text.startswith("Nobody is free Mon 23 Nov 10:00. ")
    assert taken.table and taken.table.rows[0][1] == "11:30–13:00", "nothing before the hour that was named"
    late = await bench.act("free", site="NTH-04", at="2026-11-23T20:00:00+01:00")
    assert "outside working hours" in late.text
    with pytest.raises(BadInput, match="The next times: Mon 11:30 Bob Berry; Tue 08:00 Bob Berry"):
        await plan(bench, GRACE)


async def test_who_is_late_says_it_once_to_all_it_is_about(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    bench.now = datetime.fromisoformat("2026-11-23T09:20:00+01:00")
    with pytest.raises(NotFound, match="no visit left today"):
        await bench.act("late", delay="30m", user=bench.bob)
    await plan(bench, ticket="TCK-10100", technician=bench.bob.email)
    await plan(bench, GRACE, "2026-11-23T11:45:00+01:00", technician=bench.bob.email)
    asked_first = await bench.act("late", delay="30m", reason="traffic", user=bench.bob)
    assert asked_first.waiting, "it tells people, so that cannot be taken back"
    said = await bench.approve(asked_first, user=bench.bob)
    assert said.text.startswith(
        "VIS-1001 at Amina Bello: Bob Berry is about 30 min late, there at about 10:30: traffic. "
        "It is on TCK-10100 too. Ann Apple, who planned it, is told. ⚠ VIS-1002 at Grace Otieno"
    )
    assert "09:20 Bob Berry is about 30 min late" in (await bench.act("show", visit="VIS-1001")).facts["Note"]
    assert (await bench.act("show", visit="VIS-1001")).facts["When"].endswith("10:00–11:30"), (
        "as it was agreed"
    )
    ticket = await bench.call("tickets_show", {"ticket": "TCK-10100"})
    assert ticket.table and "VIS-1001: Bob Berry is about 30 min late" in ticket.table.rows[-1][3]
    async with bench.database.tenant(bench.tenant.id) as session:
        told = [one["text"] for one in await nudges.do_take(session, bench.ann.id, "terminal", bench.now, 9)]
    assert told == [
        "VIS-1001 at Amina Bello (100234): Bob Berry is about 30 min late, there at about 10:30: traffic."
    ]
    for clock, delay, words in (
        ("09:30", "1h", "about 1 h late, there at about 11:00"),
        ("10:45", "30m", "about 1 h 15 min late, there at about 11:15"),
    ):
        bench.now = datetime.fromisoformat(f"2026-11-23T{clock}:00+01:00")
        again = await bench.act("late", delay=delay, visit="VIS-1001", user=bench.bob)
        again = await bench.approve(again, user=bench.bob)
        assert words in again.text and "is told" in again.text
        if delay == "30m":
            mail = again.buttons[0].args["text"]
            assert "with you at about 11:15" in mail
    async with bench.database.tenant(bench.tenant.id) as session:
        told = [one["text"] for one in await nudges.do_take(session, bench.ann.id, "terminal", bench.now, 9)]
    assert [one.partition("Berry is ")[2] for one in told] == [
        "about 1 h 15 min late, there at about 11:15."
    ], "the newest word alone"
    await bench.act("on_site", visit="VIS-1001", user=bench.bob)
    with pytest.raises(Conflict, match="on site at VIS-1001 already"):
        await bench.act("late", delay="30m", visit="VIS-1001")
    with pytest.raises(Ambiguous, match="late for the next one") as asked:
        await bench.act("late", delay="30m", visit="VIS-1001", reason="traffic", user=bench.bob)
    assert asked.value.choices[0].label.startswith("VIS-1002 at Grace Otieno")
    assert asked.value.choices[0].words == 'visits late 30m visit=VIS-1002 reason="traffic"'
    with pytest.raises(BadInput, match="how late"):
        await bench.act("late", delay="9h", visit="VIS-1002")


async def test_my_first_visit_is_none_that_was_cancelled(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    bench.now = datetime.fromisoformat("2026-11-23T07:00:00+01:00")
    await plan(bench)
    await plan(bench, GRACE, NOON)
    await bench.act("cancel", visit="VIS-1001")
    assert (await bench.act("show", visit="my first visit")).data.number == "VIS-1002"


async def test_a_missed_visit_that_is_to_be_tried_again_offers_when(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await plan(bench)
    call = {"visit": "VIS-1001", "reason": "nobody home, try again tomorrow"}
    none = "No new visit is planned by that. After your yes I show when Ann Apple can go again"
    asked = await bench.act("missed", via=Via.MODEL, **call)
    assert asked.waiting is not None and none in asked.waiting.preview
    other = await bench.act("missed", via=Via.MODEL, visit="VIS-1001", reason="nobody home")
    assert other.waiting is not None and none not in other.waiting.preview
    (again,) = (await bench.act("missed", **call)).buttons
    assert (again.action_id, again.args["customer"]) == ("visits_free", AMINA)
    assert (await bench.call(again.action_id, again.args)).table.rows
