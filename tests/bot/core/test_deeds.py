import pytest

from bot.contract.action import Action
from bot.core.deeds import find_deeds
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
    assert [one.id for one in find_deeds(writes, words, named=True)] == [action]


@pytest.mark.parametrize("words", ["", "coffee", "the", "fine weather in Rome"])
def test_strange_words_find_none(words: str) -> None:
    assert find_deeds(VIEW.all(Action), words) == []
