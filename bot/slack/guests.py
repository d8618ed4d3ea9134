"""In which channels a guest reads along: asked of Slack, kept in the tables; in doubt there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.db import channels, outbox, paces, slack_guests
from bot.db.channels import Known
from bot.db.database import Database
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, UnsureError, made
from bot.slack.event import CHANNEL, USER, fits
from bot.slack.lately import Lately
from bot.slack.routes import Route, Routes
from bot.slack.teams import Team
from bot.slack.usergroups import find_teams

log = structlog.get_logger(__name__)

SURFACE = "slack"
FRESH = timedelta(minutes=5)
"""How long it is relied on who is there, when no event tells of a change."""
LONGEST = timedelta(hours=1)
"""The same while Slack does not answer."""
WAITS = (0.3, 1.0)
"""Seconds before each further try, when Slack did not answer."""
SOON = 1.0
"""Seconds for Slack to say who joined, before it hears that we have the news."""
REMEMBERED = 60.0
"""Seconds for which somebody who joined need not be asked about again."""
JOINED, LEFT, HIRED, CHANGED = "member_joined_channel", "member_left_channel", "team_join", "user_change"
EVENTS = (JOINED, LEFT, HIRED, CHANGED)
PAGE = 1000
"""Slack's most. Twenty pages a minute (tier 2): more accounts than 20,000 take more than one look."""
RESUMED = 600.0
"""Seconds for which pages that were read are good, when a pause of Slack's came between them and the rest."""
GUEST = ("is_restricted", "is_ultra_restricted")
Page = Callable[[str | None], Awaitable[AsyncSlackResponse]]
Pick = Callable[[Any], str]
"""Returns the id of who is looked for; empty for the others."""


@dataclass
class _Read:
    """Pages read so far: since when, and what had been heard of who comes and goes by then.

    `cursor`: where it goes on; None at the end.
    """

    news: int
    since: float = field(default_factory=time.monotonic)
    cursor: str | None = ""
    found: list[str] = field(default_factory=list)

    def goes_on(self, news: int) -> bool:
        return self.news == news and time.monotonic() < self.since + RESUMED


