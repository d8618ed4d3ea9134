"""The roster as people use it: who is on call, rotations, covers, swaps; nobody loses an edit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.people import set_active
from bot.core.rosters import rosters_around
from bot.db import nudges
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.testing import Bench
from plugins.oncall import arranging

EVERYTHING = ("oncall:own", "oncall:read", "oncall:write")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A Monday; 13:00 in Madrid, where the bench is."""


@pytest.fixture
async def kit(bench):
    return await bench("oncall")


async def rotation(kit: Bench, team: str = "noc", people: str = "ann, bob, eve", **args) -> None:
    asked = await kit.act("set_rotation", team=team, people=people.split(","), **args)
    await kit.approve(asked, user=kit.ann)


async def on_call(kit: Bench, team: str = "noc") -> str:
    rosters = await rosters_around(kit.around)
    found = await rosters.get_on_call(team, kit.now)
    return " ".join(one.name.split()[0] for one in found.people)


async def test_nobody_is_on_call_before_there_is_a_rotation(kit):
    assert "No team has a rotation" in (await kit.act("who")).text
    with pytest.raises(NotFound, match="nothing"):
        await kit.act("cover", person="bob", until="2026-01-06 08:00")


async def test_a_rotation_takes_turns_from_the_last_handover_on(kit):
    asked = await kit.act("set_rotation", team="The NOC team", people=["ann", "bob and eve"], length="1d")
    assert "On call now: nobody → Ann Apple" in asked.text
    assert "From Tue 6 Jan 08:00: Bob Berry" in asked.text
    done = await kit.approve(asked, user=kit.ann)
    assert "Ann Apple, Bob Berry, Eve Elder; 1 day each, handing over 08:00" in done.text
    said = (await kit.act("who", team="noc")).text
    assert said == "**Ann Apple** is on call for noc, until tomorrow 08:00, then Bob Berry."
    assert await on_call(kit) == "Ann"
    kit.now += DAY
    assert await on_call(kit) == "Bob"
    assert "Eve Elder" in (await kit.act("who", at="2026-01-07 22:00")).text
    assert "You are next on call for noc from Thu 8 Jan 08:00" in (await kit.act("mine")).text
    assert "Eve Elder is next on call" in (await kit.act("mine", person="eve")).text
    assert len((await kit.act("turns", team="noc", days=3)).table.rows) == 4


async def test_a_day_without_an_hour_is_all_of_that_day(kit):
    await rotation(kit, length="1d")
    await kit.approve(await kit.act("cover", person="eve", until="2026-01-06 20:00"), user=kit.ann)
    said = (await kit.act("who", team="noc", at="2026-01-06T00:00:00+01:00")).text
    assert said == (
        "On call for noc on Tue 6 Jan: **Eve Elder** until 20:00, then **Bob Berry** until Wed 7 Jan 08:00."
    )
    assert (
        "Mon 5 Jan: **Eve Elder** until Tue 6 Jan 20:00."
        in (await kit.act("who", at="2026-01-05T00:00:00+01:00")).text
    )
    days = await kit.act("who", at="2026-01-06T00:00:00+01:00", until="2026-01-08T00:00:00+01:00")
    assert days.text == (
        "On call for noc from Tue 6 Jan to Wed 7 Jan: **Eve Elder** until Tue 6 Jan 20:00, then **Bob Berry** "
        "until Wed 7 Jan 08:00, then **Eve Elder** until Thu 8 Jan 08:00."
    )
    assert (await kit.act("mine", at="2026-01-06T00:00:00+01:00")).text.startswith("**Not** on Tue 6 Jan. ")
    assert (await kit.act("mine", person="bob", at="2026-01-06T21:00:00+01:00")).text.startswith(
        "**Yes** on Tue 6 Jan 21:00. Bob Berry is next on call for noc from Tue 6 Jan 20:00"
    )


