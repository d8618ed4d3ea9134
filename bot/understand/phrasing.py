"""An action call as people type it, and back to words people say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.understand.arguments import Kind, arguments_of
from bot.understand.index import Offered

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


def command(offered: Offered, args: Mapping[str, Any], *, short: bool = False) -> str:
    """Return e.g. `tickets create customer=100234 subject="No light"`."""
    parts = [offered.plugin, offered.item.name]
    secret = {a.name for a in arguments_of(offered.item) if a.kind is Kind.SECRET}
    for name, value in args.items():
        if value is None:
            continue
        shown = "•••" if name in secret else quoted(value)
        if short and len(shown) > LONGEST_SHOWN:
            shown = shown[:LONGEST_SHOWN] + '…"'
        parts.append(f"{name}={shown}")
    return " ".join(parts)
