"""Guards: they refuse, raise the approval, and stop a call when they fail; none of them loosens anything."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.contract.action import Approval, Via
from bot.contract.guard import Ask, Guard, GuardedCall, Reach, Refuse
from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.core.audit import search
from bot.core.guards import check_verdict
from bot.db.database import Database
from bot.errors import Conflict, NotAllowed, PluginError, Unavailable
from bot.host.registry import Owned
from tests.bot.core.gate_world import Desk

NOTE = {"customer": "1001", "text": "hi"}
CREDIT = {"customer": "1001", "amount": "20"}
DM = Place(surface="slack", channel="D1", kind=PlaceKind.DIRECT)
MORE = Ask(Approval.OTHER, "It is late.")
Open = Callable[..., Desk]


class Say:
    """A guard's function whose verdict a test turns; it keeps what it saw."""

    def __init__(self, verdict: Any = None) -> None:
        self.verdict = verdict
        self.saw: list[GuardedCall] = []

    async def __call__(self, _ctx: Any, call: GuardedCall) -> Any:
        self.saw.append(call)
        if isinstance(self.verdict, BaseException):
            raise self.verdict
        return self.verdict


def guard(look: Callable[..., Awaitable[Any]], name: str = "late", **more: Any) -> Guard:
    return Guard(name=name, about="Looks at the clock.", look=look, **more)


@pytest.fixture
def open_desk(database: Database, tenant: Tenant) -> Open:
    return lambda *guards: Desk(database, tenant, extra=guards)


async def test_a_guard_sees_the_call_whole(open_desk: Open) -> None:
    say = Say()
    desk = open_desk(guard(say))
    await desk.ask("desk_note", NOTE | {"customer": "Ann Lee"}, via=Via.PERSON, place=DM)
    [call] = say.saw
    assert (call.action_id, call.plugin, call.permission, call.reads_only) == (
        "desk_note",
        "desk",
        "desk:write",
        False,
    )
    assert call.args["customer"] == "1001" and call.records["customer"].name == "Ann Lee"
    assert (call.things, call.user_id, call.place, call.via) == (("customer:1001",), "u-ann", DM, Via.PERSON)


async def test_what_is_secret_stays_so(open_desk: Open) -> None:
    say = Say()
    desk = open_desk(guard(say))
    await desk.ask("desk_unlock", {"customer": "1001", "password": "hunter22"})
    assert "hunter22" not in repr(say.saw[0].args)


async def test_a_refusal_is_said_and_written_and_nothing_runs(open_desk: Open) -> None:
    desk = open_desk(guard(Say(Refuse("Not on a Friday."))))
    with pytest.raises(NotAllowed, match=r"^Not on a Friday\.$"):
        await desk.ask("desk_note", NOTE)
    assert desk.device.log == []
    assert await desk.events() == ["refused"]


async def test_more_approval_is_asked_for_and_the_reason_shown(open_desk: Open) -> None:
    say = Say(MORE)
    desk = open_desk(guard(say))
    asked = await desk.ask("desk_note", NOTE)
    assert "one other person" in asked.waiting.needs
    assert "It is late." in asked.waiting.preview
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    done = await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    assert done.text == "Noted for Ann Lee: hi"
    assert len(say.saw) == 2, "when it was asked for, and before it ran"


async def test_less_than_the_action_asks_for_changes_nothing(open_desk: Open) -> None:
    desk = open_desk(guard(Say(Ask(Approval.SELF, "Just to be sure."))))
    assert "one other person" in (await desk.ask("desk_credit", CREDIT)).waiting.needs


async def test_guards_look_again_when_a_call_is_about_to_run(open_desk: Open) -> None:
    say = Say()
    desk = open_desk(guard(say))
    asked = await desk.ask("desk_credit", CREDIT)
    say.verdict = Refuse("The books are closed.")
    with pytest.raises(NotAllowed, match="books are closed"):
        await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    assert (await desk.row(asked.call_id)).state == "asked"
    say.verdict = MORE
    again = await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    assert "It is late." in again.waiting.preview, "who agrees learns why they were asked"
    await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    assert (await desk.row(asked.call_id)).state == "done"


