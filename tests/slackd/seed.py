"""A workspace from a file: people with their roles, user groups, channels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.slackd.workspace import Workspace
    from tests.slackd.world import World

SAVANNA = Path(__file__).parent / "data" / "savanna.json"
"""The provider of the demo: two workspaces, twelve people of every kind, eight channels."""
ROLES: dict[str, dict[str, bool]] = {
    "member": {},
    "admin": {"is_admin": True},
    "owner": {"is_admin": True, "is_owner": True},
    "guest": {"is_restricted": True},
    "single_channel_guest": {"is_restricted": True, "is_ultra_restricted": True},
    "stranger": {"is_stranger": True},
    "deactivated": {"deleted": True},
    "unconfirmed": {"is_email_confirmed": False},
}


def load_seed(world: World, seed: dict[str, Any] | Path = SAVANNA) -> None:
    """Fill the world. The first workspace becomes the one that is there; the app is installed in all.

    A workspace has `id`, `name`, `domain`, `people` (a `role` each), `usergroups`, `channels` and may have
    `installed: false` and `is_paid: false`; a channel may be `private`, `archived`, `shared`, without `bot`.
    `enterprises`: id -> {name, workspaces}.
    """
    found = json.loads(seed.read_text()) if isinstance(seed, Path) else seed
    for at, each in enumerate(found["workspaces"]):
        team = _team(world, each, is_home=at == 0)
        for person in each.get("people", ()):
            _add_person(team, dict(person))
        for group in each.get("usergroups", ()):
            users = group.get("users", ())
            team.add_usergroup(group["id"], group["handle"], *users, name=group.get("name", group["handle"]))
        for channel in each.get("channels", ()):
            _add_channel(team, dict(channel))
    for name, each in found.get("enterprises", {}).items():
        world.add_enterprise(name, each["name"], *each["workspaces"])


def _team(world: World, seed: dict[str, Any], *, is_home: bool) -> Workspace:
    if is_home:
        assert seed["id"] == world.home.id, f"the first workspace is {world.home.id}"
    team = world.home if is_home else world.add_workspace(seed["id"])
    team.name, team.domain = seed.get("name", team.name), seed.get("domain", team.domain)
    team.is_paid = seed.get("is_paid", True)
    if not is_home and seed.get("installed", True):
        world.do_install(world.app, team, scopes=set(world.install.scopes))
    return team


def _add_person(team: Workspace, person: dict[str, Any]) -> None:
    kinds = ROLES[person.pop("role", "member")]
    team.add_person(person.pop("id"), person.pop("name"), person.pop("email", ""), **{**person, **kinds})


def _add_channel(team: Workspace, channel: dict[str, Any]) -> None:
    has_bot, members = channel.pop("bot", True), channel.pop("members", ())
    made = team.add_channel(channel.pop("id"), channel.pop("name"), *members, **channel)
    if not has_bot:
        made.members -= {install.bot_user for install in team.installs.values()}
