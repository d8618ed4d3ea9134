"""files.*: upload in three steps, look up, list, delete; and the addresses the bytes go to and come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.blocks import require_blocks
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.files import File, is_visible, shared_event
from tests.slackd.messages import store
from tests.slackd.residents import Channel
from tests.slackd.routes import route
from tests.slackd.sessions import root_of

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

FILES_MOST, CHANNELS_MOST, ALT_MOST = 1 << 30, 100, 1000
PAGE = 100
LOGIN = "<html><body>Sign in to Slack</body></html>"


@method("files.getUploadURLExternal")
def files_get_upload_url_external(call: Call) -> dict[str, Any]:
    length, name = call.integer("length"), call.required("filename")
    if not 0 < length <= FILES_MOST:
        raise SlackError("file_upload_size_restricted" if length else "invalid_arguments")
    if len(call.text("alt_txt")) > ALT_MOST:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=call.world.next_id("F"),
        team=call.team.id,
        user=call.user_id,
        name=name,
        base=call.slack.base,
        secret=call.world.next_id("up"),
        alt_txt=call.text("alt_txt"),
        snippet_type=call.text("snippet_type"),
        length=length,
        created=int(call.now()),
        bot_id=call.bot_id,
    )
    call.team.files[file.id] = file
    return {"upload_url": f"http://{call.slack.base}/upload/v1/{file.secret}", "file_id": file.id}


@route("POST", "/upload/v1/{secret}")
async def upload(slack: Slackd, request: web.Request) -> web.Response:
    """Raw bytes or a form; no token, since the address is the secret. Good once, for exactly that length."""
    secret = request.match_info["secret"]
    files = [each for team in slack.world.workspaces.values() for each in team.files.values()]
    file = next((each for each in files if each.secret == secret and each.state == "waiting"), None)
    if file is None:
        slack.world.violate(f"upload: unknown or used upload_url {secret}")
        return web.Response(status=404, text="not found")
    if "Authorization" in request.headers:
        slack.world.violate("upload: a token was sent to the upload_url")
    data = await _body(request)
    if len(data) != file.length:
        slack.world.violate(f"upload: {len(data)} bytes came, {file.length} were announced")
        return web.Response(status=400, text="length mismatch")
    file.data, file.state = data, "uploaded"
    return web.Response(text=f"OK - {len(data)}")


@method("files.completeUploadExternal")
def files_complete_upload_external(call: Call) -> dict[str, Any]:
    asked = call.structure("files")
    if not isinstance(asked, list) or not asked:
        raise SlackError("invalid_arguments", "[ERROR] must be an array [json-pointer:/files]")
    files = [_uploaded(call, each) for each in asked]
    channels = _channels(call)
    blocks = call.structure("blocks", "invalid_blocks")
    if blocks:
        require_blocks(blocks, "message")
    root = _root(call, channels)
    for file, each in zip(files, asked, strict=True):
        file.state, file.title = "complete", str(each.get("title") or file.name)
    _tell(call, "file_created", files)
    for channel in channels:
        _share(call, channel, files, blocks, root)
    return {"files": [file.info(call.team) | {"shares": {}} for file in files]}


@method("files.info")
def files_info(call: Call) -> dict[str, Any]:
    file = _visible(call)
    return {"file": file.info(call.team), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.list")
def files_list(call: Call) -> dict[str, Any]:
    wanted = [
        file
        for file in call.team.files.values()
        if file.state == "complete" and is_visible(call.team, file, call.user_id)
    ]
    if user := call.text("user"):
        wanted = [file for file in wanted if file.user == call.person("user").id and user]
    if channel := call.text("channel"):
        wanted = [file for file in wanted if channel in file.channels]
    if types := set(call.text("types").replace("all", "").split(",")) - {""}:
        wanted = [
            file for file in wanted if {file.filetype, "images" if file.is_image else "snippets"} & types
        ]
    since, until = float(call.text("ts_from") or 0), float(call.text("ts_to") or "inf")
    wanted = [file for file in wanted if since <= file.created <= until][::-1]
    count, page = call.integer("count", PAGE), max(call.integer("page", 1), 1)
    paging = {"count": count, "total": len(wanted), "page": page, "pages": -(-len(wanted) // count)}
    shown = wanted[(page - 1) * count : page * count]
    return {"files": [file.info(call.team) for file in shown], "paging": paging}


@method("files.delete")
def files_delete(call: Call) -> dict[str, Any]:
    file = _visible(call)
    if file.user != call.user_id:
        raise SlackError("cant_delete_file")
    _tell(call, "file_deleted", [file])
    for channel_id, ts in file.shares:
        message = call.team.channels[channel_id].find(ts)
        if message is not None:
            tombstone = {"id": file.id, "mode": "tombstone"}
            message["files"] = [tombstone if each["id"] == file.id else each for each in message["files"]]
    file.state, file.data = "deleted", b""
    return {}


@route("GET", "/files-pri/{file}/{name:.+}")
async def download(slack: Slackd, request: web.Request) -> web.StreamResponse:
    """The bytes, for a token that may see them; anybody else is sent to a page that says 200."""
    team_id, _, file_id = request.match_info["file"].partition("-")
    team = slack.world.workspaces.get(team_id)
    file = team.files.get(file_id) if team is not None else None
    token = slack.world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if fault := slack.faults.next("files-pri"):
        return _broken(fault, str(request.url))
    if team is None or file is None or file.state != "complete":
        return web.Response(status=404, text="not found")
    if token is None or token.revoked or "files:read" not in token.scopes:
        slack.world.violate(f"files-pri: {file_id} asked for without a token that may read files")
    elif is_visible(team, file, token.user_id):
        return web.Response(body=file.data, content_type=file.mimetype)
    else:
        slack.world.violate(f"files-pri: {file_id} is not visible to {token.user_id}")
    raise web.HTTPFound(f"http://{slack.base}/signin?redir=%2Ffiles-pri%2F{file_id}")


def _broken(fault: str, url: str) -> web.Response:
    """The failing answer of an address that is no method; `html_ok` is the sign-in page with status 200."""
    if fault == "302":
        return web.Response(status=302, headers={"Location": url})
    if fault == "html_ok":
        return web.Response(text=LOGIN, content_type="text/html")
    assert fault in {"429", "500", "503"}, fault
    return web.Response(status=int(fault), headers={"Retry-After": "1"} if fault == "429" else {})


@route("GET", "/signin")
async def sign_in(_slack: Slackd, _request: web.Request) -> web.Response:
    return web.Response(text=LOGIN, content_type="text/html")


async def _body(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    part = next(iter((await request.post()).values()), "")
    return part.file.read() if isinstance(part, web.FileField) else str(part).encode()


def _uploaded(call: Call, asked: Any) -> File:
    """One of the files the call completes: its bytes are there, it is this app's, and it was not completed yet."""
    file = call.team.files.get(asked.get("id", "") if isinstance(asked, dict) else "")
    if file is None or file.state != "uploaded" or file.user != call.user_id:
        raise SlackError("file_not_found")
    found: File = file
    return found