async def test_a_day_further_ahead_than_the_turns_listed_is_looked_at_as_well(kit):
    await rotation(kit)
    far = kit.now + 120 * DAY
    whose = (await kit.act("who", team="noc", at=far.isoformat())).text
    for person in ("Ann Apple", "Bob Berry", "Eve Elder"):
        said = (await kit.act("mine", person=person, at=far.isoformat())).text
        assert said.startswith("**Yes**" if f"**{person}**" in whose else "**Not**"), (person, said, whose)
    with pytest.raises(BadInput, match="longer than 90 days"):
        await kit.act("who", team="noc", at=kit.now.isoformat(), until=far.isoformat())


async def test_who_takes_all_turns_has_no_end_of_them(kit):
    await rotation(kit, people="ann")
    assert (await kit.act("mine")).text == "You are on call for noc now, with nobody after."
    assert (await kit.act("who", at="2026-01-06T00:00:00+01:00")).text.endswith("Tue 6 Jan: **Ann Apple**.")
    found = await (await rosters_around(kit.around)).get_on_call("noc", kit.now)
    assert found.until is None
    await kit.approve(await kit.act("cover", person="eve", until="2026-01-06 20:00"), user=kit.ann)
    found = await (await rosters_around(kit.around)).get_on_call("noc", kit.now)
    assert found.until == datetime(2026, 1, 6, 19, tzinfo=UTC)


async def test_an_hour_alone_is_that_of_the_day_a_cover_begins(kit):
    await rotation(kit)
    asked = await kit.act(
        "cover", person="bob", starts="2026-01-09T00:00:00+01:00", until="2026-01-05T22:00:00+01:00"
    )
    assert "Fri 9 Jan 00:00 to Fri 9 Jan 22:00: Ann Apple → Bob Berry" in asked.text


async def test_a_handover_keeps_its_hour_when_the_clocks_change(kit):
    kit.now = datetime(2026, 3, 27, 12, tzinfo=UTC)
    await rotation(kit, length="1d")
    rows = (await kit.act("turns", team="noc", days=4)).table.rows
    assert {row[1][-5:] for row in rows[1:]} == {"08:00"}


async def test_undo_brings_the_rotation_back(kit):
    await rotation(kit, length="1d")
    asked = await kit.act("set_rotation", team="noc", people=["eve"], length="1d")
    done = await kit.approve(asked, user=kit.ann)
    assert await on_call(kit) == "Ann", "whoever is on call stays until the handover"
    await kit.undo(done)
    kit.now += DAY
    assert await on_call(kit) == "Bob"


async def test_the_first_of_a_changed_rotation_begins_at_the_coming_handover(kit):
    await rotation(kit, length="1d")
    kit.now = datetime(2026, 1, 6, 6, 45, tzinfo=UTC)  # a quarter of an hour before the handover
    asked = await kit.act("set_rotation", team="noc", people=["eve", "bob"], length="1d")
    assert "On call from Tue 6 Jan 08:00: Bob Berry → Eve Elder" in asked.text
    await kit.approve(asked, user=kit.ann)
    assert await on_call(kit) == "Ann"
    kit.now += HOUR
    assert await on_call(kit) == "Eve"
    kit.now += DAY
    assert await on_call(kit) == "Bob"


async def test_the_first_of_all_has_no_turn_of_a_few_minutes(kit):
    kit.now = datetime(2026, 1, 12, 6, 45, tzinfo=UTC)  # a Monday
    asked = await kit.act("set_rotation", team="noc", people=["ann", "bob"])
    assert "On call now: nobody → Ann Apple" in asked.text
    assert "From Mon 19 Jan 08:00: Bob Berry" in asked.text, "a whole week, and the minutes before it"
    done = await kit.approve(asked, user=kit.ann)
    kit.now += timedelta(days=6)
    assert await on_call(kit) == "Ann"
    kit.now += timedelta(days=2)
    assert await on_call(kit) == "Bob"
    assert done.data.last.people[0] == kit.ann.id


async def test_a_rotation_that_begins_on_a_day_begins_at_the_hour_of_the_handover(kit):
    asked = await kit.act("set_rotation", team="noc", people=["ann", "bob"], start="2026-01-12")
    assert "On call from Mon 12 Jan 08:00: nobody → Ann Apple" in asked.text


async def test_somebody_covers_for_the_team_they_take_turns_in_when_none_is_named(kit):
    await rotation(kit, people="eve", length="1d")
    await rotation(kit, team="field", people="bob, eve", length="1d")
    asked = await kit.act("cover", person="bob", starts="2026-01-06 08:00", until="2026-01-06 20:00")
    assert "Bob Berry is on call for field" in asked.text