async def test_a_call_taken_up_after_a_crash_does_not_run_past_a_guard(open_desk: Open) -> None:
    say = Say()
    desk = open_desk(guard(say))
    done = await desk.ask("desk_note", NOTE)
    again = "update calls set state = 'running', ended_at = null, effects = '{}', ports = '{}', reply = null, undo = null, undo_until = null, lease_until = now() - interval '1 minute' where id = cast(:id as uuid)"
    for verdict in (Refuse("Not now."), MORE):
        say.verdict = None
        await desk.sql(again, id=done.call_id)
        ran, say.verdict = len(desk.device.log), verdict
        await desk.gate.recover()
        assert (await desk.row(done.call_id)).state == "failed"
        assert len(desk.device.log) == ran


@pytest.mark.parametrize(
    ("look", "how"),
    [
        (Say(RuntimeError("the secret of Ann Lee")), "failed"),
        (Say("yes"), "failed"),
        (Say(Ask(Approval.NONE, "x")), "failed"),
    ],
)
async def test_a_guard_that_fails_stops_the_call_and_names_its_plugin(
    open_desk: Open, look: Say, how: str
) -> None:
    desk = open_desk(guard(look))
    with capture_logs() as logs, pytest.raises(Unavailable) as error:
        await desk.ask("desk_note", NOTE)
    said = str(error.value)
    assert "“late” of the plugin desk" in said and how in said and "nothing was changed" in said
    assert "Ann Lee" not in said
    [line] = [line for line in logs if line["event"] == "guard_failed"]
    assert line["incident"] in said and line["guard"] == "desk_late"
    assert desk.device.log == []


async def test_a_guard_that_hangs_stops_the_call(open_desk: Open) -> None:
    async def hang(_ctx: Any, _call: Any) -> None:
        await asyncio.Event().wait()

    desk = open_desk(guard(hang, timeout=timedelta(seconds=0.02)))
    with pytest.raises(Unavailable, match=r"took longer than 0\.02 s"):
        await desk.ask("desk_note", NOTE)
    assert desk.device.log == []


async def test_what_a_guard_says_itself_is_said(open_desk: Open) -> None:
    desk = open_desk(guard(Say(Conflict("The calendar is being changed; ask again."))))
    with pytest.raises(Conflict, match="calendar is being changed"):
        await desk.ask("desk_note", NOTE)


async def test_of_a_read_a_guard_may_only_refuse(open_desk: Open) -> None:
    say = Say(Refuse("Not today."))
    desk = open_desk(guard(say, reach=Reach(reads=True)))
    with pytest.raises(NotAllowed, match="Not today"):
        await desk.ask("desk_card", {"customer": "1001"})
    say.verdict = MORE
    with pytest.raises(Unavailable, match="incident"):
        await desk.ask("desk_card", {"customer": "1001"})


@pytest.mark.parametrize(
    ("reach", "looks"),
    [
        (Reach(), True),
        (Reach(writes=False, reads=True), False),
        (Reach(actions=("desk_no*",)), True),
        (Reach(actions=("desk_card",)), False),
        (Reach(plugins=("desk",)), True),
        (Reach(plugins=("other",)), False),
        (Reach(permissions=("desk:write",)), True),
        (Reach(permissions=("desk:money",)), False),
        (Reach(plugins=("other",), actions=("*_note",)), True),
    ],
)
async def test_it_looks_at_what_it_reaches(open_desk: Open, reach: Reach, looks: bool) -> None:
    say = Say()
    await open_desk(guard(say, reach=reach)).ask("desk_note", NOTE)
    assert bool(say.saw) is looks


