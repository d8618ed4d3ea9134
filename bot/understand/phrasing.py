"""An action call as people type it, and back to words people say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from bot.understand.index import Offered

PLAIN = re.compile(r"^[^\s\"'=,;:]+$")
LONGEST_SHOWN = 200


class Catalogue(Protocol):
    """What knows every action by its id (`bot.host.registry.View`)."""

    def action(self, action_id: str) -> Any:
        """Return the owned action."""


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
    for name, value in args.items():
        if value is None:
            continue
        shown = quoted(value)
        if short and len(shown) > LONGEST_SHOWN:
            shown = shown[:LONGEST_SHOWN] + '…"'
        parts.append(f"{name}={shown}")
    return " ".join(parts)
