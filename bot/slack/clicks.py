"""Presses of the bot's own buttons, as the inbox keeps them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contract.place import PlaceKind
from bot.slack.event import CHANNEL, KEY, SAY, TS, USER, WORDS, Heard, clean, fits

CALL_VALUE = re.compile(r"([0-9a-f-]{8,40})(?: ([\x21-\x7e]{0,100}))?")
"""`<call id> <version of its preview>`."""
DECISIONS = frozenset({"approve", "deny", "cancel", "undo"})
FEEDBACK = re.compile(r"feedback:(good|bad)(?: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?")
"""`feedback:good <inbox id>`; older messages have no id."""
CALL, DO, JUDGE, SHARE, FORM = "call", "do", "feedback", "share", "form"
SHARED = re.compile(r"([0-9a-f]{8}-[0-9a-f-]{27}) ([0-9a-f]{12})")
"""`<inbox id> <mark of the channel's rules>`."""
MOST_VALUE = 2_000
VIEW = "view"
"""Kind of container of what is pressed on the Home tab or in a form."""


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What a button stands for."""

    deed: str
    text: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


def hear_click(body: Mapping[str, Any], _bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return what was pressed with the key of the press; or why it is not kept."""
    first = pressed(body)
    means, where, ts = meant(first), spot(body), first.get("action_ts")
    if means is None:
        return "other click"
    if where is None or not fits(TS, ts):
        return "malformed"
    told = {**where.pop("told"), **means.told}
    heard = Heard(**where, ts=str(ts), deed=means.deed, text=means.text, told=told)
    return heard, f"click:{heard.user}:{heard.channel}:{heard.ts}"


def hear_press(body: Mapping[str, Any], bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return a press on a card; who says no is asked why first, and the form they send is what is kept."""
    means = meant(pressed(body))
    return "asked why" if means and means.deed == "deny" else hear_click(body, bot_user_id)


def pressed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the element that was used; Slack sends one at a time."""
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, Mapping) else {}


def meant(element: Mapping[str, Any]) -> Meant | None:
    """Return what a button of the bot stands for: words, an action, a decision, or an opinion."""
    name, value = str(element.get("action_id", "")), clean(element.get("value"))
    if not value or len(value) > MOST_VALUE:
        return None
    if name.startswith(SAY):
        return Meant(deed=WORDS, text=value)
    kind, _, rest = name.partition(":")
    if kind == DO:
        return Meant(deed=DO, told={"sealed": value})
    if kind == JUDGE:
        said = FEEDBACK.fullmatch(value)
        return Meant(deed=JUDGE, told={"good": said[1] == "good", "inbox": said[2] or ""}) if said else None
    if kind == SHARE:
        which = SHARED.fullmatch(value)
        return Meant(deed=SHARE, told={"inbox": which[1], "mark": which[2]}) if which else None
    return _decision(kind, rest.partition(":")[0], value)


def _decision(kind: str, deed: str, value: str) -> Meant | None:
    of = CALL_VALUE.fullmatch(value)
    if kind != CALL or deed not in DECISIONS or of is None:
        return None
    return Meant(deed=deed, told={"call": of[1], "version": of[2] or ""})


def spot(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return who pressed, and where the answer belongs; None when that is not to be made out.

    `told`: the message that was pressed, and whether it stands in a thread. On the Home tab or in a form
    there is no conversation: `channel` and `thread` are empty, and `told` names the view.
    """
    box, message = _part(body, "container"), _part(body, "message")
    user = _part(body, "user").get("id")
    if box.get("type") == VIEW:
        return _spot_in_view(user, box.get("view_id"))
    channel = _part(body, "channel").get("id") or box.get("channel_id")
    ts = message.get("ts") or box.get("message_ts")
    above = message.get("thread_ts") or box.get("thread_ts")
    thread = above or ts
    if not (fits(USER, user) and fits(CHANNEL, channel) and fits(TS, thread)):
        return None
    only_them = box.get("is_ephemeral") is True
    return {
        "user": str(user),
        "channel": str(channel),
        "thread": str(thread),
        "told": {"message": str(ts), "in_thread": bool(above)},
        "only_them": only_them,
        "reply_at": clean(body.get("response_url")) if only_them else "",
    }


def _spot_in_view(user: Any, view: Any) -> dict[str, Any] | None:
    if not (fits(USER, user) and fits(KEY, view)):
        return None
    told = {"view": str(view)}
    return {"user": str(user), "channel": "", "thread": "", "kind": str(PlaceKind.DIRECT), "told": told}


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