async def test_they_run_in_their_order_and_the_first_refusal_ends_it(open_desk: Open) -> None:
    order: list[str] = []

    def noting(name: str, verdict: Any = None, **more: Any) -> Guard:
        async def look(_ctx: Any, _call: Any) -> Any:
            order.append(name)
            return verdict

        return guard(look, name, **more)

    desk = open_desk(
        noting("a", after=("desk_c",)),
        noting("b", Refuse("b says no"), before=("desk_a",), after=("desk_c",)),
        noting("c"),
    )
    with pytest.raises(NotAllowed, match="b says no"):
        await desk.ask("desk_note", NOTE)
    assert order == ["c", "b"]


async def test_what_an_action_calls_itself_meets_the_guards(open_desk: Open) -> None:
    desk = open_desk(guard(Say(Refuse("no notes")), reach=Reach(actions=("desk_note",))))
    with pytest.raises(NotAllowed, match="no notes"):
        await desk.ask("desk_both", {"customer": "1001"})
    assert desk.device.log == []


async def test_undo_meets_the_guards(open_desk: Open) -> None:
    say = Say()
    desk = open_desk(guard(say))
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    say.verdict = Refuse("Leave it as it is.")
    with pytest.raises(NotAllowed, match="Leave it"):
        await desk.gate.undo(desk.ann, done.call_id or "")


verdicts = st.lists(
    st.sampled_from(
        [
            None,
            *(Ask(level, f"{level.name}.") for level in (Approval.SELF, Approval.OTHER, Approval.TWO)),
            Refuse("no"),
        ]
    ),
    max_size=4,
)
COUNT = itertools.count()


@given(st.data())
def test_a_verdict_that_would_loosen_is_none_at_all(data: st.DataObject) -> None:
    made: Owned[Guard] = Owned("desk", guard(Say()))
    call = GuardedCall(
        action_id="desk_note", plugin="desk", permission="desk:write", reads_only=data.draw(st.booleans()), args={},
        user_id="u", user_name="U", roles=frozenset(), place=DM, via=Via.PERSON,
    )  # fmt: skip
    verdict = data.draw(
        st.one_of(
            st.none(),
            st.just(True),
            st.just("ok"),
            st.builds(Ask, st.sampled_from(Approval), st.text()),
            st.builds(Ask, st.integers(-9, 9), st.text()),
            st.builds(Refuse, st.text()),
        )
    )
    try:
        kept = check_verdict(made, call, verdict)
    except PluginError:
        return
    assert kept is None or isinstance(kept, Refuse) or (kept.level >= Approval.SELF and not call.reads_only)


@pytest.mark.parametrize(
    ("action_id", "args"),
    [
        ("desk_note", NOTE),
        ("desk_suspend", {"customer": "1001"}),
        ("desk_credit", CREDIT),
        ("desk_paint", {"customer": "1001"}),
    ],
)
async def test_guards_never_loosen(
    database: Database, tenant: Tenant, action_id: str, args: dict[str, Any]
) -> None:
    """Whatever several of them answer: never less agreement than without them, and a refusal is a refusal."""

    async def level(*guards: Guard) -> int:
        desk = Desk(database, tenant, extra=guards)
        try:
            reply = await desk.ask(action_id, args, key=f"key-{next(COUNT)}")
        except NotAllowed:
            return 99
        return (await desk.row(reply.call_id)).needs

    alone = await level()
    asks = [None, Ask(Approval.SELF, "s"), Ask(Approval.OTHER, "o"), Ask(Approval.TWO, "t"), Refuse("no")]
    for one, two in itertools.product(asks, repeat=2):
        found = await level(guard(Say(one), "one"), guard(Say(two), "two"))
        wanted = [99 if isinstance(v, Refuse) else int(v.level) if v else 0 for v in (one, two)]
        assert found == max(alone, *wanted)


async def test_a_guard_of_a_plugin_that_is_off_does_not_look(open_desk: Open) -> None:
    desk = open_desk(guard(Say(Refuse("no"))))
    assert desk.registry.view(frozenset()).guards == ()
    assert [row.event for row in await search(desk.database, desk.tenant.id)] == []
