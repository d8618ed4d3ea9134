"""The rows of a list without some: "which of them are not urgent", "only those without an assignee"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.contract.reply import Table
from bot.understand.words import tokens, word_set

DENIES = re.compile(r"\b(?:not|without|except|excluding|other than|no)\b|n['’]t\b", re.IGNORECASE)
LEFT_OUT = re.compile(
    r"^(?:(?:are|is|do|does|have|has|was|were)?(?:n['’]t| not)\b|(?:not|without|except(?: for)?|excluding|"
    r"other than|with no|no)\b)\s*(?:(?:be|have|got)\s+)?"
    r"(?:(?:an?|the|any|in|at|of|from|for|by)\s+)*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
LACKS = re.compile(r"^(?:without|with no|no)\b|\b(?:have|has)\b", re.IGNORECASE)
"""Says that a column is empty."""
ALSO = {"assignee": "with", "agent": "with", "technician": "with", "owner": "whose", "telephone": "phone"}
"""What people call a column that is titled otherwise."""
EMPTY = word_set("- – — none nobody unassigned")
SHORTEST, STEM = 4, 6
"""Letters of a word that may be said in part, and of one that names a column."""


def denies(what: str) -> bool:
    """Say whether words tell what some rows are not."""
    return DENIES.search(what) is not None


def left_out(what: str) -> str:
    """Return what the rows that are wanted do not have; nothing where it is not said plainly."""
    found = LEFT_OUT.match(what)
    return found["rest"] if found and not denies(found["rest"]) else ""


def has(telling: Sequence[str], cells: Sequence[str]) -> bool:
    """Say whether all these words stand in a row."""
    words = {t.low for text in cells for t in tokens(text)} | set(cells)
    return all(
        any(w == said or (len(said) >= SHORTEST and w.startswith(said.rstrip("s"))) for w in words)
        for said in telling
    )


def rows_without(
    table: Table, what: str, telling: Sequence[str], shown: Callable[[Any], str]
) -> list[Sequence[Any]] | None:
    """Return the rows that do not say it, or have nothing in the column so named; None if none says it."""
    at = column_of(table, telling)
    if LACKS.search(what) and at is not None:
        return [row for row in table.rows if shown(row[at]).strip().lower() in EMPTY | {""}]
    said = [has(telling, [shown(value).lower() for value in row]) for row in table.rows]
    return [row for row, its in zip(table.rows, said, strict=True) if not its] if any(said) else None


def column_of(table: Table, telling: Sequence[str]) -> int | None:
    """Return the column that is named by one of these words."""
    titles = [[t.low for t in tokens(column.title)] for column in table.columns]
    return next((i for i, own in enumerate(titles) if any(_same(own, said) for said in telling)), None)


def _same(title: Sequence[str], said: str) -> bool:
    if said in ALSO and ALSO[said] in title:
        return True
    return any(word == said or (len(said) >= STEM and word[:STEM] == said[:STEM]) for word in title)
