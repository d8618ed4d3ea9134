"""The workspaces the bot is in: looked up per event from memory, never by a call to Slack."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field

from bot.db import slack_groups, slack_homes, slack_teams
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.errors import Unavailable
from bot.slack.calls import scopes_in

TEAM_ID = re.compile(r"[TE][A-Z0-9]{1,40}")
FRESH = 60.0
"""Seconds a known workspace is trusted; a removed one stops within that time."""
FRESH_UNKNOWN = 5.0
MOST = 10_000
SOON = 2.0
"""Seconds for Slack to tell whose the token is; it gives up on us after three."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """A workspace, the tenant it belongs to, and the bot's account there.

    `scopes` are what the bot was granted; empty when nobody told.
    """

    team_id: str
    tenant_id: str
    bot_user_id: str
    bot_id: str
    token: str = field(repr=False)
    scopes: frozenset[str] = frozenset()


class Teams:
    """All installed workspaces, and the one whose token came from the environment."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._home: Team | None = None
        self._expected, self._met = False, asyncio.Event()
        self._kept: dict[str, tuple[float, Team | None]] = {}
        self._asking = asyncio.Lock()

    def expect_home(self) -> None:
        """Say that a token came from the environment, but Slack has not told yet whose it is."""
        self._expected = True

    def welcome_home(self, team: Team) -> None:
        """Keep the workspace of the environment's token."""
        self._home, self._expected = team, False
        self._met.set()

    @property
    def expected(self) -> bool:
        """Say whether Slack still has to tell whose the environment's token is."""
        return self._expected

    @property
    def home(self) -> Team | None:
        """The workspace of the environment's token, once Slack told which it is."""
        return self._home

    async def find(self, *ids: str | None) -> Team | None:
        """Return the first installed of these (workspace, then organisation).

        Raises Unavailable when it may be the one of which Slack has not told us yet.
        """
        for team_id in (each for each in ids if each and TEAM_ID.fullmatch(each)):
            if team := await self._get(team_id):
                return team
        if self._expected:
            raise Unavailable("Slack has not told yet which workspace the token belongs to.")
        # Slack may have told it while we looked: what came meanwhile is not a stranger's.
        return self._home if self._home and self._home.team_id in ids else None

    async def find_soon(self, *ids: str | None) -> Team | None:
        """Do so for what Slack waits for: it is told in a moment whose the token is, more often than not."""
        try:
            return await self.find(*ids)
        except Unavailable:
            if not self._expected:  # it is the database that is away
                raise
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON):
                    await self._met.wait()
        return await self.find(*ids)

    async def find_tenants(self) -> set[str]:
        """Return every tenant that has a workspace."""
        async with self._database.system() as session:
            rows = await slack_teams.find_teams(session)
        return {row.tenant_id for row in rows} | ({self._home.tenant_id} if self._home else set())

    async def find_all(self, tenant_id: str) -> list[Team]:
        """Return every workspace of a tenant."""
        async with self._database.tenant(tenant_id) as session:
            ids = {row.team_id for row in await slack_teams.find_teams(session)}
        home = self._home if self._home and self._home.tenant_id == tenant_id else None
        found = [await self._get(team_id) for team_id in sorted(ids | ({home.team_id} if home else set()))]
        return [team for team in found if team is not None and team.tenant_id == tenant_id]

    async def remove(self, team: Team) -> None:
        """Forget a workspace that uninstalled the bot or revoked its token."""
        if team is self._home:
            return
        async with self._database.tenant(team.tenant_id) as session:
            row = await slack_teams.get_team(session, team.team_id)
            if row is None or self._opened(row).token != team.token:
                return  # it was connected again meanwhile
            await slack_teams.do_remove(session, team.team_id, row.bot_token)
            await slack_groups.do_forget_team(session, team.team_id)
            await slack_homes.do_forget_team(session, team.team_id)
        self.forget(team.team_id)

    def forget(self, team_id: str) -> None:
        """Look it up again next time."""
        self._kept.pop(team_id, None)

    async def _get(self, team_id: str) -> Team | None:
        if self._home and self._home.team_id == team_id:
            return self._home
        if kept := self._remembered(team_id):
            return kept[1]
        async with self._asking:
            if kept := self._remembered(team_id):
                return kept[1]
            async with self._database.system() as session:
                row = await slack_teams.get_team(session, team_id)
            team = self._opened(row) if row else None
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[team_id] = time.monotonic() + (FRESH if team else FRESH_UNKNOWN), team
            return team

    def _remembered(self, team_id: str) -> tuple[float, Team | None] | None:
        kept = self._kept.get(team_id)
        return kept if kept and kept[0] > time.monotonic() else None

    def _opened(self, row: slack_teams.TeamRow) -> Team:
        sealed_for = slack_teams.token_row(row.tenant_id, row.team_id)
        return Team(
            team_id=row.team_id,
            tenant_id=row.tenant_id,
            bot_user_id=row.bot_user_id,
            bot_id=row.bot_id,
            token=self._cipher.open(row.bot_token, row=sealed_for),
            scopes=scopes_in(row.scopes),
        )
