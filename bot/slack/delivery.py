"""Delivering one letter: by which call, at which pace, and how to find out whether it went out before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.db import outbox
from bot.db.cipher import SealBrokenError
from bot.db.database import Database
from bot.db.letters import Kind, Letter, Taken
from bot.slack import calls_out
from bot.slack.agent import calls as agent
from bot.slack.agent.lacks import SESSIONS, Lacks
from bot.slack.agent.titles import Titles
from bot.slack.calls import Calls, RefusedError
from bot.slack.sealed import Seals
from bot.slack.teams import Team

POST, UPDATE, WHISPER = "chat.postMessage", "chat.update", "chat.postEphemeral"
ASK_UPLOAD, SHOW, FILE = "files.getUploadURLExternal", "files.completeUploadExternal", "files.info"
ONCE_MORE = 2
"""How often something is said to one person when Slack does not tell whether it arrived."""

Note = Callable[[str], Awaitable[bool]]
"""Keeps the id of a file with its letter; False when somebody else has the letter by now."""


class TwiceError(Exception):
    """It may have arrived, nobody can look, and to say it again in the same way could say it twice."""


class LateError(Exception):
    """The way it was meant to go is closed by now."""


class OthersError(Exception):
    """Others read there by now, and it was not sent yet."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """The methods a kind of letter calls, and its pace: turns of `every` under one key per workspace."""

    methods: tuple[str, ...]
    key: str
    every: timedelta
    burst: int

    def pace(self, taken: Taken) -> str:
        """Return the key of the letter's pace; "" when it has none."""
        return self.key.format(channel=taken.channel)


WAYS: Mapping[Kind, Way] = {
    # Slack: about one a second per channel; 50 (tier 3) or 100 (tier 4) a minute for the rest.
    Kind.POST: Way(methods=(POST,), key="post:{channel}", every=timedelta(seconds=1), burst=3),
    Kind.UPDATE: Way(methods=(UPDATE,), key="update", every=timedelta(seconds=1.2), burst=20),
    Kind.EPHEMERAL: Way(methods=(WHISPER,), key="whisper", every=timedelta(seconds=0.6), burst=30),
    Kind.RESPOND: Way(methods=(calls_out.RESPONSE,), key="", every=timedelta(), burst=1),
    Kind.UPLOAD: Way(
        methods=(ASK_UPLOAD, calls_out.BYTES, SHOW), key="upload", every=timedelta(seconds=0.6), burst=20
    ),
    Kind.REACTION: Way(
        methods=("reactions.add", "reactions.remove"), key="react", every=timedelta(seconds=1.2), burst=20
    ),
    Kind.STREAM: Way(methods=(agent.END, UPDATE), key="end", every=timedelta(seconds=3), burst=10),
    Kind.STATUS: Way(
        methods=(agent.STATUS, agent.RENAME), key="status", every=timedelta(seconds=1.2), burst=20
    ),
    Kind.UNFURL: Way(methods=(calls_out.UNFURL,), key="unfurl", every=timedelta(seconds=1.2), burst=20),
}