async def test_a_turn_of_a_month_is_swapped_though_none_is_on_its_first_day(kit):
    await rotation(kit, people="ann, bob", length="7d")
    kit.now = datetime(2026, 1, 26, 12, tzinfo=UTC)
    with pytest.raises(Conflict, match="not on call then"):
        await kit.act("swap", person="bob", on="2026-01-28")
    asked = await kit.act("swap", person="bob", on="2026-01-28", until="2026-02-28")
    assert "Mon 2 Feb" in asked.text


async def test_undo_brings_back_whoever_was_on_call_however_old_the_rotation_is(kit):
    await rotation(kit)
    kit.now += timedelta(weeks=61)
    said = (await kit.act("who", team="noc")).text
    assert await on_call(kit) == "Bob"
    done = await kit.approve(await kit.act("remove_rotation", team="noc"), user=kit.ann)
    await kit.undo(done)
    assert await on_call(kit) == "Bob" and (await kit.act("who", team="noc")).text == said


async def test_undo_of_the_first_rotation_removes_it(kit):
    asked = await kit.act("set_rotation", team="noc", people=["eve"])
    done = await kit.approve(asked, user=kit.ann)
    await kit.undo(done)
    assert "No team has a rotation" in (await kit.act("who")).text


async def test_joining_and_leaving_keep_whose_turn_it_is(kit):
    await rotation(kit, people="ann, bob", length="1d")
    kit.now += DAY
    asked = await kit.act("join", person="eve", team="noc")
    assert "On call now: Bob Berry" in asked.text
    done = await kit.approve(asked, user=kit.ann)
    assert await on_call(kit) == "Bob"
    kit.now += DAY
    assert await on_call(kit) == "Ann"
    with pytest.raises(Conflict, match="already"):
        await kit.act("join", person="eve", team="noc")
    asked = await kit.act("leave", person="ann", team="noc")
    assert "On call now: Ann Apple → Eve Elder" in asked.text
    await kit.approve(asked, user=kit.ann)
    assert await on_call(kit) == "Eve"
    assert done.call_id
    await rotation(kit, people="bob", length="1d")
    kit.now += DAY
    with pytest.raises(Conflict, match="Nobody else"):
        await kit.act("leave", person="bob", team="noc")


async def test_who_left_is_passed_over_and_that_is_said(kit):
    await rotation(kit, length="1d")
    await set_active(kit.database, kit.tenant, kit.ann.id, active=False, by="x")
    kit.around.forget()
    said = (await kit.act("who", team="noc", user=kit.bob)).text
    assert "**Bob Berry** is on call" in said
    assert "Ann Apple is not active here any more and is passed over" in said
    assert await on_call(kit) == "Bob"
    with pytest.raises(NotFound, match="called “ann”"):
        await kit.act("set_rotation", team="noc", people=["ann"], user=kit.bob)


async def test_a_cover_and_its_end(kit):
    await rotation(kit, length="1d")
    asked = await kit.act("cover", person="eve", team="noc", until="2026-01-05 20:00")
    assert "Now to Mon 5 Jan 20:00: Ann Apple → Eve Elder" in asked.text
    kit.now += timedelta(minutes=3)
    done = await kit.approve(asked, user=kit.ann)
    assert done.text.startswith("Cover 1 (noc): Eve Elder"), "the minutes that passed have changed nothing"
    assert "in place of Ann Apple, until 20:00" in (await kit.act("who", team="noc")).text
    await kit.approve(await kit.act("end_cover", number=1), user=kit.ann)
    assert await on_call(kit) == "Ann"
    with pytest.raises(NotFound, match="No cover 1"):
        await kit.act("end_cover", number=1)


async def test_of_several_teams_it_is_the_one_the_asker_is_on_call_for(kit):
    await rotation(kit, length="1d")
    await rotation(kit, team="desk", people="bob, eve", length="1d")
    asked = await kit.act("cover", person="eve", until="2026-01-05 20:00")
    assert "Eve Elder is on call for noc." in asked.text and "Ann Apple → Eve Elder" in asked.text
    with pytest.raises(BadInput, match="For which team: desk or noc"):
        await kit.act("cover", person="bob", starts="2026-01-06 18:00", until="2026-01-06 20:00")


