"""Search of what was said and uploaded, for assistant.search.context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slackd.apps import Install
from tests.slackd.errors import SlackError
from tests.slackd.workspace import Workspace

CONTENT_SCOPES = {
    "messages": "search:read.public",
    "files": "search:read.files",
    "users": "search:read.users",
}
CHANNEL_SCOPES = {
    "channel": "search:read.public",
    "group": "search:read.private",
    "im": "search:read.im",
    "mpim": "search:read.mpim",
}


def action_token(team: Workspace, user: str) -> str:
    """What a message event carries, so that the app may search on behalf of who wrote it."""
    return f"act.{team.id}.{user}"


def find_action_token(team: Workspace, install: Install, event: dict[str, Any]) -> dict[str, Any]:
    """The token of a person's message, for an app that may search."""
    is_said = event["type"] in {"message", "app_mention"} and "bot_id" not in event and "user" in event
    may_search = any(scope.startswith("search:read.") for scope in install.scopes)
    return {"action_token": action_token(team, event["user"])} if is_said and may_search else {}


def check_action_token(team: Workspace, token: str) -> None:
    kind, _, rest = token.partition(".")
    team_id, _, user = rest.partition(".")
    if (kind, team_id) != ("act", team.id) or user not in team.people or team.people[user].deleted:
        raise SlackError("invalid_action_token")


def find(team: Workspace, scopes: set[str], query: str, args: dict[str, Any]) -> dict[str, Any]:
    """Newest first; every word of the query must be there, in any case."""
    words, limit = query.lower().split(), min(int(args.get("limit") or 20), 20)
    kinds = args.get("content_types") or ["messages"]
    finders = {"messages": _messages, "files": _files, "users": _users}
    found: dict[str, Any] = {}
    for kind in kinds if isinstance(kinds, list) else str(kinds).split(","):
        if kind in finders and CONTENT_SCOPES[kind] in scopes:
            rows = [row for text, row in finders[kind](team, scopes) if all(w in text.lower() for w in words)]
            found[kind] = rows[:limit]
    return found


def _messages(team: Workspace, scopes: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    every = [
        (channel, message)
        for channel in team.channels.values()
        if CHANNEL_SCOPES[channel.kind] in scopes
        for message in channel.messages
    ]
    for channel, message in sorted(every, key=lambda each: float(each[1]["ts"]), reverse=True):
        author = team.people.get(str(message.get("user")))
        yield (
            str(message.get("text", "")),
            {
                "author_name": author.name if author else "",
                "author_user_id": str(message.get("user", "")),
                "team_id": team.id,
                "channel_id": channel.id,
                "channel_name": channel.name,
                "message_ts": message["ts"],
                "content": message.get("text", ""),
                "is_author_bot": bool(message.get("bot_id")),
                "permalink": f"{team.url}archives/{channel.id}/p{message['ts'].replace('.', '')}",
            },
        )


def _files(team: Workspace, _scopes: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in reversed(list(team.files.values())):
        if not file.deleted and file.channels:
            row = {"file_id": file.id, "title": file.title, "file_type": file.filetype}
            yield f"{file.name} {file.title}", row | {"uploader_user_id": file.user, "team_id": team.id}


def _users(team: Workspace, _scopes: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for person in team.people.values():
        if not person.deleted:
            row = {"user_id": person.id, "full_name": person.name.title(), "email": person.email}
            yield f"{person.name} {person.email} {person.title}", row | {"title": person.title}
