"""What asks for a form: words of a command, and the menu of a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.event import CHANNEL, TS, USER, clean, fits
from bot.slack.words import plain

ASKS_FORM = re.compile(
    r"(?:open |fill in |show )?(?:a |the )?form\b\s*(?:for |to |of )?(?P<what>.*)", re.IGNORECASE | re.DOTALL
)
IS_NEW = re.compile(r"new [a-z]{3,30}(?: [a-z]{3,30})?", re.IGNORECASE)
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
MOST_TEXT = 8_000


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A message somebody made something of: its words, who said them, the way back, where to tell of it."""

    user: str
    text: str
    author: str
    link: str
    tell: Mapping[str, str] | None


def shortcut_of(body: Mapping[str, Any], bot_user_id: str) -> Shortcut | None:
    """Return what was used, and by whom; None when that is not to be made out."""
    message, channel = part(body, "message"), part(body, "channel").get("id")
    user, ts = part(body, "user").get("id"), message.get("ts") or body.get("message_ts")
    if not (fits(USER, user) and fits(CHANNEL, channel) and fits(TS, ts)):
        return None
    above = message.get("thread_ts")
    thread = str(above) if fits(TS, above) else str(ts)
    text = "\n".join(filter(None, (plain(said, bot_user_id, {}) for said in _words(message))))
    author = str(message["user"]) if fits(USER, message.get("user")) else clean(message.get("username"))[:80]
    # In a conversation of two people the bot has no seat, so there is nobody to tell.
    tell = None if str(channel).startswith("D") else {"channel": str(channel), "thread": thread}
    link = _link(clean(part(body, "team").get("domain")), str(channel), str(ts), thread)
    return Shortcut(user=str(user), text=text[:MOST_TEXT], author=author, link=link, tell=tell)


def _words(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a message says: its text, else what stands in for its attachments and files."""
    if text := clean(message.get("text")):
        yield text
        return
    for one in _list(message, "attachments"):
        yield clean(one.get("fallback")) or clean(one.get("text")) or clean(one.get("title"))
    for one in _list(message, "files"):
        yield clean(one.get("title")) or clean(one.get("name"))


def _link(domain: str, channel: str, ts: str, thread: str) -> str:
    if not DOMAIN.fullmatch(domain):
        return f"message {ts} in {channel}"
    above = "" if thread == ts else f"?thread_ts={thread}&cid={channel}"
    return f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}{above}"


def _list(part: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = part.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of a payload; an empty one where there is none."""
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
