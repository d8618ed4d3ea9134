"""Who stands in for whom, who opened what, and whose things without an apostrophe."""

from __future__ import annotations

import pytest

from bot.understand.possessive import owner
from bot.understand.understanding import Ask, Verdict
from tests.evals import world
from tests.evals.score import CLOCK, make


@pytest.fixture(scope="module")
def reader():
    return make()


async def understood(reader, words: str, role: str = "support", **focus: str):
    ask = Ask(
        words=words,
        user=world.person(role),
        clock=CLOCK,
        resolve=world.find,
        currency="NGN",
        focus=focus,
        last=None,
    )
    return await reader.understand(ask)


async def read(reader, words: str, role: str = "support"):
    return (await understood(reader, words, role)).guesses


@pytest.mark.parametrize(
    "words",
    [
        "bea is off tonight, kevin steps in",
        "since bea is on leave kevin is on call until monday 8:00",
        "bea is replaced by kevin until friday",
        "kevin replaces bea until friday",
    ],
)
async def test_who_is_away_is_never_put_on_call(reader, words: str) -> None:
    best = (await read(reader, words, "noc"))[0]
    assert (best.args.get("person"), best.args.get("instead_of")) == ("kevin", "bea")


async def test_who_opened_a_ticket_is_not_who_has_it(reader) -> None:
    assert "assignee" not in (best := (await read(reader, "tickets opened by halima today"))[0]).args
    assert best.args["opened_by"] == "halima"
    assert (await read(reader, "tickets of halima opened last week"))[0].args["assignee"] == "halima"
    mine = (await read(reader, "tickets i opened today"))[0].args
    assert "opened_by" in mine and "assignee" not in mine
    assert "opened_by" not in (await read(reader, "my open tickets"))[0].args


def test_the_s_of_sams_tickets_is_no_part_of_his_name() -> None:
    assert owner("sams", "tickets") == "sam"
    for name, behind in (("james", "tickets"), ("sams", "motors"), ("kiss", "queue"), ("bas", "queue")):
        assert owner(name, behind) == name


async def test_opened_is_no_status(reader) -> None:
    assert "status" not in (await read(reader, "tickets opened last week"))[0].args
    assert (await read(reader, "SLA breaches last week"))[0].action_id == "tickets_missed"


@pytest.mark.parametrize(
    "words",
    [
        "ada, bisi and zed take turns for noc",
        "noc rotation is ada, bisi and zed from now on, weekly",
        "ada, bisi and zed share the noc on call, a week each",
        "from monday the noc rota is ada then bisi then zed",
    ],
)
async def test_all_who_take_turns_are_taken_as_one_list(reader, words: str) -> None:
    got = await understood(reader, words, "noc")
    assert (got.verdict, got.lacks, got.best.action_id) == (Verdict.CLEAR, "", "oncall_set_rotation")
    assert (got.best.args["people"], got.best.args["team"]) == (["ada", "bisi", "zed"], "noc")


async def test_a_turn_of_a_day_where_it_is_said(reader) -> None:
    got = await understood(reader, "sam, kevin then bea share noc daily", "noc")
    assert got.best.args["length"] == "P1D"


async def test_what_is_taken_from_somebody_is_not_given_to_them(reader) -> None:
    assert "to" not in (await understood(reader, "take TCK-10234 from bea")).best.args
    assert (await understood(reader, "assign TCK-10234 from bea to kevin")).best.args["to"] == "kevin"
    assert (await understood(reader, "assign TCK-10234 to bea")).best.args["to"] == "bea"


async def test_what_was_done_orders_nothing(reader) -> None:
    got = await understood(
        reader, "done: new drop cable, -19.5", "field", visit="VIS-2041", customer="100118"
    )
    assert (got.verdict, got.best.action_id) == (Verdict.CLEAR, "visits_done")
    assert got.best.args == {"visit": "VIS-2041", "note": "new drop cable, -19.5"}
    assert not (await understood(reader, "done, replaced the drop cable", "field")).lacks
    assert (await understood(reader, "order a new drop cable", "field")).lacks


async def test_how_a_visit_stands_is_no_search_for_people(reader) -> None:
    got = await understood(reader, "where is the technician of VIS-2041")
    assert (got.lacks, got.best.action_id) == ("", "visits_show")
    assert (await understood(reader, "where is the van of fay")).lacks


async def test_whom_nobody_opens_to_is_told_and_not_forbidden(reader) -> None:
    for words in ("nobody opens at VIS-2041", "nobody answers the door at VIS-2041"):
        got = await understood(reader, words, "field")
        assert (got.verdict, got.best.action_id) == (Verdict.CLEAR, "visits_missed"), words
    assert (await understood(reader, "nobody suspends 100234")).verdict is not Verdict.CLEAR


async def test_late_is_no_move(reader) -> None:
    assert (await understood(reader, "30 min late, traffic", "field")).best.args == {
        "delay": "PT1800S",
        "reason": "traffic",
    }
    moved = await understood(reader, "im running late, push VIS-2041 back by 45 min", "field")
    assert moved.best.action_id == "visits_move"


async def test_a_whole_week_and_the_hour_it_has(reader) -> None:
    week = (await understood(reader, "my visits this week", "field")).best
    assert (week.action_id, week.args["at"][:10], week.args["until"][:10]) == (
        "visits_route",
        "2026-11-16",
        "2026-11-23",
    )
    moved = (await understood(reader, "move VIS-2041 to friday, same hour")).best
    assert (moved.args["at"][:10], moved.args["same_time"]) == ("2026-11-27", True)


async def test_which_team_closed_them_and_who_stands_there_in_vain(reader) -> None:
    team = (await understood(reader, "how many tickets did support close yesterday")).best
    assert (team.action_id, team.args["team"], team.args["closed"]) == ("tickets_breakdown", "support", True)
    assert (await understood(reader, "cancel visit at 100187")).best.args == {"visit": "100187"}
