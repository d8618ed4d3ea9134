"""What a Slack payload says, if it says something to the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.contract.place import PlaceKind
from bot.db.inbox import Arrival
from bot.slack.place import kind_of

CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,40}")
USER = re.compile(r"[UW][A-Z0-9]{1,40}")
TS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
KEY = re.compile(r"[\x21-\x7e]{1,120}")
TALK = frozenset({"", "file_share", "thread_broadcast"})
"""Message subtypes in which a person says something; edits, deletions, joins and bots are not."""
SLACKBOT = "USLACKBOT"
SAY = "say:"
"""Start of the action_id of a choice button; its value is what the person says by pressing it."""
UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot keep: NUL and halves of surrogate pairs."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A person's words to the bot; `thread` is where the answer belongs.

    `outsiders`: people of other organisations read the channel too (Slack Connect). `kind` is what the
    event says of the place; empty for a click, which does not tell.
    """

    user: str
    text: str
    channel: str
    ts: str
    thread: str
    outsiders: bool = False
    kind: str = ""

    @property
    def direct(self) -> bool:
        """Say whether it was said in private."""
        return self.channel.startswith("D")

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Return what `arrival` kept."""
        return cls(**payload)


def hear(body: Mapping[str, Any], bot_user_id: str) -> tuple[Heard, str] | str:
    """Return what was said with the key of its delivery; or why it is not for the bot."""
    if body.get("type") == "event_callback":
        return _hear_event(body, bot_user_id)
    if body.get("type") == "block_actions":
        return _hear_click(body)
    return "other kind"


def arrival(heard: Heard, key: str, team_id: str) -> Arrival:
    """Return the inbox row of something heard."""
    place = f"{team_id}:{heard.channel}"
    return Arrival(
        event_key=key,
        message_key=None if key.startswith("click:") else f"{place}:{heard.ts}",
        lane=f"{place}:{heard.thread}",
        team_id=team_id,
        said_at=heard.ts,
        payload=asdict(heard),
    )


def _hear_event(body: Mapping[str, Any], bot_user_id: str) -> tuple[Heard, str] | str:
    event, key = body.get("event"), body.get("event_id")
    if not isinstance(event, Mapping) or not _fits(KEY, key):
        return "malformed"
    if event.get("type") not in {"app_mention", "message"}:
        return "other event"
    text = event.get("text")
    text = UNFIT.sub("", text) if isinstance(text, str) else ""
    if why := _not_for_us(event, text, bot_user_id):
        return why
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    thread = event.get("thread_ts") or ts
    if not (_fits(USER, user) and _fits(CHANNEL, channel) and _fits(TS, ts) and _fits(TS, thread)):
        return "malformed"
    kind = kind_of(body, event, str(channel))
    heard = Heard(
        user=str(user),
        text=text,
        channel=str(channel),
        ts=str(ts),
        thread=str(thread),
        outsiders=kind is PlaceKind.SHARED,
        kind=str(kind),
    )
    return heard, str(key)


def _not_for_us(event: Mapping[str, Any], text: str, bot_user_id: str) -> str:
    if (event.get("subtype") or "") not in TALK or event.get("edited") or event.get("hidden"):
        return "not talk"
    if event.get("bot_id") or event.get("bot_profile") or event.get("user") in (bot_user_id, SLACKBOT):
        return "bot"
    if event["type"] == "app_mention" or event.get("channel_type") == "im":
        return ""
    # In channels the same mention arrives as `message` too; whichever comes first is kept.
    return "" if f"<@{bot_user_id}>" in text or f"<@{bot_user_id}|" in text else "not addressed"


def _hear_click(body: Mapping[str, Any]) -> tuple[Heard, str] | str:
    pressed = body.get("actions")
    first = pressed[0] if isinstance(pressed, list) and pressed else None
    if not isinstance(first, Mapping) or not str(first.get("action_id", "")).startswith(SAY):
        return "other click"
    user, channel = _id(body.get("user")), _id(body.get("channel"))
    message = body.get("message") if isinstance(body.get("message"), Mapping) else {}
    ts, words = first.get("action_ts"), first.get("value")
    thread = (message or {}).get("thread_ts") or (message or {}).get("ts")
    sound = _fits(USER, user) and _fits(CHANNEL, channel) and _fits(TS, ts) and _fits(TS, thread)
    if not sound or not isinstance(words, str):
        return "malformed"
    said = UNFIT.sub("", words)
    heard = Heard(user=str(user), text=said, channel=str(channel), ts=str(ts), thread=str(thread))
    return heard, f"click:{heard.user}:{heard.channel}:{heard.ts}"


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else None


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
