"""One tenant's trouble, or slowness, keeps no other tenant waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.slack.sweep import Sweep
from tests.bot.slack.conftest import Office


async def both() -> list[str]:
    return ["first", "second"]


async def test_one_tenants_trouble_does_not_end_the_round_of_the_others() -> None:
    sweep, did = Sweep(both), list[tuple[str, str]]()

    async def fails(tenant_id: str) -> None:
        if tenant_id == "first":
            raise RuntimeError("its data are odd")
        did.append(("fails", tenant_id))

    async def works(tenant_id: str) -> None:
        did.append(("works", tenant_id))

    sweep.add({"fails": fails, "works": works})
    await sweep.once()
    assert sorted(did) == [("fails", "second"), ("works", "first"), ("works", "second")]


async def test_a_slow_tenant_is_waited_for_by_nobody() -> None:
    sweep, did, go_on = Sweep(both), list[str](), asyncio.Event()

    async def slow(tenant_id: str) -> None:
        did.append(tenant_id)
        if tenant_id == "first":
            await go_on.wait()

    sweep.add({"slow": slow})
    for _ in range(3):
        await sweep.round(timedelta(milliseconds=20))
    assert did == ["first", "second", "second", "second"]
    go_on.set()
    await sweep.round(timedelta(seconds=5))
    await sweep.round(timedelta(seconds=5))
    assert did.count("first") == 2
    go_on.clear()
    await sweep.round(timedelta(milliseconds=20))
    await sweep.stop()
    assert sweep._busy == {}


async def test_the_room_sweeps_with_what_fails(office: Office) -> None:
    """The nudges of a tenant cannot be read: its questions are answered all the same."""

    async def broken(_tenant_id: str) -> None:
        raise RuntimeError("no nudges")

    office.room.sweeping.add({"nudges": broken})
    office.queue.lose = True
    team, seat = await office.room.teams.find("T1"), office.slack.seat("UANN")
    assert team is not None
    await office.room.ingest.receive(team, seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[0])
    await office.room.sweep()
    await office.room.sweep()
    assert len(office.slack.world.replies()) == 1
