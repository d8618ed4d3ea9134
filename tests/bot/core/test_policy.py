"""Levels, limits and refusals, without a database."""

from datetime import timedelta

import pytest

from bot.contract.action import Approval, Preview, Via
from bot.contract.money import Money
from bot.contract.people import Right, User
from bot.contract.scope import Area, Scope
from bot.core.policy import amount_of, check_permission, doing, terms
from bot.db.policies import Policy
from bot.errors import NotAllowed
from tests.bot.core.gate_world import INFO, MONEY, READ, card, credit, note, suspend, wipe


def rule(**values) -> Policy:
    return Policy(**{"action": "*", "needs": 2, **values})


@pytest.mark.parametrize(
    ("item", "via", "level"),
    [
        (note, Via.PERSON, Approval.NONE),
        (note, Via.MODEL, Approval.SELF),
        (note, Via.RECOMMENDATION, Approval.SELF),
        (note, Via.SCHEDULE, Approval.NONE),
        (card, Via.MODEL, Approval.NONE),
        (suspend, Via.PERSON, Approval.SELF),
        (credit, Via.MODEL, Approval.OTHER),
        (wipe, Via.MODEL, Approval.TWO),
    ],
)
def test_the_level_of_each_way_in(item, via, level) -> None:
    assert terms(item, via, [], None, 1, currency="EUR").needs == level
    assert terms(item, via, [rule(needs=1)], None, 1, currency="EUR").needs == max(level, Approval.SELF)
    assert terms(item, via, [rule(needs=3)], None, 1, currency="EUR").needs == Approval.TWO


@pytest.mark.parametrize(
    ("given", "args", "applies"),
    [
        ("", {}, True),
        ("level=high", {"level": "high"}, True),
        ("level=HIGH", {"level": "high"}, True),
        ("level=high", {"level": "low"}, False),
        ("level=high", {"level": None}, False),
        ("level=high", {}, False),
        ("level=low,high", {"level": "high"}, True),
        ("level=high; customer=1001", {"level": "high", "customer": "1001"}, True),
        ("level=high; customer=1001", {"level": "high", "customer": "1002"}, False),
        ("tags=vip", {"tags": ["new", "VIP"]}, True),
        ("loud=yes", {"loud": True}, True),
        ("loud=yes", {"loud": False}, False),
        ('amount="5,000.00 KES"', {"amount": {"minor": 500_000, "currency": "KES"}}, True),
        ('text="a; b=c"', {"text": "A;  b=c"}, True),
        ("unreadable", {}, True),
    ],
)
def test_the_values_of_arguments(given, args, applies) -> None:
    found = terms(note, Via.PERSON, [rule(given=given)], None, 1, currency="EUR", args=args)
    assert (found.needs == Approval.OTHER) == applies
    over = terms(note, Via.PERSON, [rule(given=given, min_hits=5)], None, 1, currency="EUR", args=args)
    assert over.needs == Approval.NONE, "a threshold holds besides"


@pytest.mark.parametrize(
    ("policy", "amount", "hits", "applies"),
    [
        (rule(), None, 0, True),
        (rule(min_amount=100), None, 1, False),
        (rule(min_amount=100), Money(99, "EUR"), 1, False),
        (rule(min_amount=100), Money(100, "EUR"), 1, True),
        (rule(min_amount=100), Money(-100, "EUR"), 1, True),
        (rule(min_amount=10_000), Money(500, "KWD"), 1, True),
        (rule(min_hits=10), Money(500, "KWD"), 1, False),
        (rule(min_hits=10), None, 9, False),
        (rule(min_hits=10), None, 10, True),
        (rule(min_amount=100, min_hits=10), Money(1, "EUR"), 10, True),
        (rule(min_amount=100, min_hits=10), Money(100, "EUR"), 1, True),
    ],
)
def test_thresholds(policy, amount, hits, applies) -> None:
    found = terms(note, Via.PERSON, [policy], amount, hits, currency="EUR")
    assert (found.needs == Approval.OTHER) == applies


def test_the_strictest_of_everything_that_applies() -> None:
    found = terms(
        note,
        Via.PERSON,
        [
            rule(needs=3, approver_role="noc", expires_after=timedelta(hours=2)),
            rule(needs=3, approver_role="admin", remind_after=timedelta(minutes=5)),
            rule(needs=2, approver_role="billing", expires_after=timedelta(hours=1)),
            rule(needs=3, min_hits=99, approver_role="nobody"),
        ],
        None,
        1,
        currency="EUR",
    )
    assert (found.needs, found.roles) == (Approval.TWO, ("admin", "noc"))
    assert (found.expires_after, found.remind_after) == (timedelta(hours=1), timedelta(minutes=5))


def test_a_limit_of_one_region_is_not_widened_by_another() -> None:
    north, south = ({"region": name, "site": None, "partner": None} for name in ("north", "south"))
    right = Right(scope=Scope(frozenset({Area(region=frozenset({"north"}))})), max_amount=10).plus(
        Right(scope=Scope(frozenset({Area(region=frozenset({"south"}))})), max_amount=1000)
    )
    assert [right.limits([row])[0] for row in (north, south)] == [10, 1000]
    assert right.limits([north, south])[0] == 10


@pytest.mark.parametrize(
    ("given", "shown", "counts"),
    [
        (None, None, None),
        (Money(5, "EUR"), None, Money(5, "EUR")),
        (None, Money(7, "EUR"), Money(7, "EUR")),
        (Money(5, "EUR"), Money(-7, "EUR"), Money(-7, "EUR")),
    ],
)
def test_the_larger_of_the_amount_said_and_the_amount_shown_counts(given, shown, counts) -> None:
    assert amount_of(credit, {"amount": given}, Preview(text="", amount=shown)) == counts


def test_a_refusal_says_what_is_missing_and_who_has_it() -> None:
    with pytest.raises(NotAllowed) as refused:
        check_permission(User(id="u", name="U"), MONEY, doing(credit), {"desk": INFO})
    assert str(refused.value) == (
        "You may not credit a customer: that needs `desk:money` (“Move money”). "
        "People with the role billing can do it; an admin can grant it to you."
    )
    check_permission(User.with_permissions("u", "U", frozenset({READ})), READ, "x", {})
