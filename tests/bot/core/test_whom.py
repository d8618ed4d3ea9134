from bot.contract.holding import Holder
from bot.core.whom import asked


def holder(person: str, role: str) -> Holder:
    return Holder(person_id=person, person=person, role=role, area="everywhere")


def test_two_of_a_role_are_named_and_the_roles_with_most_people_first() -> None:
    held = [holder("Ada", "admin"), *(holder(name, "billing") for name in ("Bea", "Dorcas", "Lilian"))]
    assert asked(held) == "Ask Bea or Dorcas (billing), or Ada (admin)."


def test_nobody_is_said() -> None:
    assert asked([]) == "Nobody here may at present."
