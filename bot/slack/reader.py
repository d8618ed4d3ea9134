"""Working the inbox: one message of a thread after the other, many threads at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.contract.people import Tenant
from bot.contract.reply import Reply, Tone
from bot.core.question import Question
from bot.db import inbox, outbox
from bot.db.database import Database
from bot.errors import DatabaseBusy, NotLinked, Unavailable, UserError
from bot.slack.agent.agent import Agent
from bot.slack.agent.live import Live
from bot.slack.alarms import tell_of_arrival
from bot.slack.calls import CallError, Calls
from bot.slack.commands import COMMAND
from bot.slack.deeds import Asked, Deeds, Done, Write
from bot.slack.event import WORDS, Heard
from bot.slack.fetched import Fetching
from bot.slack.following import do_answered
from bot.slack.hold import held
from bot.slack.letters import bring
from bot.slack.members import check_member
from bot.slack.metrics import ANSWERED
from bot.slack.overhearing import Overhearing
from bot.slack.parts import Press
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.placing import Said, find_places, letters_of, stopped, told_by_number
from bot.slack.ports import EVENT_JOB, PRIORITY, SEND_JOB, Enqueue, FindTenant, FindUser, Link, Picks, Worked
from bot.slack.render import compose
from bot.slack.sealed import Seals
from bot.slack.sharing import mark_of, may_share, with_button
from bot.slack.taken_up import take_up
from bot.slack.teams import Team, Teams
from bot.slack.waits import PERSON, UPGRADE, WaitError, is_over, may_wait, pause_of, unless_busy, waiting_for
from bot.slack.words import mentioned, plain
from bot.trouble import incident

log = structlog.get_logger(__name__)

SURFACE = "slack"
MOST_ATTEMPTS = 12
"""As for letters: what was in hand when a process died over and over need not be why it died."""
UNTOLD = 2
"""Further tries to say that it was given up; then it is given up without a word to who asked."""
NOTHING_SAID = "help"
SAYING = frozenset({WORDS, COMMAND})
BROKE = "Something went wrong here, and I do not know more. An admin finds it in the log (incident {number})."
TOO_LONG = "This took longer than {seconds} s, so I stopped. What it changed, if anything, is in the audit."
NOT_KNOWN = "Slack does not tell me who you are at the moment. Please ask again in a few minutes."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an arrival: what is said and where, why it was given up, and what else is written.

    `mark`: that it may be shared in the channel, under the rules this stands for. `live`: what showed how
    the answer got on.
    """

    said: Sequence[Said] = ()
    error: str = ""
    mark: str = ""
    also: Write | None = None
    live: Live | None = None


