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
ALL = r"(?:all|every(?:thing|one|body)?|any(?:thing|one|body)?)"
BUT = re.compile(
    r"^(?:(?:and|ok|okay|now|then|but|please|show|list|me|no)\b[\s,]*)*"
    rf"(?:{ALL}\s+(?=except|without|excluding|other|apart))?"
    rf"(?:without|with no|{ALL}\s+but|except(?: for)?|excluding|exclude|leav(?:e|ing) out|minus|hid(?:e|ing)|"
    r"ignor(?:e|ing)|other than|apart from|not (?:counting|including)|(?P<no>not))\s+"
    r"(?:the\s+|those\s+|these\s+)?(?:ones?\s+)?(?:(?:of|from|by|with)\s+)?(?P<rest>\S.*?)[\s?.!]*$",
    re.IGNORECASE,
)
"""Leaves some rows out, with the words before what they say."""
BUT_LAST = re.compile(
    r"^(?:(?:and|ok|but|the)\s+)*(?P<rest>\S+(?: \S+){0,4}?)\s+"
    r"(?:excluded|left out|aside|not (?:included|counted)|removed)[\s?.!]*$",
    re.IGNORECASE,
)
SEVERAL = re.compile(r"\s*(?:,|\b(?:and|or|nor)\b)+\s*", re.IGNORECASE)
WISHES = re.compile(r"\b(?:from|for|until|till|because)\b|^(?:it|that|this|them)$", re.IGNORECASE)
"""Says that somebody is left out of more than a list."""
SHORT = 4
"""Words of a "not" that speaks of rows."""
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


def said_without(words: str) -> str:
    """Return words that leave some rows out as "without …"; nothing where they leave none out."""
    found = BUT.match(words) or BUT_LAST.match(words)
    if not found or (found.groupdict().get("no") and len(words.split()) > SHORT):
        return ""
    if WISHES.search(found["rest"]):
        return ""
    return f"without {found['rest']}"


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
    table: Table, what: str, several: Sequence[Sequence[str]], shown: Callable[[Any], str]
) -> list[Sequence[Any]] | None:
    """Return the rows that say none of it, or have nothing in the column so named; None if none says it."""
    at = column_of(table, [word for telling in several for word in telling])
    if LACKS.search(what) and at is not None:
        return [row for row in table.rows if shown(row[at]).strip().lower() in EMPTY | {""}]
    cells = [[shown(value).lower() for value in row] for row in table.rows]
    said = [any(has(telling, its) for telling in several) for its in cells]
    return [row for row, its in zip(table.rows, said, strict=True) if not its] if any(said) else None


def column_of(table: Table, telling: Sequence[str]) -> int | None:
    """Return the column that is named by one of these words."""
    titles = [[t.low for t in tokens(column.title)] for column in table.columns]
    return next((i for i, own in enumerate(titles) if any(_same(own, said) for said in telling)), None)


def _same(title: Sequence[str], said: str) -> bool:
    if said in ALSO and ALSO[said] in title:
        return True
    return any(word == said or (len(said) >= STEM and word[:STEM] == said[:STEM]) for word in title)
