"""What somebody asked lately, as lines that lead to where it was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.contract.spoken import moment
from bot.core.links import code_in
from bot.db import inbox
from bot.db.database import Database
from bot.slack import mrkdwn
from bot.slack.calls import CallError, Calls, RefusedError, made
from bot.slack.event import Heard
from bot.slack.teams import Team
from bot.slack.words import plain

log = structlog.get_logger(__name__)

MOST, LOOKED_AT, MOST_LABEL = 4, 16, 90
MOST_KEPT = 10_000


@dataclass(frozen=True, kw_only=True)
class Said:
    """One question, and where it stands; no channel for one that nobody else ever saw."""

    words: str
    at: str
    channel: str = ""
    ts: str = ""


class Recent:
    """Finds them; the addresses of messages never change, so each is asked for once."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self._database, self._calls = database, calls
        self._links: dict[tuple[str, str, str], str] = {}

    async def lines(self, team: Team, user_id: str, zone: ZoneInfo) -> list[str]:
        """Return the last questions of a person, the latest first, as lines of mrkdwn."""
        async with self._database.tenant(team.tenant_id) as session:
            found = await inbox.find_asked(session, team.team_id, user_id, LOOKED_AT)
        asked: dict[str, Said] = {}
        for one in found:
            said = _said(one.payload, team, moment(one.received_at, datetime.now(UTC), zone))
            if said is not None and len(asked) < MOST:
                asked.setdefault(said.words.casefold(), said)
        return [await self._line(team, one) for one in asked.values()]

    async def _line(self, team: Team, said: Said) -> str:
        words = said.words if len(said.words) <= MOST_LABEL else f"{said.words[: MOST_LABEL - 1]}…"
        label, link = mrkdwn.escape(words).replace("|", "¦"), await self._link(team, said)
        return f"• {f'<{link}|{label}>' if link else label}  {said.at}"

    async def _link(self, team: Team, said: Said) -> str:
        """Return where it stands; empty where Slack does not tell."""
        key = (team.team_id, said.channel, said.ts)
        if said.channel and key not in self._links:
            if len(self._links) >= MOST_KEPT:
                self._links.clear()
            try:
                self._links[key] = await self._asked(team, said)
            except RefusedError as error:  # the message is gone: it is not asked for again and again
                log.info("slack.no_permalink", reason=error.reason)
                self._links[key] = ""
            except CallError as error:
                log.info("slack.no_permalink", reason=error.reason)
        return self._links.get(key, "")

    async def _asked(self, team: Team, said: Said) -> str:
        client = self._calls.client(team.token)
        found = await made(
            "chat.getPermalink",
            lambda: client.chat_getPermalink(channel=said.channel, message_ts=said.ts),
        )
        link = str(found.get("permalink") or "")
        return link if link.startswith(("https://", "http://")) and not set(link) & set("<>| \n") else ""


def _said(payload: Mapping[str, Any], team: Team, at: str) -> Said | None:
    """Return what was asked and where; None for what is no question, or of a later version of the bot."""
    try:
        heard = Heard.read(payload)
    except (ValueError, TypeError):
        return None
    words = " ".join(plain(heard.text, team.bot_user_id, {}).split())
    if not words or code_in(words) is not None:
        return None
    if heard.only_them or heard.nowhere:
        return Said(words=words, at=at)
    return Said(words=words, at=at, channel=heard.channel, ts=str(heard.told.get("message") or heard.ts))
