import pytest

from bot.contract.action import Action
from bot.core.deeds import find_deeds, near_deeds
from tests.evals.world import VIEW


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("suspend customers", "customers_suspend"),
        ("suspensions", "customers_suspend"),
        ("closing tickets", "tickets_close"),
        ("credits", "billing_credit"),
        ("give credit notes", "billing_credit"),
        ("plan changes", "customers_change_plan"),
        ("reboot an ont", "network_reboot"),
        ("send mass mail", "email_mass"),
    ],
)
def test_words_find_the_one_change_they_speak_of(words: str, action: str) -> None:
    writes = [one for one in VIEW.all(Action) if not one.item.reads_only]
    assert [one.id for one in find_deeds(writes, words)] == [action]


@pytest.mark.parametrize(
    "words",
    [
        *("", "coffee", "the", "fine weather in Rome", "see everything"),
        *(
            "delete customers",
            "remove customers",
            "remove people",
            "add customers",
            "change roles",
            "give roles",
        ),
        *("refund money", "change prices", "see salaries", "read mail", "use the bot"),
    ],
)
def test_strange_words_find_none(words: str) -> None:
    assert find_deeds(VIEW.all(Action), words) == []


def test_an_action_is_found_by_its_own_id() -> None:
    there = VIEW.all(Action)
    assert [one.id for one in there if [found.id for found in find_deeds(there, one.id)] != [one.id]] == []


def test_what_is_near_is_named_best_first() -> None:
    near = [one.id for one in near_deeds(VIEW.all(Action), "reassign tickets")]
    assert near
    assert {one.partition("_")[0] for one in near[:5]} == {"tickets"}
