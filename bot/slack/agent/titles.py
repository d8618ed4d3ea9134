"""Titles of conversations with the agent: the first question, unless the person gave one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.contract.reply import Reply
from bot.db import paces
from bot.db.database import Database
from bot.db.inbox import Taken as Work
from bot.db.letters import Letter, Taken
from bot.slack.agent import calls as slack
from bot.slack.agent.closing import settling
from bot.slack.agent.lacks import SESSIONS, Lacks
from bot.slack.agent.live import Live
from bot.slack.agent.shown import title_of
from bot.slack.calls import Calls, LimitedError, RefusedError
from bot.slack.event import CHANNEL, TS, USER, WORDS, Heard, fits
from bot.slack.routes import Body, Route, Routes
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

CHANGED = "agent_session_title_changed"
THEIRS = timedelta(days=30)
"""How long a title is known to be a person's; the bot gives one within minutes of the first question."""


class Titles:
    """Gives a conversation its title when its first question is answered; a person's own title stays."""

    def __init__(self, database: Database, lacks: Lacks) -> None:
        self._database, self._lacks = database, lacks

    def join(self, routes: Routes) -> None:
        """Hear of the titles that people give."""
        routes.add(f"event:{CHANGED}", Route(now=self.changed))

    async def changed(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Know from now on that this title is a person's."""
        event = body.get("event")
        told = event if isinstance(event, Mapping) else {}
        user, channel, thread = told.get("user"), told.get("channel"), told.get("thread_ts")
        if fits(USER, user) and user != team.bot_user_id and fits(CHANNEL, channel) and fits(TS, thread):
            async with self._database.tenant(team.tenant_id) as session:
                await paces.do_freeze(session, team.team_id, _key(str(channel), str(thread)), THEIRS)
        return None

    async def naming(self, team: Team, work: Work, reply: Reply | None, live: Live | None) -> list[Letter]:
        """Return the letter that names a direct conversation, if this answers what it begins with.

        It goes in a lane of its own, so that no answer waits for it; when there are too many, some get none.
        """
        heard = Heard.read(work.payload)
        begins = heard.direct and heard.deed == WORDS and heard.ts == heard.thread
        if reply is None or live is None or not (begins and live.answered) or live.titled:
            return []
        title = title_of(heard.text, team.bot_user_id)
        if not title or not await self._lacks.has(team, SESSIONS):
            return []
        if not await self._lacks.has_turn(team, slack.RENAME, every=3.0, burst=20):
            return []
        last = settling(heard, team.team_id, work.id)
        return [
            replace(last, lane=f"{last.lane}:title", user=heard.user, payload={"text": "", "title": title})
        ]

    async def give(self, calls: Calls, team: Team, letter: Taken) -> None:
        """Give a conversation the letter's title if it has none; safe to be done again.

        A status brings its title to what is no session yet, and leaves that of any other as it is: hence it
        goes first, and says which there is.
        """
        place = {"channel": letter.channel, "thread_ts": letter.thread_ts or ""}
        title = str(letter.payload["title"])
        if not await self._lacks.has(team, SESSIONS):
            return
        try:
            has = await slack.set_status(
                calls, team.token, **place, status=slack.ACTIVE, title=title, user=letter.user or ""
            )
        except RefusedError as error:
            await self._lacks.note(team, SESSIONS, error)
            log.info("slack.no_title", reason=error.reason)
            return
        if has:
            return
        async with self._database.tenant(team.tenant_id) as session:
            if await paces.get_frozen(session, team.team_id, _key(letter.channel, letter.thread_ts or "")):
                return
        try:
            await slack.rename(calls, team.token, **place, title=title)
        except LimitedError as error:
            await self._lacks.pause(team, error)
        except RefusedError as error:
            log.info("slack.no_title", reason=error.reason)


def _key(channel: str, thread_ts: str) -> str:
    return f"title:{channel}:{thread_ts}"
