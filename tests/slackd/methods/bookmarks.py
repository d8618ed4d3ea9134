"""bookmarks.*: the links at the head of a channel."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel

MOST = 100
FIELDS = ("title", "link", "emoji")


def _channel(call: Call) -> Channel:
    return call.channel("channel_id", alive=False)


def _bookmark(call: Call, channel: Channel) -> dict[str, Any]:
    wanted = call.required("bookmark_id")
    found = next((each for each in channel.bookmarks if each["id"] == wanted), None)
    if found is None:
        raise SlackError("not_found")
    return found


def _check_link(call: Call) -> None:
    if "link" in call.args and not call.text("link").startswith(("https://", "http://")):
        raise SlackError("invalid_link")


@method("bookmarks.add")
def bookmarks_add(call: Call) -> dict[str, Any]:
    channel = _channel(call)
    if call.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    _check_link(call)
    if "link" not in call.args:
        raise SlackError("invalid_link")
    if len(channel.bookmarks) >= MOST:
        raise SlackError("too_many_bookmarks")
    made = {
        "id": call.world.next_id("Bk"),
        "channel_id": channel.id,
        "type": "link",
        "icon_url": None,
        "date_created": int(call.now()),
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):03}",
        "last_updated_by_user_id": call.user_id,
        "last_updated_by_team_id": call.team.id,
        "app_id": call.app.id,
        **{name: call.text(name) for name in FIELDS},
    }
    channel.bookmarks.append(made)
    return {"bookmark": made}


@method("bookmarks.edit")
def bookmarks_edit(call: Call) -> dict[str, Any]:
    found = _bookmark(call, _channel(call))
    _check_link(call)
    found |= {name: call.text(name) for name in FIELDS if name in call.args}
    found["date_updated"] = int(call.now())
    return {"bookmark": found}


@method("bookmarks.list")
def bookmarks_list(call: Call) -> dict[str, Any]:
    return {"bookmarks": call.channel("channel_id", member=False, alive=False).bookmarks}


@method("bookmarks.remove")
def bookmarks_remove(call: Call) -> dict[str, Any]:
    channel = _channel(call)
    channel.bookmarks.remove(_bookmark(call, channel))
    return {}
