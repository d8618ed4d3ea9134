"""users.*, bots.info, team.info, dnd.*: who somebody is, and whether they may be disturbed."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.channels import channel_object
from tests.slackd.errors import SlackError
from tests.slackd.methods.conversations import read_types
from tests.slackd.pages import page
from tests.slackd.residents import Person

ACTIVE_ONLY = (
    *("real_name", "color", "tz", "tz_label", "tz_offset", "is_admin", "is_owner", "is_primary_owner"),
    *("is_restricted", "is_ultra_restricted"),
)
"""What a deactivated member's object does not have at all."""


def user_object(call: Call, person: Person) -> dict[str, Any]:
    """As this caller may see it: e-mail needs users:read.email, and strangers show none."""
    info = person.info()
    home = call.world.workspaces.get(person.team_id)
    if home is not None and home.enterprise_id:
        info["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": home.enterprise_id,
            "enterprise_name": call.world.enterprises[home.enterprise_id],
            "teams": [home.id],
        }
    if "users:read.email" not in call.scopes or person.is_stranger or person.is_bot:
        info["profile"].pop("email", None)
    if person.deleted:
        info = {k: v for k, v in info.items() if k not in ACTIVE_ONLY}
    return info


@method("users.info")
def users_info(call: Call) -> dict[str, Any]:
    return {"user": user_object(call, call.person())}


@method("users.list")
def users_list(call: Call) -> dict[str, Any]:
    shown, rest = page(call, list(call.team.people.values()))
    return {"members": [user_object(call, each) for each in shown], "cache_ts": int(call.now()), **rest}


@method("users.lookupByEmail")
def users_lookup_by_email(call: Call) -> dict[str, Any]:
    """Active members of this workspace only."""
    email = call.required("email").lower()
    for person in call.team.people.values():
        if person.email.lower() == email and email and not (person.deleted or person.is_stranger):
            return {"user": user_object(call, person)}
    raise SlackError("users_not_found")


@method("users.profile.get")
def users_profile_get(call: Call) -> dict[str, Any]:
    person = call.person() if "user" in call.args else call.team.people[call.user_id]
    return {"profile": user_object(call, person)["profile"]}


@method("users.getPresence")
def users_get_presence(call: Call) -> dict[str, Any]:
    return {"presence": call.person().presence}


@method("users.conversations")
def users_conversations(call: Call) -> dict[str, Any]:
    """What somebody (the caller, unless told) is in, as far as the caller may see it."""
    user = call.person().id if "user" in call.args else call.user_id
    kinds = read_types(call)
    found = [
        channel
        for channel in call.team.channels.values()
        if user in channel.members
        and channel.kind in kinds
        and (channel.is_public or call.user_id in channel.members)
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    shown, rest = page(call, found)
    hidden = {"is_member"}
    objects = [{k: v for k, v in channel_object(call, c).items() if k not in hidden} for c in shown]
    return {"channels": objects, **rest}


@method("bots.info")
def bots_info(call: Call) -> dict[str, Any]:
    wanted = call.text("bot", call.bot_id)
    for install in call.team.installs.values():
        if install.bot_id == wanted:
            facts = {"id": wanted, "user_id": install.bot_user, "app_id": install.app.id}
            return {"bot": {**facts, "name": install.app.name, "deleted": install.revoked, "updated": 0}}
    raise SlackError("bot_not_found")


@method("team.info")
def team_info(call: Call) -> dict[str, Any]:
    wanted = call.text("team", call.team.id)
    team = call.world.workspaces.get(wanted)
    if team is None or (team is not call.team and team.enterprise_id != call.team.enterprise_id):
        raise SlackError("team_not_found")
    shown = {"id": team.id, "name": team.name, "url": team.url, "domain": team.domain, "email_domain": ""}
    if team.enterprise_id:
        shown |= {
            "enterprise_id": team.enterprise_id,
            "enterprise_name": call.world.enterprises[team.enterprise_id],
        }
    return {"team": shown}


@method("dnd.info")
def dnd_info(call: Call) -> dict[str, Any]:
    person = call.person() if "user" in call.args else call.team.people[call.user_id]
    return _snooze(call, person)


@method("dnd.teamInfo")
def dnd_team_info(call: Call) -> dict[str, Any]:
    users = [each.strip() for each in call.required("users").split(",") if each.strip()]
    if not users:
        raise SlackError("no_users_provided")
    people = (call.team.people[user] for user in users if user in call.team.people)
    return {"users": {each.id: _snooze(call, each) for each in people}}


def _snooze(call: Call, person: Person) -> dict[str, Any]:
    is_on = person.snoozed_until > call.now()
    facts: dict[str, Any] = {
        "dnd_enabled": is_on,
        "next_dnd_start_ts": 1,
        "next_dnd_end_ts": 1,
        "snooze_enabled": is_on,
    }
    return facts | ({"snooze_endtime": int(person.snoozed_until)} if is_on else {})