async def test_a_night_ends_the_next_morning(kit):
    await rotation(kit, length="1d")
    asked = await kit.act(
        "cover", person="eve", team="noc", starts="2026-01-05 18:00", until="2026-01-05 08:00"
    )
    assert "Mon 5 Jan 18:00 to Tue 6 Jan 08:00: Ann Apple → Eve Elder" in asked.text
    done = await kit.approve(asked, user=kit.ann)
    await kit.undo(done)
    kit.now += 8 * HOUR
    assert await on_call(kit) == "Ann"


@pytest.mark.parametrize(
    ("args", "error", "why"),
    [
        ({"until": "2026-01-05 12:00"}, BadInput, "over"),
        ({"until": "2026-06-05 12:00"}, BadInput, "60 days"),
        ({"until": "2026-01-05 20:00", "instead_of": "bob"}, Conflict, "Bob Berry is not on call"),
        ({"until": "2026-01-05 20:00", "person": "ann"}, Conflict, "already"),
        ({"until": "2026-01-05 20:00", "person": "ann", "instead_of": "ann"}, Conflict, "already"),
    ],
)
async def test_covers_that_make_no_sense(kit, args, error, why):
    await rotation(kit, length="1d")
    with pytest.raises(error, match=why):
        await kit.act("cover", **{"person": "eve", "team": "noc", **args})


async def test_one_gives_away_ones_own_turns_only(kit):
    await rotation(kit, length="1d")
    own = await kit.person("Olu Own", ["oncall:read", "oncall:own"])
    with pytest.raises(NotAllowed, match="your own turns"):
        await kit.act("cover", person="me", team="noc", until="2026-01-05 20:00", instead_of="ann", user=own)
    with pytest.raises(NotAllowed, match="own turns only"):
        await kit.act("cover", person="eve", team="noc", until="2026-01-05 20:00", user=own)
    with pytest.raises(NotAllowed):
        await kit.act("set_rotation", team="noc", people=["olu"], user=own)
    await kit.approve(await kit.act("join", person="olu", team="noc"), user=kit.ann)
    kit.now += 3 * DAY
    assert await on_call(kit) == "Olu"
    asked = await kit.act("cover", person="eve", until="2026-01-08 20:00", user=own)
    await kit.approve(asked, user=own)
    assert await on_call(kit) == "Eve"
    other = await kit.person("Pat Own", ["oncall:read", "oncall:own"])
    with pytest.raises(NotAllowed, match="Olu Own arranged cover 1"):
        await kit.act("end_cover", number=1, user=other)
    await kit.approve(await kit.act("end_cover", number=1, user=own), user=own)


async def test_a_swap_is_of_both_turns_or_none(kit):
    await rotation(kit, length="1d")
    asked = await kit.act("swap", person="bob")
    assert "Ann Apple → Bob Berry" in asked.text and "Bob Berry → Ann Apple" in asked.text
    await kit.approve(asked, user=kit.ann)
    assert await on_call(kit) == "Ann", "nothing changes until Bob says yes"
    done = await kit.act("agree", user=kit.bob, number=1)
    assert await on_call(kit) == "Bob"
    kit.now += DAY
    assert await on_call(kit) == "Ann"
    kit.now -= DAY
    ended = await kit.act("end_cover", number=1)
    await kit.approve(ended, user=kit.ann)
    assert done.data.number == 1
    assert await on_call(kit) == "Ann"
    with pytest.raises(Conflict, match="You are not on call"):
        await kit.act("swap", person="bob", on="2026-01-07", team="noc")
    with pytest.raises(BadInput, match="day is over"):
        await kit.act("swap", person="bob", on="2026-01-02", team="noc")


async def heard(kit: Bench, who) -> list[str]:
    async with kit.database.tenant(kit.tenant.id) as session:
        return [one["text"] for one in await nudges.do_take(session, who.id, "terminal", kit.now)]


