"""Who stands in for whom, who opened what, and whose things without an apostrophe."""

from __future__ import annotations

import pytest

from bot.understand.possessive import owner
from bot.understand.understanding import Ask
from tests.evals import world
from tests.evals.score import CLOCK, make


@pytest.fixture(scope="module")
def reader():
    return make()


async def read(reader, words: str, role: str = "support"):
    ask = Ask(
        words=words,
        user=world.person(role),
        clock=CLOCK,
        resolve=world.find,
        currency="NGN",
        focus={},
        last=None,
    )
    return (await reader.understand(ask)).guesses


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
