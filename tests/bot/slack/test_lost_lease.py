"""A process that stood still, and whose work another took meanwhile, sends nothing and ends nothing."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from tests.bot.slack.conftest import Office
from tests.bot.slack.test_outage import do, rows, waiting
from tests.bot.slack.test_sender import mention

CALL = "0192f3a4-0000-7000-8000-000000000001"
OVER = "update {table} set lease_until = now() - interval '1 s' where state in ('working', 'sending')"


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """How long the process stood still, by its own clock, which the lease is measured with."""
    stood = SimpleNamespace(seconds=0.0)
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + stood.seconds)
    monkeypatch.setattr("bot.slack.hold.time", clock)
    return stood


async def test_who_stood_still_before_sending_sends_nothing(office: Office, still: SimpleNamespace) -> None:
    sender, waits = office.room.sender, office.room.sender.turns.wait
    first = True

    async def stands_still(team: Any, taken: Any) -> None:
        nonlocal first
        await waits(team, taken)
        if first:
            first = False
            still.seconds = 60.0
            await do(office, OVER.format(table="slack_outbox"))
            await sender.drain(office.tenant.id, taken.lane)
            assert len(office.slack.world.replies("CNOC")) == 1, "the other process sent it"

    sender.turns.wait = stands_still  # type: ignore[method-assign]
    office.queue.lose = True
    await waiting(office, payload={"text": "once"})
    [row] = await rows(office)
    await sender.drain(office.tenant.id, row["lane"])
    assert not first
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["once"]
    assert office.slack.count("chat.postMessage") == 1
    assert [each["state"] for each in await rows(office)] == ["sent"]


async def test_who_stood_still_after_sending_notes_nothing(office: Office) -> None:
    """What follows from a letter (here the news of its card) is put out by whoever ends it, once."""
    sender, sends = office.room.sender, office.room.sender._delivery.send
    told, first = list[Any](), True

    async def stands_still(team: Any, taken: Any, note: Any) -> str | None:
        nonlocal first
        ts = await sends(team, taken, note)
        if first:
            first = False
            await do(office, OVER.format(table="slack_outbox"))
            await sender.drain(office.tenant.id, taken.lane)
        return ts

    async def enqueue(_session: Any, kind: str, payload: Any, **_more: Any) -> bool:
        told.append((kind, payload))
        return True

    sender._delivery.send = stands_still  # type: ignore[method-assign]
    sender._enqueue = enqueue
    office.queue.lose = True
    await waiting(office, payload={"text": "once", "card": CALL})
    [row] = await rows(office)
    await sender.drain(office.tenant.id, row["lane"])
    assert not first
    assert office.slack.count("chat.postMessage") == 1
    assert [payload for kind, payload in told if kind == "call_notice"] == [{"call": CALL, "event": "card"}]


async def test_who_stood_still_while_answering_says_nothing(office: Office) -> None:
    answer, first = office.answers.answer, True

    async def stands_still(question: Any) -> Any:
        nonlocal first
        if not first:
            return await answer(question)
        first = False
        await do(office, OVER.format(table="slack_inbox"))
        await office.room.reader.drain(office.tenant.id, question.thread)
        return await answer(question)

    office.answers.answer = stands_still  # type: ignore[method-assign]
    office.queue.lose = True
    await mention(office)
    async with office.database.tenant(office.tenant.id) as session:
        lane = (await session.execute(text("select lane from slack_inbox"))).scalar_one()
    await office.room.reader.drain(office.tenant.id, lane)
    assert len(office.answers.asked) == 2, "both worked it"
    assert len([one for one in await rows(office) if one["kind"] == "post"]) == 1, "one ended it"
