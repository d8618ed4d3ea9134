"""What one person sees of the workspace, as the page shows it: each part a plain JSON value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.slackd.files import is_visible
from tests.slackd.residents import Channel, Person

if TYPE_CHECKING:
    from tests.slackd.people import Seat

MOST_MESSAGES = 200
MOST_UNREAD = 99
Part = dict[str, Any]


def scene(seat: Seat, channel: str) -> dict[str, Any]:
    """Everything the page shows: who and what is there, the messages of `channel`, the modal on top."""
    place = _open(seat, channel)
    view = seat.view
    return {
        "me": seat.user,
        "zone": seat.team.people[seat.user].tz,
        "team": {"id": seat.team.id, "name": seat.team.name, "domain": seat.team.domain},
        "people": {each.id: _person(each) for each in seat.team.people.values()},
        "groups": {each.id: each.handle for each in seat.team.usergroups.values()},
        "places": [_place(seat, each) for each in _places(seat)],
        "channel": place.id if place else "",
        "messages": _messages(seat, place) if place else [],
        "sessions": _sessions(seat, place) if place else {},
        "why_silent": seat.barred(place) if place else "",
        "view": _view(seat, view) if view else None,
        "home": _view(seat, seat.home) if seat.home else None,
        "prompts": seat.prompts(),
        **_offers(seat),
    }


def _places(seat: Seat) -> list[Channel]:
    """Where this person is, and the public channels they could join; guests are told of no others."""
    seat.team.direct(seat.user)
    mine = seat.team.people[seat.user]
    is_outside = mine.is_guest or mine.is_stranger
    return [
        each
        for each in seat.team.channels.values()
        if seat.user in each.members or (each.is_public and not each.archived and not is_outside)
    ]


def _open(seat: Seat, channel: str) -> Channel | None:
    return next((each for each in _places(seat) if each.id == channel), None)


def _person(person: Person) -> Part:
    kinds = ("deleted", "is_bot", "is_admin", "is_guest", "is_stranger")
    found: Part = {name: True for name in kinds if getattr(person, name)}
    return {"name": person.name, "title": person.title, **found}


def _place(seat: Seat, place: Channel) -> Part:
    bots = {each.bot_user for each in seat.team.installs.values()}
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "topic": place.topic,
        "members": sorted(place.members),
        "is_member": seat.user in place.members,
        "is_app": place.direct and bool(place.members & bots),
        "archived": place.archived,
        "shared": place.shared,
        "unread": _news(seat, place),
    }


def _news(seat: Seat, place: Channel) -> list[list[Any]]:
    """`[ts, whether it names this person]` of what others said: roots, and threads this person is in."""
    if seat.user not in place.members:
        return []
    mine = {m.get("thread_ts", m["ts"]) for m in place.messages if m.get("user") == seat.user}
    told = [m for m in place.messages if m.get("user") != seat.user and not m.get("hidden")]
    heard = [m for m in told if m.get("thread_ts", m["ts"]) in {m["ts"], *mine}]
    heard += [m for m in place.ephemeral if m.get("_to") == seat.user]
    return [[m["ts"], f"<@{seat.user}>" in m.get("text", "")] for m in heard[-MOST_UNREAD:]]


def _messages(seat: Seat, place: Channel) -> list[Part]:
    """The newest, and the roots of the threads they are in."""
    found = seat.sees(place.id)
    kept = found[-MOST_MESSAGES:]
    roots = {each.get("thread_ts") for each in kept}
    early = [each for each in found[:-MOST_MESSAGES] if each["ts"] in roots]
    return [_message(seat, place, each) for each in early + kept]


def _message(seat: Seat, place: Channel, message: Part) -> Part:
    """`is_text`: Slack made its blocks of the words, which say more (bold, quotes)."""
    shown = {name: value for name, value in message.items() if not name.startswith("_")}
    files = [each for each in (seat.team.files.get(f["id"]) for f in shown.get("files", ())) if each]
    if files:
        shown["files"] = [each.info(seat.team) | {"is_image": each.is_image} for each in files]
    stored = place.find(message["ts"]) or message
    if "client_msg_id" in message or message.get("upload") is False or stored.get("_own_blocks") is False:
        shown["is_text"] = True
    if "_to" in message:
        shown["is_ephemeral"] = True
    return shown


def _sessions(seat: Seat, place: Channel) -> dict[str, Part]:
    """Thread -> what the agent shows there; guests have no agents."""
    if seat.team.people[seat.user].is_guest:
        return {}
    found = [each for each in seat.team.sessions.values() if each.channel == place.id]
    return {each.thread_ts: _session(seat, each) for each in found}


def _session(seat: Seat, session: Any) -> Part:
    app = seat.world.apps[session.app]
    can_stop = app.manifest is None or "agent_session_stopped" in app.bot_events
    return {
        "status": session.status,
        "title": session.title,
        "loading": session.loading,
        "can_stop": can_stop and session.status == "processing" and not session.stopped,
    }


def _view(seat: Seat, view: Any) -> Part:
    values = seat.slack.forms.values((view.id,), view.blocks)
    shown: Part = view.shown(values)
    return shown | {"app": view.install.app.name, "depth": len(seat.stack(view.install.app))}


def _offers(seat: Seat) -> Part:
    """The commands and shortcuts of the installed apps."""
    features = [each.app.features for each in seat.team.installs.values() if not each.revoked]
    return {
        "commands": [each for found in features for each in found.get("slash_commands", ())],
        "shortcuts": [each for found in features for each in found.get("shortcuts", ())],
    }


def picture(seat: Seat, file_id: str) -> tuple[str, str, bytes] | None:
    """(name, MIME type, bytes) of a file this person may see; only pictures keep their type."""
    file = seat.team.files.get(file_id)
    if file is None or file.state != "complete" or not is_visible(seat.team, file, seat.user):
        return None
    return file.name, file.mimetype if file.is_image else "application/octet-stream", file.data
