"""Rights: what several grants of one permission allow together."""

import pytest

from bot.contract.people import Right
from bot.contract.scope import EVERYWHERE, NOWHERE, Area, Scope

NORTH, SOUTH = {"region": "north"}, {"region": "south"}
IN_NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))
IN_SOUTH = Scope(frozenset({Area(region=frozenset({"south"}))}))


def test_a_generous_limit_in_one_region_does_not_reach_another() -> None:
    both = Right(scope=IN_NORTH, max_amount=500).plus(Right(scope=IN_SOUTH))
    assert both.limits([NORTH]) == (500, None)
    assert both.limits([SOUTH]) == (None, None)
    assert both.limits([NORTH, SOUTH]) == (500, None)
    assert both.scope.covers(NORTH) and both.scope.covers(SOUTH)


def test_the_most_generous_of_the_grants_that_reach_the_row() -> None:
    right = Right(max_amount=100, max_count=1).plus(Right(scope=IN_NORTH, max_amount=900, max_count=5))
    assert right.limits([NORTH]) == (900, 5)
    assert right.limits([SOUTH]) == (100, 1)
    assert right.limits([]) == (100, 1), "a call that names no row may touch any"


@pytest.mark.parametrize(
    ("scope", "row", "reached"),
    [
        (EVERYWHERE, {}, True),
        (NOWHERE, NORTH, False),
        (IN_NORTH, NORTH, True),
        (IN_NORTH, SOUTH, False),
        (IN_NORTH, {}, False),
        (IN_NORTH, {"region": None}, False),
        (Scope.union((IN_NORTH, IN_SOUTH)), SOUTH, True),
        (Scope(frozenset({Area(region=frozenset({"north"}), site=frozenset({"N1"}))})), NORTH, False),
    ],
)
def test_scope(scope: Scope, row: dict[str, str | None], reached: bool) -> None:
    assert scope.covers(row) is reached
