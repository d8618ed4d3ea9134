"""slack-bolt, which knows Slack's payloads; what is for the bot is kept by a middleware before the ack.

No listeners: Bolt acknowledges events before it runs them and searches listeners one by one; commands
and clicks it polls. A middleware that answers is awaited first, answers at once, and serves every kind.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.slack.calls import CallError, Calls, RefusedError
from bot.slack.envelope import MalformedError, check_shape
from bot.slack.gate import TRY_LATER, Answer, Dispatch
from bot.slack.ingest import Ingest
from bot.slack.metrics import ACK, RECEIVED
from bot.slack.record import Record, keep_nothing
from bot.slack.remedies import BAD_TOKEN
from bot.slack.teams import Team, Teams

log = structlog.get_logger(__name__)

bolt_log = logging.getLogger("backhaul.slack.bolt")
# Bolt warns of SLACK_BOT_TOKEN in the environment, which is where it belongs; "not set" would log payloads.
bolt_log.setLevel(logging.ERROR)

TEAM = "backhaul_team"
BROKEN = 500
PATIENCE = 2.0
"""Seconds for Slack to say whether a token works; it gives up on us after three."""

NOT_CONNECTED = "I am not connected to this workspace any more. Ask whoever installed me to install me again."

Next = Callable[[], Awaitable[BoltResponse]]


def make_bolt(calls: Calls, teams: Teams, ingest: Ingest, record: Record = keep_nothing) -> AsyncApp:
    """Return the Bolt app behind both ways in; the gate has checked signatures before."""

    async def recognise(req: AsyncBoltRequest, context: AsyncBoltContext, next: Next) -> Any:  # noqa: A002 - Bolt's name
        body = req.body
        try:
            check_shape(body)
        except MalformedError:
            return _ignored("malformed")
        team = await teams.find_soon(context.team_id, context.enterprise_id)
        if team is None:
            log.warning("slack.unknown_team", team=ascii(context.team_id)[:60])
            return _ignored("unknown team", NOT_CONNECTED if "command" in body else "")
        context[TEAM] = team
        return await next()

    async def authorize(context: AsyncBoltContext) -> AuthorizeResult:
        team: Team = context[TEAM]
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=team.team_id,
            bot_user_id=team.bot_user_id,
            bot_id=team.bot_id,
            bot_token=team.token,
        )

    async def keep(body: dict[str, Any], context: AsyncBoltContext) -> BoltResponse:
        await record(body)
        if has_gone(body):
            await leave(teams, calls, context[TEAM])
        _outcome, answer = await ingest.take_in(context[TEAM], body)
        return BoltResponse(status=200, body=dict(answer) if answer else "")

    app = AsyncApp(
        name="backhaul",
        logger=bolt_log,
        client=calls.client(),
        before_authorize=recognise,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(keep)
    return app


async def leave(teams: Teams, calls: Calls, team: Team) -> None:
    """Forget a workspace, unless the token it has now works: then what told so is older than that token.

    Slack promises no order, so news of an uninstallation may come after the next installation. Where Slack
    does not answer in time, the workspace stays: a token that is none any more opens nothing.
    """
    teams.forget(team.team_id)
    now = await teams.find(team.team_id)
    if now is None:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await calls.who_am_i(now.token)
    except RefusedError as error:
        if error.reason.startswith(BAD_TOKEN):
            await teams.remove(now)
            return
        log.warning("slack.not_left", team=team.team_id, why=error.reason)
    except (CallError, TimeoutError) as error:
        log.warning("slack.not_left", team=team.team_id, why=type(error).__name__)
    else:
        log.warning("slack.not_left", team=team.team_id, why="its token works")


def has_gone(body: Mapping[str, Any]) -> bool:
    """Say whether a payload tells that the bot has no token any more; a person's own token is no matter."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping):
        return False
    tokens = event.get("tokens")
    theirs = isinstance(tokens, Mapping) and not tokens.get("bot")
    return event.get("type") == "app_uninstalled" or (event.get("type") == "tokens_revoked" and not theirs)


def over_http(app: AsyncApp) -> Dispatch:
    """Return what the gate calls with a verified request."""

    async def dispatch(text: str, headers: dict[str, str]) -> Answer:
        began = time.perf_counter()
        answer = await app.async_dispatch(AsyncBoltRequest(body=_as_bolt_reads(text), headers={**headers}))
        ACK.observe(time.perf_counter() - began)
        if answer.status >= BROKEN:
            return Answer(status=TRY_LATER)
        kind = (answer.headers.get("content-type") or ["text/plain; charset=utf-8"])[0]
        return Answer(status=answer.status, body=answer.body or "", content_type=kind)

    return dispatch


def _as_bolt_reads(text: str) -> str:
    """Return a command's form so that Bolt finds its fields.

    Bolt 1.30 takes any form with the word payload in it, said by somebody or in a channel's name, for an
    interaction, and then for an empty one (`slack_bolt.request.internals.parse_body`).
    """
    if text.startswith("{") or re.search(r"(?:^|&)payload=", text):
        return text
    return text.replace("payload", "%70ayload")


def _ignored(why: str, said: str = "") -> BoltResponse:
    """Acknowledge, so that Slack does not send it again, and do nothing."""
    RECEIVED.labels(why).inc()
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": said} if said else "")
