"""What people promise by a time: kept, listed, told when due and until it is done, and only to whom it concerns."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.api import Area, BadInput, Conflict, NotAllowed, NotFound, Reply
from bot.contract.action import Via
from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.core import grants
from bot.core.grants import grant
from bot.core.nudging import with_nudges
from bot.core.question import Question
from bot.db.grants import NewGrant
from bot.testing import Bench
from plugins.connectors.local.reminders import LocalReminders
from plugins.reminders.port import ReminderPage
from plugins.reminders.promised import promised_in
from plugins.reminders.settings import Settings, after_quiet, at_work
from tests.plugins.building import NOW, Isp, ago

AMINA = "100234"
IN_TWO_HOURS = (NOW + timedelta(hours=2)).isoformat()
OWN = ("reminders:own", "customers:read", "tickets:read")


class Killed(BaseException):
    """Ends a step as kill -9 would: nothing after it happens."""


@pytest.fixture
async def world(open_bench: Any) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("reminders", others=("customers", "tickets"))
    await isp.plan()
    for code, region in (("NTH-03", "north"), ("STH-01", "south")):
        await isp.site(code, region=region)
    await isp.customer(AMINA, "Amina Bello", site="NTH-03", region="north")
    await isp.customer("200100", "Grace Otieno", site="STH-01", region="south")
    await isp.ticket("TCK-10100", "No light", AMINA)
    return bench, isp


async def add(bench: Bench, user: User | None = None, **args: Any) -> Reply:
    return await bench.act("add", user=user, **{"at": IN_TWO_HOURS, "text": "call back", **args})


async def told(bench: Bench, user: User) -> str:
    """Return what a person hears beside their next answer."""
    question = Question(
        tenant=bench.tenant, user=user, words="hi", thread="t", surface="terminal",
        place=Place(surface="terminal", kind=PlaceKind.DIRECT),
    )  # fmt: skip

    class Desk:
        database = bench.database
        around = bench.around

    desk: Any = Desk()
    return (await with_nudges(desk, question, Reply("-"))).text.removeprefix("-").strip()


async def test_a_promise_is_kept_with_its_customer_and_can_be_taken_back(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    said = await add(bench, customer=AMINA, ticket="TCK-10100")
    assert said.text == (
        "REM-1001: I remind you Fri 20 Nov 19:55 (in 2 h): call back, Amina Bello (100234), TCK-10100."
    )
    assert said.focus == {"reminder": "REM-1001", "customer": AMINA, "ticket": "TCK-10100"}
    mine = await bench.act("mine")
    assert mine.table and mine.table.rows == [
        ("REM-1001", "call back, Amina Bello (100234), TCK-10100", "Fri 20 Nov 19:55", "in 2 h")
    ]
    await bench.undo(said)
    assert "You have no reminder" in (await bench.act("mine")).text


async def test_whoever_the_words_name_is_found(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    assert (await add(bench, text="to call Amina Bello")).data.customer == AMINA
    assert (await add(bench, text="ring 200100 about the router")).data.customer == "200100"
    assert (await add(bench, text="check the mast")).data.customer is None
    assert (await add(bench, text="", customer=AMINA)).data.text == "call Amina Bello back"
    narrow = await bench.person("Nora North", OWN, area=Area(region=frozenset({"north"})))
    assert (await add(bench, narrow, text="call 200100")).data.customer is None


async def test_ones_own_about_nobody_is_theirs_whatever_their_region(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    nora = await bench.person("Nora North", OWN, area=Area(region=frozenset({"north"})))
    said = await add(bench, nora, text="return the ladder")
    moved = await bench.act("move", reminder="REM-1001", at=(NOW + timedelta(hours=3)).isoformat(), user=nora)
    assert moved.text.startswith("REM-1001 is due Fri 20 Nov 20:55 now")
    sue = await bench.person("Sue South", OWN, area=Area(region=frozenset({"south"})))
    with pytest.raises(NotFound):
        await bench.act("done", reminder="REM-1001", user=sue)
    await bench.undo(said, user=nora)
    assert "no reminder" in (await bench.act("mine", user=nora)).text


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (ago(minutes=5), "is past"),
        (NOW + timedelta(days=400), "more than a year"),
        (datetime.fromisoformat("2026-11-20T00:00:00+01:00"), "at what time today"),
    ],
)
async def test_a_time_that_cannot_be_is_said(world: tuple[Bench, Isp], at: datetime, wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        await add(world[0], at=at.isoformat())


async def test_nothing_to_remember_and_too_much_of_it(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match="Say of what"):
        await add(bench, text=" ")
    with pytest.raises(BadInput, match="300 fit"):
        await add(bench, text="x" * 301)


async def test_from_free_text_it_waits_for_a_yes_with_a_preview(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    asked = await bench.act("add", via=Via.MODEL, at=IN_TWO_HOURS, text="call Amina Bello")
    assert asked.waiting
    assert "Fri 20 Nov 19:55 (in 2 h): call Amina Bello, account 100234" in asked.waiting.preview


async def test_it_is_told_when_due_again_and_not_in_the_quiet_hours(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, customer=AMINA)
    await bench.run_job("nag")
    assert await told(bench, bench.ann) == ""
    bench.now += timedelta(hours=2, minutes=5)  # 20:00, when the quiet begins; what is due is still said
    for _ in range(3):
        await bench.run_job("nag")
    assert await told(bench, bench.bob) == "", "nobody else's business"
    heard = await told(bench, bench.ann)
    assert heard.startswith(
        "⏰ It is time, REM-1001: call back, Amina Bello (100234). You said Fri 20 Nov 19:55. Done? "
        "Say `reminders done REM-1001`, `reminders move REM-1001 in 30 minutes`"
    )
    assert await told(bench, bench.ann) == "", "once"
    bench.now += timedelta(hours=2)
    await bench.run_job("nag")
    assert await told(bench, bench.ann) == "", "quiet"
    bench.now += timedelta(hours=9)  # 07:00
    await bench.run_job("nag")
    assert "Still open, REM-1001" in await told(bench, bench.ann)


async def test_it_is_told_so_often_and_then_no_more(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await bench.set(times="2", escalate_role="")
    await add(bench)
    bench.now += timedelta(hours=14)
    heard = []
    for _ in range(4):
        await bench.run_job("nag")
        heard.append(await told(bench, bench.ann))
        bench.now += timedelta(minutes=31)
    assert [bool(one) for one in heard] == [True, True, False, False]
    assert await isp.count("nudges") == 2


async def test_what_was_not_heard_is_said_in_its_latest_words_only(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench)
    bench.now += timedelta(hours=14)
    for _ in range(3):
        await bench.run_job("nag")
        bench.now += timedelta(minutes=31)
    assert (await told(bench, bench.ann)).count("REM-1001:") == 1


@pytest.mark.parametrize("ending", ["done", "cancel"])
async def test_what_is_over_is_not_said_any_more(world: tuple[Bench, Isp], ending: str) -> None:
    bench, _ = world
    await add(bench)
    bench.now += timedelta(hours=3)
    await bench.run_job("nag")
    over = await bench.act(ending, reminder="REM-1001")
    await bench.run_job("nag")
    assert await told(bench, bench.ann) == ""
    with pytest.raises(Conflict, match="already"):
        await bench.act(ending, reminder="REM-1001")
    await bench.undo(over)
    await bench.run_job("nag")
    assert "REM-1001" in await told(bench, bench.ann), "open again, and late"


async def test_moved_it_is_told_at_the_new_time_even_if_that_was_the_old_one(
    world: tuple[Bench, Isp],
) -> None:
    bench, _ = world
    await add(bench)
    later = NOW + timedelta(hours=3)
    moved = await bench.act("move", reminder="REM-1001", at=later.isoformat())
    assert "Fri 20 Nov 20:55 now (in 3 h)" in moved.text
    await bench.undo(moved)
    bench.now += timedelta(hours=2)
    await bench.run_job("nag")
    assert "REM-1001" in await told(bench, bench.ann)
    late = await bench.act("move", reminder="REM-1001", at=(bench.now + timedelta(hours=1)).isoformat())
    assert late.undo is None, "what is past cannot be gone back to"
    with pytest.raises(BadInput, match="is past"):
        await bench.act("move", reminder="REM-1001", at=NOW.isoformat())


@pytest.mark.parametrize("step", ["note_told", "note_escalated"])
async def test_killed_before_it_is_noted_it_is_still_said_once(
    world: tuple[Bench, Isp], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, isp = world
    await add(bench)
    await grant(
        bench.database,
        bench.tenant,
        NewGrant(user_id=bench.bob.id, role="admin", by="x"),
        giver=None,
        now=NOW,
    )
    bench.now += timedelta(hours=14 if step == "note_escalated" else 2)

    async def die(*_: Any) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(LocalReminders, step, die)
        for _ in range(2):
            with pytest.raises(Killed):
                await bench.run_job("nag")
    await bench.run_job("nag")
    assert await isp.count("nudges", "key like '%:0:0'") == 1
    assert await isp.count("nudges", "key like '%:late:%'") == (step == "note_escalated")


async def test_many_processes_say_it_once(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    for _ in range(5):
        await add(bench)
    bench.now += timedelta(hours=2)
    await asyncio.gather(*(bench.run_job("nag") for _ in range(6)))
    assert await isp.count("nudges") == 5
    assert await isp.count("isp_staff_reminders", "nags = 1") == 5


async def test_a_lead_is_told_in_the_end_if_they_may_see_it(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, customer=AMINA)
    north = await bench.person("Nina Lead", ("reminders:own",))
    south = await bench.person("Saul Lead", ("reminders:own",))
    for person, region in ((north, "north"), (south, "south")):
        new = NewGrant(user_id=person.id, role="admin", by="x", area=Area(region=frozenset({region})))
        await grant(bench.database, bench.tenant, new, giver=None, now=NOW)
    bench.around.forget()
    bench.now += timedelta(hours=14, minutes=5)
    await bench.run_job("nag")
    await bench.run_job("nag")
    north, south = [await bench.around.user(one.id, fresh=True) for one in (north, south)]
    heard = await told(bench, north)
    assert (
        "Ann Apple is late with REM-1001: call back, Amina Bello (100234). It was due Fri 20 Nov 19:55."
        in heard
    )
    assert await told(bench, south) == "", "not their region"


async def test_a_colleague_it_is_handed_to_is_told(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, customer=AMINA)
    carl = await bench.person("Carl Cole", OWN)
    said = await bench.act("hand", reminder="REM-1001", to=carl.email)
    assert said.text.startswith("REM-1001 is with Carl Cole now")
    assert (
        "Ann Apple handed you REM-1001: call back, Amina Bello (100234), due Fri 20 Nov 19:55."
        in await told(bench, carl)
    )
    assert (await bench.act("mine", user=carl)).data.total == 1
    with pytest.raises(Conflict, match="with Carl Cole already"):
        await bench.act("hand", reminder="REM-1001", to=carl.email)
    await bench.undo(said)
    assert (await bench.act("mine")).data.total == 1


async def test_a_colleague_can_be_reminded_and_hears_of_it_at_once(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    carl = await bench.person("Carl Cook", OWN)
    said = await add(bench, to=carl.email, text="call Amina Bello")
    assert said.text == (
        "REM-1001: I remind Carl Cook Fri 20 Nov 19:55 (in 2 h): call Amina Bello, account 100234. "
        "They hear of it now."
    )
    assert await told(bench, carl) == (
        "⏰ Ann Apple set you a reminder, REM-1001: call Amina Bello, account 100234. I remind you Fri 20 Nov "
        "19:55."
    )
    assert (await bench.act("mine")).data.total == 0
    assert (await bench.act("mine", user=carl)).data.total == 1
    south = await bench.person("Sue South", OWN, area=Area(region=frozenset({"south"})))
    with pytest.raises(NotAllowed, match="Remind yourself"):
        await add(bench, to=south.email, customer=AMINA)
    own = await add(bench, to=bench.ann.email)
    assert own.text.startswith("REM-1002: I remind you ") and await told(bench, bench.ann) == ""


async def test_what_was_given_can_be_taken_back_for_a_while_and_leaves_room(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    carl = await bench.person("Carl Cook", OWN)
    pia = await bench.person("Pia Pine", OWN)
    given = await add(bench, user=pia, to=carl.email)
    other = await bench.person("Olu Oak", OWN)
    with pytest.raises(NotFound):
        await bench.act("cancel", user=other, reminder="REM-1001")
    await bench.undo(given, user=pia)
    assert (await bench.act("mine", user=carl)).data.total == 0
    await add(bench, user=pia, to=carl.email)
    bench.now += timedelta(minutes=31)
    with pytest.raises(NotFound):
        await bench.act("cancel", user=pia, reminder="REM-1002")
    async with isp.sql() as session:
        await session.execute(
            text(
                "insert into isp_staff_reminders (number, text, at, owner, owner_name, made_at, made_by) "
                "select 'REM-' || n, 'x', now(), :owner, 'Carl', now(), 'Pia Pine' "
                "from generate_series(2001, 2300) n"
            ),
            {"owner": carl.email},
        )
    with pytest.raises(Conflict, match="that you gave Carl Cook are open"):
        await add(bench, user=pia, to=carl.email)
    assert (await add(bench, user=carl)).data.owner == carl.email, "his own are not full by that"


async def test_nobody_is_handed_what_they_may_not_see(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, customer=AMINA)
    south = await bench.person("Saul South", OWN, area=Area(region=frozenset({"south"})))
    with pytest.raises(NotAllowed, match="may not see"):
        await bench.act("hand", reminder="REM-1001", to=south.email)
    assert (await bench.act("mine")).data.total == 1


async def test_nobody_is_reminded_of_what_they_may_not_see_any_more(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    area = Area(region=frozenset({"north"}))
    nora = await bench.person("Nora North", OWN, area=area)
    await add(bench, nora, customer=AMINA)
    await add(bench, nora, text="water the plants")
    (held,) = await grants.find(bench.database, bench.tenant, bench.now, user_id=nora.id)
    moved = NewGrant(user_id=nora.id, role=held.role, by="x", area=Area(region=frozenset({"south"})))
    await grants.revoke(bench.database, bench.tenant, held.id, giver=None, by="x", now=bench.now)
    await grant(bench.database, bench.tenant, moved, giver=None, now=bench.now)
    bench.around.forget()
    bench.now += timedelta(hours=2, minutes=1)
    await bench.run_job("nag")
    heard = await told(bench, nora)
    assert "water the plants" in heard and "Amina" not in heard


async def test_ones_own_and_the_teams_are_different_rights(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    carl = await bench.person("Carl Cole", OWN)
    dora = await bench.person("Dora Desk", OWN)
    lead = await bench.person("Lea Lead", (*OWN, "reminders:team"), area=Area(region=frozenset({"south"})))
    await add(bench, carl, customer=AMINA)
    await add(bench, carl, customer="200100")
    await add(bench, carl, text="water the plants")
    with pytest.raises(NotAllowed):
        await bench.act("team", user=dora)
    for number in ("REM-1001", "REM-1003"):
        with pytest.raises(NotFound):
            await bench.act("done", user=dora, reminder=number)
    assert (await bench.act("team")).data.total == 3
    seen: ReminderPage = (await bench.act("team", user=lead)).data
    assert {one.number for one in seen.reminders} == {"REM-1002", "REM-1003"}, "her region, and nobody's"
    with pytest.raises(NotFound):
        await bench.act("done", user=lead, reminder="REM-1001")
    await bench.act("done", user=lead, reminder="REM-1002")
    with pytest.raises(NotAllowed):
        await add(bench, bench.eve)


async def test_lists_narrow(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, customer=AMINA)
    await add(bench, customer="200100", at=(NOW + timedelta(days=3)).isoformat())
    assert (await bench.act("mine", customer=AMINA)).data.total == 1
    assert (await bench.act("team", until="2026-11-20T00:00:00+01:00")).data.total == 1
    bench.now += timedelta(hours=3)
    late = await bench.act("mine", late=True)
    assert late.text == "Yours: 1 reminder, **1 late**."
    assert late.table and late.table.rows[0][-1] == "late: 1 h ago"
    assert (await bench.act("team", late=True, colleague=bench.ann.email)).data.total == 1


async def test_found_by_number_or_ones_own_words(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    await add(bench, text="call Amina Bello about the router")
    await add(bench, text="check the mast")
    assert (await bench.act("done", reminder="amina bello")).data.number == "REM-1001"
    assert (await bench.act("done", reminder="1002")).data.number == "REM-1002"


async def test_many_open_ones_are_too_many(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await add(bench)
    async with isp.sql() as session:
        await session.execute(
            text(
                "insert into isp_staff_reminders (number, text, at, owner, owner_name, made_at, made_by) "
                "select 'REM-' || n, 'x', now(), :owner, 'Ann', now(), 'Ann Apple' from generate_series(2001, 2200) n"
            ),
            {"owner": bench.ann.email},
        )
    with pytest.raises(Conflict, match="Tick off"):
        await add(bench)


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("Will call back at 4pm.", "at 4pm"),
        ("Spoke to her. We'll send somebody tomorrow 10:00!", "tomorrow 10:00"),
        ("Technician comes Friday 9:00, she is at home.", "friday 9:00"),
        ("I promised a call within 2 hours", "in 2 hours"),
        ("going to visit on Monday", "monday"),
        ("He will look at it by 16:30 today", "at 16:30 today"),
        ("I’ll ring her in half an hour", None),
        ("Customer called again, we will call back at 4pm tomorrow", "at 4pm tomorrow"),
        ("Customer called at 4pm.", None),
        ("The line was down since 10:00", None),
        ("We will not come on Friday", None),
        ("Will look into it", None),
        ("Router shows 10:00 all the time", None),
        ("", None),
    ],
)
def test_a_promise_in_a_text(words: str, when: str | None) -> None:
    found = promised_in(words)
    assert (found.when if found else None) == when


def test_quiet_hours_go_over_midnight_or_not_at_all() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    late, early, noon = (datetime(2026, 11, 20, hour, 30, tzinfo=madrid) for hour in (22, 3, 12))
    settings = Settings(quiet_from="20:00", quiet_until="07:00")
    assert after_quiet(late, settings, madrid) == datetime(2026, 11, 21, 7, tzinfo=madrid)
    assert after_quiet(early, settings, madrid) == datetime(2026, 11, 20, 7, tzinfo=madrid)
    assert after_quiet(noon, settings, madrid) == noon
    never = Settings(quiet_from="07:00", quiet_until="07:00")
    assert after_quiet(late, never, madrid) == late
    lunch = Settings(quiet_from="12:00", quiet_until="14:00")
    assert after_quiet(noon, lunch, madrid) == datetime(2026, 11, 20, 14, tzinfo=madrid)
    assert at_work(datetime(2026, 11, 20, tzinfo=madrid), settings, madrid).hour == 8


async def test_who_writes_down_a_promise_is_offered_to_be_reminded_of_it(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    said = await bench.call(
        "tickets_comment", {"ticket": "TCK-10100", "text": 'She "insists". We will call back tomorrow 10:00.'}
    )
    [offer] = said.choices
    assert offer.label == "Remind me of this: tomorrow 10:00"
    assert offer.words == (
        'reminders add text="We will call back tomorrow 10:00" at="tomorrow 10:00" ticket=TCK-10100'
    )
    assert await isp.count("isp_staff_reminders") == 0, "never by itself"
    note = await bench.call("customers_add_note", {"customer": AMINA, "note": "Technician comes Friday 9:00"})
    assert note.choices[0].words.endswith('at="friday 9:00" customer=100234')
    plain = await bench.call("tickets_comment", {"ticket": "TCK-10100", "text": "Will look into it."})
    assert plain.choices == ()


async def test_it_stands_on_the_card_and_the_ticket_for_whoever_may_see_those(
    world: tuple[Bench, Isp],
) -> None:
    bench, _ = world
    await add(bench, customer=AMINA, ticket="TCK-10100")
    carl = await bench.person("Carl Cole", OWN)
    card = await bench.call("customers_show", {"customer": AMINA}, user=carl)
    assert "Ann Apple promised for 19:55: call back (REM-1001)" in card.text
    ticket = await bench.call("tickets_show", {"ticket": "TCK-10100"}, user=carl)
    assert ticket.facts["Promised"] == "Ann Apple, 19:55: call back (REM-1001)"
    nosy = await bench.person("Nosy Ned", ("customers:read", "tickets:read"))
    assert "REM-1001" not in (await bench.call("customers_show", {"customer": AMINA}, user=nosy)).text


async def test_a_ticket_that_tells_of_a_promise_offers_to_keep_it(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    words = {"customer": AMINA, "subject": "No light. I told her I'd ring at 4"}
    opened = await bench.call("tickets_create", words)
    if opened.waiting:
        opened = await bench.approve(opened, user=bench.ann)
    [offer] = opened.choices
    assert offer.words == (
        f'reminders add text="I told her I\'d ring at 4" at="at 4" ticket={opened.data.number}'
    )
    assert await isp.count("isp_staff_reminders") == 0
