"""Connecting workspaces by OAuth: where a browser is sent, and what comes of the code it brings back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog

from bot.config import Config
from bot.contract.people import Tenant
from bot.core.journal import note
from bot.db import slack_teams
from bot.db.cipher import Cipher, SealBrokenError
from bot.db.database import Database
from bot.db.sso import take_state
from bot.errors import BadInput, Conflict, NotFound, Unavailable
from bot.slack.calls import CallError, Calls, RefusedError, made
from bot.slack.scopes import find_missing, wanted
from bot.slack.teams import TEAM_ID, Teams

log = structlog.get_logger(__name__)

LINK_LASTS = timedelta(hours=1)
BROKEN_LINK = (
    "This link to connect Slack is older than an hour, was used already, or is not whole. An admin makes "
    "another with `backhaul slack install-link`."
)
NO_OAUTH = (
    "This service connects no workspaces by itself: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set."
)
NO_CODE = "Slack did not take its own code ({reason}), so nothing was connected. Open the link once more."
NO_ANSWER = (
    "Slack does not answer at the moment, so nothing was connected. Open the link once more in a minute."
)
WRONG_APP = (
    "Slack does not take SLACK_CLIENT_ID and SLACK_CLIENT_SECRET ({reason}). Both are on the app's page, "
    "“Basic Information”."
)
NO_BOT = (
    "Slack sent no token for the bot, so nothing was connected. Make the app with the manifest of "
    "`backhaul slack manifest --url …`."
)
AT_HOME = (
    "The workspace {name} is the one of SLACK_BOT_TOKEN and works already. Take that setting out first, to "
    "connect it this way."
)
OUR_FAULT = frozenset({"invalid_client_id", "bad_client_secret", "bad_redirect_uri"})


@dataclass(frozen=True, kw_only=True)
class Link:
    """What an install link stands for: `nonce` is used up with the installation."""

    nonce: str
    agent: bool = False
    minimal: bool = False
    links: bool = False


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What was connected; `missing` says for each scope left out what does not work without it."""

    team_id: str
    name: str
    organisation: bool
    missing: Sequence[str]


