"""An app's manifest: Slack's own schema, and what must fit together in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.slackd.events import EVENT_SCOPES
from tests.slackd.schema import DATA, Problem, load

UNLISTED_SCOPES = frozenset(
    [
        *("commands", "incoming-webhook", "chat:write.public", "chat:write.customize", "links.embed:write"),
        *("app_mentions:read", "bookmarks:read", "metadata.message:read", "users.profile:read"),
        *("conversations.connect:read", "conversations.connect:write", "conversations.connect:manage"),
        *("emoji:read", "calls:read", "calls:write", "reactions:read", "remote_files:read", "links:read"),
        *("search:read.public", "search:read.private", "search:read.files", "search:read.users"),
    ]
)
AGENT_SCOPE = "assistant:write"


def check_manifest(manifest: Any) -> list[Problem]:
    """What Slack would refuse in it."""
    problems = list(load("manifest.schema.json").find(manifest))
    if problems:
        return problems
    return [*_events(manifest), *_ways_in(manifest), *_scopes(manifest), *_features(manifest)]


def require_manifest(manifest: Any) -> None:
    """Raise ValueError with every problem: an app with such a manifest could not be made."""
    if problems := check_manifest(manifest):
        raise ValueError("; ".join(f"{each.pointer}: {each.message}" for each in problems))


def granted(manifest: dict[str, Any]) -> frozenset[str]:
    """The bot scopes it asks for, optional ones as well."""
    scopes = manifest.get("oauth_config", {}).get("scopes", {})
    return frozenset([*scopes.get("bot", ()), *scopes.get("bot_optional", ())])


def _events(manifest: dict[str, Any]) -> Iterator[Problem]:
    told = manifest.get("settings", {}).get("event_subscriptions", {})
    scopes = granted(manifest)
    for number, name in enumerate(told.get("bot_events", ())):
        at = f"/settings/event_subscriptions/bot_events/{number}"
        if name not in EVENT_SCOPES:
            yield Problem(at, "invalid_event", f"unknown event: {name}")
        elif EVENT_SCOPES[name] and not EVENT_SCOPES[name] & scopes:
            yield Problem(
                at, "missing_scope", f"{name} needs the scope {' or '.join(sorted(EVENT_SCOPES[name]))}"
            )
    if told.get("bot_events") and "bot_user" not in manifest.get("features", {}):
        yield Problem("/features/bot_user", "missing_field", "bot events need a bot user")


def _ways_in(manifest: dict[str, Any]) -> Iterator[Problem]:
    """Over HTTP every way in needs an address; in Socket Mode none does."""
    settings, features = manifest.get("settings", {}), manifest.get("features", {})
    if settings.get("socket_mode_enabled"):
        return
    events, clicks = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    if events.get("bot_events") and "request_url" not in events:
        yield Problem("/settings/event_subscriptions/request_url", "missing_field", "needed for events")
    if clicks.get("is_enabled") and "request_url" not in clicks:
        yield Problem("/settings/interactivity/request_url", "missing_field", "needed for interactivity")
    for number, command in enumerate(features.get("slash_commands", ())):
        if "url" not in command:
            yield Problem(f"/features/slash_commands/{number}/url", "missing_field", "needed for commands")


def _scopes(manifest: dict[str, Any]) -> Iterator[Problem]:
    scopes, features = granted(manifest), manifest.get("features", {})
    if unknown := sorted(scopes - _known_scopes()):
        yield Problem("/oauth_config/scopes/bot", "invalid_scope", f"unknown scopes: {', '.join(unknown)}")
    for name in ("slash_commands", "shortcuts"):
        if name in features and "commands" not in scopes:
            yield Problem("/oauth_config/scopes/bot", "missing_scope", f"{name} need the scope commands")
    if {"agent_view", "assistant_view"} & features.keys() and AGENT_SCOPE not in scopes:
        yield Problem("/oauth_config/scopes/bot", "missing_scope", f"an agent needs the scope {AGENT_SCOPE}")


def _features(manifest: dict[str, Any]) -> Iterator[Problem]:
    settings, features = manifest.get("settings", {}), manifest.get("features", {})
    if {"agent_view", "assistant_view"} <= features.keys():
        yield Problem("/features/assistant_view", "conflict", "not together with agent_view")
    if "shortcuts" in features and not settings.get("interactivity", {}).get("is_enabled"):
        yield Problem("/settings/interactivity/is_enabled", "conflict", "shortcuts need interactivity")
    for name, key in (("slash_commands", "command"), ("shortcuts", "callback_id")):
        keys = [each[key] for each in features.get(name, ())]
        if len(set(keys)) != len(keys):
            yield Problem(f"/features/{name}", "duplicate", f"the same {key} twice")


def _known_scopes() -> frozenset[str]:
    listed = json.loads((DATA / "methods.json").read_text()).values()
    scopes = {
        each
        for entry in listed
        if isinstance(entry.get("scope"), dict)
        for kind in entry["scope"].values()
        for each in kind
    }
    return UNLISTED_SCOPES.union(scopes, *EVENT_SCOPES.values())
