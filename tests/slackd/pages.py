"""Lists in pages: opaque cursors, and the bounds of a history (R10)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from tests.slackd.call import Call
from tests.slackd.errors import SlackError
from tests.slackd.timestamps import read_ts, to_micros

NUMBER = re.compile(r"-?(?:[0-9]+(?:[.][0-9]+)?|[.][0-9]+)(?:[eE]-?[0-9]+)?\n?")
MOST = 1000
FALSE = frozenset({"", "0", "false"})


def page(call: Call, items: list[Any], default: int = 100) -> tuple[list[Any], dict[str, Any]]:
    """One page, and `response_metadata` with the cursor of the next ("" on the last)."""
    limit, start = read_limit(call, default), read_cursor(call)
    return items[start : start + limit], {"response_metadata": {"next_cursor": _next(items, start, limit)}}


def _next(items: list[Any], start: int, limit: int) -> str:
    more = start + limit < len(items)
    return base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""


def read_limit(call: Call, default: int = 100) -> int:
    """`limit`, 0 being none; what is no number is refused."""
    value = call.args.get("limit")
    if value is None:
        return default
    if not NUMBER.fullmatch(str(value)):
        raise SlackError("invalid_arguments", "[ERROR] must provide a number [json-pointer:/limit]")
    return min(int(float(value)), MOST) or default


def read_cursor(call: Call) -> int:
    cursor = call.text("cursor")
    if not cursor:
        return 0
    try:
        name, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name == "next":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")


def history(call: Call, messages: list[dict[str, Any]], *, is_thread: bool = False) -> dict[str, Any]:
    """A page of messages (given oldest first) within `latest` and `oldest`, which are read in that order.

    Newest first, walking back; with `oldest` alone walking forward from it. A thread is read from its root.
    """
    limit = max(read_limit(call), 1)
    latest, oldest = read_ts(call.text("latest")), read_ts(call.text("oldest"))
    if latest is None:
        raise SlackError("invalid_ts_latest")
    if oldest is None:
        raise SlackError("invalid_ts_oldest")
    start = read_cursor(call)
    kept = [m for m in messages if _within(m["ts"], oldest, latest, inclusive=_inclusive(call))]
    forward = is_thread or (bool(oldest) and not latest)
    ordered = kept if forward else kept[::-1]
    found = ordered[start : start + limit]
    cursor = _next(ordered, start, limit)
    return {
        "messages": found[::-1] if forward and not is_thread else found,
        "has_more": bool(cursor),
        **({"latest": latest} if latest and not is_thread else {}),
        **({"oldest": oldest} if oldest and not is_thread else {}),
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


def _inclusive(call: Call) -> bool:
    return call.text("inclusive").lower() not in FALSE


def _within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    at, low, high = to_micros(ts), to_micros(oldest or "0"), to_micros(latest or "0")
    if oldest and (at < low if inclusive else at <= low):
        return False
    return not (latest and (at > high if inclusive else at >= high))
