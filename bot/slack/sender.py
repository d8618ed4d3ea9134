"""Working the outbox: each letter is posted once, in order within its thread, at the pace Slack allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.db import outbox, paces
from bot.db.database import Database
from bot.db.letters import Kind
from bot.db.session import Session
from bot.errors import Unavailable
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, UnsureError
from bot.slack.charted import picture_after
from bot.slack.delivery import WAYS, Delivery, LateError, OthersError, TwiceError
from bot.slack.hold import Hold, held
from bot.slack.marks import Marks
from bot.slack.metrics import SENT
from bot.slack.patience import KEEP_TRYING, MOST_FAULTS, MOST_REFUSED
from bot.slack.plainer import NOVEL, Plain, novel, without
from bot.slack.ports import NOTICE_JOB, PRIORITY, Enqueue
from bot.slack.remedies import (
    BAD_TOKEN,
    NOW_SHARED,
    Remedy,
    blamed,
    chokes,
    directly,
    find_remedy,
    gone_how,
    instead,
    is_diverted,
    is_doubtful,
    without_blocks,
)
from bot.slack.sealed import Seals
from bot.slack.shelf import Next, Shelf
from bot.slack.teams import Team, Teams
from bot.slack.turns import PutBackError, Turns

log = structlog.get_logger(__name__)

AGAIN = "You may have seen this already:"
CARD = "card"
"""The event that only brings a call's cards up to date."""
BLOCK = "block:"
"""Begins the pause of a kind of block that a workspace refuses."""
Came = Callable[[Team, str], Awaitable[bool]]
"""Says whether a guest came into a channel where that is in doubt."""


