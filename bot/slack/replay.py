"""What the bot makes of a recorded payload: what it would hear, by which handler; nothing is kept or sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import BadInput
from bot.slack.envelope import MalformedError, check_shape
from bot.slack.event import Heard
from bot.slack.routes import Routes, kind_of_payload
from bot.slack.teams import Team

WAYS = ("first", "keep", "hear", "now", "beside")
NO_PAYLOAD = "That is no payload of Slack's: {reason}. `backhaul replay` takes a file that the bot recorded."


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """`ways`: how this kind is handled (see `Route`). `heard` and its `key`, or `why_not`."""

    kind: str
    team_id: str
    bot_user_id: str
    ways: tuple[str, ...] = ()
    heard: Heard | None = None
    key: str = ""
    why_not: str = ""


def replay(routes: Routes, body: Mapping[str, Any], *, tenant_id: str, said: str | None = None) -> Replayed:
    """Return what a tenant's bot would hear of a payload; `said` takes the place of the words in it.

    BadInput when it has none of Slack's shapes.
    """
    try:
        check_shape(dict(body))
    except MalformedError as error:
        raise BadInput(NO_PAYLOAD.format(reason=error)) from None
    bot, team = _bot_user(body), _team(body)
    found = Replayed(kind=kind_of_payload(body), team_id=team, bot_user_id=bot)
    route = routes.find(body)
    if route is None:
        return replace(found, why_not="no handler")
    found = replace(found, ways=tuple(way for way in WAYS if getattr(route, way)))
    if route.keep is not None:
        outcome = route.keep(body, bot)
    elif route.hear is not None:
        home = Team(team_id=team, tenant_id=tenant_id, bot_user_id=bot, bot_id="", token="")
        outcome = route.hear(home, body)
    else:
        return replace(found, why_not="answered at once, and not kept")
    if isinstance(outcome, str):
        return replace(found, why_not=outcome)
    heard, key = outcome
    return replace(found, heard=heard if said is None else replace(heard, text=said), key=key)


def _bot_user(body: Mapping[str, Any]) -> str:
    """Return the bot's own account, as an event says it."""
    told = body.get("authorizations")
    first = told[0] if isinstance(told, list) and told else None
    return str(first.get("user_id") or "") if isinstance(first, Mapping) else ""


def _team(body: Mapping[str, Any]) -> str:
    team = body.get("team")
    inside = team.get("id") if isinstance(team, Mapping) else ""
    return str(body.get("team_id") or inside or "")
