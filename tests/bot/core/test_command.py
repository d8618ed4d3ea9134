from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.contract.action import Action
from bot.core.command import Command, parse, split
from bot.errors import Ambiguous, BadInput
from bot.understand.times import Clock
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))


def command(words: str, user=None) -> Command | None:
    return parse(words, isp.VIEW, user or isp.person(), CLOCK, "NGN")


class Silent:
    """What there is, as if only forms and buttons did it."""

    def all(self, kind):
        return [replace(each, item=replace(each.item, spoken=False)) for each in isp.VIEW.all(kind)]


def test_what_only_forms_do_is_not_done_by_typing_it():
    first = next(o for o in isp.VIEW.all(Action) if o.item.spoken)
    for words in (f"{first.plugin} {first.item.name} a=1", first.id, f"{first.plugin} {first.item.name}"):
        with pytest.raises(BadInput, match="not done by typing it"):
            parse(words, Silent(), isp.person(), CLOCK, "NGN")


def args(words: str) -> dict:
    found = command(words)
    assert found is not None
    return {"": found.owned.id, **found.args}


def test_named_arguments_in_any_order_with_quotes() -> None:
    assert args('tickets create subject="No \\"light\\" at all" customer=100234 priority=high') == {
        "": "tickets_create", "subject": 'No "light" at all', "customer": "100234", "priority": "high",
    }  # fmt: skip


def test_positional_arguments_follow_the_signature_and_the_last_text_takes_the_rest() -> None:
    assert args('tickets comment TCK-10234 "called him"')["text"] == "called him"
    assert (
        args("tickets comment TCK-10234 called the customer back twice")["text"]
        == "called the customer back twice"
    )


@pytest.mark.parametrize(
    "words",
    [
        "tickets_create customer=1 subject=x",
        "/tickets create customer=1 subject=x",
        "TICKETS create customer=1 subject=x",
        "tick cre customer=1 subject=x",
        "tickets create --customer=1 --subject=x",
        "tickets create cust=1 sub=x",
    ],
)
def test_ids_prefixes_flags_and_case_are_all_fine(words: str) -> None:
    assert args(words) == {"": "tickets_create", "customer": "1", "subject": "x"}


def test_values_are_read_as_people_write_them() -> None:
    assert (
        args('network maintenance site=IKJ start="tomorrow 10:00" lasts=2h')["start"]
        == "2026-11-23T10:00:00+01:00"
    )
    assert args("network maintenance site=IKJ start=2026-12-01 lasts=90m")["lasts"] == "PT5400S"
    assert (
        args('billing record_payment customer=100234 amount="15k" method=cash')["amount"] == "15,000.00 NGN"
    )
    assert args("tickets escalate ticket=TCK-1 level=l2")["level"] == "L2"
    assert args("billing overdue days=30")["days"] == 30


def test_what_is_missing_is_named() -> None:
    found = command("tickets create customer=100234")
    assert found is not None
    assert found.missing == ("subject",)


@pytest.mark.parametrize(
    "words, says",
    [
        ("tickets create customr=1 subject=x", "Did you mean `customer`"),
        ("tickets create zzz=1", "It takes: customer, subject, [priority]"),
        ("tickets create customer=1 subject=x priority=whatever", "Say one of low, normal, high, urgent"),
        ("billing overdue days=soon", "whole number"),
        ("billing record_payment customer=1 amount=lots", "not an amount"),
        ("network maintenance site=IKJ start=2026-02-30", "not a day in the calendar"),
        ('tickets create customer=1 subject="no light', "not closed"),
        ("billing overdue days=", "is empty"),
        ('billing balance 100234 "and more"', "do not know what to do with"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(words: str, says: str) -> None:
    with pytest.raises(BadInput) as error:
        command(words)
    assert says in str(error.value)


def test_an_unknown_command_offers_the_nearest_with_the_same_arguments() -> None:
    with pytest.raises(Ambiguous) as error:
        command('tickets crate customer=100234 subject="No light"')
    assert error.value.choices[0].words == 'tickets create customer=100234 subject="No light"'


def test_the_nearest_is_none_that_one_may_not_use() -> None:
    with pytest.raises(BadInput) as error:
        command("billing balence customer=100234", isp.person("tickets:read"))
    assert "balance" not in str(error.value)


@pytest.mark.parametrize("words", ["tickets create --help", "tickets create help", "tickets create ?"])
def test_help_at_the_end_asks_for_help(words: str) -> None:
    found = command(words)
    assert found is not None
    assert found.wants_help


@pytest.mark.parametrize(
    "words",
    [
        "what does she owe", "tickets of Amina Bello", "show tickets", "billing overdue over 30 days", "", "?!",
        "open a ticket for Amina: x=y is broken", "tickets search for john", "Amina's balance", "customers card Amina",
        "tickets as 100234",  # as "tickets of 100203": a small word begins no name of an action
    ],
)  # fmt: skip
def test_sentences_are_no_commands(words: str) -> None:
    assert command(words) is None


def test_an_apostrophe_is_no_quote() -> None:
    assert [p.value for p in split("Amina's router won't start")] == ["Amina's", "router", "won't", "start"]
