"""The gate: who may, with which arguments, once, and everything written down."""

import json

import pytest

from bot.contract.action import Via
from bot.contract.people import Right
from bot.core.audit import search, verify
from bot.core.gate_measure import CALLS
from bot.core.gate_setup import MessageKey
from bot.errors import BadInput, Conflict, LimitExceeded, NotAllowed, NotFound, Unavailable
from tests.bot.core.conftest import new_tenant
from tests.bot.core.gate_world import MONEY, NORTH, READ, WRITE, Desk, person


async def test_a_read_answers_and_leaves_an_audit_row_but_no_call(desk: Desk) -> None:
    reply = await desk.ask("desk_card", {"customer": "1001"})
    assert (reply.text, reply.understood) == ("Ann Lee 1001", "")
    assert await desk.rows() == []
    [row] = await search(desk.database, desk.tenant.id)
    assert (row.event, row.user_id, row.action_id, row.things) == (
        "ran",
        "u-ann",
        "desk_card",
        ("customer:1001",),
    )
    assert row.facts["args"] == {"customer": "1001", "depth": 1}
    assert row.facts["by"] == "Ann" and row.facts["via"] == "person"


async def test_a_write_runs_once_and_leaves_its_rows(desk: Desk) -> None:
    reply = await desk.ask("desk_note", {"customer": "1001", "text": "hi"}, thread="t1")
    assert reply.text == "Noted for Ann Lee: hi"
    call = await desk.row(reply.call_id)
    assert (call.state, call.asked_by, call.thread, call.runs) == ("done", "u-ann", "t1", 1)
    assert call.args["customer"] == "1001" and call.effects == (call.id,) and call.ports == ("device",)
    assert await desk.events() == ["asked", "ran"]
    assert len(desk.device.log) == 1


