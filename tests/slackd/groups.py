"""A user group as Slack shows it, and the events of a change of its members."""

from __future__ import annotations

from typing import Any

from tests.slackd.residents import Usergroup
from tests.slackd.workspace import Workspace


def group_object(group: Usergroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "team_id": group.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated,
        "date_delete": group.updated if group.disabled else 0,
        "auto_type": None,
        "created_by": group.by,
        "updated_by": group.by,
        "deleted_by": None,
        "prefs": {"channels": list(group.channels), "groups": []},
        "users": list(group.users),
        "user_count": len(group.users),
    }


def set_members(team: Workspace, group: Usergroup, users: list[str]) -> list[dict[str, Any]]:
    """Make these the members; the events to tell, none when nothing changed."""
    before = list(group.users)
    added, removed = [u for u in users if u not in before], [u for u in before if u not in users]
    if not added and not removed:
        return []
    previous, group.users, group.updated = group.updated, list(users), int(team.world.clock.now())
    changed = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": team.id,
        "date_previous_update": previous,
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
    return [changed, {"type": "subteam_updated", "subteam": group_object(group)}]
