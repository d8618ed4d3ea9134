"""The workspace of the token in the environment: Slack tells at start, or later, which one it is."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import structlog

from bot.config import Config
from bot.contract.people import Tenant
from bot.db import tenants
from bot.db.database import Database
from bot.errors import ConfigError
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError
from bot.slack.teams import Team, Teams

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds between two questions to a Slack that does not answer: what arrives meanwhile waits for it."""
BEFORE = 3.0
"""Seconds for Slack to tell it before the process lets anything in."""


class HomeTeam:
    """Learns the workspace of SLACK_BOT_TOKEN, and which tenant it is of."""

    def __init__(self, config: Config, database: Database, teams: Teams, calls: Calls) -> None:
        self._config, self._database = config, database
        self._teams, self._calls = teams, calls
        self._pause = FIRST_PAUSE
        self.due = 0.0
        """The moment (monotonic, s) before which Slack is not asked again."""

    async def learn_first(self) -> None:
        """Ask for a moment before anything is let in: what comes later need not wait, and comes in time."""
        await self.learn()
        with suppress(TimeoutError):
            async with asyncio.timeout(BEFORE):
                while self._teams.expected:
                    await self._rest()
                    await self.learn()

    async def _rest(self) -> None:
        # Until a moment, not for a while: whoever goes on waiting for it must not begin the pause anew.
        await asyncio.sleep(max(0.0, self.due - time.monotonic()))

    def _put_off(self, pause: float) -> None:
        self.due = max(self.due, time.monotonic() + pause)

    async def keep_asking(self) -> None:
        """Ask until Slack has told."""
        while self._teams.expected:
            await self._rest()
            try:
                await self.meet()
            except Exception as error:  # noqa: BLE001 - the database may be away too; the next time may do better
                log.warning("slack.not_met", error=type(error).__name__)

    async def meet(self) -> None:
        """Learn late whose the token is; when it is nobody's, other workspaces are served all the same."""
        if not self._teams.expected:
            return
        try:
            await self.learn()
        except ConfigError as error:
            log.error("slack.token_refused", why=str(error))  # noqa: TRY400 - the sentence says it all

    async def learn(self) -> None:
        """Ask Slack whose token it is; where it does not tell, `keep_asking` finds out."""
        self._put_off(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        secret = self._config.slack_bot_token
        token = secret.get_secret_value() if secret else ""
        try:
            account = await self._calls.who_am_i(token)
        except RefusedError as error:
            raise ConfigError(
                f"Slack refuses SLACK_BOT_TOKEN ({error.reason}). Copy it anew from the app's page, "
                "“OAuth & Permissions”."
            ) from error
        except CallError as error:
            if isinstance(error, LimitedError):
                self._put_off(error.pause.total_seconds())
            log.warning("slack.not_reached", reason=error.reason)
            return
        tenant = await self._tenant()
        self._teams.welcome_home(
            Team(
                team_id=account.team_id,
                tenant_id=tenant.id,
                bot_user_id=account.bot_user_id,
                bot_id=account.bot_id,
                token=token,
                scopes=account.scopes,
            )
        )
        log.info("slack.connected", team=account.team_id, tenant=tenant.id)

    async def _tenant(self) -> Tenant:
        async with self._database.system() as session:
            if self._config.slack_tenant:
                return await tenants.get_tenant(session, self._config.slack_tenant)
            found = await tenants.find_tenants(session)
        if len(found) == 1:
            return found[0]
        names = ", ".join(one.slug for one in found[:10]) or "none"
        raise ConfigError(f"Set SLACK_TENANT to the tenant this workspace belongs to (there are: {names}).")
