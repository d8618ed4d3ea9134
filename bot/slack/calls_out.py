"""Calls that change a message, speak to one person, bring a file or a reaction; each made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.slack.calls import Calls, RefusedError, made, sent

MOST_UPDATED = 4_000
"""Characters of the text of chat.update; longer ones are refused."""
RESPONSE, BYTES, UNFURL = "response_url", "upload_url", "chat.unfurl"
SLACKS = (".slack.com", ".slack-gov.com")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A file at Slack, and the ts of the message that shows it in the channel; empty when none does."""

    ts: str


async def update(calls: Calls, token: str, *, channel: str, ts: str, message: Mapping[str, Any]) -> None:
    """Change a message; without blocks it loses those it had."""
    client = calls.client(token)
    await made(
        "chat.update",
        lambda: client.chat_update(
            channel=channel,
            ts=ts,
            text=str(message["text"])[:MOST_UPDATED],
            blocks=message.get("blocks") or [],
            link_names=False,
            parse="none",
        ),
    )


async def whisper(
    calls: Calls, token: str, *, channel: str, user: str, thread_ts: str | None, message: Mapping[str, Any]
) -> str:
    """Say something that only one person in the channel sees; return its ts."""
    client = calls.client(token)
    found = await made(
        "chat.postEphemeral",
        lambda: client.chat_postEphemeral(
            channel=channel,
            user=user,
            thread_ts=thread_ts,
            text=message["text"],
            blocks=message.get("blocks"),
            link_names=False,
            parse="none",
        ),
    )
    return str(found.get("message_ts") or "")


async def react(calls: Calls, token: str, *, channel: str, ts: str, name: str, remove: bool) -> None:
    """Put a reaction to a message or take it away; one that is as wished already is fine."""
    client = calls.client(token)
    change = client.reactions_remove if remove else client.reactions_add
    method, fine = ("reactions.remove", "no_reaction") if remove else ("reactions.add", "already_reacted")
    try:
        await made(method, lambda: change(channel=channel, timestamp=ts, name=name))
    except RefusedError as error:
        if error.reason.split(" ")[0] != fine:
            raise


async def respond(calls: Calls, url: str, payload: Mapping[str, Any]) -> None:
    """Answer an interaction at the address that came with it."""
    if not is_slacks(url, calls.api_url):
        raise RefusedError(RESPONSE, "not an address of Slack's")
    body: dict[str, Any] = {"text": payload.get("text", "")}
    if payload.get("blocks"):
        body["blocks"] = payload["blocks"]
    if payload.get("delete"):
        body = {"delete_original": True}
    elif payload.get("replace"):
        body["replace_original"] = True
    else:
        body |= {"response_type": "in_channel" if payload.get("in_channel") else "ephemeral"}
        body |= {"replace_original": False, "unfurl_links": False, "unfurl_media": False}

    async def call() -> tuple[int, str, Mapping[str, str]]:
        async with calls.session.post(url, json=body, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers

    await sent(RESPONSE, call)


async def unfurl(calls: Calls, token: str, *, channel: str, ts: str, shown: Mapping[str, Any]) -> None:
    """Show what the links of a message lead to, as work objects or blocks; once more changes nothing."""
    client, entities = calls.client(token), shown.get("entities")
    await made(
        "chat.unfurl",
        lambda: client.chat_unfurl(
            channel=channel,
            ts=ts,
            metadata={"entities": entities} if entities else None,
            unfurls=None if entities else shown["unfurls"],
        ),
    )


async def present(
    calls: Calls, token: str, *, trigger_id: str, entity: Mapping[str, Any] | None, error: str = ""
) -> None:
    """Fill the side panel that somebody opened of a work object, or say there why it stays empty."""
    client = calls.client(token)
    why = {"status": "custom", "custom_title": "Nothing to show", "custom_message": error}
    await made(
        "entity.presentDetails",
        lambda: client.entity_presentDetails(
            trigger_id=trigger_id,
            metadata=dict(entity) if entity else None,
            error=None if entity else why,
        ),
    )


async def bring(calls: Calls, token: str, *, name: str, content: bytes, alt: str) -> str:
    """Bring the bytes of a file to Slack, where nobody sees it yet; return its id."""
    client = calls.client(token)
    found = await made(
        "files.getUploadURLExternal",
        lambda: client.files_getUploadURLExternal(filename=name, length=len(content), alt_txt=alt or None),
    )
    url = str(found["upload_url"])
    if not is_slacks(url, calls.api_url):
        raise RefusedError(BYTES, "not an address of Slack's")

    async def call() -> tuple[int, str, Mapping[str, str]]:
        # No token: the address itself is the permission.
        async with calls.session.post(url, data=content, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers

    await sent(BYTES, call)
    return str(found["file_id"])


async def show(
    calls: Calls, token: str, *, file_id: str, title: str, channel: str, thread_ts: str | None, said: str
) -> None:
    """Show a file whose bytes are there; it can be done once only."""
    client = calls.client(token)
    await made(
        "files.completeUploadExternal",
        lambda: client.files_completeUploadExternal(
            files=[{"id": file_id, "title": title}],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=said or None,
        ),
    )


async def find_shown(calls: Calls, token: str, *, file_id: str, channel: str) -> Shown | None:
    """Return where a file is shown; None when Slack knows of no such finished file."""
    client = calls.client(token)
    try:
        found = (await made("files.info", lambda: client.files_info(file=file_id)))["file"]
    except RefusedError as error:
        if error.reason.split(" ")[0] == "file_not_found":
            return None
        raise
    sides = (found.get("shares") or {}).values()
    shares = [one for side in sides for one in side.get(channel, ())]
    return Shown(ts=str(shares[0]["ts"]) if shares else "")


def is_slacks(url: str, api_url: str) -> bool:
    """Say whether an address is Slack's own; anything else could make us call where others want."""
    there, home = urlsplit(url), urlsplit(api_url)
    if (there.scheme, there.netloc) == (home.scheme, home.netloc):
        return True
    return there.scheme == "https" and (there.hostname or "").endswith(SLACKS)
