"""Messages that grow, and wishes to stop: what the first tenant has, and a question to every function."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from bot.db import inbox, paces, slack_streams
from bot.db.database import Database
from bot.db.inbox import Arrival, Taken
from bot.db.slack_streams import State
from tests.probes import core
from tests.probes.asking import Asks
from tests.probes.core import Things

SPAN = timedelta(minutes=1)
TEAM, LANE = "TSTR", "TSTR:C1:1.0"
WORK = "11111111-2222-4333-8444-555555555555"
STREAM = "11111111-2222-4333-8444-666666666666"
TAKEN = Taken(id=WORK, lane=LANE, team_id=TEAM, payload={}, fence=1, received_at=core.AT)


async def fill(database: Database, things: Things) -> None:
    """Let the tenant's bot be answering somebody, in a message that grows."""
    heard = Arrival(
        event_key="Ev-stream",
        message_key="stream.m",
        lane=LANE,
        team_id=TEAM,
        said_at="1.0",
        payload={"user": "U1"},
    )
    async with database.tenant(things.tenant.id) as session:
        found = await inbox.do_receive(session, heard)
        await session.execute(
            text("update slack_inbox set id = cast(:new as uuid) where id = cast(:old as uuid)"),
            {"new": WORK, "old": found},
        )
        await inbox.do_take(session, LANE, SPAN)
        begun = await slack_streams.do_begin(session, TAKEN, channel="C1", thread_ts="1.0")
        await session.execute(
            text("update slack_streams set id = cast(:new as uuid) where id = cast(:old as uuid)"),
            {"new": STREAM, "old": begun},
        )
        await session.execute(text("update slack_inbox set stopped = true where event_key = 'Ev-stream'"))


ASKS: Asks = {
    slack_streams.do_begin: lambda s, a: slack_streams.do_begin(s, TAKEN, channel="C1", thread_ts="1.0"),
    slack_streams.do_move: lambda s, a: slack_streams.do_move(s, STREAM, State.LIVE, "1.1"),
    slack_streams.find_open: lambda s, a: slack_streams.find_open(s, WORK),
    slack_streams.is_behind: lambda s, a: slack_streams.is_behind(s, "waits"),
    slack_streams.do_end_all: lambda s, a: slack_streams.do_end_all(s, WORK),
    inbox.do_stop: lambda s, a: inbox.do_stop(s, LANE, user="U1", before="2.0"),
    inbox.is_busy: lambda s, a: inbox.is_busy(s, LANE),
    inbox.get_standing: lambda s, a: inbox.get_standing(s, WORK),
    inbox.is_stopped: lambda s, a: inbox.is_stopped(s, TAKEN),
    paces.do_forget: lambda s, a: paces.do_forget(s, -timedelta(days=400)),
    paces.do_turn_now: lambda s, a: paces.do_turn_now(
        s,
        core.TEAM,
        "chat.postMessage",
        methods=("chat.update",),
        every=timedelta(seconds=1),
        burst=1_000_000_000,
    ),
    paces.do_try_turn: lambda s, a: paces.do_try_turn(
        s, core.TEAM, "chat.postMessage", every=timedelta(hours=1), burst=1
    ),
}