def _channels(call: Call) -> list[Channel]:
    named = [call.text("channel_id")] if call.text("channel_id") else call.text("channels").split(",")
    ids = [each for each in named if each]
    if len(ids) > CHANNELS_MOST:
        raise SlackError("channels_limit_exceeded")
    found = []
    for each in ids:
        channel = call.team.channels.get(each)
        if channel is None or (call.user_id not in channel.members and not channel.is_public):
            raise SlackError("channel_not_found")
        if call.user_id not in channel.members:
            raise SlackError("not_in_channel")
        if channel.archived:
            raise SlackError("posting_to_channel_denied")
        found.append(channel)
    return found


def _root(call: Call, channels: list[Channel]) -> str:
    thread = call.text("thread_ts")
    if not thread:
        return ""
    root = root_of(channels[0], thread) if channels else ""
    if root != thread:
        call.mind(f"thread_ts {thread} is not the first message of a thread")
    return root


def _share(call: Call, channel: Channel, files: list[File], blocks: Any, root: str) -> None:
    """One message for all of them."""
    infos = [file.info(call.team) for file in files]
    more = {"subtype": "file_share", "upload": True, "files": infos}
    text = call.text("initial_comment")
    message = store(call, channel, text=text, blocks=blocks, thread_ts=root, **more)
    for file in files:
        file.shares.append((channel.id, message["ts"]))
        call.emit(shared_event(file, channel.id, call.world.next_ts()), channel=channel)
    message["files"] = [file.info(call.team) for file in files]


def _visible(call: Call) -> File:
    file = call.team.files.get(call.required("file"))
    if file is None or not is_visible(call.team, file, call.user_id) or file.state in {"waiting", "uploaded"}:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    found: File = file
    return found


def _tell(call: Call, kind: str, files: list[File]) -> None:
    for file in files:
        more = {"file": {"id": file.id}} if kind == "file_created" else {}
        call.emit(
            {
                "type": kind,
                "file_id": file.id,
                "user_id": file.user,
                "event_ts": call.world.next_ts(),
                **more,
            }
        )
