from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understand.marks import find_marks
from bot.understand.times import Clock
from bot.understand.understander import Understander
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
NOUNS = Understander(isp.OWNED, isp.ENTITIES)._nouns


def marks(text: str) -> list[tuple[str, str]]:
    return [(m.kind, m.text) for m in find_marks(text, NOUNS, CLOCK, "NGN")]


@pytest.mark.parametrize(
    "text, kind, said",
    [
        ("is amina@acme.example online", "id", "amina@acme.example"),
        ("who has 10.20.0.7", "id", "10.20.0.7"),
        ("whose MAC is 00:1A:2B:3C:4D:5E", "id", "00:1A:2B:3C:4D:5E"),
        ("cisco 001a.2b3c.4d5e", "id", "001a.2b3c.4d5e"),
        ("call +234 801 234 5678", "id", "+234 801 234 5678"),
        ("serial HWTC12AB34CD", "id", "HWTC12AB34CD"),
        ("is olt-ikj-01 up", "id", "olt-ikj-01"),
        ("show tck-10234", "entity", "tck-10234"),
        ("paid 15,000 NGN", "money", "15,000 NGN"),
        ("paid 15k", "money", "15k"),
        ("paid ₦ 1500", "money", "₦ 1500"),
        ("over 30 days", "time", "30 days"),
        ("tomorrow at 10", "time", "tomorrow at 10"),
        ('say "no light"', "quoted", "no light"),
        ("top 10 debtors", "number", "10"),
        ("what does Amina Bello owe", "name", "Amina Bello"),
        ("what does amina bello owe", "name", "amina bello"),
        ("amina bello", "name", "amina bello"),
        ("did amina bello pay in october", "name", "amina bello"),
        ("Amina's balance", "name", "Amina"),
    ],
)
def test_what_is_named_is_marked(text: str, kind: str, said: str) -> None:
    assert (kind, said) in marks(text)


@pytest.mark.parametrize(
    "text", ["show my tickets", "which devices are offline?", "high-priority tickets", "tikcets"]
)
def test_words_the_actions_speak_of_are_no_names(text: str) -> None:
    assert [m for m in marks(text) if m[0] in {"name", "id"}] == []


def test_the_word_before_says_what_kind_it_is() -> None:
    found = find_marks("status of site Ikeja and account 100234", NOUNS, CLOCK, "NGN")
    assert [(m.text, m.entity) for m in found] == [("Ikeja", "site"), ("100234", "customer")]


def test_a_share_is_no_number() -> None:
    for text in ("credit 10% of it", "credit 10 percent of it", "credit 12,5 % of it"):
        assert "number" not in dict(marks(text))
    assert ("number", "10") in marks("top 10 debtors")


@pytest.mark.parametrize(
    "text, amount",
    [
        ("credit 100234 500,50 NGN for an outage", "500,50 NGN"),
        ("credit 100234 15 000 F for three days outage", "15 000 F"),
        ("credit 100234 2 500 for outage", "2 500"),
        ("record payment 100234 3 999 cash", "3 999"),
        ("credit 100234 15k", "15k"),
        ("NGN 500 for 100234", "NGN 500"),
        ("credit 100234 1 500,50 for outage", "1 500,50"),
    ],
)
def test_an_account_number_is_no_part_of_the_amount_behind_it(text: str, amount: str) -> None:
    assert {"100234", amount} <= {said for _, said in marks(text)}