class Delivery:
    """Makes the call of a letter's kind, once."""

    def __init__(self, calls: Calls, database: Database, seals: Seals) -> None:
        self._calls, self._lacks, self._seals = calls, Lacks(database), seals
        self._titles, self._database = Titles(database, self._lacks), database

    async def find_done(self, team: Team, taken: Taken) -> str | None:
        """Return the ts if an earlier try did it; None when it did not, or may be done again.

        TwiceError when it can neither be found nor be done again.
        """
        if not taken.maybe_sent:
            return None
        if taken.kind is Kind.POST or (taken.kind is Kind.STREAM and not taken.payload.get("bare")):
            return await self._calls.find_posted(
                team.token,
                channel=taken.channel,
                thread_ts=taken.thread_ts,
                letter_id=taken.id,
                since=taken.created_at,
            )
        if taken.kind is Kind.UPLOAD and taken.file_id:
            return await self._find_file(team, taken, taken.file_id, unless=None)
        again = taken.payload.get("replace") or taken.payload.get("delete")
        if (taken.kind is Kind.RESPOND and not again) or (
            taken.kind is Kind.EPHEMERAL and taken.attempts > ONCE_MORE
        ):
            raise TwiceError
        return None

    async def send(self, team: Team, taken: Taken, note: Note) -> str | None:
        """Send it; return the message's ts, "" where Slack names none, None when it is not ours any more."""
        token, calls, target = team.token, self._calls, taken.target or ""
        match taken.kind:
            case Kind.UPLOAD | Kind.STREAM | Kind.STATUS | Kind.UNFURL:
                return await self._in_steps(team, taken, note)
            case Kind.UPDATE:
                if not target:
                    raise LateError
                await calls_out.update(calls, token, channel=taken.channel, ts=target, message=taken.payload)
                return target
            case Kind.EPHEMERAL:
                return await calls_out.whisper(
                    calls,
                    token,
                    channel=taken.channel,
                    user=taken.user or "",
                    thread_ts=taken.thread_ts,
                    message=taken.payload,
                )
            case Kind.RESPOND:
                until = taken.payload.get("until")
                if until is not None and datetime.now(UTC).timestamp() > float(until):
                    raise LateError
                await calls_out.respond(calls, self._address(team, target), taken.payload)
                return ""
            case Kind.REACTION:
                name, remove = str(taken.payload["name"]), bool(taken.payload.get("remove"))
                await calls_out.react(
                    calls, token, channel=taken.channel, ts=target, name=name, remove=remove
                )
                return target
        return await calls.post(
            token,
            channel=taken.channel,
            thread_ts=taken.thread_ts,
            message=taken.payload,
            letter_id=taken.id,
        )

    def _address(self, team: Team, kept: str) -> str:
        try:
            return self._seals.address(team, kept)
        except SealBrokenError:  # its key is gone: who asked gets it directly, as when it is late
            raise LateError from None

    async def _in_steps(self, team: Team, taken: Taken, note: Note) -> str | None:
        """Send what may take several calls, or is no message of its own."""
        if taken.kind is Kind.UNFURL:
            ts = taken.target or ""
            await calls_out.unfurl(self._calls, team.token, channel=taken.channel, ts=ts, shown=taken.payload)
            return ts
        if taken.kind is Kind.UPLOAD:
            return await self._upload(team, taken, note)
        if taken.kind is Kind.STREAM:
            return await agent.finish(self._calls, team, taken, partial(self._settled, team, taken))
        if taken.payload.get("title"):
            await self._titles.give(self._calls, team, taken)
        else:
            is_agent = await self._lacks.has(team, SESSIONS)
            thread = taken.thread_ts or ""
            await agent.settle(
                self._calls, team.token, channel=taken.channel, thread_ts=thread, is_agent=is_agent
            )
        return ""

    async def _settled(self, team: Team, taken: Taken) -> None:
        """Have the thread show that nobody works, in its turn: the letter for that goes next."""
        letter = Letter(
            lane=taken.lane,
            team_id=team.team_id,
            channel=taken.channel,
            thread_ts=taken.thread_ts,
            payload={"text": ""},
            kind=Kind.STATUS,
        )
        async with self._database.tenant(team.tenant_id) as session:
            await outbox.do_put_once(session, letter, f"{taken.id}:settled")

    async def _find_file(self, team: Team, taken: Taken, file_id: str, *, unless: str | None) -> str | None:
        """Return the ts of the message that shows the file, None when none does; `unless` we may not look."""
        try:
            shown = await calls_out.find_shown(
                self._calls, team.token, file_id=file_id, channel=taken.channel
            )
        except RefusedError as error:
            if error.reason.startswith("missing_scope"):
                return unless
            raise
        return None if shown is None else shown.ts

    async def _upload(self, team: Team, taken: Taken, note: Note) -> str | None:
        """Bring the bytes, keep the file's id, then show it: shown it is once, whoever dies in between."""
        file_id = taken.file_id
        if file_id is not None:
            try:
                await self._show(team, taken, file_id)
            except RefusedError as error:
                if not error.reason.startswith("file_not_found"):
                    raise
                # So Slack says of a file that was shown already, and of one whose bytes are gone.
                ts = await self._find_file(team, taken, file_id, unless="") if taken.maybe_sent else None
                if ts is not None:
                    return ts
            else:
                return ""
        name, alt = str(taken.payload["name"]), str(taken.payload.get("alt") or "")
        file_id = await calls_out.bring(
            self._calls, team.token, name=name, content=taken.content or b" ", alt=alt
        )
        if not await note(file_id):
            return None
        await self._show(team, taken, file_id)
        return ""

    async def _show(self, team: Team, taken: Taken, file_id: str) -> None:
        await calls_out.show(
            self._calls,
            team.token,
            file_id=file_id,
            title=str(taken.payload.get("title") or taken.payload["name"]),
            channel=taken.channel,
            thread_ts=taken.thread_ts,
            said=str(taken.payload.get("text") or ""),
        )
