"""What somebody might say first."""

from datetime import UTC, datetime

from bot.contract.people import User
from bot.contract.reply import Reply, Waiting
from bot.core.home import Home, Part
from bot.core.prompting import prompts

ANN = User.with_permissions("1", "Ann", frozenset({"tickets:read"}))
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAITS = Waiting(call_id="c", action_id="billing_credit", summary="Credit", needs="a yes", asked_by="Ben")


def said(home: Home) -> list[tuple[str, str]]:
    return [(each.label, each.words) for each in prompts(home)]


def part(title: str, words: str, error: str = "") -> Part:
    return Part(title=title, reply=Reply("x", error=error), words=words)


def test_what_waits_and_what_is_on_today_come_before_what_the_role_asks() -> None:
    home = Home(
        user=ANN,
        at=NOON,
        to_decide=[WAITS, WAITS],
        parts=[
            part("Broken", "break", error="Unavailable"),
            part("Wordless", ""),
            part("Down now", "what is down now"),
            part("On call", "who is on call"),
            part("Tickets", "show my tickets"),
        ],
        questions=["what is down now", "show Amina's balance", "who is late"],
    )
    assert said(home) == [
        ("2 requests wait for your yes", "waiting"),
        ("Down now", "what is down now"),
        ("On call", "who is on call"),
        ("Show Amina's balance", "show Amina's balance"),
    ]


def test_one_request_and_nothing_else() -> None:
    assert said(Home(user=ANN, at=NOON, to_decide=[WAITS])) == [("1 request waits for your yes", "waiting")]


def test_nothing_for_somebody_who_may_do_nothing() -> None:
    assert said(Home(user=ANN, at=NOON, closed="No role.", questions=["what is down"])) == []