class Reader:
    """Takes arrivals, has them answered, and puts the letters out in the transaction that ends the work."""

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        calls: Calls,
        people: People,
        places: Places,
        overhearing: Overhearing,
        deeds: Deeds,
        seals: Seals,
        agent: Agent,
        find_user: FindUser,
        find_tenant: FindTenant,
        enqueue: Enqueue,
        picks: Picks,
        link: Link,
        worked: Worked,
        lease: timedelta = timedelta(seconds=30),
        deadline: timedelta = timedelta(minutes=3),
        patience: timedelta = PERSON,
    ) -> None:
        self._database, self._teams, self._calls = database, teams, calls
        self._people, self._places, self._agent, self._fetching = people, places, agent, Fetching(calls)
        self._overhearing = overhearing
        self._deeds, self._seals, self._picks, self._enqueue = deeds, seals, picks, enqueue
        self._find_user, self._find_tenant, self._link = find_user, find_tenant, link
        self._worked, self._lease, self._deadline, self._patience = worked, lease, deadline, patience

    async def drain(self, tenant_id: str, lane: str, head: inbox.Taken | None = None) -> None:
        """Work a lane in order, from `head` on, which is ours; return at once when somebody else does."""
        taken = head or await self._take(tenant_id, lane)
        while taken is not None:
            taken = await self._work(tenant_id, taken)

    async def _take(self, tenant_id: str, lane: str) -> inbox.Taken | None:
        async with self._database.tenant(tenant_id) as session:
            return await inbox.do_take(session, lane, self._lease)

    async def _work(self, tenant_id: str, taken: inbox.Taken) -> inbox.Taken | None:
        """Answer one arrival and return the lane's next."""

        async def renew() -> bool:
            async with self._database.tenant(tenant_id) as session:
                return await inbox.do_renew(session, taken, self._lease)

        done, waits, pause = False, False, timedelta()
        try:
            async with held(self._lease, renew):
                following = await self._ended(tenant_id, taken)
            done = True
        except WaitError as wait:
            log.warning("slack.waits", inbox=taken.id, why=str(wait))
            waits, pause, following = True, wait.pause, None
        except asyncio.CancelledError:  # stopping: somebody takes it over sooner than the lease ends
            waits = True
            raise
        finally:
            if not done:
                back = self._give_back(tenant_id, taken, pause_of(taken, pause), waits=waits)
                await asyncio.shield(asyncio.wait_for(back, 5))
        return following

    async def _ended(self, tenant_id: str, taken: inbox.Taken) -> inbox.Taken | None:
        """Answer it and end the work; what cannot even be given up with an answer is given up without."""
        try:
            return await self._finish(tenant_id, taken, await self._reply(tenant_id, taken))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not hold the lane for ever
            return await self._given_up(tenant_id, taken, error)

    async def _given_up(self, tenant_id: str, taken: inbox.Taken, error: Exception) -> inbox.Taken | None:
        """End it without an answer when it has had its tries; else let it have the next."""
        error = waiting_for(error) if isinstance(error, DatabaseBusy) else error
        if not is_over(error, taken, MOST_ATTEMPTS + UNTOLD):
            raise error
        number = incident("slack.given_up", error, inbox=taken.id)
        why = f"{type(error).__name__} (incident {number})"
        return await self._finish(tenant_id, taken, Outcome(error=why))

    async def _reply(self, tenant_id: str, taken: inbox.Taken) -> Outcome:
        heard = self._heard(taken)
        try:
            team = await self._teams.find(taken.team_id)
        except Unavailable as error:
            raise waiting_for(error) from error
        if team is None or team.tenant_id != tenant_id:
            return Outcome(error="the workspace is not connected any more")
        if taken.tries > MOST_ATTEMPTS:
            said = await find_places(self._calls, team, heard, Done(reply=stopped(taken)))
            return Outcome(said=said, error=f"stopped {taken.tries - 1} times")
        tenant = await self._find_tenant(tenant_id)
        if (let_pass := await self._overhearing.passes(team, tenant, heard, taken)) is not None:
            return Outcome(also=let_pass)
        async with self._agent.showing(team, heard, taken) as live:
            done = await self._ask(team, tenant, heard, taken)
        said = await find_places(self._calls, team, heard, done)
        mark = await self._mark(team, heard, done)
        return Outcome(said=said, also=done.also, mark=mark, live=live and live.seen(done.by))

    def _heard(self, taken: inbox.Taken) -> Heard:
        """Return what was heard; WaitError while only a later version of the bot can tell."""
        try:
            heard = Heard.read(taken.payload)
        except (ValueError, TypeError) as error:
            raise WaitError(f"unreadable: {error}", longest=UPGRADE) from error
        if not self._deeds.knows(heard.deed):
            raise WaitError(f"the deed {heard.deed!r} is not known", longest=UPGRADE)
        return heard

    async def _mark(self, team: Team, heard: Heard, done: Done) -> str:
        """Return the mark of an answer to a command that may be shared; see `sharing`."""
        shares = heard.deed == COMMAND and done.as_there and done.reply is not None and may_share(done.reply)
        if not shares or done.by is None:
            return ""
        place = await self._places.get(team, heard.channel, heard.kind)
        async with self._database.tenant(team.tenant_id) as session:
            return await mark_of(session, place, done.by)

    async def _ask(self, team: Team, tenant: Tenant, heard: Heard, taken: inbox.Taken) -> Done:
        """Return what to say to the person; no reply when there is nobody to say it to."""
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._answered(team, tenant, heard, taken)
        except UserError as error:
            private = isinstance(error, NotLinked) or await self._places.has_outsiders(team, heard)
            said = Reply(str(error), tone=Tone.BAD, private=private, error=type(error).__name__)
            return Done(reply=unless_busy(said, taken, self._patience))
        except CallError as error:
            if may_wait(error, taken, self._patience):
                raise waiting_for(error) from error
            log.warning("slack.person_not_known", inbox=taken.id, reason=error.reason)
            return Done(reply=Reply(NOT_KNOWN, tone=Tone.BAD, error="Unavailable"))
        except TimeoutError:
            text = TOO_LONG.format(seconds=int(self._deadline.total_seconds()))
            return Done(reply=Reply(text, tone=Tone.BAD))
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears that it went wrong
            number = incident("slack.answer_failed", error, inbox=taken.id)
            return Done(reply=Reply(BROKE.format(number=number), tone=Tone.BAD, error="Broken"))

    async def _answered(self, team: Team, tenant: Tenant, heard: Heard, taken: inbox.Taken) -> Done:
        who, bare = f"{team.team_id}:{heard.user}", plain(heard.text, team.bot_user_id, {})
        if not (profile := await self._people.profile(team, heard.user)).active:
            return Done(reply=None)
        check_member(profile)
        if heard.deed in SAYING and (linked := await self._link(tenant, SURFACE, who, bare)):
            return Done(reply=Reply(linked, tone=Tone.GOOD, private=True))
        user = await self._find_user(tenant, SURFACE, who, profile.email)
        names = await self._people.names(team, mentioned(heard.text, team.bot_user_id))
        files = await self._fetching.fetch(team, heard.told.get("files") or ())
        words = plain(heard.text, team.bot_user_id, names) or ("" if files else NOTHING_SAID)
        await self._places.learn(team, heard.channel, heard.text)
        place = await self._places.get(team, heard.channel, heard.kind)
        asked = Question(
            tenant=tenant,
            user=user,
            words=words,
            thread=taken.lane,
            surface=SURFACE,
            key=f"slack:{taken.id}",
            place=place,
            files=files,
        )
        deed = Asked(team=team, heard=heard, question=asked)
        return await take_up(self._database, self._deeds, deed, taken, self._patience)

    async def _finish(self, tenant_id: str, taken: inbox.Taken, outcome: Outcome) -> inbox.Taken | None:
        """End the work and put its letters out, all or nothing; take the next."""
        letters = await self._letters(tenant_id, taken, outcome)
        async with self._database.tenant(tenant_id) as session:
            more = await inbox.do_finish(session, taken, error=outcome.error)
            if more is None:
                ANSWERED.labels("taken over").inc()
                return None
            ids = await outbox.do_put(session, letters)
            await self._agent.do_close(session, taken, outcome.live)
            for lane, letter in {one.lane: letter for one, letter in zip(letters, ids, strict=True)}.items():
                await self._enqueue(
                    session, SEND_JOB, {"lane": lane}, tenant=tenant_id, dedupe=letter, priority=PRIORITY
                )
            following = await inbox.do_take(session, taken.lane, self._lease) if more else None
            if outcome.also is not None:
                await outcome.also(session)
            if outcome.said:
                await do_answered(session, taken.team_id, Heard.read(taken.payload))
            await self._worked(session, tenant_id, taken.team_id, str(taken.payload.get("user", "")))
            if outcome.error:
                await tell_of_arrival(session, taken, outcome.error)
        ANSWERED.labels("given up" if outcome.error else "answered").inc()
        log.info("slack.answered", inbox=taken.id, letters=len(letters), error=outcome.error)
        return following

    async def _letters(self, tenant_id: str, taken: inbox.Taken, outcome: Outcome) -> list[outbox.Letter]:
        """Return all messages that say it."""
        if not outcome.said:
            return await self._agent.ending(self._teams, taken, outcome.live)
        zone, letters = (await self._find_tenant(tenant_id)).zone, list[outbox.Letter]()
        heard, team = Heard.read(taken.payload), await self._teams.find(taken.team_id)
        for one in outcome.said:
            picks, by_number = self._picks(one.reply), told_by_number(heard)
            made = compose(one.reply, zone, picks, self._press(team), judged=taken.id, by_number=by_number)
            messages = letters_of(one, heard, taken, made.messages)
            letters += [*messages, *await bring(made.files, messages[0], zone)]
        said = next((one.reply for one in outcome.said if one.channel == heard.channel), None)
        letters = await self._agent.closing(team, taken, letters, said, outcome.live)
        return with_button(letters, taken.id, outcome.mark) if outcome.mark else letters

    def _press(self, team: Team | None) -> Press | None:
        """Return what makes the values of buttons; nothing for a workspace that has left."""
        return None if team is None else lambda button: self._seals.value(team, button)

    async def _give_back(
        self, tenant_id: str, taken: inbox.Taken, pause: timedelta, *, waits: bool = False
    ) -> None:
        try:
            async with self._database.tenant(tenant_id) as session:
                await inbox.do_release(session, taken, pause, waits=waits)
                await self._enqueue(
                    session, EVENT_JOB, {"lane": taken.lane}, tenant=tenant_id, after=pause, priority=PRIORITY
                )
        except Exception as error:  # noqa: BLE001 - the lease runs out, and the sweep finds it then
            log.warning("slack.not_given_back", inbox=taken.id, error=type(error).__name__)
