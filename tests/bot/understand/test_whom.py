"""What is given to somebody nobody knows is given to nobody else instead."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize("whom", ["mark", "kevn", "will", "mark njuguna"])
async def test_whoever_is_named_is_kept(understander: Understander, whom: str) -> None:
    best = (await ask(understander, f"assign TCK-10234 to {whom}", "support")).best
    assert (best.action_id, best.args["to"]) == ("tickets_assign", whom)


async def test_the_boss_is_asked_about(understander: Understander) -> None:
    assert (await ask(understander, "assign TCK-10234 to the boss", "support")).best.args["to"] == "boss"


async def test_what_is_taken_off_somebody_is_not_given_to_them(understander: Understander) -> None:
    got = await ask(understander, "take TCK-10234 off bea", "support")
    assert got.best.action_id == "tickets_unassign"
    assert all(g.args.get("to") != "bea" for g in got.guesses)


async def test_a_team_is_nobody(understander: Understander) -> None:
    assert "to" not in (await ask(understander, "assign TCK-10234 to noc", "support")).best.args


@pytest.mark.parametrize(
    ("words", "action", "name", "value"),
    [
        ("can't come on monday, move VIS-2041 to tuesday", "visits_move", "at", "2026-11-24T00:00:00+01:00"),
        ("move VIS-2041 from 8 to 10", "visits_move", "hour", "10:00"),
        ("kevin covers for zed tomorrow from 8 to 18", "oncall_cover", "until", "2026-11-23T18:00:00+01:00"),
        ("who goes to VIS-2041 and at what time", "visits_show", "visit", "VIS-2041"),
    ],
)
async def test_where_it_is_moved_to_is_what_is_meant(
    understander: Understander, words: str, action: str, name: str, value: str
) -> None:
    best = (await ask(understander, words, "noc")).best
    assert (best.action_id, best.args[name]) == (action, value)


@pytest.mark.parametrize("whom", ["her", "him", "them"])
async def test_a_colleague_nobody_spoke_of_is_asked_for(understander: Understander, whom: str) -> None:
    best = (await ask(understander, f"assign TCK-10234 to {whom}", "support")).best
    assert (best.action_id, best.missing) == ("tickets_assign", ("to",))
    assert "to" not in best.args
