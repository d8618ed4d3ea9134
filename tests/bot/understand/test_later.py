"""A change that is made at once is not proposed for another time."""

import pytest

from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str) -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    "words, role, left",
    [
        ("suspend 100234 until friday because she is travelling", "support", "until friday"),
        ("suspend 100234 for december", "support", "for december"),
        ("suspend 100234 from 1 december for non payment", "support", "from 1 december"),
        ("suspend 100234 for 2 weeks", "support", "for 2 weeks"),
        ("suspend 100234 for non payment at 6pm", "billing", "at 6pm"),
        ("resume 100234 on friday", "support", "on friday"),
        ("move 100234 to Home Fibre 100 from 1 december", "billing", "from 1 december"),
        ("reboot the ont of 100234 tonight", "noc", "tonight"),
    ],
)
async def test_a_time_no_argument_takes_is_refused_and_named(words: str, role: str, left: str) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.lacks) == (Verdict.UNKNOWN, f"do that “{left}”, only at once")


@pytest.mark.parametrize(
    "words, role, action_id",
    [
        ("suspend 100234 for non payment since october", "support", "customers_suspend"),
        ("suspend 100234 because he pays on friday", "support", "customers_suspend"),
        ("suspend 100234 for 60 days of debt", "support", "customers_suspend"),
        ("move 100234 to Home Fibre 100 next month", "billing", "customers_change_plan"),
        ("credit 100234 500 for 3 days outage", "billing", "billing_credit"),
        ("add a note to 100234: away until friday", "support", "customers_add_note"),
        ("close TCK-11571, technician comes back tomorrow", "support", "tickets_close"),
        ("cancel VIS-1005 tomorrow", "field", "visits_cancel"),
    ],
)
async def test_a_time_that_is_only_told_changes_nothing(words: str, role: str, action_id: str) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)


@pytest.mark.parametrize(
    "words, role, action_id, since, until",
    [
        ("maintenance this week", "noc", "network_maintenance", "2026-11-16", "2026-11-22"),
        ("maintenance tomorrow", "noc", "network_maintenance", "2026-11-23", "2026-11-23"),
        ("outages in 2026", "noc", "network_outages", "2026-01-01", "2026-12-31"),
        ("tickets opened yesterday", "support", "tickets_search", "2026-11-21", "2026-11-21"),
        ("tickets opened since yesterday", "support", "tickets_search", "2026-11-21", None),
        ("promises broken this week", "billing", "billing_promises", "2026-11-16", "2026-11-22"),
    ],
)
async def test_a_stretch_said_for_a_list_gives_its_beginning_and_its_end(
    words: str, role: str, action_id: str, since: str, until: str | None
) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)
    assert (got.args.get("since"), got.args.get("until")) == (since, until)
    assert "open_only" not in got.args


async def test_nothing_has_been_since_a_time_to_come() -> None:
    got = await understand("who is on shift tonight", "noc")
    handover = [guess for guess in got.guesses if guess.action_id == "shifts_handover"]
    assert all("since" not in guess.args for guess in handover)
