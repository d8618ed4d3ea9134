"""Payloads of Slack's made fit to be kept for debugging: what happened stays, what was said goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

GONE = "scrubbed"
GONE_KEY = "scrubbed.0.0"
"""Stands for a trigger: the bot reads it as the key of a delivery."""
KEPT = frozenset(
    re.split(
        r"\s+",
        """action_id action_ts api_app_id app_id app_installed_team_id block_id bot_id bot_user_id callback_id
        channel_id channel_type command context_enterprise_id context_team_id enterprise_id event_id
        event_ts external_id is_enterprise_install latest_reply message_ts parent_user_id previous_view_id
        retry_reason root_id root_view_id source_team status streaming_state style subtype tab team_id
        thread_ts ts type user_id user_team view_id""",
    )
)
"""Names of strings that say what happened and where, in Slack's own words and ids."""
ID_NAMES = frozenset({"id", "user", "channel", "team", "enterprise", "item_user", "inviter", "users"})
ID = re.compile(r"[A-Z][A-Z0-9]{1,40}")
KEYS = frozenset({"trigger_id"})
WORDS = frozenset({"text"})
OWN = ("do:", "call:", "share:", "feedback")
"""Starts of action_ids whose values the bot made itself: ids, or what it sealed."""
SECRET = "secret_"  # noqa: S105 - how fields of secrets are called
"""Start of the block_ids of fields for secrets; what is typed there is never kept, whatever was asked for."""
FIXED = frozenset({"type", "action_id", "block_id"})
NAMED = re.compile(r"<[@#!][^<>|]*(?:\|[^<>]*)?>")
LETTER = re.compile(r"[^\W_]")
DEEPEST = 60


def scrub(body: Mapping[str, Any], *, words: bool = False) -> dict[str, Any]:
    """Return a payload without tokens, addresses, triggers, names and e-mails; its shape stays.

    Every string is dropped that is not known to be harmless. Of what was said each letter becomes an x, but
    for the ids of the people and places it names; with `words` it stays as it is.
    """
    return {name: _value(name, value, body, words, 0) for name, value in body.items()}


def _value(name: str, value: Any, beside: Mapping[str, Any], words: bool, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {
            key: _gone(one, depth)
            if _is_secret(key, value)
            else _value(str(key), one, value, words, depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_value(name, one, beside, words, depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    return _string(name, value, beside, words)


def _is_secret(name: Any, beside: Mapping[str, Any]) -> bool:
    """Say whether a value stands where a secret is typed: in the state of a form, or in the field itself."""
    if str(name).startswith(SECRET):
        return True
    return str(beside.get("block_id")).startswith(SECRET) and name not in KEPT


def _gone(value: Any, depth: int) -> Any:
    """Return a value of the same shape that says nothing: not even how long it was."""
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {key: one if key in FIXED else _gone(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_gone(one, depth + 1) for one in value]
    return GONE if isinstance(value, str) else None


def _string(name: str, value: str, beside: Mapping[str, Any], words: bool) -> str:
    if name in KEYS:
        return GONE_KEY
    if name == "private_metadata":
        return _metadata(value, words)
    if name == "value" and "action_id" in beside:
        own = str(beside["action_id"]).startswith(OWN)
        return value if own or words else blanked(value)
    if name in WORDS or (name == "value" and "block_id" not in beside):
        return value if words else blanked(value)
    is_id = name in ID_NAMES and ID.fullmatch(value) is not None
    return value if not value or name in KEPT or is_id else GONE


def _metadata(value: str, words: bool) -> str:
    """Scrub what a form carries along; what is sealed stays sealed, and opens with the key alone."""
    try:
        found = json.loads(value)
    except ValueError:
        return value if value.startswith("v1:") else GONE
    return json.dumps(scrub(found, words=words)) if isinstance(found, dict) else GONE


def blanked(text: str) -> str:
    """Return what was said with an x for each letter; mentions keep their ids and lose their names."""
    made, end = "", 0
    for named in NAMED.finditer(text):
        made += LETTER.sub("x", text[end : named.start()]) + named[0].split("|")[0].rstrip(">") + ">"
        end = named.end()
    return made + LETTER.sub("x", text[end:])
