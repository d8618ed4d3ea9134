"""The gate and the place: calls, decisions, look-ups, undo and nested calls, where rules narrow them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.channel import CHANNELS, DIRECT, ChannelRule
from bot.contract.place import Place, PlaceKind
from bot.core.audit import search
from bot.errors import NotAllowed, Unavailable
from tests.bot.core.gate_world import Desk

NOC = Place(surface="slack", channel="CNOC", kind=PlaceKind.PUBLIC)
SHARED = Place(surface="slack", channel="CNOC", kind=PlaceKind.SHARED)
DM = Place(surface="slack", channel="D1", kind=PlaceKind.DIRECT)
ANN = {"customer": "Ann Lee"}


def rule(desk: Desk, *rules: ChannelRule) -> None:
    desk.world.channel_rules = list(rules)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as anything is looked up."""

    async def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a resolver ran")

    monkeypatch.setattr("bot.core.resolve.find_matches", never)
    monkeypatch.setattr("bot.core.gate.find_matches", never)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("customer", ["Ann Lee", "nobody at all"])
async def test_a_refused_place_does_not_confirm_that_a_customer_exists(desk: Desk, customer: str) -> None:
    rule(desk, ChannelRule(channel="CNOC", only=("desk_hang",)))
    said = []
    for action in ("desk_card", "desk_suspend"):
        with pytest.raises(NotAllowed) as error:
            await desk.ask(action, {"customer": customer}, place=NOC)
        said.append(str(error.value))
    assert set(said) == {
        "In this channel I do only desk_hang. Ask me in a direct message. An admin sees and changes that with `admin channels`."
    }
    assert await desk.gate.find(desk.ann, "customer", customer, place=NOC) == ()
    with pytest.raises(NotAllowed, match="other organisations"):
        await desk.ask("desk_card", {"customer": customer}, place=SHARED)
    assert await desk.gate.find(desk.ann, "customer", customer, place=SHARED) == ()


async def test_elsewhere_the_same_person_may(desk: Desk) -> None:
    rule(desk, ChannelRule(channel="CNOC", closed=True))
    assert (await desk.ask("desk_card", ANN, place=DM)).text.startswith("Ann Lee")
    assert await desk.gate.find(desk.ann, "customer", "Ann Lee", place=DM)


async def test_a_refusal_is_written_down_with_its_place_and_so_is_what_ran(desk: Desk) -> None:
    rule(desk, ChannelRule(channel="CNOC", reads_only=True))
    await desk.ask("desk_card", ANN, place=NOC)
    with pytest.raises(NotAllowed, match="only look things up"):
        await desk.ask("desk_note", {"customer": "1001", "text": "hi"}, place=NOC)
    done = await desk.ask("desk_note", {"customer": "1001", "text": "hi"}, place=DM)
    rows = [(r.event, r.facts.get("place")) for r in reversed(await search(desk.database, desk.tenant.id))]
    assert rows == [
        ("ran", "slack:CNOC:public"), ("refused", "slack:CNOC:public"), ("asked", "slack:D1:direct"), ("ran", "slack:D1:direct"),
    ]  # fmt: skip
    assert (await desk.row(done.call_id)).place == DM.wire()


async def test_yes_and_no_count_only_where_the_call_may_be_made(desk: Desk) -> None:
    asked = await desk.ask("desk_credit", {"customer": "1001", "amount": "20"}, place=DM)
    call_id = asked.call_id or ""
    rule(desk, ChannelRule(channel="CNOC", only=("desk_card",)))
    for yes in (True, False):
        with pytest.raises(NotAllowed, match="only desk_card"):
            await desk.gate.decide(desk.ben, call_id, yes=yes, place=NOC)
    assert await desk.gate.waiting(desk.ben, place=NOC) == []
    assert [w.call_id for w in await desk.gate.waiting(desk.ben, place=DM)] == [call_id]
    await desk.gate.decide(desk.ben, call_id, yes=True, place=DM)
    approved = next(r for r in await search(desk.database, desk.tenant.id) if r.event == "approved")
    assert approved.facts["place"] == "slack:D1:direct"


async def test_a_call_does_not_run_where_it_was_asked_for_once_that_is_forbidden(desk: Desk) -> None:
    asked = await desk.ask("desk_credit", {"customer": "1001", "amount": "20"}, place=NOC)
    rule(desk, ChannelRule(channel="CNOC", closed=True))
    with pytest.raises(NotAllowed, match="may no longer make this call"):
        await desk.gate.decide(desk.ben, asked.call_id or "", yes=True, place=DM)
    assert (await desk.row(asked.call_id)).state == "asked"


async def test_what_may_be_done_in_a_place_may_be_taken_back_there_and_nowhere_else(desk: Desk) -> None:
    rule(
        desk,
        ChannelRule(channel="CNOC", only=("desk_suspend",)),
        ChannelRule(channel="COTHER", reads_only=True),
    )
    asked = await desk.ask("desk_suspend", {"customer": "1001"}, place=NOC)
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True, place=NOC)
    other = Place(surface="slack", channel="COTHER", kind=PlaceKind.PUBLIC)
    with pytest.raises(NotAllowed, match="only look things up"):
        await desk.gate.undo(desk.ann, done.call_id or "", place=other)
    await desk.gate.undo(desk.ann, done.call_id or "", place=NOC)
    assert (await desk.row(done.call_id)).state == "undone"


async def test_what_an_action_calls_itself_is_bound_to_the_place_as_well(desk: Desk) -> None:
    rule(desk, ChannelRule(channel="CNOC", only=("desk_both",)))
    with pytest.raises(NotAllowed, match="only desk_both"):
        await desk.ask("desk_both", {"customer": "1001"}, place=NOC)
    assert desk.device.log == []
    rule(desk, ChannelRule(channel="CNOC", only=("desk_both", "desk_note")))
    await desk.ask("desk_both", {"customer": "1001"}, place=NOC)
    assert len(desk.device.log) == 2


async def test_without_a_known_place_the_default_for_channels_holds(desk: Desk) -> None:
    rule(
        desk,
        ChannelRule(channel=CHANNELS, surface="", closed=True),
        ChannelRule(channel=DIRECT, surface="", reads_only=True),
    )
    with pytest.raises(NotAllowed):
        await desk.ask("desk_card", ANN)
    await desk.ask("desk_card", ANN, place=DM)


async def test_rules_that_cannot_be_read_let_nothing_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> Any:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(desk.world, "rules", away)
    with pytest.raises(Unavailable):
        await desk.ask("desk_card", ANN, place=NOC)
    with pytest.raises(Unavailable):
        await desk.gate.find(desk.ann, "customer", "Ann Lee", place=NOC)


async def test_who_is_turned_away_is_written_down(desk: Desk) -> None:
    here = await desk.gate.here(desk.ann, SHARED)
    with pytest.raises(NotAllowed):
        await desk.gate.turn_away(here)
    [row] = await search(desk.database, desk.tenant.id)
    assert (row.event, row.user_id, row.facts["place"]) == ("refused", "u-ann", "slack:CNOC:shared")