class Installing:
    """Makes links, and turns the codes Slack gives for them into installations of one tenant."""

    def __init__(
        self, config: Config, database: Database, cipher: Cipher, teams: Teams, calls: Calls
    ) -> None:
        self._config, self._database, self._cipher = config, database, cipher
        self._teams, self._calls = teams, calls

    def address(self, link: Link, *, redirect: str, state: str) -> str:
        """Return where the browser goes to agree."""
        asked = {
            "client_id": self._client()[0],
            "scope": ",".join(wanted(agent=link.agent, minimal=link.minimal, links=link.links)),
            "redirect_uri": redirect,
            "state": state,
        }
        return f"{slack_site(self._config.slack_api_url)}/oauth/v2/authorize?{urlencode(asked)}"

    def read_link(self, tenant: Tenant, sealed: str, now: datetime) -> Link:
        """Return what a link's key says; BadInput for one that is old or not ours, NotFound without OAuth."""
        self._client()
        return read_link(self._cipher, tenant, sealed, now)

    async def finish(self, tenant: Tenant, link: Link, *, code: str, redirect: str) -> Installed:
        """Change the code for a token and keep it; whatever goes wrong is one sentence, and keeps nothing."""
        answer = await self._exchanged(code, redirect)
        row = await self._row(tenant, answer)
        if self._teams.home is not None and self._teams.home.team_id == row.team_id:
            raise Conflict(AT_HOME.format(name=row.name or row.team_id))
        async with self._database.tenant(tenant.id) as session:
            if not await take_state(session, _hash(link.nonce), datetime.now(UTC)):
                raise BadInput(BROKEN_LINK)
            await slack_teams.do_install(session, row)
            text = f"connected the Slack workspace {row.name} ({row.team_id})"
            facts = {"team": row.team_id, "by": row.installed_by, "scopes": row.scopes}
            await note(session, event="slack.installed", by="slack", text=text, facts=facts)
        self._teams.forget(row.team_id)
        log.info("slack.installed", team=row.team_id, tenant=tenant.id)
        needed, spare = find_missing(row.scopes.split(","))
        if link.minimal:
            spare = [each for each in spare if not each.full]
        return Installed(
            team_id=row.team_id,
            name=row.name,
            organisation=row.team_id.startswith("E"),
            missing=[
                each.without or f"I cannot work without `{each.name}`: {each.why}."
                for each in (*needed, *spare)
            ],
        )

    async def _exchanged(self, code: str, redirect: str) -> Mapping[str, Any]:
        (name, secret), client = self._client(), self._calls.client()
        try:
            return await made(
                "oauth.v2.access",
                lambda: client.oauth_v2_access(
                    client_id=name, client_secret=secret, code=code, redirect_uri=redirect
                ),
            )
        except RefusedError as error:
            said = WRONG_APP if error.reason in OUR_FAULT else NO_CODE
            raise BadInput(said.format(reason=error.reason[:80])) from error
        except CallError as error:
            raise Unavailable(NO_ANSWER) from error

    async def _row(self, tenant: Tenant, answer: Mapping[str, Any]) -> slack_teams.TeamRow:
        """Return the row of an installation; an organisation's stands for all its workspaces."""
        place = _part(answer, "enterprise") if answer.get("is_enterprise_install") else _part(answer, "team")
        team_id, token = str(place.get("id") or ""), str(answer.get("access_token") or "")
        if not TEAM_ID.fullmatch(team_id) or not token or answer.get("token_type") != "bot":
            raise BadInput(NO_BOT)
        try:
            account = await self._calls.who_am_i(token)
        except CallError as error:
            raise Unavailable(NO_ANSWER) from error
        return slack_teams.TeamRow(
            team_id=team_id,
            tenant_id=tenant.id,
            name=str(place.get("name") or "")[:200],
            bot_user_id=str(answer.get("bot_user_id") or account.bot_user_id),
            bot_id=account.bot_id,
            scopes=str(answer.get("scope") or ""),
            installed_by=str(_part(answer, "authed_user").get("id") or ""),
            **sealed_tokens(self._cipher, tenant.id, team_id, answer),
        )

    def _client(self) -> tuple[str, str]:
        """Return the app's id and secret; NotFound when there are none."""
        secret = self._config.slack_client_secret
        if not self._config.slack_client_id or secret is None:
            raise NotFound(NO_OAUTH)
        return self._config.slack_client_id, secret.get_secret_value()


def sealed_tokens(cipher: Cipher, tenant_id: str, team_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an answer's tokens; `expires_at` and `refresh_token` only for rotated ones."""
    token, refresh = str(answer["access_token"]), str(answer.get("refresh_token") or "")
    lasts = answer.get("expires_in")
    ends = datetime.now(UTC) + timedelta(seconds=lasts) if refresh and isinstance(lasts, int) else None
    return {
        "bot_token": cipher.seal(token, row=slack_teams.token_row(tenant_id, team_id)),
        "refresh_token": cipher.seal(refresh, row=slack_teams.refresh_row(tenant_id, team_id))
        if ends
        else "",
        "expires_at": ends,
    }


def make_link(
    cipher: Cipher, tenant: Tenant, now: datetime, *, agent: bool, minimal: bool, links: bool = False
) -> str:
    """Return the key of an install link: good for an hour, and for one installation in this tenant."""
    kept = {
        "nonce": secrets.token_urlsafe(16),
        "until": (now + LINK_LASTS).timestamp(),
        "agent": agent,
        "minimal": minimal,
        "links": links,
    }
    return cipher.seal(json.dumps(kept), row=_link_row(tenant))


def read_link(cipher: Cipher, tenant: Tenant, sealed: str, now: datetime) -> Link:
    """Return what `make_link` made; BadInput for one that is old, or not ours."""
    try:
        kept = json.loads(cipher.open(sealed, row=_link_row(tenant)))
    except (SealBrokenError, ValueError):
        raise BadInput(BROKEN_LINK) from None
    if kept.pop("until") < now.timestamp():
        raise BadInput(BROKEN_LINK)
    return Link(**kept)


def slack_site(api_url: str) -> str:
    """Return the address people see of the Slack whose Web API this is."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}"


def _hash(nonce: str) -> bytes:
    return hashlib.sha256(b"slack install " + nonce.encode()).digest()


def _link_row(tenant: Tenant) -> str:
    return f"{tenant.id}|slack_install|link"


def _part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, Mapping) else {}
