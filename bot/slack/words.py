"""Slack's escapes, as it sends what people typed, turned into plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>")
ESCAPE = re.compile(r"<([^<>]*)>")
INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff]")
SPACES = re.compile("[\u00a0\u2007\u202f]")


def mentioned(text: str, bot_user_id: str) -> set[str]:
    """Return the people named in a text, the bot aside."""
    return {user for user, _label in MENTION.findall(text)} - {bot_user_id}


def plain(text: str, bot_user_id: str, names: Mapping[str, str]) -> str:
    """Return what the person meant, without the mention of the bot; `names` tells who people are."""

    def person(found: re.Match[str]) -> str:
        user, label = found.group(1), found.group(2)
        return "" if user == bot_user_id else names.get(user) or label or user

    words = ESCAPE.sub(_unescape, MENTION.sub(person, text))
    words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return SPACES.sub(" ", INVISIBLE.sub("", words)).strip()


def _unescape(found: re.Match[str]) -> str:
    target, _, label = found.group(1).partition("|")
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return _special(target[1:], label)
    bare = re.sub(r"^(mailto:|tel:|https?://)", "", target)
    if not label:
        return target if target.startswith("http") else bare
    # Slack makes links of addresses by itself: then the label is what was typed.
    return label if label.rstrip("/") in {bare, target, bare.rstrip("/")} else f"{label} ({target})"


def _special(target: str, label: str) -> str:
    if target.startswith(("subteam^", "date^")):
        return label or target.rsplit("^", maxsplit=1)[-1]
    return f"@{target}"
