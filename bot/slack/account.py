"""What Slack tells about an account itself: somebody was deactivated or made a guest, or is back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.slack.event import USER

OUTSIDE = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
"""Flags of those who are no members: guests, people of other organisations, and bots."""
LATEST = 10**11
"""Seconds: later than any year Slack will tell."""


@dataclass(frozen=True, kw_only=True)
class AccountNews:
    """Whether an account is `gone`, deactivated (`left`) or no full member any more, and since when."""

    user: str
    gone: bool
    left: bool
    at: datetime


def account_news(body: Mapping[str, Any]) -> AccountNews | None:
    """Return the news of a `user_change`; None for every other payload, and for one that says nothing."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping):
        return None
    user = event.get("user")
    if event.get("type") != "user_change" or not isinstance(user, Mapping):
        return None
    who, gone = user.get("id"), user.get("deleted")
    if not isinstance(who, str) or not USER.fullmatch(who) or not isinstance(gone, bool):
        return None
    since = user.get("updated") or body.get("event_time")
    if not isinstance(since, int) or isinstance(since, bool) or not 0 < since < LATEST:
        return None
    left = gone
    gone = left or any(user.get(flag) is True for flag in OUTSIDE)
    return AccountNews(user=who, gone=gone, left=left, at=datetime.fromtimestamp(since, UTC))
