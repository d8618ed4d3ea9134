"""Calls, decisions and policies as rows: fences, leases, one winner, and nothing of another tenant."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bot.db import audit, call_runs, calls, decisions, policies
from bot.db.call_runs import Ending
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.db.policies import Policy

AT = datetime(2026, 11, 20, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def call(**values) -> Call:
    base = {
        "id": str(uuid4()),
        "key": uuid4().hex,
        "action_id": "desk_note",
        "args": {"a": 1},
        "asked_by": "u1",
        "asked_name": "Ann",
        "asked_at": AT,
        "via": "person",
        "needs": 2,
        "state": "asked",
        "version": "v",
        "expires_at": AT + timedelta(hours=1),
        "things": ("customer:1",),
        "rows": ({"region": "north"},),
    }
    return Call(**{**base, **values})


async def test_a_call_comes_back_as_it_was_asked(database, tenant) -> None:
    asked = call(preview={"text": "x"}, approver_roles=("noc",), sealed="s", thread="t")
    async with database.tenant(tenant.id) as session:
        assert await calls.do_ask(session, asked)
        assert await calls.get_call(session, asked.id) == asked
        assert await calls.get_call_by_key(session, asked.key) == asked
        assert await calls.get_call(session, "nonsense") is None
        assert not await calls.do_ask(session, call(key=asked.key)), "a key is used once"


async def test_taking_has_one_winner_and_every_owner_a_higher_fence(database, tenant) -> None:
    one = call()
    async with database.tenant(tenant.id) as session:
        await calls.do_ask(session, one)
        assert await call_runs.do_take(session, one.id, was="asked", version="other", lease=LEASE) is None
        assert await call_runs.do_take(session, one.id, was="asked", version="v", lease=LEASE) == 1
        assert await call_runs.do_take(session, one.id, was="asked", version="v", lease=LEASE) is None
        assert await call_runs.do_renew(session, one.id, 1, LEASE)
        assert not await call_runs.do_renew(session, one.id, 2, LEASE)
        assert await call_runs.do_begin_effect(session, one.id, 1, key="k", ports=["p"], lease=-LEASE)
        assert not await call_runs.do_begin_effect(session, one.id, 1, key="k", ports=["p"], lease=LEASE), (
            "lease over"
        )
        [lost] = await call_runs.find_lost(session)
        assert lost.effects == ("k",) and lost.ports == ("p",)
        assert await call_runs.do_claim_lost(session, lost, LEASE) == 2
        assert await call_runs.do_claim_lost(session, lost, LEASE) is None
        assert not await call_runs.do_finish(session, one.id, 1, Ending(state="done", at=AT, reply={})), (
            "the old owner"
        )
        assert (
            await call_runs.do_take(session, one.id, was="approved", version="v", lease=LEASE, fence=1)
            is None
        )
        assert (
            await call_runs.do_take(session, one.id, was="approved", version="v", lease=LEASE, fence=2) == 3
        )
        assert await call_runs.do_finish(
            session, one.id, 3, Ending(state="done", at=AT, reply={"text": "x"}, undo={"a": 1})
        )
        done = await calls.get_call(session, one.id)
        assert done and (done.state, done.runs, done.undo, done.lease_until) == ("done", 2, {"a": 1}, None)
        assert not await calls.do_close(session, one.id, state="denied", at=AT, by="u2")
        assert await calls.do_mark_undone(session, one.id, at=AT, by="u2")
        assert not await calls.do_mark_undone(session, one.id, at=AT, by="u2")


async def test_one_call_is_taken_back_by_one_live_call(database, tenant) -> None:
    first = call()
    async with database.tenant(tenant.id) as session:
        await calls.do_ask(session, first)
        undoing = call(undo_of=first.id)
        assert await calls.do_ask(session, undoing)
        assert not await calls.do_ask(session, call(undo_of=first.id))
        assert await calls.get_undoing(session, first.id) == undoing
        await calls.do_close(session, undoing.id, state="denied", at=AT, by="u2")
        assert await calls.get_undoing(session, first.id) is None
        assert await calls.do_ask(session, call(undo_of=first.id))


async def test_nobody_decides_twice(database, tenant) -> None:
    one = call()
    yes = Decision(user_id="u2", name="Ben", yes=True, at=AT)
    async with database.tenant(tenant.id) as session:
        await calls.do_ask(session, one)
        assert await decisions.do_decide(session, one.id, yes)
        assert not await decisions.do_decide(session, one.id, yes)
        assert await decisions.find_decisions(session, [one.id]) == {one.id: [yes]}
        await decisions.do_forget(session, one.id, [])
        assert (await decisions.find_decisions(session, [one.id]))[one.id] == [yes]
        await decisions.do_forget(session, one.id)
        assert (await decisions.find_decisions(session, [one.id]))[one.id] == []


async def test_policies_fit_by_action_plugin_or_all(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        for action in ("desk_note", "desk_*", "*", "desk_notes", "other_*"):
            policy_id = await policies.do_add_policy(
                session, Policy(action=action, needs=2, min_hits=5), by="u1"
            )
        found = await policies.find_policies(session, "desk_note", "desk")
        assert sorted(p.action for p in found) == ["*", "desk_*", "desk_note"]
        assert await policies.do_drop_policy(session, policy_id) and not await policies.do_drop_policy(
            session, policy_id
        )
        assert len(await policies.find_all_policies(session)) == 4


async def test_nothing_of_another_tenant_is_seen_or_touched(database, tenant, other_tenant) -> None:
    one, waiting = call(state="running", fence=1), call(expires_at=AT)
    async with database.tenant(tenant.id) as session:
        await calls.do_ask(session, one, -LEASE)
        await calls.do_ask(session, waiting)
        await decisions.do_decide(session, waiting.id, Decision(user_id="u2", name="Ben", yes=True, at=AT))
        policy_id = await policies.do_add_policy(session, Policy(action="*", needs=3), by="u1")
        await audit.do_append(session, audit.Entry(at=AT, user_id="u", action_id="a", event="e", body="{}"))
    async with database.tenant(other_tenant.id) as session:
        assert await calls.get_call(session, one.id) is None
        assert await calls.get_call_by_key(session, one.key) is None
        assert await calls.get_undoing(session, one.id) is None
        assert await calls.find_child_states(session, one.id) == []
        assert (
            await calls.find_waiting(session)
            == await call_runs.find_lost(session)
            == await calls.find_due(session, AT)
            == []
        )
        assert await call_runs.do_take(session, waiting.id, was="asked", version="v", lease=LEASE) is None
        assert await call_runs.do_claim_lost(session, one, LEASE) is None
        assert not await call_runs.do_renew(session, one.id, 1, LEASE)
        assert not await call_runs.do_begin_effect(session, one.id, 1, key="k", ports=[], lease=LEASE)
        assert not await call_runs.do_finish(session, one.id, 1, Ending(state="done", at=AT, reply={}))
        assert not await calls.do_close(session, waiting.id, state="denied", at=AT, by="u")
        assert not await calls.do_show_again(session, waiting, args={}, preview={}, version="w")
        assert not await calls.do_mark_undone(session, one.id, at=AT, by="u")
        assert (await decisions.find_decisions(session, [waiting.id]))[waiting.id] == []
        await decisions.do_forget(session, waiting.id)
        assert (
            await policies.find_policies(session, "a_b", "a")
            == await policies.find_all_policies(session)
            == []
        )
        assert not await policies.do_drop_policy(session, policy_id)
        assert await audit.get_head(session) == (None, 0) and await audit.find_after(session, 0) == []
        assert await audit.find_rows(session) == []
        assert await calls.do_ask(session, call(key=one.key)), "keys are each tenant's own"
    async with database.tenant(tenant.id) as session:
        assert (await decisions.find_decisions(session, [waiting.id]))[waiting.id] != []
        assert (await calls.get_call(session, one.id) or one).state == "running"


async def test_no_call_is_made_for_somebody_elses_tenant(database, tenant, other_tenant) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.tenant(tenant.id) as session:
            await session.execute(
                text(
                    "insert into approval_policies (tenant_id, action, needs) values (cast(:t as uuid), '*', 3)"
                ),
                {"t": other_tenant.id},
            )
