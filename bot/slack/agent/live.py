"""One answer that takes its time: the thread shows that the bot works, and at what.

Nothing is shown of an answer that is there within `Tempo.after`, and nothing here decides what is answered:
when Slack refuses or nobody knows, the answer goes out as it always does. Each step is written down before
Slack is asked (bot.db.slack_streams), so that whoever takes the work over ends what is shown.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Self

import structlog

from bot.contract.people import User
from bot.contract.place import PlaceKind
from bot.core.progress import Step
from bot.db import inbox, slack_streams
from bot.db.database import Database
from bot.db.slack_streams import State
from bot.slack.agent import calls as slack
from bot.slack.agent.lacks import LOADING, SESSIONS, STREAMS, Lacks
from bot.slack.agent.shown import Shown, title_of
from bot.slack.agent.tempo import Tempo
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, UnreachedError
from bot.slack.event import Heard
from bot.slack.places import Places
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

OPEN = frozenset({PlaceKind.DIRECT, PlaceKind.PRIVATE, PlaceKind.PUBLIC})
"""Where progress is shown: not where guests or people of other organisations read along, or may."""
LOOKING = "is looking this up…"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What all of them share."""

    database: Database
    calls: Calls
    places: Places
    lacks: Lacks
    tempo: Tempo


@dataclass(eq=False)
class Live:
    """Listens to one answer (bot.core.progress) and shows what it hears; `stop` when nobody wants it."""

    parts: Parts
    team: Team
    heard: Heard
    taken: inbox.Taken
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    began: bool = False
    """Whether anything may be shown in the thread."""
    titled: bool = False
    """Whether the conversation has a title."""
    answered: bool = False
    """Whether somebody we know was answered."""
    over: bool = False
    """Whether Slack ended the message that grew."""
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _row: str | None = None
    _ts: str | None = None
    _at: float = 0.0
    _looked: float = 0.0
    _may_stream: bool = False
    _awake: bool = False

    def __post_init__(self) -> None:
        self.shown = Shown(privately=self.heard.direct)
        if self.taken.stopped:
            self.stop.set()

    @property
    def again(self) -> bool:
        """Whether an earlier try broke off."""
        return self.taken.fence > 1

    def seen(self, by: User | None) -> Self:
        """Know who was answered, if it is somebody we know."""
        self.answered = by is not None
        return self

    def on_step(self, step: Step) -> None:
        """Hear of a call."""
        self.shown.on_step(step)

    def on_words(self, words: str) -> None:
        """Hear words of the answer."""
        self.shown.on_words(words)

    def finish_growing(self, ts: str) -> None:
        """Know that Slack lets this message grow no more."""
        if ts == self._ts:
            self._ts, self._may_stream, self.over = None, False, True

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        """Show no more; wait for the call under way, unless we are to stop ourselves."""
        self._over.set()
        task = self._task
        if task is None:
            return
        if self._awake and kind is None:
            await asyncio.wait({task}, timeout=self.parts.tempo.patience)
        task.cancel()
        await asyncio.wait({task})

    async def _run(self) -> None:
        try:
            if not await self._waited(0.0 if self.again else self.parts.tempo.after):
                return
            self._awake = True
            if await self._begin():
                while await self._waited(self.parts.tempo.apart):
                    await self._look_for_stop()
                    await self._show()
        except Exception as error:  # noqa: BLE001 - the answer is worth more than what is shown before it
            log.warning("slack.progress_lost", inbox=self.taken.id, error=type(error).__name__)

    async def _waited(self, seconds: float) -> bool:
        """Wait; False when the answer is there."""
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return True
        return False

    async def _begin(self) -> bool:
        """Show that somebody works, or take over what an earlier try shows; False where nothing is shown."""
        parts = self.parts
        async with parts.database.tenant(self.team.tenant_id) as session:
            found = await slack_streams.find_open(session, self.taken.id) if self.again else []
        if found:
            return await self._take_over(found[-1])
        place = await parts.places.get(self.team, self.heard.channel, self.heard.kind)
        if place.kind not in OPEN or not await self._note_begin():
            return False
        await self._set_status()
        return True

    async def _take_over(self, found: slack_streams.Stream) -> bool:
        """Go on with it; nobody knows which words it shows. Where there may be one, no second is begun."""
        self.began = True
        self.shown.doubt()
        self._row, self._ts, self._at = found.id, found.ts, time.monotonic() - found.age.total_seconds()
        if found.state is State.WORKING:
            self._may_stream = await self._can_stream()
        return found.state is not State.OPENING

    async def _can_stream(self) -> bool:
        lacks = self.parts.lacks
        return await lacks.has(self.team, SESSIONS) and await lacks.has(self.team, STREAMS)

    async def _note_begin(self) -> bool:
        async with self.parts.database.tenant(self.team.tenant_id) as session:
            row = await slack_streams.do_begin(
                session, self.taken, channel=self.heard.channel, thread_ts=self.heard.thread
            )
        self._row, self._ts, self.began = row, None, self.began or row is not None
        return row is not None

    async def _move(self, state: State, ts: str | None = None) -> None:
        async with self.parts.database.tenant(self.team.tenant_id) as session:
            if self._row is not None:
                await slack_streams.do_move(session, self._row, state, ts)

    async def _set_status(self) -> None:
        """Show that the bot works; an app that is no agent has the older line for that."""
        calls, team, lacks, heard = self.parts.calls, self.team, self.parts.lacks, self.heard
        place = {"channel": heard.channel, "thread_ts": heard.thread}
        is_there = await lacks.has(team, SESSIONS)
        if is_there and await lacks.has_turn(team, slack.STATUS, every=1.2, burst=20):
            title, status = title_of(heard.text, team.bot_user_id), slack.PROCESSING
            try:
                self.titled = bool(
                    await slack.set_status(
                        calls, team.token, **place, status=status, title=title, user=heard.user
                    )
                )
                self._may_stream = await self._can_stream()
            except RefusedError as error:
                await lacks.note(team, SESSIONS, error)
                is_there = False
            except CallError as error:
                await lacks.heed(team, SESSIONS, error)
        if not is_there and await self._may_load():
            try:
                await slack.set_loading(calls, team.token, **place, said=LOOKING)
            except CallError as error:
                await lacks.heed(team, LOADING, error)

    async def _may_load(self) -> bool:
        lacks = self.parts.lacks
        return await lacks.has(self.team, LOADING) and not await lacks.is_paused(self.team, slack.LOADING)

    async def _look_for_stop(self) -> None:
        if self.stop.is_set() or time.monotonic() < self._looked + self.parts.tempo.look:
            return
        self._looked = time.monotonic()
        async with self.parts.database.tenant(self.team.tenant_id) as session:
            if await inbox.is_stopped(session, self.taken):
                self.stop.set()

    async def _show(self) -> None:
        """Bring what is shown up to date; whoever stopped it wants to see no more of it."""
        if self.stop.is_set():
            return
        if self._ts and time.monotonic() > self._at + self.parts.tempo.roll:
            await self._roll(self._ts)
        elif self.shown.waits and self._ts:
            await self._append(self._ts)
        elif self.shown.waits and self._may_stream:
            await self._start()

    async def _start(self) -> None:
        parts, team, heard = self.parts, self.team, self.heard
        async with parts.database.tenant(team.tenant_id) as session:
            if await slack_streams.is_behind(session, self.taken.lane):
                return
        if not await parts.lacks.has_turn(team, slack.START, every=3.0, burst=10):
            return
        await self._move(State.OPENING)
        self._at = time.monotonic()
        chunks, steps, words = self.shown.take()
        try:
            self._ts = await slack.start(
                parts.calls, team.token, channel=heard.channel, thread_ts=heard.thread, user=heard.user,
                team_id=team.team_id, chunks=chunks,
            )  # fmt: skip
        except (LimitedError, UnreachedError, RefusedError) as error:
            self.shown.give_back(steps)
            await self._heed(error)
            await self._move(State.WORKING)
        except CallError:  # perhaps there is one; the letter that ends it looks for it
            self._may_stream = False
            self.shown.doubt()
        else:
            self.shown.appended(words)
            await self._move(State.LIVE, self._ts)

    async def _append(self, ts: str) -> None:
        parts, channel = self.parts, self.heard.channel
        if not await parts.lacks.has_turn(self.team, slack.APPEND, every=0.6, burst=20):
            return
        chunks, steps, words = self.shown.take()
        try:
            await slack.append(parts.calls, self.team.token, channel=channel, ts=ts, chunks=chunks)
        except (LimitedError, UnreachedError) as error:
            self.shown.give_back(steps)
            await self._heed(error)
        except RefusedError as error:  # a person stopped it, or its time is over: the answer takes its place
            log.info("slack.stream_over", inbox=self.taken.id, reason=error.reason)
            self.finish_growing(ts)
        except CallError:
            self.shown.give_back(steps)
            if words:
                self.shown.doubt()
        else:
            self.shown.appended(words)

    async def _roll(self, ts: str) -> None:
        """End a message before Slack does, and let the rest grow in another one."""
        await self._end_kept(ts)
        if await self._note_begin():
            self._may_stream = await self._can_stream()
        else:
            self._over.set()

    async def _end_kept(self, ts: str) -> None:
        parts, chunks = self.parts, self.shown.move_on()
        try:
            await slack.end(
                parts.calls, self.team.token, channel=self.heard.channel, ts=ts, chunks=chunks,
                status=slack.PROCESSING,
            )  # fmt: skip
        except CallError as error:
            log.info("slack.stream_not_ended", inbox=self.taken.id, reason=error.reason)
            await self._heed(error)
            return
        await self._move(State.ENDED)

    async def _heed(self, error: CallError) -> None:
        if isinstance(error, RefusedError):
            self._may_stream = False
        await self.parts.lacks.heed(self.team, STREAMS, error)
