"""The envelope an event comes in (facts, 1.4)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.slackd.apps import Install
from tests.slackd.residents import Channel
from tests.slackd.search import find_action_token
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.world import World


def make_envelope(
    world: World,
    team: Workspace,
    install: Install,
    event: dict[str, Any],
    channel: Channel | None = None,
) -> dict[str, Any]:
    """One delivery to one app; every retry of it has the same `event_id`."""
    return {
        "token": install.app.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": team.enterprise_id,
        "api_app_id": install.app.id,
        "event": {**copy.deepcopy(event), **find_action_token(team, install, event)},
        "type": "event_callback",
        "event_id": world.next_id("Ev"),
        "event_time": int(world.clock.now()),
        "is_ext_shared_channel": bool(channel and channel.shared),
        "authorizations": [authorization(team, install)],
        "event_context": world.add_context(team),
    }


def authorization(team: Workspace, install: Install) -> dict[str, Any]:
    is_org = install.team_id is None
    return {
        "enterprise_id": team.enterprise_id,
        "team_id": None if is_org else team.id,
        "user_id": install.bot_user,
        "is_bot": True,
        "is_enterprise_install": is_org,
    }
