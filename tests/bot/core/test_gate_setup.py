"""Waiting calls and the real queue: jobs are queued with the call, or not at all."""

from datetime import timedelta

import pytest

from bot.db.jobs import enqueue, find_backlog
from bot.errors import Unavailable
from tests.bot.core.gate_world import Desk


async def test_a_parked_call_queues_its_reminder_and_its_end(desk: Desk) -> None:
    desk = Desk(desk.database, desk.tenant, enqueue=enqueue)
    async with desk.database.system() as session:
        before = {one.kind: one.queued for one in await find_backlog(session)}
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    await desk.ask("desk_note", {"customer": "1001", "text": "runs at once"})
    async with desk.database.system() as session:
        after = {one.kind: one.queued for one in await find_backlog(session)}
    kinds = ("call_expire", "call_remind", "call_notice")
    assert [after.get(kind, 0) - before.get(kind, 0) for kind in kinds] == [1, 1, 0]

    assert await desk.gate.remind(asked.call_id or "")
    assert not await desk.gate.expire(asked.call_id or ""), "its time is not over"
    desk.world.at += timedelta(days=1)
    assert await desk.gate.expire(asked.call_id or "")
    assert (await desk.row(asked.call_id)).state == "expired"
    assert (await desk.events())[-2:] == ["reminded", "expired"]


async def test_a_call_that_was_not_kept_queues_nothing(desk: Desk) -> None:
    async def broken(session, kind, payload, **more) -> bool:
        await enqueue(session, kind, payload, **more)
        raise RuntimeError("the queue broke")

    desk = Desk(desk.database, desk.tenant, enqueue=broken)
    async with desk.database.system() as session:
        before = await find_backlog(session)
    with pytest.raises(Unavailable, match="incident"):
        await desk.ask("desk_suspend", {"customer": "1001"})
    async with desk.database.system() as session:
        after = await find_backlog(session)
    assert [(one.kind, one.queued) for one in before] == [(one.kind, one.queued) for one in after]
    assert await desk.rows() == []