async def test_what_is_not_there_or_not_theirs_is_refused_and_written_down(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no action `desk_nothing`"):
        await desk.ask("desk_nothing")
    reader = person("Rea", READ)
    with pytest.raises(NotAllowed) as refused:
        await desk.ask("desk_note", {"customer": "1001", "text": "x"}, reader)
    said = str(refused.value)
    assert "write a note about a customer" in said and "`desk:write`" in said and "Change customers" in said
    assert "support" in said and "admin" in said
    with pytest.raises(NotAllowed):
        await desk.ask("desk_card", {"customer": "1001"}, person("Nob", "other:thing"))
    assert await desk.events() == ["refused", "refused", "refused"]
    assert desk.device.log == [] and await desk.rows() == []


async def test_permission_is_checked_before_anything_is_looked_up(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        await desk.ask("desk_note", {"customer": "nobody at all", "bogus": 1}, person("Rea", READ))


async def test_bad_arguments_are_said_in_sentences(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        await desk.ask("desk_card", {"customer": "1001", "depth": "many"})
    assert str(refused.value) == "`depth`: “many” is not a whole number."
    with pytest.raises(BadInput, match="I still need `customer` and `text`"):
        await desk.ask("desk_note")
    with pytest.raises(BadInput, match="10,000 characters long; at most 4,000"):
        await desk.ask("desk_note", {"customer": "1001", "text": "x" * 10_000})
    [row] = await search(desk.database, desk.tenant.id, limit=1)
    assert row.facts["args"]["text"] == "x" * 10_000, "what they typed is not lost"
    with pytest.raises(BadInput, match="control characters"):
        await desk.ask("desk_note", {"customer": "1001", "text": "a\x00b\x1b[31m"})
    assert (await verify(desk.database, desk.tenant.id)).whole


async def test_row_scope_hides_what_lies_outside_in_the_same_words(desk: Desk) -> None:
    nora = person("Nora", READ, WRITE, right=NORTH)
    assert (await desk.ask("desk_card", {"customer": "1001"}, nora)).text == "Ann Lee 1001"
    with pytest.raises(NotFound) as outside:
        await desk.ask("desk_card", {"customer": "1004"}, nora)
    with pytest.raises(NotFound) as nowhere:
        await desk.ask("desk_card", {"customer": "9999"}, nora)
    assert str(outside.value).replace("1004", "9999") == str(nowhere.value)
    assert "outside the area your roles reach" in str(nowhere.value)
    with pytest.raises(NotFound, match="Check the spelling"):
        await desk.ask("desk_card", {"customer": "9999"}, desk.ann)
    assert (await desk.ask("desk_card", {"customer": "Bo Chan"}, nora)).text == "Bo Chan 1002"


async def test_the_entitys_own_right_must_reach_it_too(desk: Desk) -> None:
    mixed = person("Mix", MONEY, WRITE)
    with pytest.raises(NotAllowed, match="look up a customer"):
        await desk.ask("desk_note", {"customer": "1001", "text": "x"}, mixed)
    narrow = person("Nar", WRITE)
    narrow = type(narrow)(id=narrow.id, name="Nar", rights={WRITE: Right(), READ: NORTH})
    with pytest.raises(NotFound):
        await desk.ask("desk_note", {"customer": "1004", "text": "x"}, narrow)


async def test_amount_and_count_limits(desk: Desk) -> None:
    few = person("Few", READ, WRITE, MONEY, right=Right(max_amount=5000, max_count=2))
    assert (await desk.ask("desk_credit", {"customer": "1001", "amount": "50"}, few)).waiting
    with pytest.raises(LimitExceeded, match=r"50\.01 EUR is over your limit of 50\.00 EUR to "):
        await desk.ask("desk_credit", {"customer": "1001", "amount": "50.01"}, few)
    with pytest.raises(LimitExceeded):
        await desk.ask("desk_credit", {"customer": "1001", "amount": "-60"}, few)
    with pytest.raises(LimitExceeded, match="in EUR"):
        await desk.ask("desk_credit", {"customer": "1001", "amount": "1 USD"}, few)
    with pytest.raises(LimitExceeded, match="touch 3 customers, and your limit is 2"):
        await desk.ask("desk_wipe", {"region": "north"}, few)


async def test_the_same_key_never_runs_twice(desk: Desk) -> None:
    args = {"customer": "1001", "text": "once"}
    first = await desk.ask("desk_note", args, key="slack:Ev1")
    again = await desk.ask("desk_note", args, key="slack:Ev1")
    assert (again.text, again.call_id, again.facts) == (
        first.text,
        first.call_id,
        {"level": "low", "until": None, "lasting": None},
    )
    assert len(desk.device.log) == 1 and await desk.events() == ["asked", "ran", "repeated"]
    with pytest.raises(Conflict):
        await desk.ask("desk_note", args, desk.ben, key="slack:Ev1")
    with pytest.raises(Conflict):
        await desk.ask("desk_resume", {"customer": "1001"}, key="slack:Ev1")


async def test_a_key_with_other_arguments_is_another_call(desk: Desk) -> None:
    """A client that reuses a key by mistake must not be told that its new call was done."""
    first = await desk.ask("desk_note", {"customer": "1001", "text": "one"}, key="k")
    for args in (
        {"customer": "1002", "text": "one"},
        {"customer": "1001", "text": "two"},
        {"customer": "1001"},
    ):
        with pytest.raises(Conflict, match="used for another call"):
            await desk.ask("desk_note", args, key="k")
    assert (await desk.ask("desk_note", {"text": "one", "customer": "1001"}, key="k")).text == first.text


async def test_a_message_that_is_read_again_keeps_its_call(desk: Desk) -> None:
    """After a crash the same words are read again: "in two hours" is later then, and the call is the same."""
    first = await desk.ask("desk_note", {"customer": "1001", "text": "till 14:00"}, key=MessageKey("k"))
    again = await desk.ask("desk_note", {"customer": "1001", "text": "till 14:01"}, key=MessageKey("k"))
    assert again.text == first.text


async def test_a_failure_is_the_answer_of_its_key_too(desk: Desk) -> None:
    desk.device.before = lambda: (_ for _ in ()).throw(Unavailable("The router is off; nothing was changed."))
    for _ in range(2):
        with pytest.raises(Unavailable, match="router is off"):
            await desk.ask("desk_note", {"customer": "1001", "text": "x"}, key="k")
        desk.device.before = None
    assert desk.device.log == [] and await desk.events() == ["asked", "failed", "repeated"]


async def test_a_parked_key_shows_the_question_again(desk: Desk) -> None:
    first = await desk.ask("desk_suspend", {"customer": "1001"}, key="k")
    again = await desk.ask("desk_suspend", {"customer": "1001"}, key="k")
    assert first.waiting == again.waiting and first.waiting is not None
    await desk.gate.decide(desk.ann, first.call_id or "", yes=False)
    with pytest.raises(Conflict, match="cancelled by Ann at 13:00"):
        await desk.ask("desk_suspend", {"customer": "1001"}, key="k")


async def test_a_key_answers_even_when_the_call_would_be_refused_by_now(desk: Desk) -> None:
    asked = await desk.ask("desk_suspend", {"customer": "1001"}, key="k")
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    assert (await desk.ask("desk_suspend", {"customer": "1001"}, key="k")).text == done.text
    with pytest.raises(Conflict, match="suspended already"):
        await desk.ask("desk_suspend", {"customer": "1001"})


async def test_what_a_model_starts_the_person_confirms(desk: Desk) -> None:
    parked = await desk.ask("desk_note", {"customer": "1001", "text": "x"}, via=Via.MODEL)
    assert parked.waiting and parked.waiting.needs == "a yes from Ann" and desk.device.log == []
    assert (await desk.ask("desk_card", {"customer": "1001"}, via=Via.MODEL)).text == "Ann Lee 1001"
    done = await desk.gate.decide(desk.ann, parked.waiting.call_id, yes=True)
    assert done.text == "Noted for Ann Lee: x"


async def test_unforeseen_failures_become_an_incident_without_details(desk: Desk) -> None:
    with pytest.raises(Unavailable, match=r"incident [0-9a-f]{6}") as said:
        await desk.ask("desk_boom")
    assert "kaboom" not in str(said.value)
    [row] = await search(desk.database, desk.tenant.id)
    assert row.event == "failed" and row.facts["incident"] in str(said.value)
    assert "kaboom" not in json.dumps(dict(row.facts))


async def test_a_hanging_read_is_stopped_and_said(desk: Desk) -> None:
    with pytest.raises(Unavailable, match=r"took longer than 0\.05 s"):
        await desk.ask("desk_hang")
    assert await desk.events() == ["failed"]


async def test_a_read_that_writes_is_stopped(desk: Desk) -> None:
    for sly in ("desk_sly", "desk_sly_port"):
        with pytest.raises(Unavailable, match="incident"):
            await desk.ask(sly)
    assert desk.device.log == []


async def test_actions_run_actions_through_the_gate(desk: Desk) -> None:
    reply = await desk.ask("desk_both", {"customer": "1001"})
    assert reply.text == "Noted for Ann Lee: second" and len(desk.device.log) == 2
    assert sorted(row.action_id for row in await desk.rows()) == ["desk_both", "desk_note", "desk_note"]
    with pytest.raises(Unavailable, match="incident"):
        await desk.ask("desk_loop")


async def test_secrets_are_masked_sealed_and_used(desk: Desk) -> None:
    parked = await desk.ask("desk_unlock", {"customer": "1001", "password": "hunter22"})
    call = await desk.row(parked.call_id)
    assert "hunter22" not in repr(call) and call.sealed
    assert (await desk.gate.decide(desk.ben, call.id, yes=True)).text == "Set."
    for row in await search(desk.database, desk.tenant.id):
        assert "hunter22" not in repr(row)


async def test_hanging_up_does_not_stop_a_write(desk: Desk) -> None:
    import asyncio

    began, go = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        began.set()
        await go.wait()

    desk.device.checked = wait
    task = asyncio.create_task(desk.ask("desk_note", {"customer": "1001", "text": "x"}))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    while [row.state for row in await desk.rows()] != ["done"]:
        await asyncio.sleep(0.01)
    assert len(desk.device.log) == 1


async def test_calls_are_counted_without_free_text(desk: Desk) -> None:
    before = CALLS.labels("unknown", "refused")._value.get()
    with pytest.raises(NotFound):
        await desk.ask("drop table; 'x'")
    assert CALLS.labels("unknown", "refused")._value.get() == before + 1
    assert not any("drop" in str(sample.labels) for metric in CALLS.collect() for sample in metric.samples)


async def test_another_tenants_call_does_not_exist(desk: Desk) -> None:
    other_tenant = await new_tenant(desk.database)
    theirs = Desk(desk.database, other_tenant)
    parked = await desk.ask("desk_suspend", {"customer": "1001"})
    with pytest.raises(NotFound):
        await theirs.gate.decide(theirs.ann, parked.call_id or "", yes=True)
    with pytest.raises(NotFound):
        await theirs.gate.undo(theirs.ann, parked.call_id or "")
    assert await theirs.gate.waiting(theirs.ann) == []
    assert len(await search(desk.database, other_tenant.id)) == 2
