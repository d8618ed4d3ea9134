"""After a new master key: every secret a tenant has at rest is sealed anew, so that the old key can go."""

from __future__ import annotations

from bot.contract.people import Tenant
from bot.core import settings, sso
from bot.core.gate_rows import row_of
from bot.db import calls, slack_teams
from bot.db.cipher import Cipher
from bot.db.database import Database


async def reseal(database: Database, cipher: Cipher, tenant: Tenant) -> int:
    """Seal settings, the sign-in's secret, Slack tokens, secrets of calls that wait; return how many."""
    done = await settings.reseal(database, cipher, tenant)
    async with database.tenant(tenant.id) as session:
        done += await sso.reseal_secret(session, cipher, tenant)
        for team in await slack_teams.find_teams(session):
            token, refresh = (
                _anew(cipher, sealed, where(tenant.id, team.team_id))
                for sealed, where in (
                    (team.bot_token, slack_teams.token_row),
                    (team.refresh_token, slack_teams.refresh_row),
                )
            )
            if (token, refresh) != (team.bot_token, team.refresh_token):
                done += await slack_teams.do_seal_anew(session, team, token, refresh)
        for call_id, old in (await calls.find_sealed(session)).items():
            if cipher.stale(old):
                row = row_of(tenant, call_id)
                new = cipher.seal(cipher.open(old, row=row), row=row)
                done += await calls.do_seal_anew(session, call_id, old=old, new=new)
    return done


def _anew(cipher: Cipher, sealed: str, row: str) -> str:
    """Return a secret under the present key; the same where it is under that already, or there is none."""
    return cipher.seal(cipher.open(sealed, row=row), row=row) if sealed and cipher.stale(sealed) else sealed
