"""What goes out over HTTP: how a payload is encoded and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def encode(payload: dict[str, Any], kind: str) -> tuple[bytes, str]:
    """The body and its content type; `kind` is events_api, interactive or slash_commands."""
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), FORM


def sign(secret: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """The two headers of a request signed at `at` (unix seconds; now)."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
