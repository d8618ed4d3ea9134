"""usergroups.*: @noc, @field, and who is in them; paid workspaces only."""

from __future__ import annotations

import re
from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.groups import group_object, set_members
from tests.slackd.residents import Usergroup

HANDLE = re.compile(r"^[a-z0-9][a-z0-9._-]{0,20}$")


def _check_plan(call: Call) -> None:
    if not call.team.is_paid:
        raise SlackError("plan_upgrade_required")


def _group(call: Call) -> Usergroup:
    _check_plan(call)
    group = call.team.usergroups.get(call.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _shown(call: Call, group: Usergroup) -> dict[str, Any]:
    shown = group_object(group)
    if not call.flag("include_users", default=call.name != "usergroups.list"):
        del shown["users"]
    if not call.flag("include_count"):
        del shown["user_count"]
    return shown


@method("usergroups.list")
def usergroups_list(call: Call) -> dict[str, Any]:
    _check_plan(call)
    every = call.flag("include_disabled")
    return {"usergroups": [_shown(call, g) for g in call.team.usergroups.values() if every or not g.disabled]}


@method("usergroups.users.list")
def usergroups_users_list(call: Call) -> dict[str, Any]:
    group = _group(call)
    if group.disabled and not call.flag("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


@method("usergroups.users.update")
def usergroups_users_update(call: Call) -> dict[str, Any]:
    group = _group(call)
    users = [each.strip() for each in call.required("users").split(",") if each.strip()]
    if not users:
        raise SlackError("no_users_provided")
    if any(user not in call.team.people or call.team.people[user].deleted for user in users):
        raise SlackError("invalid_users")
    for event in set_members(call.team, group, users):
        call.emit(event)
    return {"usergroup": _shown(call, group)}


@method("usergroups.create")
def usergroups_create(call: Call) -> dict[str, Any]:
    _check_plan(call)
    name = call.required("name")
    handle = call.text("handle") or re.sub(r"[^a-z0-9]+", "-", name.lower())
    if not HANDLE.match(handle):
        raise SlackError("bad_handle")
    if any(group.handle == handle for group in call.team.usergroups.values()):
        raise SlackError("handle_already_exists")
    made = call.team.add_usergroup(
        call.world.next_id("S"), handle, name=name, description=call.text("description")
    )
    made.created = made.updated = int(call.now())
    made.by = call.user_id
    call.emit({"type": "subteam_created", "subteam": group_object(made)})
    return {"usergroup": _shown(call, made)}


@method("usergroups.update")
def usergroups_update(call: Call) -> dict[str, Any]:
    group = _group(call)
    group.name, group.handle = call.text("name", group.name), call.text("handle", group.handle)
    group.description = call.text("description", group.description)
    return _told(call, group)


@method("usergroups.disable", "usergroups.enable")
def usergroups_disable(call: Call) -> dict[str, Any]:
    group = _group(call)
    group.disabled = call.name.endswith("disable")
    return _told(call, group)


def _told(call: Call, group: Usergroup) -> dict[str, Any]:
    group.updated = int(call.now())
    call.emit({"type": "subteam_updated", "subteam": group_object(group)})
    return {"usergroup": _shown(call, group)}
