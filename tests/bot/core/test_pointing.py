from dataclasses import replace

import pytest

from bot.contract.action import Via
from bot.contract.reply import Choice, Column, Reply, Table
from bot.core.listed import rows_of
from bot.core.pointing import offered, others_of, pointed, step, walked, which_other, with_others
from bot.core.threads import Pick, Thread

LISTED = Thread(rows=("TCK-1", "TCK-2", "TCK-3"))


def test_a_row_is_put_in_the_place_of_the_words_for_it() -> None:
    assert pointed(LISTED, "show me the second one") == "show me TCK-2"
    assert pointed(LISTED, "close the last one: fixed") == "close TCK-3: fixed"
    assert pointed(LISTED, "assign the third ticket to Ada") == "assign TCK-3 to Ada"


def test_ranks_and_levels_are_no_rows() -> None:
    assert pointed(LISTED, "escalate it to the second line") is None
    assert pointed(LISTED, "the last invoice of Amina") is None
    assert pointed(LISTED, "show the fifth one") is None
    assert pointed(Thread(), "show the first one") is None


def test_the_other_one_is_what_was_not_taken() -> None:
    two = with_others(Thread(rows=("TCK-1", "TCK-2")), "TCK-1")
    assert [p.words for p in others_of(two, "no, the other one")] == ["TCK-2"]
    assert others_of(two, "the other day") == ()
    assert [p.words for p in others_of(two, "no, I meant the other Amina")] == ["TCK-2"]
    assert others_of(Thread(rows=("TCK-1", "TCK-2")), "the other one") == ()


def test_a_waiting_change_is_never_exchanged_for_another() -> None:
    two = with_others(Thread(rows=("TCK-1", "TCK-2"), waiting="call"), "TCK-1")
    assert others_of(two, "no, the other one") == ()


def test_one_of_several_others_is_asked_for_by_the_way_it_was_offered() -> None:
    picks = tuple(Pick(label=n, words=f"customers suspend customer={n}", via=Via.MODEL) for n in "abc")
    others = with_others(Thread(picks=picks), picks[0]).others
    reply = which_other(others)
    assert [c.label for c in reply.choices] == ["b", "c"]
    assert {p.via for p in offered(Thread(), reply, others).picks} == {Via.MODEL}


def test_hours_name_nothing_and_the_last_of_several_tables_is_what_is_listed() -> None:
    history = Table(columns=(Column("When"), Column("What")), rows=(("18:48", "assign"),))
    debts = Table(columns=(Column("Account"),), rows=(("100234",),))
    assert rows_of(Reply("x", table=history)) == ()
    assert rows_of(Reply("x", tables=(history, debts), choices=(Choice("a", "a"),))) == ("100234",)


def test_a_place_in_the_list_is_said_in_many_ways() -> None:
    assert pointed(LISTED, "diagnose the first") == "diagnose TCK-1"
    assert pointed(LISTED, "tell me more about the 2nd") == "TCK-2"
    assert pointed(LISTED, "give the third to halima") == "give TCK-3 to halima"
    assert pointed(LISTED, "show me number 2") == "show me TCK-2"
    assert pointed(LISTED, "why the first?") == "why TCK-1?"


def test_a_day_of_the_month_is_no_row() -> None:
    for words in ("promise to pay by the 3rd", "payments since the first", "plan it on the 2nd"):
        assert pointed(LISTED, words) is None


def test_the_next_one_goes_on_from_the_row_that_was_opened() -> None:
    opened = walked(LISTED, "show TCK-2")
    card = replace(opened, rows=())
    assert (step(card, "next one"), step(card, "and the previous one")) == (2, 0)
    assert step(LISTED, "next one") is None
    assert step(card, "next week") is None
    assert pointed(card, "the third one") == "TCK-3"


def test_the_first_customer_is_who_was_spoken_of_before() -> None:
    thread = Thread(focus={"customer": "2"}, before={"customer": "1"})
    assert pointed(thread, "her balance, the first customer") == "her balance, 1"


@pytest.mark.parametrize(
    "words",
    [
        "add a note to 100234: flat no 7, the second one",
        "open a ticket for 100234: moved to house number 3, no light",
        "email 100234: see row 3",
        'tell 100234 "see row 3"',
        "moved to house number 3",
        "tell 100234 port no. 2, please restart",
        "credit 100234 500 for the first, she paid it twice",
    ],
)
def test_what_is_written_down_points_at_no_row(words: str) -> None:
    assert pointed(LISTED, words) is None
    assert pointed(replace(LISTED, rows=(), walk=LISTED.rows), words) is None


@pytest.mark.parametrize(
    "words",
    [
        "tickets between the 2nd and the 3rd",
        "move VIS-1001 to the 3rd",
        "invoices due the 2nd",
        "move it to the 3rd",
        "visits of the 3rd",
        "a visit for the 2nd",
    ],
)
def test_an_ordinal_in_digits_is_a_day_unless_it_is_all_that_is_meant(words: str) -> None:
    assert pointed(LISTED, words) is None
    assert pointed(LISTED, "and the 2nd?") == "and TCK-2?"
    assert pointed(LISTED, "assign the 3rd to bea") == "assign TCK-3 to bea"


def test_a_list_shown_long_ago_is_meant_by_nothing_but_the_pointing() -> None:
    card = replace(LISTED, rows=(), walk=LISTED.rows)
    assert pointed(card, "show me the third one") == "show me TCK-3"
    assert pointed(card, "assign the second ticket to bea") == "assign TCK-2 to bea"
    assert pointed(card, "remind me that the second visit failed") is None
    assert pointed(card, "she paid the first, not the second") is None


def test_a_row_stands_inside_of_a_longer_wish_too() -> None:
    assert pointed(LISTED, "credit the 2nd 500 for outage") == "credit TCK-2 500 for outage"
    assert pointed(LISTED, "open the second") == "TCK-2"
    assert (
        pointed(LISTED, "how was the light of the first over the month")
        == "how was the light of TCK-1 over the month"
    )
    assert pointed(LISTED, "is the second online") == "is TCK-2 online"
    assert pointed(LISTED, "when did the first last pay") == "when did TCK-1 last pay"
    assert pointed(LISTED, "the 3rd promised to pay friday") == "TCK-3 promised to pay friday"
    assert (
        pointed(LISTED, "book a visit for the third tomorrow at 10")
        == "book a visit for TCK-3 tomorrow at 10"
    )


def test_a_day_and_a_thing_of_its_own_are_no_row_of_a_longer_wish() -> None:
    assert pointed(LISTED, "remind me on the 2nd at 10") is None
    assert pointed(LISTED, "the second router is broken") is None
    assert pointed(LISTED, "called for the second time today") is None
    assert pointed(Thread(), "is the second online") is None


def test_a_row_of_a_list_shown_before_stands_behind_for() -> None:
    before = Thread(walk=("TCK-1", "TCK-2"))
    assert pointed(before, "open a visit for the second: no light") == "open a visit for TCK-2: no light"
    assert pointed(before, "remind me of the 2nd") is None