async def test_a_swap_waits_for_the_yes_of_the_other_and_of_nobody_else(kit):
    await rotation(kit, length="1d")
    await arrange(kit, kit.ann, "swap", person="bob")
    (asked,) = await heard(kit, kit.bob)
    assert asked.startswith("Ann Apple asks you to swap a turn on call for noc: Bob Berry for Ann Apple ")
    assert "Swap 1 (noc), waits for the yes of Bob Berry" in (await kit.act("turns")).text
    for other in (kit.ann, await kit.person("Gus Grape", EVERYTHING)):
        with pytest.raises(NotAllowed, match="waits for the yes of Bob Berry"):
            await kit.act("agree", user=other, number=1)
    off = await kit.act("end_cover", user=kit.bob, number=1)
    await kit.approve(off, user=kit.bob)
    (no,) = await heard(kit, kit.ann)
    assert no.startswith("Bob Berry said no. Swap 1 is off: ")
    assert await on_call(kit) == "Ann"
    with pytest.raises(NotFound, match="No swap 1 waits"):
        await kit.act("agree", user=kit.bob, number=1)


async def test_a_swap_agreed_to_and_interrupted_before_it_was_told_is_told_in_the_end(kit, monkeypatch):
    await rotation(kit, length="1d")
    await arrange(kit, kit.ann, "swap", person="bob")
    with monkeypatch.context() as patch:
        patch.setattr(arranging, "tell", interrupted)
        with pytest.raises(Interrupted):
            await kit.act("agree", user=kit.bob, number=1)
    assert (await on_call(kit), await heard(kit, kit.ann)) == ("Bob", [])
    await kit.act("agree", user=kit.bob, number=1)
    (told,) = await heard(kit, kit.ann)
    assert told.startswith("Who is on call changes: ")
    with pytest.raises(NotFound, match="No swap 1 waits"):
        await kit.act("agree", user=kit.bob, number=1)


class Interrupted(BaseException):
    """The process ends here."""


async def interrupted(*_: object) -> None:
    raise Interrupted


async def test_a_swap_that_cannot_be_any_more_as_it_was_asked_is_refused(kit):
    await rotation(kit, length="1d")
    await arrange(kit, kit.ann, "swap", person="bob")
    until = (kit.now + 4 * HOUR).strftime("%Y-%m-%d %H:%M")
    await arrange(kit, kit.ann, "cover", person="eve", until=until, team="noc")
    with pytest.raises(Conflict, match="have changed since Ann Apple asked"):
        await kit.act("agree", user=kit.bob, number=1)
    kit.now += 2 * DAY
    with pytest.raises(NotFound):
        await kit.act("agree", user=kit.bob, number=1)


async def test_where_swaps_need_no_yes_they_hold_at_once(bench):
    kit = await bench("oncall", settings={"swaps_ask": False})
    await rotation(kit, length="1d")
    await arrange(kit, kit.ann, "swap", person="bob")
    assert await on_call(kit) == "Bob"
    assert (await heard(kit, kit.bob))[0].startswith("Who is on call changes: Cover 1")


@pytest.mark.parametrize(
    ("args", "error", "why"),
    [
        ({"team": "?"}, BadInput, "team's name"),
        ({"people": ["ann", "ann"]}, BadInput, "once"),
        ({"people": ["zoe"]}, NotFound, "zoe"),
        ({"length": "90m"}, BadInput, "whole hours"),
        ({"length": "9w"}, BadInput, "8 weeks"),
        ({"start": "2030-01-01 08:00"}, BadInput, "within a year"),
    ],
)
async def test_rotations_that_make_no_sense(kit, args, error, why):
    with pytest.raises(error, match=why):
        await kit.act("set_rotation", **{"team": "noc", "people": ["ann"], **args})


async def test_until_a_rotation_begins_nobody_is_on_call(kit):
    asked = await kit.act("set_rotation", team="noc", people=["bob"], start="2026-01-08 09:00")
    assert "Until Thu 8 Jan 09:00 nobody is on call for noc" in asked.text
    await kit.approve(asked, user=kit.ann)
    assert (
        "**Nobody** is on call for noc until Thu 8 Jan 09:00, then Bob Berry." in (await kit.act("who")).text
    )
    assert await on_call(kit) == ""
    said = (await kit.act("turns")).text
    assert "1 stretch with nobody on call" in said


