"""What a reply named, by kind: the one thing it is about, or all those it lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from bot.contract.reply import Reply, Table
from bot.core.listed import listed_in

MOST = 4
"""Things of one kind that are remembered: enough to know that they are several."""
KEY = re.compile(r"\b[A-Z]{2,5}-(?:\d{4}-)?\d+\b")
"""What a thing goes by in a sentence: TCK-11570, OUT-0040."""
TITLES: Mapping[str, str] = {"account": "customer", "number": ""}
"""Columns that name a kind of thing by another word."""
EMPTY = frozenset({"", "–", "-"})
IN_BRACKETS = re.compile(r"\((?P<key>[\w-]+)\)$")
"""What somebody goes by behind the name."""
Kind = Callable[[str], str]


def named_by(reply: Reply, kinds: Collection[str], kind_of: Kind) -> Mapping[str, tuple[str, ...]]:
    """Return the things of a reply, by kind; of what it is about there is one, whatever else it lists."""
    found: dict[str, list[str]] = {}
    for kind, key in (*_listed(reply, kinds, kind_of), *_told(reply, kind_of)):
        keys = found.setdefault(kind, [])
        if key not in keys and len(keys) < MOST:
            keys.append(key)
    about = {kind: (key,) for kind, key in reply.focus.items() if key}
    return {**{kind: tuple(keys) for kind, keys in found.items()}, **about}


def _listed(reply: Reply, kinds: Collection[str], kind_of: Kind) -> Iterator[tuple[str, str]]:
    table = listed_in(reply)
    for at, column in enumerate(table.columns if table else ()):
        title = column.title.lower()
        for key in _cells(table, at):
            kind = TITLES.get(title, title) or kind_of(key)
            if kind in kinds or (at == 0 and (kind := kind_of(key))):
                yield kind, key


def _cells(table: Table | None, at: int) -> Iterator[str]:
    for row in table.rows if table else ():
        if at < len(row) and isinstance(row[at], str) and row[at] not in EMPTY:
            yield row[at]


def _told(reply: Reply, kind_of: Kind) -> Iterator[tuple[str, str]]:
    """Yield what stands in the text and its facts: the ticket of a card."""
    for text in (reply.text, *map(str, reply.facts.values())):
        for key in KEY.findall(text):
            if kind := kind_of(key):
                yield kind, key


def keys_in(table: Table, kind: str) -> Sequence[str]:
    """Return which thing of a kind each row is about; nothing where a row does not say."""
    titles = [column.title.lower() for column in table.columns]
    at = next((i for i, title in enumerate(titles) if TITLES.get(title, title) == kind), None)
    cells = [str(row[at] or "") for row in table.rows] if at is not None else []
    inside = [IN_BRACKETS.search(cell) for cell in cells]
    keys = [found["key"] if found else cell for cell, found in zip(cells, inside, strict=True)]
    plain = at is not None and (titles[at] in TITLES or all(inside))
    return keys if plain and all(keys) else []
