from bot.contract.holding import Holder
from bot.core.whom import asked, beyond
from bot.errors import LimitExceeded


def holder(person: str, role: str, amount: int | None = None, count: int | None = None) -> Holder:
    return Holder(
        person_id=person, person=person, role=role, area="everywhere", max_amount=amount, max_count=count
    )


def test_two_of_a_role_are_named_and_the_roles_with_most_people_first() -> None:
    held = [holder("Ada", "admin"), *(holder(name, "billing") for name in ("Bea", "Dorcas", "Lilian"))]
    assert asked(held) == "Ask Bea or Dorcas (billing), or Ada (admin)."


def test_nobody_is_said() -> None:
    assert asked([]) == "Nobody here may at present."


def test_over_a_limit_those_are_named_whose_own_reaches_that_far() -> None:
    held = [
        holder("Bea", "billing", 20_000),
        holder("Dorcas", "billing", 60_000),
        holder("Ada", "admin", count=2),
    ]
    assert beyond(held, LimitExceeded("x", amount=50_000)) == "Ask Dorcas (billing), or Ada (admin)."
    assert beyond(held, LimitExceeded("x", count=3)) == "Ask Bea or Dorcas (billing)."
    nobody = "Nobody here has a higher limit; an admin can raise yours."
    assert beyond(held[:1], LimitExceeded("x", amount=50_000)) == nobody


def test_who_has_a_limit_is_not_named_where_limits_cannot_be_compared() -> None:
    """Asked for 100.00 of another currency: 60,000 of the tenant's says nothing."""
    held = [holder("Dorcas", "billing", 60_000), holder("Ada", "admin")]
    assert beyond(held, LimitExceeded("x", amount=10_000, unlike=True)) == "Ask Ada (admin)."