async def test_of_two_edits_at_once_one_is_refused_and_none_is_lost(kit):
    await rotation(kit, people="ann, bob", length="1d")
    one = await kit.act("join", person="eve", team="noc")
    two = await kit.act("leave", person="bob", team="noc")
    ends = await asyncio.gather(
        kit.approve(one, user=kit.ann), kit.approve(two, user=kit.ann), return_exceptions=True
    )
    people = {row[3] for row in (await kit.act("turns", team="noc", days=9)).table.rows}
    lost = [end for end in ends if isinstance(end, Exception) or end.waiting]
    if lost:  # the faster of the two is whole, and the other one was asked anew or told
        assert people in ({"Ann Apple", "Bob Berry", "Eve Elder"}, {"Ann Apple"})
    else:
        assert people == {"Ann Apple", "Eve Elder"}


async def test_covers_made_at_once_are_all_kept(kit):
    await rotation(kit, people="ann", length="1d")
    asked = [
        await kit.act(
            "cover", person="eve", team="noc", starts=f"2026-01-{d:02} 18:00", until=f"2026-01-{d:02} 20:00"
        )
        for d in range(6, 12)
    ]
    done = await asyncio.gather(*(kit.approve(one, user=kit.ann) for one in asked))
    assert sorted(one.data.number for one in done) == [1, 2, 3, 4, 5, 6]
    assert len([line for line in (await kit.act("turns")).text.splitlines() if "Cover" in line]) == 6


async def test_tenants_do_not_see_each_other(kit, bench):
    other = await bench("oncall")
    await rotation(kit, length="1d")
    assert "No team has a rotation" in (await other.act("who")).text
    assert await on_call(other) == ""
    with pytest.raises(NotFound):
        await (await rosters_around(other.around)).check_team("noc")
    with pytest.raises(NotFound):
        await other.act("set_rotation", team="noc", people=[kit.ann.id])


async def test_a_call_taken_up_again_changes_nothing_twice(kit):
    from plugins.oncall.kept import read
    from plugins.oncall.setting import done_before, set_rotation

    await rotation(kit, length="1d")
    kit.now += HOUR
    ctx = await kit.context(writes=True)
    first = await set_rotation.run(ctx, team="noc", people=["eve"], length=DAY)
    again = await set_rotation.run(ctx, team="noc", people=["eve"], length=DAY)
    kept = await read(ctx)
    assert first.text == again.text and len(kept.teams["noc"].eras) == 2
    assert done_before(ctx, kept, "noc") is not None


async def duties(kit: Bench, team: str = "noc") -> list[tuple[str, str, bool]]:
    """Who is on call now, by whose word, and whether that was their own turn to give."""
    rosters = await rosters_around(kit.around)
    names = {person.id: person.name.split()[0] for person in (kit.ann, kit.bob, kit.eve, kit.boss)}
    found = await rosters.get_on_call(team, kit.now)
    return [(names[one.person], names[one.by], one.given) for one in found.duties]


async def arrange(kit: Bench, who, name: str, **args) -> None:
    fresh = await kit.around.user(who.id, fresh=True)
    asked = await kit.act(name, user=fresh, **args)
    await kit.approve(asked, user=fresh)


async def test_it_is_known_by_whose_word_somebody_is_on_call(kit):
    kit.boss = await kit.person("Gus Grape", EVERYTHING)
    await rotation(kit, length="1d")
    assert await duties(kit) == [("Ann", "Ann", False)], "Ann set the rotation and is first in it"
    kit.now += 2 * DAY  # Eve's turn
    assert await duties(kit) == [("Eve", "Ann", False)]
    until = (kit.now + 4 * HOUR).strftime("%Y-%m-%d %H:%M")
    await arrange(kit, kit.boss, "cover", person="bob", until=until, team="noc")
    assert await duties(kit) == [("Bob", "Gus", False)]
    await arrange(kit, kit.ann, "cover", person="ann", until=until, team="noc")
    assert await duties(kit) == [("Ann", "Ann", False)], "put themselves there"
    with pytest.raises(Conflict, match="on call then already"):
        await arrange(kit, kit.ann, "cover", person="ann", until=until, team="noc")
    kit.now += HOUR
    fresh = await kit.around.user(kit.boss.id, fresh=True)
    asked = await kit.act("cover", user=fresh, person="ann", until=until, team="noc")
    assert "with your word for it their yes counts" in asked.text
    await kit.approve(asked, user=fresh)
    assert await duties(kit) == [("Ann", "Ann", False), ("Ann", "Gus", False)]


