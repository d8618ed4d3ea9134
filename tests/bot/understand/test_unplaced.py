"""What a wish for a change names and does not use is known; what is only told beside it is no such thing."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize(
    ("words", "role", "action", "left"),
    [
        (
            "email all customers on Home Fibre 50 tomorrow 9:00: hello",
            "billing",
            "email_mass",
            "tomorrow 9:00",
        ),
        ("make TCK-10234 urgent for today only", "support", "tickets_set_priority", "today"),
        ("book a visit for 100234 friday 10:00 and again monday", "support", "visits_schedule", "monday"),
        ("link all tickets from Bamburi to OUT-0040", "noc", "tickets_link_all", "Bamburi"),
        ("invite a.b@c.example, she starts in support on monday", "admin", "admin_add_user", "on monday"),
    ],
)
async def test_what_is_named_and_not_used_is_unplaced(
    understander: Understander, words: str, role: str, action: str, left: str
) -> None:
    got = await ask(understander, words, role)
    assert (got.action_id, got.best.unplaced) == (action, (left,))


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Zed Musa left on Friday, remove his access", "admin"),
        ("Zed Musa has left the company, lock him out today", "admin"),
        ("I can't handle TCK-10235 today, put it back in the pool", "support"),
        ("Peter Kamau wants to stay after all, keep SVC-100234-1", "support"),
        ("comment TCK-11578 port moved to pon 1/4", "support"),
        ("unlink the Slack account T024F:U0A1B2", "admin"),
        ("close TCK-10234: replaced ONT 2 on friday", "support"),
        ("record 3,999 cash from 100118 yesterday", "billing"),
    ],
)
async def test_what_is_told_or_written_down_holds_nothing(
    understander: Understander, words: str, role: str
) -> None:
    assert (await ask(understander, words, role)).best.unplaced == ()
