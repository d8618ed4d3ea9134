"""What Slack documents of each Web API method: scopes, tier, JSON support, arguments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "methods.json"
PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
"""Calls a minute per app and workspace; special methods (t5) have their own rules or none."""
NO_TOKEN = frozenset({"api.test", "blocks.validate", "oauth.v2.access", "oauth.v2.exchange"})
APP_TOKEN = frozenset({"apps.connections.open", "apps.event.authorizations.list"})
NOT_REQUIRED = {"chat.appendStream": {"markdown_text"}, "views.publish": set()}
"""Where the documentation asks for what one of two arguments may give."""
EVERYWHERE = frozenset({"token", "team_id", "pretty"})
EXTRA = {
    "apps.event.authorizations.list": {"scopes": ["authorizations:read"]},
    "apps.connections.open": {"scopes": ["connections:write"]},
    "conversations.members": {"args": {"include_locale": "boolean"}},
    "chat.stopStream": {"args": {"session_status": "string"}},
    "chat.unfurl": {"args": {"metadata": "object"}},
}
UNLISTED: dict[str, dict[str, Any]] = {
    "auth.test": {"json": True, "tier": "t5"},
    "canvases.getContent": {
        "tier": "t3",
        "scope": {"bot": ["canvases:read"], "user": ["canvases:read"]},
        "args": {"canvas_id": "string", "content_type": "string"},
        "required": ["canvas_id"],
    },
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`scopes`: any one of them will do; `per_minute` 0: special. `args`: name -> documented type."""

    name: str
    scopes: tuple[str, ...] = ()
    user_scopes: tuple[str, ...] = ()
    per_minute: int = 0
    reads_json: bool = False
    is_post_only: bool = False
    required: tuple[str, ...] = ()
    args: dict[str, str]
    errors: tuple[str, ...] = ()

    @property
    def credential(self) -> str:
        """none, app, config, or any (bot or user)."""
        if self.name in NO_TOKEN:
            return "none"
        if self.name in APP_TOKEN:
            return "app"
        return "config" if self.name.startswith("apps.manifest.") else "any"


@cache
def _entries() -> dict[str, dict[str, Any]]:
    return {**UNLISTED, **json.loads(DATA.read_text())}


@cache
def find_facts(name: str) -> Facts:
    """What is documented of `name`; nothing is known of a method that is not listed."""
    entry = _entries().get(name, {})
    extra = EXTRA.get(name, {})
    scope = entry.get("scope") if isinstance(entry.get("scope"), dict) else {}
    required = [each for each in entry.get("required") or () if each not in NOT_REQUIRED.get(name, ())]
    return Facts(
        name=name,
        scopes=tuple(extra.get("scopes", scope.get("bot", ()))),
        user_scopes=tuple(scope.get("user", scope.get("bot", ()))),
        per_minute=PER_MINUTE.get(entry.get("tier") or "", 0),
        reads_json=bool(entry.get("json")),
        is_post_only=name == "apps.connections.open",
        required=tuple(required),
        args={**(entry.get("args") or {}), **extra.get("args", {})},
        errors=tuple(entry.get("errors") or ()),
    )


def is_listed(name: str) -> bool:
    return name in _entries()


def fits(value: Any, documented: str) -> bool:
    """Whether an argument could be of its documented type, as forms and JSON write it."""
    kinds = set(documented.split("|"))
    if kinds == {"boolean"}:
        return str(value).lower() in {"true", "false", "0", "1"}
    if kinds <= {"integer", "number"} and documented:
        return str(value).lstrip("-").replace(".", "", 1).isdigit()
    if kinds == {"array"}:
        return isinstance(value, list) or "," in str(value) or str(value).isalnum()
    return True