async def test_a_turn_given_away_is_known_from_one_taken_first(kit):
    kit.boss = await kit.person("Gus Grape", EVERYTHING)
    await rotation(kit, length="1d")
    kit.now += 2 * DAY
    until = (kit.now + 4 * HOUR).strftime("%Y-%m-%d %H:%M")
    assert await duties(kit) == [("Eve", "Ann", False)]
    await arrange(kit, kit.boss, "cover", person="bob", until=until, team="noc")
    await arrange(kit, kit.bob, "cover", person="ann", until=until, team="noc", instead_of="bob")
    assert await duties(kit) == [("Ann", "Bob", True)], "Bob gave away what another had given him"
    await arrange(kit, kit.boss, "cover", person="gus grape", until=until, team="noc")
    await arrange(kit, kit.boss, "cover", person="ann", until=until, team="noc", instead_of="gus grape")
    assert await duties(kit) == [("Ann", "Gus", False)], "taken first, so it was not his to give"


async def test_a_change_that_keeps_somebody_on_call_keeps_by_whose_word(kit):
    kit.boss = await kit.person("Gus Grape", EVERYTHING)
    await rotation(kit, people="bob, ann", length="1d")
    kit.now += HOUR
    await arrange(kit, kit.boss, "join", person="gus grape", team="noc")
    assert await duties(kit) == [("Bob", "Gus", False), ("Bob", "Ann", False)]
    kit.now += HOUR
    await arrange(kit, kit.boss, "leave", person="bob", team="noc")
    kit.now += HOUR
    await arrange(kit, kit.boss, "leave", person="ann", team="noc")
    assert await duties(kit) == [("Gus", "Gus", False)], "who takes everybody else out has put himself there"


async def test_whose_turns_change_hands_is_told(kit):
    kit.boss = await kit.person("Gus Grape", EVERYTHING)
    cat = await kit.person("Cat Cole", EVERYTHING)
    await rotation(kit, people="bob, cat cole", length="1d")
    until = (kit.now + 4 * HOUR).strftime("%Y-%m-%d %H:%M")
    await arrange(kit, kit.boss, "cover", person="gus grape", until=until, team="noc")
    await arrange(kit, kit.bob, "swap", person="cat cole")

    async def told(who) -> list[str]:
        async with kit.database.tenant(kit.tenant.id) as session:
            return [one["text"] for one in await nudges.do_take(session, who.id, "terminal", kit.now)]

    assert await told(kit.boss) == [] == await told(kit.ann)
    (heard,) = await told(kit.bob)
    assert heard.startswith("Who is on call changes: Cover 1 (noc): ") and heard.endswith("by Gus Grape.")
    (asked,) = await told(cat)
    assert asked.startswith("Bob Berry asks you to swap")
    await kit.act("agree", user=cat, number=2)
    (swapped,) = await told(kit.bob)
    assert swapped.startswith("Who is on call changes: Cover 2 ") and swapped.endswith("by Bob Berry.")
    await arrange(kit, kit.boss, "cover", person="ann", until=until, team="noc")
    await arrange(kit, kit.boss, "end_cover", number=3)
    assert await told(kit.ann) == [], "over before anybody was told"


async def test_a_rotation_that_is_changed_is_told_with_who_comes(kit):
    await rotation(kit)
    asked = await kit.act("set_rotation", team="noc", people=["eve", "bob"])
    done = await kit.approve(asked, user=kit.ann)
    new = "From Mon 12 Jan 08:00: Eve Elder, Bob Berry; 1 week each"
    assert "**noc**: Ann Apple, Bob Berry, Eve Elder; 1 week each" in done.text and new in done.text
