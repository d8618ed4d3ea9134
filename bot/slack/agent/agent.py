"""The bot as an agent in Slack's eyes: progress of what takes its time, Stop, and how all of it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from bot.contract.reply import Reply, Tone
from bot.core.progress import listening
from bot.db import inbox, outbox, slack_streams
from bot.db.database import Database
from bot.db.letters import Letter
from bot.db.session import Session
from bot.slack.agent.calls import STATUS, settle
from bot.slack.agent.closing import closed, settling
from bot.slack.agent.lacks import SESSIONS, Lacks
from bot.slack.agent.live import Live, Parts
from bot.slack.agent.tempo import Tempo
from bot.slack.agent.titles import Titles
from bot.slack.calls import Calls, LimitedError
from bot.slack.deeds import Asked, Deeds, Done
from bot.slack.event import CHANNEL, KEY, TS, USER, Heard, fits
from bot.slack.places import Places
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue
from bot.slack.routes import Body, Route, Routes
from bot.slack.teams import Team, Teams

STOP = "stop"
MOST_STREAMS = 20
STOP_EVENT = "agent_session_stopped"
NOT_YOURS = "Only whoever asked can stop this. I go on, and answer them here."


class Agent:
    """What the room needs of it: a listener for each answer, and the letters that end what was shown."""

    def __init__(
        self, database: Database, places: Places, calls: Calls, enqueue: Enqueue, tempo: Tempo | None = None
    ) -> None:
        self._database, self._calls, self._enqueue = database, calls, enqueue
        self.lacks = Lacks(database)
        self._titles = Titles(database, self.lacks)
        self._parts = Parts(
            database=database, calls=calls, places=places, lacks=self.lacks, tempo=tempo or Tempo()
        )
        self._running: set[Live] = set()

    def join(self, routes: Routes, deeds: Deeds) -> Self:
        """Take part: hear of Stop, and of titles."""
        self._titles.join(routes)
        routes.add(f"event:{STOP_EVENT}", Route(keep=hear_stop, beside=self._settle))
        deeds.add(STOP, self._stop)
        return self

    @asynccontextmanager
    async def showing(self, team: Team, heard: Heard, taken: inbox.Taken) -> AsyncIterator[Live | None]:
        """Show how the answer worked out inside gets on; nowhere but in a thread that the person reads."""
        if not (heard.channel and heard.thread) or heard.only_them or heard.outsiders or heard.aside:
            yield None
            return
        async with Live(self._parts, team, heard, taken) as live:
            self._running.add(live)
            try:
                with listening(live):
                    yield live
            finally:
                self._running.discard(live)

    async def closing(
        self,
        team: Team | None,
        taken: inbox.Taken,
        letters: Sequence[Letter],
        reply: Reply | None,
        live: Live | None,
    ) -> list[Letter]:
        """Return the letters with what ends what the thread shows and names it; `do_close` goes with them."""
        if team is None:
            return list(letters)
        named = await self._titles.naming(team, taken, reply, live)
        if not _may_be_open(taken, live):
            return [*letters, *named]
        async with self._database.tenant(team.tenant_id) as session:
            found = await slack_streams.find_open(session, taken.id)
        is_agent = not found or await self.lacks.has(team, SESSIONS)
        return [*closed(letters, found, taken, reply, live, is_agent=is_agent), *named]

    async def ending(self, teams: Teams, taken: inbox.Taken, live: Live | None) -> list[Letter]:
        """Return what ends what the thread shows where nothing is said; perhaps nobody can read it even."""
        try:
            return await self.closing(await teams.find(taken.team_id), taken, (), None, live)
        except (ValueError, TypeError):
            return []

    async def do_close(self, session: Session, taken: inbox.Taken, live: Live | None) -> None:
        """Note, with the letters, that they end all of it."""
        if _may_be_open(taken, live):
            await slack_streams.do_end_all(session, taken.id)

    async def _settle(self, team: Team, body: Body) -> None:
        """Take the thread out of `processing` at once: Slack leaves that to us."""
        if isinstance(heard := hear_stop(body, team.bot_user_id), tuple):
            if await self.lacks.is_paused(team, STATUS):
                return  # the letter of `_stop` does it then
            try:
                await settle(self._calls, team.token, channel=heard[0].channel, thread_ts=heard[0].thread)
            except LimitedError as error:
                await self.lacks.pause(team, error)

    async def _stop(self, asked: Asked) -> Done:
        """Stop what this person asked in the thread, wherever it is worked on; nobody else's."""
        heard, team = asked.heard, asked.team
        lane = f"{team.team_id}:{heard.channel}:{heard.thread}"
        async with self._database.tenant(team.tenant_id) as session:
            is_busy = await inbox.is_busy(session, lane)
            stopped = await inbox.do_stop(session, lane, user=heard.user, before=heard.ts)
        for live in self._running:
            if live.taken.id in stopped:
                live.stop.set()
            for ts in heard.told.get("streams", ()):
                live.finish_growing(ts)

        async def write(session: Session) -> None:
            await outbox.do_put(session, [settling(heard, team.team_id)])
            await self._enqueue(session, SEND_JOB, {"lane": lane}, tenant=team.tenant_id, priority=PRIORITY)

        if stopped or not is_busy:
            return Done(reply=None, also=write)
        return Done(reply=Reply(NOT_YOURS, tone=Tone.WARN, error="NotAllowed"), also=write)


def _may_be_open(taken: inbox.Taken, live: Live | None) -> bool:
    return taken.fence > 1 or (live is not None and live.began)


def hear_stop(body: Body, _bot_user_id: str) -> tuple[Heard, str] | str:
    """Return that somebody pressed Stop; or why it is nothing."""
    event, key = body.get("event"), body.get("event_id")
    if not isinstance(event, Mapping) or not fits(KEY, key):
        return "malformed"
    user, channel = event.get("user"), event.get("channel")
    thread, at = event.get("thread_ts"), event.get("event_ts")
    if not (fits(USER, user) and fits(CHANNEL, channel) and fits(TS, thread) and fits(TS, at)):
        return "malformed"
    listed = event.get("streaming_message_ts")
    streams = [each for each in listed if fits(TS, each)][:MOST_STREAMS] if isinstance(listed, list) else []
    told: dict[str, Any] = {"message": "", "in_thread": True, "streams": streams}
    heard = Heard(
        user=str(user),
        text="",
        channel=str(channel),
        ts=str(at),
        thread=str(thread),
        deed=STOP,
        told=told,
        aside=True,
    )
    return heard, f"stop:{key}"[:120]
