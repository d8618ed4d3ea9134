"""Slash commands, as the inbox keeps them; Slack sends each once and never tells of a thread."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from bot.contract.place import PlaceKind
from bot.slack.event import CHANNEL, KEY, USER, Heard, clean, fits, unnamed

COMMAND = "command"
MOST_TEXT = 10_000
OWN = "backhaul"
"""The command that is the bot itself, also as `/backhaul-staging`; others begin a question."""


def hear_command(body: Mapping[str, Any], _bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return what was typed with the key of its delivery; or why it is not kept."""
    user, channel, trigger = body.get("user_id"), body.get("channel_id"), body.get("trigger_id")
    if not (fits(USER, user) and fits(CHANNEL, channel) and fits(KEY, trigger)):
        return "malformed"
    heard = Heard(
        user=str(user),
        text=said(clean(body.get("command")), clean(body.get("text"))),
        channel=str(channel),
        ts=f"{time.time():.6f}",
        thread="",
        kind=str(PlaceKind.DIRECT) if str(channel).startswith("D") else "",
        deed=COMMAND,
        reply_at=clean(body.get("response_url")),
        only_them=True,
    )
    return heard, f"{COMMAND}:{unnamed(trigger)}"


def said(command: str, text: str) -> str:
    """Return the words of a command: `/outages today` asks for "outages today"."""
    name = command.removeprefix("/").strip().lower()
    if name.startswith(OWN):
        return text.strip()[:MOST_TEXT]
    words = name.replace("-", " ").replace("_", " ")
    return f"{words} {text.strip()}"[:MOST_TEXT]
