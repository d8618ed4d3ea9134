"""An action call as people type it, and back to words people say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.understand.arguments import Kind, arguments_of
from bot.understand.index import Offered
from bot.understand.lengths import spoken_length

PLAIN = re.compile(r"^[^\s\"'=,;:]+$")
LONGEST_SHOWN = 200


def quoted(value: Any) -> str:
    """Return a value as it is typed: bare when it is one plain word, else in quotes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        value = ",".join(str(v) for v in value)
    text = str(value)
    if PLAIN.match(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def spoken(kind: Kind | None, value: Any) -> Any:
    """Return a value as people write it: `18h 50m` for a length of time."""
    return spoken_length(value) if kind is Kind.LENGTH and isinstance(value, str) else value


def command(offered: Offered, args: Mapping[str, Any], *, short: bool = False) -> str:
    """Return e.g. `tickets create customer=100234 subject="No light"`."""
    parts = [offered.plugin, offered.item.name]
    kinds = {a.name: a.kind for a in arguments_of(offered.item)}
    for name, value in args.items():
        if value is None:
            continue
        shown = "•••" if kinds.get(name) is Kind.SECRET else quoted(spoken(kinds.get(name), value))
        if short and len(shown) > LONGEST_SHOWN:
            shown = shown[:LONGEST_SHOWN] + '…"'
        parts.append(f"{name}={shown}")
    return " ".join(parts)
