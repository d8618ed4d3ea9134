"""Files: where they are kept, who sees them, and how they are shown."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slackd.errors import SlackError

if TYPE_CHECKING:
    from tests.slackd.workspace import Workspace

IMAGES = frozenset({"png", "jpg", "jpeg", "gif"})
PRETTY = {"png": "PNG", "jpg": "JPEG", "pdf": "PDF", "csv": "CSV", "text": "Plain Text", "log": "Log"}
BY_ENDING = {"txt": "text", "jpeg": "jpg"}


@dataclass(kw_only=True)
class File:
    """`state`: waiting for its bytes, uploaded, complete, deleted. `shares` are (channel, message ts)."""

    id: str
    team: str
    user: str
    name: str
    base: str
    secret: str = ""
    title: str = ""
    alt_txt: str = ""
    snippet_type: str = ""
    length: int = 0
    data: bytes = b""
    state: str = "waiting"
    created: int = 0
    bot_id: str = ""
    shares: list[tuple[str, str]] = field(default_factory=list)

    @property
    def filetype(self) -> str:
        if self.snippet_type:
            return self.snippet_type
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        return BY_ENDING.get(ending, ending)

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def is_image(self) -> bool:
        return self.filetype in IMAGES

    @property
    def channels(self) -> list[str]:
        return list(dict.fromkeys(channel for channel, _ in self.shares))

    @property
    def deleted(self) -> bool:
        return self.state == "deleted"

    @property
    def url_private(self) -> str:
        return f"http://{self.base}/files-pri/{self.team}-{self.id}/{self.name}"

    def info(self, team: Workspace) -> dict[str, Any]:
        """The file object; of a deleted file only its tombstone."""
        if self.deleted:
            return {"id": self.id, "mode": "tombstone"}
        download = self.url_private.replace(f"/{self.name}", f"/download/{self.name}")
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "alt_txt": self.alt_txt,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": PRETTY.get(self.filetype, self.filetype.upper()),
            "user": self.user,
            "user_team": self.team,
            "editable": False,
            "size": len(self.data),
            "mode": "snippet" if self.snippet_type else "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(team.channels[each].is_public for each in self.channels),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": self.url_private,
            "url_private_download": download,
            "permalink": f"{team.url}files/{self.user}/{self.id}/{self.name}",
            **self._places(team),
            "has_rich_preview": False,
            "file_access": "visible",
        }

    def checked(self) -> dict[str, Any]:
        """What an event carries of a file in a shared channel: files.info tells the rest."""
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "mode": "file_access",
            "user": self.user,
            "file_access": "check_file_info",
        }

    def _places(self, team: Workspace) -> dict[str, Any]:
        kinds = {"channel": "channels", "group": "groups", "im": "ims", "mpim": "groups"}
        found: dict[str, Any] = {"channels": [], "groups": [], "ims": [], "shares": {}}
        for channel_id, ts in self.shares:
            channel = team.channels[channel_id]
            if channel_id not in found[kinds[channel.kind]]:
                found[kinds[channel.kind]].append(channel_id)
            side = found["shares"].setdefault("public" if channel.is_public else "private", {})
            share = {"ts": ts, "channel_name": channel.name, "team_id": team.id, "source": "UPLOAD"}
            if root := (channel.find(ts) or {}).get("thread_ts"):
                share["thread_ts"] = root
            side.setdefault(channel_id, []).append(share)
        return found


def find_file(team: Workspace, reference: dict[str, Any]) -> File | None:
    """The file an image's `slack_file` names by id or by URL."""
    for file in team.files.values():
        if reference.get("id") == file.id or reference.get("url") in {
            file.url_private,
            file.info(team).get("permalink"),
        }:
            found: File = file
            return found
    return None


def is_visible(team: Workspace, file: File, user: str) -> bool:
    """To who uploaded it, and to the members of where it was shared; public channels are open to people."""
    if file.user == user:
        return True
    person = team.people.get(user)
    for channel in (team.channels[each] for each in file.channels):
        is_open = channel.is_public and person is not None and not person.is_bot and not person.is_guest
        if user in channel.members or is_open:
            return True
    return False


def shared_event(file: File, channel: str, ts: str) -> dict[str, Any]:
    """What file_shared says: only ids."""
    return {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": file.user,
        "file": {"id": file.id},
        "channel_id": channel,
        "event_ts": ts,
    }


def check_pictures(team: Workspace, user: str, blocks: Any) -> None:
    """Every `slack_file` of a message is a picture the app can see, or SlackError."""
    if wrong := _wrong_pictures(team, user, blocks):
        raise SlackError("invalid_blocks", *(f"[ERROR] {each}" for each in wrong))


def _wrong_pictures(team: Workspace, user: str, blocks: Any) -> list[str]:
    found = []
    for reference in _references(blocks):
        file = find_file(team, reference)
        if file is None or file.state != "complete" or not is_visible(team, file, user):
            found.append(f"slack_file {reference} not found")
        elif not file.is_image:
            found.append(f"slack_file {file.id} is no png, jpg, jpeg or gif")
    return found


def _references(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for each in part for found in _references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["slack_file"]] if isinstance(part.get("slack_file"), dict) else []
    return own + [found for each in part.values() for found in _references(each)]
