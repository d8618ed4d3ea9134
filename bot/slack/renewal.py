"""Bot tokens that Slack rotates: renewed in time, by one process, with a refresh token that is good once."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.config import Config
from bot.core.journal import note
from bot.db import slack_teams
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.slack.calls import CallError, Calls, RefusedError, made
from bot.slack.install import sealed_tokens
from bot.slack.teams import Teams

log = structlog.get_logger(__name__)

AHEAD = timedelta(hours=2)
"""Tokens last twelve hours, and the newest two work (see slack.dev, “Using token rotation”): what another
process still has in memory keeps working while they are replaced."""
PAUSE = timedelta(minutes=1)
"""Longer than a call may take: a process that died with a refresh token in its hands is not waited for."""
LONG_PAUSE = timedelta(minutes=15)
REFUSED = (
    "Slack renews the token of workspace {name} no more ({reason}). It works until "
    "{until:%Y-%m-%d %H:%M} UTC: connect the workspace again with `backhaul slack install-link`."
)


class Renewal:
    """Renews what ends soon.

    A process that dies between Slack's answer and the commit loses the new tokens: Slack does not give
    them twice. The old token then works on until it ends, and the audit says that the workspace has to be
    connected again.
    """

    def __init__(
        self, config: Config, database: Database, cipher: Cipher, teams: Teams, calls: Calls
    ) -> None:
        self._config, self._database, self._cipher = config, database, cipher
        self._teams, self._calls = teams, calls

    async def renew(self, tenant_id: str) -> None:
        """Renew a tenant's tokens that end soon and that no other process renews at this moment."""
        if self._config.slack_client_secret is None:
            return
        async with self._database.tenant(tenant_id) as session:
            due = await slack_teams.do_claim_renewal(session, ahead=AHEAD, pause=PAUSE)
        for row in due:
            await self._renew(row)

    async def _renew(self, row: slack_teams.TeamRow) -> None:
        secret, client = self._config.slack_client_secret, self._calls.client()
        refresh = self._cipher.open(
            row.refresh_token, row=slack_teams.refresh_row(row.tenant_id, row.team_id)
        )
        try:
            answer = await made(
                "oauth.v2.access",
                lambda: client.oauth_v2_access(
                    client_id=self._config.slack_client_id,
                    client_secret=secret.get_secret_value() if secret else "",
                    grant_type="refresh_token",
                    refresh_token=refresh,
                ),
            )
        except RefusedError as error:
            await self._refused(row, error.reason)
            return
        except CallError as error:  # the pause is over soon, and hours are left
            log.warning("slack.token_not_renewed", team=row.team_id, reason=error.reason)
            return
        tokens = sealed_tokens(self._cipher, row.tenant_id, row.team_id, answer)
        async with self._database.tenant(row.tenant_id) as session:
            kept = await slack_teams.do_renew(
                session,
                row,
                token=tokens["bot_token"],
                refresh=tokens["refresh_token"],
                expires_at=tokens["expires_at"],
            )
        self._teams.forget(row.team_id)
        log.info("slack.token_renewed", team=row.team_id, kept=kept)

    async def _refused(self, row: slack_teams.TeamRow, reason: str) -> None:
        async with self._database.tenant(row.tenant_id) as session:
            if await slack_teams.do_refuse_renewal(session, row, reason[:200], LONG_PAUSE):
                log.error("slack.token_not_renewed", team=row.team_id, reason=reason)
                text = REFUSED.format(name=row.name or row.team_id, reason=reason[:80], until=row.expires_at)
                facts = {"team": row.team_id, "reason": reason}
                await note(session, event="slack.token_refused", by="slack", text=text, facts=facts)
