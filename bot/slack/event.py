"""What somebody did in Slack that is for the bot, and how the inbox keeps it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from bot.contract.place import PlaceKind
from bot.db.inbox import Arrival
from bot.slack.fetched import files_in
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


VERSION = 2
"""Of the kept payload; the first one had words only and did not say so."""
WORDS = "words"
LINKS = "links"
"""Links in what somebody said to others, which nobody asked about: of them is nothing said, but shown."""
FOLLOW, QUIET = "follow", "quiet"
"""Words in a thread without a mention, which may be for the bot; and that it is to be quiet there."""
NO_MESSAGE = ("click:", "command:", "form:", "link:", "stop:")
"""Keys of what is no message, so that no second event tells of it."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a person did: said words, or the `deed` they pressed or sent, with what it `told`.

    `thread` is where the answer belongs. `outsiders`: people of other organisations read the channel too
    (Slack Connect). `kind` is what the event says of the place; empty for a click, which does not tell.
    `only_them`: they alone saw what they pressed (an ephemeral message), or typed a command; so the answer
    goes to them alone, to `reply_at` (a response_url: five uses, half an hour). An empty `channel`: they
    pressed something on the Home tab or in a form, and are answered in their direct conversation. `aside`: it
    does not wait for what is worked on in its thread.
    """

    user: str
    text: str
    channel: str
    ts: str
    thread: str
    outsiders: bool = False
    kind: str = ""
    deed: str = WORDS
    told: Mapping[str, Any] = field(default_factory=dict)
    reply_at: str = ""
    only_them: bool = False
    aside: bool = False

    @property
    def direct(self) -> bool:
        """Say whether it was said in private."""
        return self.channel.startswith("D") or self.nowhere

    @property
    def nowhere(self) -> bool:
        """Say whether it was done outside of any conversation."""
        return not self.channel

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Return what `arrival` kept; ValueError when a later version of the bot kept it."""
        if payload.get("v", 1) > VERSION:
            raise ValueError("kept by a later version")
        return cls(**{name: value for name, value in payload.items() if name != "v"})

    def lane(self, team_id: str) -> str:
        """Return in whose turn it is worked: its thread's, or the person's own conversation of commands."""
        if self.only_them or self.nowhere:
            return f"{team_id}:/{self.user}"
        return f"{team_id}:{self.channel}:{self.thread}{'/aside' if self.aside else ''}"


def hear(body: Mapping[str, Any], bot_user_id: str) -> tuple[Heard, str] | str:
    """Return what an event says with the key of its delivery; or why it is not for the bot."""
    event, key = body.get("event"), body.get("event_id")
    if not isinstance(event, Mapping) or not fits(KEY, key):
        return "malformed"
    if event.get("type") not in {"app_mention", "message"}:
        return "other event"
    text = clean(event.get("text"))
    if why := _not_for_us(event, text, bot_user_id):
        return why
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    thread = event.get("thread_ts") or ts
    if not (fits(USER, user) and fits(CHANNEL, channel) and fits(TS, ts) and fits(TS, thread)):
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
        deed=WORDS if _is_addressed(event, text, bot_user_id) else FOLLOW,
        told={"files": files} if (files := files_in(event)) else {},
    )
    return heard, str(key)


def arrival(heard: Heard, key: str, team_id: str) -> Arrival:
    """Return the inbox row of something heard."""
    return Arrival(
        event_key=key,
        message_key=None if key.startswith(NO_MESSAGE) else f"{team_id}:{heard.channel}:{heard.ts}",
        lane=heard.lane(team_id),
        team_id=team_id,
        said_at=heard.ts,
        payload={"v": VERSION, **asdict(heard)},
    )


def _not_for_us(event: Mapping[str, Any], text: str, bot_user_id: str) -> str:
    if (event.get("subtype") or "") not in TALK or event.get("edited") or event.get("hidden"):
        return "not talk"
    if event.get("bot_id") or event.get("bot_profile") or event.get("user") in (bot_user_id, SLACKBOT):
        return "bot"
    if _is_addressed(event, text, bot_user_id):
        return ""
    in_thread = event.get("thread_ts") not in {None, event.get("ts")}
    return "" if in_thread and (text.strip() or event.get("files")) else "not addressed"


def _is_addressed(event: Mapping[str, Any], text: str, bot_user_id: str) -> bool:
    if event["type"] == "app_mention" or event.get("channel_type") == "im":
        return True
    # In channels the same mention arrives as `message` too; whichever comes first is kept.
    return f"<@{bot_user_id}>" in text or f"<@{bot_user_id}|" in text


def clean(text: Any) -> str:
    """Return text as the database can keep it; nothing for what is no text."""
    return UNFIT.sub("", text) if isinstance(text, str) else ""


def unnamed(trigger: Any) -> str:
    """Return what stands for a trigger id in a key: the id itself opens forms, and is not kept."""
    return hashlib.sha256(str(trigger).encode()).hexdigest()


def fits(pattern: re.Pattern[str], value: Any) -> bool:
    """Say whether a value is a text that looks so."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None
