"""Files that came with what somebody said in Slack: fetched when it is worked, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import aiohttp

from bot.contract.handed import LARGEST, MOST_AT_ONCE, Upload
from bot.core.file_kind import check_size, tidy_name
from bot.core.handed import MOST_TOGETHER, NOTHING_DONE
from bot.errors import BadInput, Unavailable
from bot.slack.calls import (
    CallError,
    Calls,
    LimitedError,
    RefusedError,
    UnreachedError,
    UnsureError,
    made,
    pause_of,
)
from bot.slack.calls_out import is_slacks
from bot.slack.teams import Team

T = TypeVar("T")
METHOD = "files.info"
CHUNK = 1 << 16
OK, MOVED, TOO_MANY, BROKEN = 200, 300, 429, 500
PAUSES = (0.5, 2.0)
"""Seconds before it is tried once more."""
LONGEST_PAUSE = 5.0
LONGEST_FETCH = 60.0
DOCUMENTS = frozenset({"quip", "canvas", "list", "space", "post"})
"""What Slack keeps as its own documents; at their address is a page for people, no file."""
PAGE = "text/html"

GONE = "{name} is not in Slack any more."
HIDDEN = "Slack hides {name}, for this workspace has used up its space."
ELSEWHERE = "{name} is a link to {where} and not in Slack itself; download it and send the file."
DOCUMENT = "{name} is a document of Slack's own, which I cannot take. Send it as a PDF."
NOT_SEEN = "Slack does not let me see {name}. Send it here, in this conversation."
NO_SCOPE = (
    "I may not read files in this workspace. An admin adds the scope `files:read` to the app (`backhaul "
    "slack manifest` prints all it takes) and installs it anew; until then ask without the file."
)
LATER = "Slack does not give me {name} at the moment. Send it again in a few minutes."
TOO_MANY_FILES = f"Up to {MOST_AT_ONCE} files go with one message."
STRANGE = "{name} does not lie where Slack keeps its files, so I did not fetch it."


def files_in(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an event says of its files, as the inbox keeps it; one more than are taken, at most."""
    files = event.get("files")
    found = [one for one in files if isinstance(one, Mapping)] if isinstance(files, list) else []
    return [_kept(one) for one in found[: MOST_AT_ONCE + 1]]


def _kept(file: Mapping[str, Any]) -> dict[str, Any]:
    size = file.get("size")
    return {
        "id": _text(file.get("id"), 60),
        "name": _text(file.get("name") or file.get("title"), 300),
        "size": size if isinstance(size, int) else None,
        "url": _text(file.get("url_private_download") or file.get("url_private"), 2_000),
        "kind": _text(file.get("filetype"), 40),
        "mode": _text(file.get("mode"), 40),
        "access": _text(file.get("file_access"), 40),
        "where": _text(file.get("external_type"), 40) if file.get("is_external") is True else "",
    }


def _text(value: Any, most: int) -> str:
    """Return a text as the database can keep it."""
    kept = value if isinstance(value, str) else ""
    return kept.replace("\x00", "").encode("utf-8", "ignore").decode()[:most]


