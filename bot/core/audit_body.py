"""What an audit row says, as canonical JSON: the same facts give the same bytes, secrets never show.

What people wrote, or would read a person's data in, stands beside the chain: the row holds its salted hash,
so that it can be erased and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretBytes, SecretStr

from bot.contract.wire import to_wire

MASK = "**********"
LONGEST = 12_000
"""Characters kept of one text: enough that nothing a person typed is lost."""
DEEPEST = 6
MOST = 200
SECRET = re.compile(
    r"(^|_)(pass(word|wd|phrase|code)?|secret|token|api_?key|private_key|community|otp|pin)$", re.IGNORECASE
)
TOLD = frozenset({"args", "note", "preview", "reason", "reply", "text"})
"""Facts that stand beside the chain."""
SALT = 16
UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL's text and jsonb cannot hold."""


def canonical(value: Mapping[str, Any]) -> str:
    """Return sorted, compact JSON without secrets; empty parts are left out."""
    plain = {name: tidy(part, name) for name, part in value.items() if part not in (None, "", {}, [], ())}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Body:
    """What goes into the chain, and what stands beside it with the salt of its hash."""

    chained: str
    told: str | None = None
    salt: bytes | None = None


def make_body(facts: Mapping[str, Any]) -> Body:
    """Return a row's facts in their two places."""
    told = canonical({name: value for name, value in facts.items() if name in TOLD})
    rest = {name: value for name, value in facts.items() if name not in TOLD}
    if told == "{}":
        return Body(chained=canonical(rest))
    salt = os.urandom(SALT)
    return Body(chained=canonical({**rest, "told": told_hash(told, salt)}), told=told, salt=salt)


def told_hash(told: str, salt: bytes) -> str:
    """Return what the chain holds of a text; without the salt nobody can try texts against it."""
    return hashlib.sha256(salt + told.encode()).hexdigest()


def reply_facts(text: str) -> dict[str, Any]:
    """Return what is kept of a reply: enough to tell whether a text that somebody shows is what was said."""
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "characters": len(text)}


def plain_things(things: Iterable[str]) -> list[str]:
    """Return the things a row is about as the chain tells them apart: none empty, none with its separator."""
    return [plain for thing in things if (plain := tidy_text(thing).replace("\x1f", " "))]


def tidy(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return JSON values: secrets masked, endless texts and lists cut, unfit characters replaced."""
    if isinstance(value, SecretStr | SecretBytes) or (name and SECRET.search(name) and value is not None):
        return MASK
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return _plain(value)
    if depth >= DEEPEST:
        return type(value).__name__
    if isinstance(value, Mapping):
        return {tidy_text(str(k)): tidy(v, str(k), depth + 1) for k, v in list(value.items())[:MOST]}
    if isinstance(value, list | tuple | set | frozenset):
        return [tidy(v, "", depth + 1) for v in list(value)[:MOST]]
    return tidy(to_wire(value), name, depth + 1)


def _plain(value: bool | float | str | bytes | None) -> Any:
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return None if value != value else value  # noqa: PLR0124 - not a number


def tidy_text(text: str) -> str:
    """Return the text without what the database cannot hold, and no longer than is kept."""
    text = UNFIT.sub("\ufffd", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
