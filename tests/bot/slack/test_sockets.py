"""Socket Mode under bad weather: renewals, cuts, a used-up address, silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.slack.bolt import make_bolt
from bot.slack.sockets import Sockets
from tests.bot.slack.conftest import Office

SOON = timedelta(milliseconds=200)


@pytest.fixture
async def sockets(office: Office) -> AsyncIterator[Sockets]:
    room = office.room
    app = make_bolt(room.calls, room.teams, room.ingest)
    made = Sockets(
        app, office.slack.world.app_token, ping=SOON, check_every=SOON / 2, patience=timedelta(seconds=2)
    )
    office.slack.delivery.patience = 0.5
    yield made
    await made.stop()


async def up(sockets: Sockets, count: int = 2) -> None:
    async with asyncio.timeout(10):
        while await sockets.connected() != count:
            await asyncio.sleep(0.02)


def opened(office: Office) -> int:
    return [name for name, _ in office.slack.calls].count("apps.connections.open")


async def test_two_connections(office: Office, sockets: Sockets) -> None:
    await sockets.start()
    await up(sockets)
    assert office.slack.connections == 2
    assert opened(office) == 2


@pytest.mark.parametrize("weather", ["refresh", "cut"])
async def test_renewed_and_cut_connections_lose_and_double_nothing(
    office: Office, sockets: Sockets, weather: str
) -> None:
    await sockets.start()
    await up(sockets)
    office.slack.world.add_channel("CBIG", "big", "UANN")
    seat = office.slack.seat("UANN")
    said = []
    for n in range(12):
        said.append(
            asyncio.create_task(seat.say_direct(f"n{n}") if n % 2 else seat.say("CBIG", f"<@UBOT> n{n}"))
        )
        if n in {4, 8}:
            await (office.slack.disconnect() if weather == "refresh" else office.slack.cut())
        await asyncio.sleep(0.02)
    await asyncio.gather(*said)
    await up(sockets)
    assert office.slack.delivery.unacked == []
    assert sorted(q.words for q in await all_answered(office, 12)) == sorted(f"n{n}" for n in range(12))


async def all_answered(office: Office, count: int) -> list:
    async with asyncio.timeout(10):
        while len(office.answers.asked) < count:
            await asyncio.sleep(0.02)
    return office.answers.asked


async def test_used_up_address_is_healed(office: Office, sockets: Sockets) -> None:
    """slack_sdk 3.47 alone would try the first address for ever."""
    office.slack.refuse_handshakes = 2
    sockets._patience = timedelta(minutes=1)  # so that it is not rebuilding that heals
    await sockets.start()
    await up(sockets)
    await office.slack.seat("UANN").say_direct("still there?")
    assert (await all_answered(office, 1))[0].words == "still there?"


async def test_connection_that_stays_down_is_rebuilt(office: Office, sockets: Sockets) -> None:
    await sockets.start()
    await up(sockets)
    old = list(sockets._lines)
    for line in old:
        line.client.closed = True  # a client that gave up
        await line.client.disconnect()
    await up(sockets)
    assert set(old) & set(sockets._lines) == set()


async def test_everything_else_is_acknowledged_too(office: Office, sockets: Sockets) -> None:
    await sockets.start()
    await up(sockets)
    seat = office.slack.seat("UANN")
    reaction = {"type": "reaction_added", "user": "UANN", "reaction": "tada", "item": {"type": "message"}}
    joined = {"type": "member_joined_channel", "user": "UANN", "channel": "CNOC", "team": "T1"}
    for event in (
        reaction,
        joined,
        {"type": "app_home_opened", "user": "UANN", "channel": "D1", "tab": "home"},
    ):
        assert await office.slack.delivery.send(seat.envelope(event))
    assert await office.slack.delivery.send(
        {"command": "/x", "team_id": "T1", "user_id": "UANN"}, "slash_commands"
    )
    assert await office.slack.delivery.send({"type": "nonsense"}, "events_api")
    assert office.slack.delivery.unacked == []
    assert office.answers.asked == []


async def test_in_a_pause_that_slack_wants_no_connection_asks(office: Office, sockets: Sockets) -> None:
    office.slack.faults.plan("apps.connections.open", "429")
    await sockets.start()
    await up(sockets)
    assert opened(office) == 3
    assert office.slack.world.violations == []
