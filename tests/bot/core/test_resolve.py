"""Words that name something become exactly one record, or a question with choices that answer it."""

import asyncio
import shlex
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.entity import Match
from bot.core import resolve as module
from bot.core.resolve import command_words, pick, quoted
from bot.errors import Ambiguous, BadInput, NotFound, Unavailable
from bot.host.registry import Owned
from tests.bot.core.gate_world import ENTITY, READ, Desk, card, note, person

READS, WRITES, KIND = Owned("desk", card), Owned("desk", note), Owned("desk", ENTITY)


def match(key: str, label: str = "Bo", *, exact: bool = False, score: float = 0.8) -> Match:
    return Match(key=key, label=label, record=key, exact=exact, score=score, detail=f"at {key}")


def picked(owned, words: str, *matches: Match) -> str:
    return pick(owned, KIND, "customer", words, matches, {"customer": words, "text": 'a “b" c'}).key


@pytest.mark.parametrize("owned", [READS, WRITES])
def test_one_exact_match_is_taken(owned) -> None:
    assert picked(owned, "bo", match("1", exact=True)) == "1"
    assert picked(owned, "bo", match("2"), match("1", exact=True), match("3")) == "1"
    assert picked(owned, " 7 ", match("7", exact=True), match("1", "7", exact=True)) == "7", (
        "a key is only itself"
    )


@pytest.mark.parametrize("owned", [READS, WRITES])
def test_two_of_one_name_ask(owned) -> None:
    with pytest.raises(Ambiguous, match=r"Which customer do you mean by “bo”\? I found 2") as asked:
        picked(owned, "bo", match("1", exact=True), match("2", exact=True), match("3"))
    assert [choice.label for choice in asked.value.choices] == ["Bo (1)", "Bo (2)"]
    assert asked.value.choices[0].detail == "at 1"


def test_a_lone_near_match_is_taken_by_reads_and_asked_about_by_writes() -> None:
    assert picked(READS, "bop", match("1")) == "1"
    with pytest.raises(Ambiguous, match=r"no customer exactly “bop”. Did you mean Bo \(1\)\?") as asked:
        picked(WRITES, "bop", match("1"))
    [choice] = asked.value.choices
    assert choice.words == 'desk note customer=1 text="a “b\\" c"'


def test_two_letters_show_no_stranger() -> None:
    with pytest.raises(Ambiguous, match="Did you mean Bo"):
        picked(READS, "nw", match("1"))


@pytest.mark.parametrize("owned", [READS, WRITES])
def test_far_matches_are_mentioned_and_none_says_so(owned) -> None:
    with pytest.raises(NotFound, match=r"I found no customer for “zz”. Did you mean Bo \(1\)\?"):
        picked(owned, "zz", match("1", score=0.2))
    with pytest.raises(NotFound, match=r"I found no customer for “zz”\. Check the spelling"):
        picked(owned, "zz")


def test_no_more_than_eight_are_offered() -> None:
    with pytest.raises(Ambiguous, match="more than 8") as asked:
        picked(READS, "bo", *(match(str(n)) for n in range(9)))
    assert len(asked.value.choices) == 8


async def test_the_choice_answers_the_question(desk: Desk) -> None:
    with pytest.raises(Ambiguous) as asked:
        await desk.ask("desk_card", {"customer": "Bo Chan", "depth": 3})
    words = shlex.split(asked.value.choices[1].words)
    assert words[:2] == ["desk", "card"]
    args = dict(part.split("=", 1) for part in words[2:])
    assert (await desk.ask("desk_card", args)).text == "Bo Chan 1003"
    assert await desk.events() == ["unclear", "ran"]


async def test_reads_say_what_they_took_it_for(desk: Desk) -> None:
    reply = await desk.ask("desk_card", {"customer": "lee"})
    assert (reply.text, reply.understood) == ("Ann Lee 1001", "taking “lee” as Ann Lee (1001)")
    with pytest.raises(Ambiguous, match="Did you mean Ann Lee"):
        await desk.ask("desk_note", {"customer": "lee", "text": "x"})


async def test_numbers_are_words_too(desk: Desk) -> None:
    assert (await desk.ask("desk_card", {"customer": 1001})).text == "Ann Lee 1001"


async def test_endless_names_are_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="at most 200 fit"):
        await desk.ask("desk_card", {"customer": "x" * 10_000})


async def test_a_hanging_search_is_stopped(desk: Desk, monkeypatch) -> None:
    async def find(ctx, text, limit):
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "FIND", timedelta(seconds=0.05))
    monkeypatch.setitem(desk.view._entities, "customer", Owned("desk", replace(ENTITY, find=find)))
    with pytest.raises(Unavailable, match="Looking up the customer took too long"):
        await desk.ask("desk_card", {"customer": "1001"})


async def test_find_offers_what_the_person_may_see(desk: Desk) -> None:
    assert [m.key for m in await desk.gate.find(desk.ann, "customer", "bo chan")] == ["1002", "1003"]
    assert await desk.gate.find(person("Nob", "x:y"), "customer", "bo chan") == ()
    assert [m.key for m in await desk.gate.find(person("Rea", READ), "customer", "bo", 1)] == ["1002"]


async def test_resolve_alone(desk: Desk) -> None:
    found = await desk.gate.resolve(desk.ann, READS, {"customer": "ann lee", "depth": 1})
    assert (
        found.args == {"customer": "1001", "depth": 1} and found.matches["customer"].record.name == "Ann Lee"
    )


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.text(min_size=1, max_size=20).filter(lambda t: "\x00" not in t)
    )
)
def test_command_words_can_be_read_back(args) -> None:
    words = shlex.split(command_words(READS, args), posix=True)
    assert dict(part.split("=", 1) for part in words[2:]) == args


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"minor": 125000, "currency": "KES"}, '"1,250.00 KES"'),
        (True, "yes"),
        (["a", "b c"], '"a,b c"'),
        (3, "3"),
        ("TCK-1", "TCK-1"),
        ("", '""'),
    ],
)
def test_values_as_they_are_typed(value, words) -> None:
    assert quoted(value) == words


@pytest.mark.parametrize(
    ("words", "sought", "near"),
    [
        ("olt-ctr-1", "olt-ctr", ["olt-ctr-01-1"]),
        ("Bo Chann", "Bo Cha", []),  # "Bo" alone is too short to look for
        ("zz", "", []),
    ],
)
async def test_things_called_nearly_so_are_looked_for(
    monkeypatch: pytest.MonkeyPatch, words: str, sought: str, near: list[str]
) -> None:
    asked = []

    async def find(_setup, _user, _entity, text, **_narrow):
        asked.append(text)
        return [
            Match(key="olt-ctr-01-1", label="olt-ctr-01-1", record=None),
            Match(key="x", label="x", record=None),
        ]

    monkeypatch.setattr(module, "find_matches", find)
    found = await module.nearly(None, None, None, words, "")
    assert [one.key for one in found] == near
    assert asked == ([sought] if sought else [])
