"""What was to narrow a list and could not: nothing is done to all of it meanwhile."""

from __future__ import annotations

import pytest

from bot.contract.reply import Column, Reply, Table, Tone, Waiting
from bot.core.limit_open import LIMIT, limit_after
from bot.core.threads import Thread
from tests.bot.core.answer_world import Talk


@pytest.mark.parametrize("limit", ["not the purple ones", "without vip", "only the purple ones"])
async def test_a_change_of_them_waits_for_what_narrows_them(debts: Talk, limit: str) -> None:
    await debts.say(limit)
    for words in ("suspend them all: not paid", "suspend them all: not paid", "suspend all of them"):
        reply = await debts.say(words)
        assert reply.text.startswith(f"“{limit}” is still open"), "also when it is said again"
        assert reply.choices == () and not debts.gate.parked
    await debts.say("list overdue customers")
    assert len((await debts.say("suspend them all: not paid")).choices) == 3


async def test_a_limit_that_was_followed_is_not_open(debts: Talk) -> None:
    await debts.say("not the purple ones")
    await debts.say("only business")
    assert [c.words for c in (await debts.say("suspend them all")).choices] == [
        "suspend 100999",
        "suspend 100777",
    ]


async def test_one_of_the_list_is_still_spoken_of(debts: Talk) -> None:
    await debts.say("not the purple ones")
    assert "is still open" not in (await debts.say("suspend 100234: not paid")).text


@pytest.mark.parametrize("words", ["not now", "only suspend them", "just remind them all", "in nyali"])
def test_what_is_no_limit(words: str) -> None:
    assert LIMIT.match(words) is None


def test_it_is_open_until_a_list_is_shown_or_a_change_waits() -> None:
    before, after = Thread(limit="not vip"), Thread(walk=("100234",))
    warned = Reply("No row says it.", tone=Tone.WARN)
    shown = Reply("3", table=Table(columns=[Column("Account")], rows=[("1",), ("2",)]))
    waits = Reply(
        "?", waiting=Waiting(call_id="1", action_id="a", summary="a", needs="a yes", asked_by="Bea")
    )
    assert limit_after(Thread(), "not vip", warned, after) == "not vip"
    assert limit_after(Thread(), "not vip", warned, Thread()) == "", "there was no list"
    assert limit_after(Thread(), "not vip", Reply("All right."), after) == ""
    assert limit_after(before, "balance of 100234", Reply("0 KES"), after) == "not vip"
    assert limit_after(before, "open tickets", shown, after) == ""
    assert limit_after(before, "suspend 100234", waits, after) == ""