class Guests:
    """Knows which channels have a guest in them, for every process through the tables.

    Slack is asked once in five minutes for a workspace's guests and, where it has any, for who is in a
    channel.
    """

    def __init__(self, database: Database, calls: Calls, routes: Routes) -> None:
        """Hear of who comes and goes by these routes."""
        self._database, self._calls = database, calls
        self._members_lately = Lately(REMEMBERED)
        self._begun: dict[tuple[str, str, str], _Read] = {}
        self._asking: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        for kind in (JOINED, LEFT):
            routes.add(f"event:{kind}", Route(now=self.moved, must=True))
        for kind in (HIRED, CHANGED):
            routes.add(f"event:{kind}", Route(now=self.changed, must=True))

    async def are_in(self, team: Team, channel: str, known: Known | None) -> bool:
        """Say whether a guest reads along in a channel of which this is known."""
        if known is not None and _is_fresh(known.guests_at):
            return known.guests is not False
        try:
            return await self.came(team, channel)
        except CallError as error:
            log.warning("slack.guests_not_known", channel=channel, reason=error.reason)
            return not _was_without(await self._known(team, channel))

    async def came(self, team: Team, channel: str) -> bool:
        """Say the same of what has to be looked up; CallError where Slack does not tell now."""
        async with self._asking.setdefault((team.team_id, channel), asyncio.Lock()):
            known = await self._known(team, channel)
            if known is not None and _is_fresh(known.guests_at):
                return known.guests is not False
            try:
                return await self._look(team, channel, known)
            except RefusedError as error:
                log.warning("slack.guests_not_known", channel=channel, reason=error.reason)
                return True

    async def moved(self, team: Team, body: Mapping[str, Any]) -> None:
        """Take in that somebody joined or left a channel; it is looked at anew where a guest may have."""
        event: Mapping[str, Any] = body["event"]
        channel, user = event.get("channel"), str(event.get("user"))
        if not fits(CHANNEL, channel):
            return
        known = await self._known(team, str(channel))
        if event["type"] == LEFT:
            doubt, unheard = bool(known and known.guests), False
        else:
            doubt, unheard = await self._weigh(team, user)
        async with self._database.tenant(team.tenant_id) as session:
            if unheard:
                await slack_guests.do_relist(session, team.team_id)
            if doubt:
                await slack_guests.do_doubt(session, str(channel))

    async def changed(self, team: Team, body: Mapping[str, Any]) -> None:
        """Take in that somebody became a guest, or is none any more."""
        user = body["event"].get("user")
        if not isinstance(user, Mapping) or not fits(USER, user.get("id")):
            return
        async with self._database.tenant(team.tenant_id) as session:
            if await slack_guests.do_tell(session, team.team_id, str(user["id"]), guest=is_guest(user)):
                await slack_guests.do_doubt(session)

    async def _weigh(self, team: Team, user: str) -> tuple[bool, bool]:
        """Say whether who joined may be a guest, or finds some there; and whether Slack does not tell."""
        async with self._database.tenant(team.tenant_id) as session:
            listed = await slack_guests.get_guests(session, team.team_id)
        if user == team.bot_user_id or user in listed.users:  # without the bot, nobody told it who came
            return True, False
        if self._members_lately.has((team.team_id, user)):
            return False, False
        try:
            async with asyncio.timeout(SOON), self._heeding(team, "users.info"):
                client = self._calls.client(team.token)
                found = await made("users.info", lambda: client.users_info(user=user))
        except (CallError, TimeoutError) as error:
            log.warning("slack.joined_not_known", user=ascii(user)[:60], why=type(error).__name__)
            return True, True
        if not is_guest(found.get("user") or {}):
            self._members_lately.note((team.team_id, user))
            return False, False
        async with self._database.tenant(team.tenant_id) as session:
            await slack_guests.do_tell(session, team.team_id, user, guest=True)
        return True, False

    async def _known(self, team: Team, channel: str) -> Known | None:
        async with self._database.tenant(team.tenant_id) as session:
            return await channels.get_known(session, SURFACE, channel)

    async def _look(self, team: Team, channel: str, known: Known | None) -> bool:
        """Ask Slack, and have what waits to be said said in private where a guest has come."""
        guests, news = await self._find(team), known.guest_news if known else 0
        there = bool(guests) and not guests.isdisjoint(await self._members(team, channel, news))
        async with self._database.tenant(team.tenant_id) as session:
            kept = await slack_guests.do_see(session, channel, guests=there, news=news)
            if there and not (known and known.guests):
                await outbox.do_divert(session, channel)
        if not (there or kept):
            raise UnsureError("conversations.members", "somebody came or went meanwhile")
        return there

    async def _find(self, team: Team) -> frozenset[str]:
        """Return the guests of a workspace, or of all of an organisation's."""
        async with self._asking.setdefault((team.team_id, ""), asyncio.Lock()):
            async with self._database.tenant(team.tenant_id) as session:
                listed = await slack_guests.get_guests(session, team.team_id)
            if _is_fresh(listed.read_at):
                return listed.users
            everywhere = team.team_id.startswith("E")
            teams = await self._teams(team) if everywhere else [None]
            found = [user for each in teams for user in await self._guests_of(team, each, listed.news)]
            self._forget(team, "users.list")
            async with self._database.tenant(team.tenant_id) as session:
                kept = await slack_guests.do_list(session, team.team_id, found, news=listed.news)
            return frozenset(found) if kept else listed.users.union(found)

    async def _guests_of(self, team: Team, of: str | None, news: int) -> list[str]:
        client = self._calls.client(team.token)

        async def page(cursor: str | None) -> AsyncSlackResponse:
            return await client.users_list(cursor=cursor, limit=PAGE, team_id=of)

        return await self._all(team, ("users.list", of or ""), page, _guest_id, news)

    async def _members(self, team: Team, channel: str, news: int) -> list[str]:
        client = self._calls.client(team.token)

        async def page(cursor: str | None) -> AsyncSlackResponse:
            return await client.conversations_members(channel=channel, cursor=cursor, limit=PAGE)

        found = await self._all(team, ("conversations.members", channel), page, str, news)
        self._begun.pop((team.team_id, "conversations.members", channel), None)
        return found

    async def _teams(self, team: Team) -> list[str]:
        async with self._heeding(team, "auth.teams.list"):
            return await find_teams(self._calls, team.token)

    async def _all(self, team: Team, what: tuple[str, str], page: Page, pick: Pick, news: int) -> list[str]:
        """Return whom it picks of all pages; after a pause that Slack wanted it goes on where it was.

        `what`: the method, and of which workspace or channel. What was read is kept until `_forget`.
        """
        key = (team.team_id, *what)
        read = self._begun.get(key)
        if read is None or not read.goes_on(news):
            read = self._begun[key] = _Read(news)
        try:
            while read.cursor is not None:
                async with self._heeding(team, what[0]):
                    one = await _patiently(what[0], lambda: page(read.cursor or None))
                read.found += filter(None, map(pick, one.get("members") or []))
                read.cursor = str((one.get("response_metadata") or {}).get("next_cursor") or "") or None
        except CallError as error:
            if not isinstance(error, LimitedError):  # perhaps of where it was to go on
                self._begun.pop(key, None)
            raise
        return read.found

    def _forget(self, team: Team, method: str) -> None:
        """Let go of the pages that all was made of."""
        for key in [one for one in self._begun if one[:2] == (team.team_id, method)]:
            del self._begun[key]

    @asynccontextmanager
    async def _heeding(self, team: Team, method: str) -> AsyncIterator[None]:
        """Make no such call in a pause that Slack wanted, of whichever process."""
        async with self._database.tenant(team.tenant_id) as session:
            pause = await paces.get_frozen(session, team.team_id, method)
        if pause:
            raise LimitedError(method, pause)
        try:
            yield
        except LimitedError as error:
            async with self._database.tenant(team.tenant_id) as session:
                await paces.do_freeze(session, team.team_id, method, error.pause)
            raise


def _guest_id(user: Mapping[str, Any]) -> str:
    return str(user["id"]) if is_guest(user) else ""


def is_guest(user: Mapping[str, Any]) -> bool:
    """Say whether Slack calls somebody a guest; one who was deactivated reads nothing."""
    return user.get("deleted") is not True and any(user.get(flag) is True for flag in GUEST)


async def _patiently(method: str, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any]:
    for wait in WAITS:
        try:
            return await made(method, call)
        except (RefusedError, LimitedError):
            raise
        except CallError:
            await asyncio.sleep(wait)
    return await made(method, call)


def _is_fresh(at: datetime | None) -> bool:
    return at is not None and datetime.now(UTC) - at < FRESH


def _was_without(known: Known | None) -> bool:
    """Say whether no guest was there a while ago, and none was heard of since."""
    if known is None or known.guests is not False or known.guests_at is None:
        return False
    return datetime.now(UTC) - known.guests_at < LONGEST
