"""Several colleagues said in one message, where an action takes a list of them: "ada, bisi and zed"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Filled
from bot.understand.marks import PEOPLE, Mark
from bot.understand.sentence import Sentence
from bot.understand.several import EACH
from bot.understand.understanding import Guess

LIST, TEAM = "people", "team"
"""The argument that is a list of colleagues in an order, and the one that says whose turns they are."""
BETWEEN = re.compile(r"(?:\s|[,;&+/]|->|→|\b(?:and|then|after that|next)\b)*", re.IGNORECASE)
"""What stands between two of them."""
DAILY = re.compile(r"\b(?:daily|every day|each day|day by day|per day)\b", re.IGNORECASE)


def take_people(out: Filled, arguments: Sequence[Argument], said: Sentence) -> None:
    """Take all who are named one after the other as the list, with nothing of what stands behind them."""
    wanted = next((a for a in arguments if a.name == LIST and a.kind is Kind.MANY), None)
    row = _row(said) if wanted else []
    if wanted is None or len(row) < 2:  # noqa: PLR2004 - one is no list
        return
    out.args[wanted.name] = [mark.text for mark in row]
    out.used.update(row)
    team = next((m for m in said.marks if m.entity.endswith(TEAM)), None)
    if team and any(a.name == TEAM and not a.entity for a in arguments):
        out.take(TEAM, team.text, team)
    length = next((a for a in arguments if a.name == "length" and a.kind is Kind.LENGTH), None)
    found = DAILY.search(said.text)
    if length and found and length.name not in out.args:
        out.take(length.name, "P1D", Mark(found.start(), found.end(), "time", found[0]))


def _row(said: Sentence) -> list[Mark]:
    """Return the longest run of colleagues with nothing but commas and "and" between them."""
    best: list[Mark] = []
    row: list[Mark] = []
    for mark in sorted((m for m in said.marks if m.found and m.entity in PEOPLE), key=lambda m: m.start):
        joined = bool(row) and BETWEEN.fullmatch(said.text, row[-1].end, mark.start) is not None
        row = [*row, mark] if joined else [mark]
        best = row if len(row) > len(best) else best
    return best


def all_together(guesses: Sequence[Guess]) -> list[Guess]:
    """Leave out the changes for one of several people, where there is one that takes all of them."""
    whole = any(not (g.reads_only or g.missing or g.too_much) and _lists(g) for g in guesses)
    return [g for g in guesses if not (whole and g.too_much == EACH)]


def _lists(guess: Guess) -> bool:
    people = guess.args.get(LIST)
    return isinstance(people, list) and len(people) > 1
