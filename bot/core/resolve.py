"""From the words that name a customer, ticket or device to exactly one record, or a question back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contract.entity import Match


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A call whose entity words were found: `args` holds canonical keys, `matches` the things by argument.

    `understood` says what was taken for what when the words were not an identifier.
    """

    args: Mapping[str, Any]
    matches: Mapping[str, Match] = field(default_factory=dict)
    understood: str = ""
