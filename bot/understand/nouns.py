"""What the plugins that are on call things."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from bot.contract.entity import Entity
from bot.understand.index import Index
from bot.understand.marks import Nouns
from bot.understand.possessive import FIRST_NAMES


class Named(Protocol):
    """An entity kind and the plugin it came from (`bot.host.registry.Owned`)."""

    @property
    def plugin(self) -> str:
        """The plugin's name."""

    @property
    def item(self) -> Entity:
        """The entity kind."""


def nouns_of(entities: Sequence[Named], index: Index, common: Collection[str]) -> Nouns:
    """Gather what the enabled plugins call things."""
    words: dict[str, str] = {}
    for entity in entities:
        for word in (entity.item.name, entity.item.title, *entity.item.words):
            for form in (word.lower(), f"{word.lower()}s"):
                words.setdefault(form, entity.item.name)
    return Nouns(
        patterns=[(e.item.name, p) for e in entities for p in e.item.patterns if not _anybodys(p)],
        words=words,
        known=index.lexicon.knows,
        common=(frozenset(common) - FIRST_NAMES).__contains__,
        exact=index.lexicon.speaks_of,
    )


def _anybodys(pattern: re.Pattern[str]) -> bool:
    """Say whether a pattern takes identifiers that several kinds of thing have."""
    return any(
        pattern.search(text)
        for text in ("a.b@c.example", "10.0.0.1", "00:1a:2b:3c:4d:5e", "+234 801 2345678")
    )