class Sender:
    """Takes letters and sends them, each in its way."""

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        calls: Calls,
        enqueue: Enqueue,
        seals: Seals,
        came: Came,
        first_retry: timedelta = timedelta(seconds=2),
        lease: timedelta = timedelta(seconds=30),
        keep_trying: Mapping[Kind, timedelta] = KEEP_TRYING,
    ) -> None:
        self._database, self._teams, self._calls, self._enqueue = database, teams, calls, enqueue
        self._delivery, self._lease, self._came = Delivery(calls, database, seals), lease, came
        self._shelf = Shelf(
            database=database,
            enqueue=enqueue,
            first_retry=first_retry,
            lease=lease,
            keep_trying=keep_trying,
        )
        self.turns, self._marks = Turns(database, self._shelf, lease), Marks(database)

    async def drain(self, tenant_id: str, lane: str, head: Next = None) -> None:
        """Send a lane's letters in order, from `head` on, which is ours; return when somebody else does."""
        taken = head or await self.turns.next(tenant_id, lane)
        while taken is not None:
            taken = await self._send(tenant_id, taken)

    async def _send(self, tenant_id: str, taken: outbox.Taken) -> Next:
        """Send one letter and return the lane's next, if it is due."""

        async def renew() -> bool:
            async with self._database.tenant(tenant_id) as session:
                return await outbox.do_renew(session, taken, self._lease)

        async with held(self._lease, renew) as hold:
            try:
                return await self._tried(tenant_id, taken, hold)
            except asyncio.CancelledError:
                back = self._shelf.give_back(tenant_id, taken, maybe_sent=hold.doubts(taken.maybe_sent))
                await asyncio.shield(asyncio.wait_for(back, 5))
                raise
            except Exception as error:  # noqa: BLE001 - one letter's trouble must not hold the others for ever
                doubts = hold.doubts(taken.maybe_sent)
                return await self._shelf.broke(tenant_id, taken, error, maybe_sent=doubts)

    async def _tried(self, tenant_id: str, taken: outbox.Taken, hold: Hold) -> Next:
        if taken.faults >= MOST_FAULTS:
            return await self._shelf.stopped(tenant_id, taken)
        try:
            team = await self._teams.find(taken.team_id)
        except Unavailable as error:  # Slack has not told yet whose the environment's token is
            return await self._shelf.hold(tenant_id, taken, str(error))
        if team is None or team.tenant_id != tenant_id:
            return await self._shelf.hold(tenant_id, taken, "the workspace is not connected at present")
        return await self._deliver(team, taken, hold)

    async def _deliver(self, team: Team, taken: outbox.Taken, hold: Hold) -> Next:
        if not taken.channel:
            try:
                taken = await self._addressed(team, taken)
            except CallError as error:
                return await self._not_opened(team, taken, error, "for them alone")
        try:
            aside = is_diverted(taken) or (is_doubtful(taken) and await self._came(team, taken.channel))
        except CallError as error:  # said to nobody before it is known who reads it
            return await self._shelf.hold(team.tenant_id, taken, f"whether a guest is there: {error}")
        plain = await self._plainer(team, taken)
        try:
            ts = await self._sent(team, plain.letter, hold, aside=aside)
        except PutBackError as back:
            return back.following
        except OthersError:
            return await self._aside(team, taken)
        except (CallError, TwiceError, LateError) as error:
            return await self._failed(team, plain.letter, error)
        return None if ts is None else await self._done(team, taken, plain, ts)

    async def _aside(self, team: Team, taken: outbox.Taken) -> Next:
        """Say it to who asked alone, or that it cannot be; what grew for it where others read ends bare."""
        if taken.kind is Kind.STREAM:
            await self._shelf.end_bare(team.tenant_id, taken)
        return await self._directly(team, replace(taken, channel=""), "others read it now", begins=NOW_SHARED)

    async def _failed(self, team: Team, taken: outbox.Taken, error: Exception) -> Next:
        match error:
            case LimitedError():
                return await self._shelf.freeze(team, taken, error)
            case TwiceError():
                return await self._directly(team, taken, "perhaps shown before", begins=AGAIN)
            case RefusedError():
                return await self._refused(team, taken, error)
            case UnsureError() if chokes(taken, error.reason):
                return await self._shelf.strip(team.tenant_id, taken, error)
            case CallError():
                return await self._shelf.retry(team.tenant_id, taken, error)
        return await self._directly(team, taken, "too late for how it was meant")

    async def _done(self, team: Team, taken: outbox.Taken, plain: Plain, ts: str) -> Next:
        """Note that it went out, with all that follows from it, and take the next."""
        if plain.charts or taken.payload.get("card"):
            return await self._done_with_more(team, taken, plain, ts)
        more = await self._marks.mark(team.tenant_id, taken, ts)
        if more is not None:
            _tell(taken)
        return await self.turns.next(team.tenant_id, taken.lane) if more else None

    async def _done_with_more(self, team: Team, taken: outbox.Taken, plain: Plain, ts: str) -> Next:
        pictures = [await picture_after(taken, each) for each in plain.charts]
        async with self._database.tenant(team.tenant_id) as session:
            await outbox.do_hold(session, taken.lane)  # what is put out later finds the lane free
            more = (await outbox.do_mark_sent(session, [(taken, ts)], wait=True))[0]
            if more is None:
                return None
            await self._follow(session, team, taken, pictures)
            following = await self.turns.do_next(session, taken.lane) if more or pictures else None
        _tell(taken)
        return following

    async def _plainer(self, team: Team, taken: outbox.Taken) -> Plain:
        """Leave out the blocks that this workspace refused lately."""
        if not novel(taken.payload):
            return Plain(letter=taken)
        async with self._database.tenant(team.tenant_id) as session:  # an older table may be lacking, too
            lacks = {k for k in NOVEL if await paces.get_frozen(session, team.team_id, f"{BLOCK}{k}")}
        payload, charts = without(taken.payload, lacks)
        return Plain(letter=replace(taken, payload=payload), charts=tuple(charts))

    async def _follow(
        self, session: Session, team: Team, taken: outbox.Taken, pictures: Sequence[outbox.Letter]
    ) -> None:
        """Put out, with the end of a letter, what follows from it: pictures of charts, news of its card."""
        for at, letter in enumerate(pictures):
            await outbox.do_put_once(session, letter, f"{taken.id}:chart:{at}")
        if call_id := taken.payload.get("card"):
            # Decided while the card was under way: whoever decided found no card to change.
            job = {"call": call_id, "event": CARD}
            await self._enqueue(session, NOTICE_JOB, job, tenant=team.tenant_id, priority=PRIORITY)

    async def _sent(self, team: Team, taken: outbox.Taken, hold: Hold, *, aside: bool) -> str | None:
        """Return the ts of the message; None when it is not the time for it, or the letter is not ours."""
        await self.turns.look(team, taken)
        if (ts := await self._delivery.find_done(team, taken)) is not None:
            return ts
        if aside:
            raise OthersError
        await self.turns.wait(team, taken)
        if not hold.sure():
            return None
        hold.begins()

        async def note(file_id: str) -> bool:
            async with self._database.tenant(team.tenant_id) as session:
                return await outbox.do_note_file(session, taken, file_id)

        return await self._delivery.send(team, taken, note)

    async def _refused(self, team: Team, taken: outbox.Taken, error: RefusedError) -> Next:
        """Keep it while the token is bad; where Slack does not let us look for it, say it to the person."""
        if error.reason.startswith(BAD_TOKEN):
            self._teams.forget(team.team_id)
            return await self._shelf.hold(team.tenant_id, taken, f"Slack refuses the token: {error}")
        if error.method not in WAYS[taken.kind].methods:
            why = f"perhaps sent, and not to be found out: {error}"
            return await self._directly(team, taken, why, begins=AGAIN)
        return await self._remedied(team, taken, error)

    async def _remedied(self, team: Team, taken: outbox.Taken, error: RefusedError) -> Next:
        """Do what can still be done: plainer, as a message, or to the person alone; else give it up."""
        match find_remedy(taken, error.reason):
            case Remedy.LATER:
                return await self._shelf.retry(team.tenant_id, taken, error)
            case Remedy.PLAINER:
                return await self._simplified(team, taken, error)
            case Remedy.INSTEAD:
                return await self._instead(team, taken, instead(taken), str(error))
            case Remedy.POST:
                return await self._instead(team, taken, taken.payload, str(error))
            case Remedy.DIRECT:
                begins = gone_how(taken.kind, error.reason)
                return await self._directly(team, taken, str(error), begins=begins)
            case Remedy.NONE:
                return await self._shelf.bury(team.tenant_id, taken, str(error))

    async def _simplified(self, team: Team, taken: outbox.Taken, error: RefusedError) -> Next:
        """Leave out what was refused, now and for a while; at last there is only the text."""
        log.error("slack.blocks_refused", letter=taken.id, reason=error.reason)
        kinds, length = blamed(taken.payload, error.reason)
        async with self._database.tenant(team.tenant_id) as session:
            for kind in kinds if length else ():
                await paces.do_freeze(session, team.team_id, f"{BLOCK}{kind}", length)
            if kinds and length and taken.attempts < MOST_REFUSED:
                again = await outbox.do_retry(session, taken, after=timedelta(), maybe_sent=False)
            else:  # what is wrong is this letter's own: the like of it may pass, this one never does
                leave = NOVEL if kinds and taken.attempts >= MOST_REFUSED else kinds
                plainer, _charts = without(taken.payload, leave) if leave else ({}, [])
                payload = plainer if plainer.get("blocks") else without_blocks(taken.payload)
                again = await outbox.do_simplify(session, taken, payload, str(error))
            return await outbox.do_take(session, taken.lane, self._lease) if again else None

    async def _instead(
        self, team: Team, taken: outbox.Taken, payload: Mapping[str, Any], error: str, channel: str = ""
    ) -> Next:
        async with self._database.tenant(team.tenant_id) as session:
            if not await outbox.do_post_instead(session, taken, payload, error, channel=channel):
                return None
            return await outbox.do_take(session, taken.lane, self._lease)

    async def _directly(self, team: Team, taken: outbox.Taken, error: str, *, begins: str = "") -> Next:
        """Say it in the direct conversation with who it is for; there it can be found again after a doubt."""
        is_there = taken.kind in {Kind.POST, Kind.UPLOAD} and taken.channel.startswith("D")
        if taken.user is None or is_there:
            return await self._shelf.bury(team.tenant_id, taken, error)
        try:
            channel = await self._calls.open_direct(team.token, taken.user)
        except CallError as failed:
            return await self._not_opened(team, taken, failed, error)
        return await self._instead(team, taken, directly(taken, begins), error, channel)

    async def _addressed(self, team: Team, taken: outbox.Taken) -> outbox.Taken:
        channel = await self._calls.open_direct(team.token, taken.user or "")
        async with self._database.tenant(team.tenant_id) as session:
            await outbox.do_address(session, taken, channel)
        return replace(taken, channel=channel)

    async def _not_opened(self, team: Team, taken: outbox.Taken, error: CallError, why: str) -> Next:
        """Their direct conversation did not open: nothing was said, so nothing is in doubt."""
        if isinstance(error, LimitedError):
            return await self._shelf.freeze(team, taken, error)
        if isinstance(error, RefusedError):
            if not error.reason.startswith(BAD_TOKEN):
                return await self._shelf.bury(team.tenant_id, taken, f"{why}; {error}")
            self._teams.forget(team.team_id)
        return await self._shelf.hold(team.tenant_id, taken, str(error))


def _tell(taken: outbox.Taken) -> None:
    SENT.labels("sent").inc()
    log.info("slack.sent", letter=taken.id, kind=taken.kind, attempts=taken.attempts)
