"""Some rows of the list that was just shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.contract.money import Money
from bot.contract.reply import Column, Reply, Table, Tone
from bot.core import extremes, sifting
from bot.core.extremes import MOST_OF, OPEN_MOST
from bot.core.leaving_out import rows_without
from bot.core.sifting import BOUND, COUNTED, PART, _only_flags
from bot.understand.arguments import Kind
from tests.bot.core.answer_world import Talk
from tests.bot.core.debt_world import ROWS, accounts


def test_what_is_said_of_a_part_of_a_list() -> None:
    assert all(
        MOST_OF.match(w) for w in ("which of them is oldest", "which is the biggest", "who owes the most")
    )
    assert not any(MOST_OF.match(w) for w in ("which is the plan of Amina", "who is on call"))
    assert OPEN_MOST.match("open the newest")
    assert not OPEN_MOST.match("open a ticket for the newest customer")
    assert COUNTED.match("how many of them are business")
    assert all(PART.match(w) for w in ("only business", "those in nyali", "which of them are unassigned"))
    assert all(BOUND.match(w) for w in ("worse than -27", "over 500", "only those under 20 days"))
    assert not BOUND.match("worse than ever")


@pytest.mark.parametrize(
    ("words", "account"),
    [
        ("which is the biggest", "100999"),
        ("which of them is the smallest", "100234"),
        ("who owes the most", "100999"),
    ],
)
async def test_the_most_of_a_list_is_one_row_that_can_be_spoken_of(
    debts: Talk, words: str, account: str
) -> None:
    reply = await debts.say(words)
    assert accounts(reply) == [account]
    assert "of 3." in reply.text
    await debts.say("what does the first one owe")
    assert debts.gate.done[-1] == ("billing_balance", {"customer": account})


async def test_rows_are_chosen_by_what_stands_in_them(debts: Talk) -> None:
    reply = await debts.say("only business")
    assert accounts(reply) == ["100999", "100777"]
    assert reply.text == "2 with “business”, of 3:"


async def test_how_many_of_them_counts_those_that_say_it(debts: Talk) -> None:
    assert (await debts.say("how many of them are business")).text.startswith("2 with")


async def test_what_stands_in_no_row_is_said_with_the_columns(debts: Talk) -> None:
    reply = await debts.say("how many of them are purple")
    assert reply.text.startswith(
        "I cannot tell which are “purple”: no row of 3 says it. This list has: Account, Name"
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [("worse than 400", ["100999", "100777"]), ("less than 600", ["100234", "100777"]), ("over 9000", [])],
)
async def test_rows_are_chosen_by_a_bound(debts: Talk, words: str, found: list[str]) -> None:
    assert accounts(await debts.say(words)) == found


async def test_where_the_question_itself_can_be_narrowed_it_is(debts: Talk) -> None:
    reply = await debts.say("over 60")
    assert debts.gate.asked[-1] == ("billing_overdue", {"days": 60})
    assert accounts(reply) == ["100999"]


async def test_the_newest_is_put_where_it_was_spoken_of(debts: Talk) -> None:
    await debts.say("show the biggest")
    assert debts.gate.done[-1] == ("customers_card", {"customer": "100999"})


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("how many of them are not business", ["100234"]),
        ("which of them are not residential", ["100999", "100777"]),
        ("only those that are not Grace", ["100234", "100777"]),
        ("which of them aren't business", ["100234"]),
    ],
)
async def test_rows_are_left_out_by_what_stands_in_them(debts: Talk, words: str, found: list[str]) -> None:
    reply = await debts.say(words)
    assert accounts(reply) == found
    assert reply.text.startswith(f"{len(found)} without")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("excluding business", ["100234"]),
        ("business excluded", ["100234"]),
        ("except grace and brian", ["100234"]),
        ("all but grace", ["100234", "100777"]),
        ("not grace", ["100234", "100777"]),
        ("leave out 100999 and 100777", ["100234"]),
        ("hide the residential ones", ["100999", "100777"]),
    ],
)
async def test_some_are_left_out_in_many_words(debts: Talk, words: str, found: list[str]) -> None:
    assert accounts(await debts.say(words)) == found


async def test_how_many_were_counts_of_the_list(debts: Talk) -> None:
    assert (await debts.say("how many were business")).text.startswith("2 with")


@pytest.mark.parametrize("words", ["only in nyali or bamburi", "power ones only"])
async def test_what_no_row_says_is_not_none_of_them(debts: Talk, words: str) -> None:
    assert (await debts.say(words)).text.startswith("I cannot tell which are")


@pytest.mark.parametrize("words", ["how many of them are not purple", "which of them are not 1 but not 2"])
async def test_what_no_row_says_leaves_nothing_out_and_that_is_said(debts: Talk, words: str) -> None:
    reply = await debts.say(words)
    assert reply.tone is Tone.WARN
    assert "This list has: Account, Name, Kind" in reply.text
    assert reply.table is None


def test_an_empty_column_is_what_a_row_is_without() -> None:
    table = Table(columns=(Column("Ticket"), Column("Assigned to")), rows=(("TCK-1", "bea"), ("TCK-2", None)))
    for what, telling in (("without an assignee", ["assignee"]), ("no assignee", ["assignee"])):
        assert rows_without(table, what, [telling], lambda v: str(v or "")) == [("TCK-2", None)]


async def test_a_long_message_is_about_no_part_of_a_list(
    debts: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched: list[str] = []
    monkeypatch.setattr(sifting, "COUNTED", SimpleNamespace(match=matched.append))
    await debts.say("how many of them are " + "one " * 300 + "x")
    assert matched == []
    await debts.say("how many of them are one")
    assert matched == ["how many of them are one"]


async def test_who_owes_the_most_is_asked_of_the_system_that_can_tell(
    debts: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = extremes.arguments_of

    def more(action: Any) -> tuple[Any, ...]:
        return (*known(action), SimpleNamespace(name="biggest", kind=Kind.YES_NO))

    monkeypatch.setattr(extremes, "arguments_of", more)
    await debts.say("who owes the most")
    assert debts.gate.asked[-1] == ("billing_overdue", {"biggest": True, "limit": 1})


async def test_the_newest_of_a_list_told_in_days_has_the_fewest(debts: Talk) -> None:
    assert accounts(await debts.say("the newest")) == ["100777"]
    await debts.say("list overdue customers")
    assert accounts(await debts.say("the oldest")) == ["100999"]


def test_one_of_a_list_is_given_away_by_what_it_is_most_of() -> None:
    found = OPEN_MOST.match("give the newest of them to rose")
    assert found is not None
    assert (found["lead"], found["most"], found["rest"]) == ("give ", "newest", " to rose")


async def test_where_several_are_the_biggest_a_change_asks_which(
    debts: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = [(*row[:4], Money(90_000, "NGN"), row[5]) for row in ROWS[:2]]
    monkeypatch.setattr("tests.bot.core.debt_world.ROWS", (*same, ROWS[2]))
    assert accounts(await debts.say("the biggest")) == ["100234", "100999"]
    await debts.say("list overdue customers")
    reply = await debts.say("suspend the biggest")
    assert [choice.words for choice in reply.choices] == ["suspend 100234", "suspend 100999"]
    assert debts.gate.parked == {}


async def test_a_change_for_the_most_of_a_list_that_cannot_tell_is_for_nobody(
    debts: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.bot.core.debt_world.COLUMNS", ("Account", "Name", "Kind", "Calls", "Owed", "dBm")
    )
    reply = await debts.say("open a ticket for the oldest")
    assert "nothing to tell the oldest by" in reply.text
    assert debts.gate.parked == {}


@pytest.mark.parametrize("words", ["but why", "but show 100234", "ignore that", "not now", "hide them"])
async def test_what_leaves_no_row_out_is_not_read_so(debts: Talk, words: str) -> None:
    assert "leave anything out" not in (await debts.say(words)).text


@pytest.mark.parametrize(
    ("words", "anew"), [("who owes the most", True), ("which of them is the biggest", False)]
)
async def test_what_a_list_cannot_tell_is_asked_anew_but_not_of_them(
    debts: Talk, monkeypatch: pytest.MonkeyPatch, *, words: str, anew: bool
) -> None:
    async def asked(_: Any) -> Reply:
        return Reply("asked anew")

    monkeypatch.setattr(extremes, "asked_anew", asked)
    monkeypatch.setattr(extremes, "_column_for", lambda *_: None)
    assert ((await debts.say(words)).text == "asked anew") is anew


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"unassigned": True}, True),
        ({"mine": True}, False),
        ({"area": "nyali"}, False),
        ({"my": True}, False),
    ],
)
def test_only_what_is_yes_or_no_reads_a_without(more: dict[str, Any], *, flags: bool) -> None:
    turn = SimpleNamespace(thread=SimpleNamespace(last=("tickets_search", {"open_only": True})))
    assert _only_flags(turn, SimpleNamespace(args={"open_only": True, **more})) is flags  # type: ignore[arg-type]  # all that is read


async def test_a_condition_is_no_part_of_a_list(debts: Talk) -> None:
    reply = await debts.say("only if he has not paid")
    assert reply.text.startswith("I cannot go by “only if he has not paid”, and changed nothing.")