class Fetching:
    """Fetches files with the bot's token, from Slack's own hosts and nowhere else."""

    def __init__(self, calls: Calls, pauses: Sequence[float] = PAUSES) -> None:
        self._calls, self._pauses = calls, pauses

    async def fetch(self, team: Team, told: Sequence[Mapping[str, Any]]) -> list[Upload]:
        """Return the files that `files_in` told of; BadInput or Unavailable says why one cannot be had."""
        try:
            return await self._fetched(team, told)
        except (BadInput, Unavailable) as error:
            raise type(error)(f"{error} {NOTHING_DONE}") from None

    async def _fetched(self, team: Team, told: Sequence[Mapping[str, Any]]) -> list[Upload]:
        if len(told) > MOST_AT_ONCE:
            raise BadInput(TOO_MANY_FILES)
        known = [await self._known(team, one) for one in told]
        for one in known:
            if one.get("size") is not None:  # before anything is fetched
                check_size(_name(one), int(one["size"]))
        if sum(int(one.get("size") or 0) for one in known) > MOST_TOGETHER:
            raise BadInput(f"Up to {MOST_TOGETHER // 1_000_000} MB go with one message.")
        return [Upload(name=_name(one), content=await self._content(team, one)) for one in known]

    async def _known(self, team: Team, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return all there is to know of a file; of those of shared channels events say next to nothing."""
        one = told if told.get("url") and told.get("access") in {"", "visible"} else None
        if one is None and told.get("mode") not in {"tombstone", "hidden_by_limit"}:
            one = await self._asked(team, told)
        one = one or told
        if why := _why_not(one):
            raise BadInput(why.format(name=_name(one), where=_where(one)))
        if not is_slacks(str(one["url"]), self._calls.api_url):
            raise BadInput(STRANGE.format(name=_name(one)))
        return one

    async def _asked(self, team: Team, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask Slack about a file; what it says no to is said to whoever sent it."""
        client = self._calls.client(team.token)

        async def ask() -> Mapping[str, Any]:
            return await made(METHOD, lambda: client.files_info(file=str(told["id"])))

        try:
            found = (await self._again(ask)).get("file")
        except RefusedError as error:
            raise _refused(error, _name(told)) from None
        except CallError:
            raise Unavailable(LATER.format(name=_name(told))) from None
        return _kept(found if isinstance(found, Mapping) else {})

    async def _content(self, team: Team, file: Mapping[str, Any]) -> bytes:
        try:
            return await self._again(lambda: self._download(team, file))
        except RefusedError:  # a page to sign in at, which Slack shows with status 200, is not the file
            await self._known(team, {**file, "access": "check_file_info"})
            raise Unavailable(NOT_SEEN.format(name=_name(file))) from None
        except CallError:
            raise Unavailable(LATER.format(name=_name(file))) from None

    async def _download(self, team: Team, file: Mapping[str, Any]) -> bytes:
        """Fetch one file; RefusedError for anything that is not it, BadInput when it is too large."""
        url, bearer = str(file["url"]), {"Authorization": f"Bearer {team.token}"}
        time = aiohttp.ClientTimeout(total=LONGEST_FETCH, connect=5)
        try:
            async with self._calls.session.get(
                url, headers=bearer, allow_redirects=False, timeout=time
            ) as answer:
                _check_answer(answer, file)
                content = bytearray()
                async for chunk in answer.content.iter_chunked(CHUNK):
                    content += chunk
                    if len(content) > LARGEST:
                        check_size(_name(file), max(len(content), answer.content_length or 0))
        except aiohttp.ClientConnectorError as error:
            raise UnreachedError("files", type(error).__name__) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise UnsureError("files", type(error).__name__) from error
        return bytes(content)

    async def _again(self, call: Callable[[], Awaitable[T]]) -> T:
        """Try it, and after a doubt again: to read twice changes nothing."""
        for pause in self._pauses:
            try:
                return await call()
            except LimitedError as error:
                if error.pause.total_seconds() > LONGEST_PAUSE:
                    raise
                await asyncio.sleep(error.pause.total_seconds())
            except (UnsureError, UnreachedError):
                await asyncio.sleep(pause)
        return await call()


def _why_not(file: Mapping[str, Any]) -> str:
    """Return the sentence why a file cannot be had, if so."""
    mode, access = str(file.get("mode")), str(file.get("access"))
    if mode == "tombstone" or access == "file_not_found":
        return GONE
    if mode == "hidden_by_limit":
        return HIDDEN
    if file.get("where") or mode == "external":
        return ELSEWHERE
    if DOCUMENTS & {mode, str(file.get("kind"))}:
        return DOCUMENT
    return "" if file.get("url") and access in {"", "visible"} else NOT_SEEN


def _refused(error: RefusedError, name: str) -> BadInput:
    code = error.reason.split(" ")[0]
    if code == "missing_scope":
        return BadInput(NO_SCOPE)
    return BadInput((GONE if code in {"file_not_found", "file_deleted"} else NOT_SEEN).format(name=name))


def _check_answer(answer: aiohttp.ClientResponse, file: Mapping[str, Any]) -> None:
    """Raise unless the answer holds the file."""
    if answer.status == TOO_MANY:
        raise LimitedError("files", pause_of(answer.headers))
    if answer.status >= BROKEN:
        raise UnsureError("files", f"HTTP {answer.status}")
    if answer.status != OK:
        raise RefusedError("files", f"HTTP {answer.status}")
    if answer.content_type == PAGE and not _name(file).lower().endswith((".html", ".htm")):
        raise RefusedError("files", "a page to sign in at")
    if answer.content_length is not None and answer.content_length > LARGEST:
        check_size(_name(file), answer.content_length)


def _where(file: Mapping[str, Any]) -> str:
    """Return `Google Drive` of `gdrive`, as far as that is known."""
    known = {"gdrive": "Google Drive", "dropbox": "Dropbox", "onedrive": "OneDrive", "box": "Box"}
    return known.get(str(file.get("where")), "another service")


def _name(file: Mapping[str, Any]) -> str:
    return tidy_name(str(file["name"])) if file.get("name") else "The file"
