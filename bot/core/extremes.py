"""The oldest, biggest or worst of the list that was just shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.action import Via
from bot.contract.money import Money
from bot.contract.reply import Choice, Reply, Table, Tone
from bot.core.asked_anew import asked_anew
from bot.core.cells import cell
from bot.core.choosing import THING
from bot.core.figures import measured, number
from bot.core.kept_rows import kept
from bot.core.listed import listed_in, picks_of
from bot.core.row_words import BIGGEST, OF_THEM
from bot.core.sorting import ordered
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list
from bot.errors import UserError
from bot.understand.arguments import Kind, arguments_of
from bot.understand.words import word_set

MOST_OF = re.compile(
    rf"^(?:(?:and|ok|so)\s+)*(?:which|who|what){OF_THEM}(?:\s+{THING}s?)?\s*(?:is|are|has|was|owes|'s)\s+"
    rf"(?:the\s+)?(?P<most>{BIGGEST}|worst|most urgent|longest|weakest|(?:the\s+)?most|least)"
    r"(?:\s+(?:one|ones|of (?:them|these|those|all)|(?P<by>\w+)))?[\s?.!]*$",
    re.IGNORECASE,
)
MOST = rf"the\s+(?P<most>{BIGGEST}|worst|weakest|longest)(?:\s+{THING})?"
OPEN_MOST = re.compile(
    r"^(?P<lead>(?:(?:and|ok|please|now)\s+)*(?:open|show(?: me)?|see|view|get|diagnose|close|take|assign|"
    rf"reboot|suspend|escalate|remind|disconnect|resume|give|hand|forward|transfer|mail|email|reopen)\s+){MOST}"
    r"(?:\s+of (?:them|these|those))?"
    r"(?P<rest>(?:\s+(?:to|for|with|please|because)\b.*)?)[\s?.!]*$",
    re.IGNORECASE,
)
FOR_MOST = re.compile(
    rf"^(?P<lead>[^:\"]{{3,60}}?\s(?:for|to|of|on)\s+){MOST}"
    r"(?P<rest>(?:\s*[:,].*|\s+(?:because|please)\b.*)?)[\s?.!]*$",
    re.IGNORECASE | re.DOTALL,
)
"""Something is wished for one of the list: "open a ticket for the worst"."""
ALONE = re.compile(
    r"^(?:(?:and|ok|so)\s+)*(?:how (?:old|big|long|much|many|high|low|weak|bad|far) (?:is|was|has)\s+)?"
    rf"{MOST}(?:\s+ones?)?[\s?.!]*$",
    re.IGNORECASE,
)
"""Nothing but which one."""
NUMBERED = frozenset({"Ticket", "Outage"})
"""What is numbered in the order in which it was opened, where no column says when that was."""
BY_NUMBER = -2
UP = word_set("oldest earliest smallest lowest weakest least")
OLD = word_set("oldest newest latest earliest longest")
NAMED = 5
OFFERED = 3
LOOKS = re.compile(
    r"(?:(?:and|ok|please|now)\s+)*(?:(?:show|see|view|get|diagnose|level|what|who|how|is|any|balance|"
    r"tickets|notes|invoices|payments|card)\b|open\s+$)",
    re.IGNORECASE,
)
"""Begins a wish to look at something, which changes nothing."""
"""Columns in which a row may name what it is about."""
OF_LIST = re.compile(r"\bof (?:them|these|those)\b", re.IGNORECASE)
WORST_FIRST = re.compile(r"\bworst first\b", re.IGNORECASE)
OWES = re.compile(r"\bowes?\b", re.IGNORECASE)


def _column_for(table: Table, most: str, by: str) -> int | None:
    """Return the column by which something is the oldest, biggest or worst."""
    titles = [c.title.lower() for c in table.columns]
    if by and (at := next((i for i, t in enumerate(titles) if by.rstrip("s") in t), None)) is not None:
        return at
    if most in OLD:
        dated = (i for i in range(len(titles)) if _dated(table, i))
        return next(dated, next((i for i, t in enumerate(titles) if t in {"days", "age", "since"}), None))
    shown = [i for i in range(1, len(titles)) if measured(table, i)]
    money = [i for i in shown if any(isinstance(row[i], Money) for row in table.rows)]
    return next(iter(money or shown), None)


def _counted_up(value: object) -> int:
    """Return the number a thing was given in its turn: 11567 of TCK-11567."""
    return int("".join(filter(str.isdigit, str(value))) or 0)


def _empty(turn: Turn) -> bool:
    """Say whether what was asked last is a list, which then has nothing in it."""
    action_id = (turn.thread.last or ("", {}))[0]
    return "limit" in {a.name for a in arguments_of(turn.desk.view.action(action_id).item)}


def _dated(table: Table, at: int) -> bool:
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(hasattr(v, "year") for v in values)


async def _row_of(turn: Turn, most: str, by: str) -> tuple[Reply, Table | None, int, list[Sequence[Any]]]:
    reply, table = await whole_list(turn)
    at = _column_for(table, most, by) if table else None
    if table is not None and at is None and most in OLD and table.columns[0].title in NUMBERED:
        at = BY_NUMBER
    if table is None or at is None:
        return reply, table, -1, []
    if at == BY_NUMBER:
        rows = sorted(table.rows, key=lambda row: _counted_up(row[0]), reverse=most in {"newest", "latest"})
        return reply, table, 0, rows
    dated = _dated(table, at)
    down = most not in UP if not dated else most in {"newest", "latest"}
    if not dated and most in OLD:
        down = most not in {"newest", "latest"}  # the oldest has the most days
    negative = all((number(r[at]) or 0) <= 0 for r in table.rows)
    if most == "worst" and negative and not dated:
        down = False  # the least light
    if dated:
        return reply, table, at, ordered(table, at, down=down)
    known = [(value, i) for i, row in enumerate(table.rows) if (value := number(row[at])) is not None]
    order = [i for _, i in sorted(known, key=lambda one: (-one[0] if down else one[0], one[1]))]
    return reply, table, at, [table.rows[i] for i in order]


async def topmost(turn: Turn, most: str, by: str) -> Reply | None:
    """Say which row of the list is the oldest, the biggest, the worst."""
    action_id, args = turn.thread.last or ("", {})
    known = {a.name: a.kind for a in arguments_of(turn.desk.view.action(action_id).item)}
    if most == "most" and not by and "biggest" in known and OWES.search(turn.question.words):
        most = "biggest"
    if known.get(most) is Kind.YES_NO and "limit" in known and not kept(turn.thread):  # ordered by its system
        return await turn.call(action_id, {**args, most: True, "limit": 1}, Via.PERSON)
    before = turn.thread
    reply, table, at, rows = await _row_of(turn, most, by)
    if not rows and not reply.error and not OF_LIST.search(turn.question.words):
        after, turn.thread = turn.thread, before
        if anew := await asked_anew(turn):
            return anew
        turn.thread = after
    if table is None:
        return reply
    if not rows:
        names = ", ".join(c.title for c in table.columns if c.title)
        return Reply(f"This list has nothing to tell that by; it has these columns: {names}.", tone=Tone.WARN)
    zone, tied = turn.question.tenant.zone, same_top(rows, at)
    value = f"{table.columns[at].title.lower()} {cell(rows[0][at], zone)}"
    if len(tied) > 1:
        text = f"{len(tied):,} share the first place ({value}), the {most} of {seen_of(table)}:"
        return part_of(turn, reply, table, tied, text)
    reply = replace(reply, focus={**reply.focus, **await _thing(turn, rows[0])})
    text = f"**{_called(rows[0], zone)}**: {value}, the {most} of {seen_of(table)}."
    return part_of(turn, reply, table, rows[:1], text)


def same_top(rows: Sequence[Sequence[Any]], at: int) -> list[Sequence[Any]]:
    """Return the rows that share the first place by a column."""
    return [row for row in rows if row[at] == rows[0][at]]


def _called(row: Sequence[Any], zone: ZoneInfo) -> str:
    return " ".join(cell(value, zone) for value in row[:2])


def _own_order(turn: Turn, most: str) -> Mapping[str, Any] | None:
    """Return the last question asked for the one that is the most, where its system can order them all."""
    action_id, args = turn.thread.last or ("", {})
    known = {a.name: a.kind for a in arguments_of(turn.desk.view.action(action_id).item)}
    can = known.get(most) is Kind.YES_NO and "limit" in known
    return {**args, most: True, "limit": 1} if can and not kept(turn.thread) else None


async def _thing(turn: Turn, row: Sequence[Any]) -> Mapping[str, str]:
    """Return what a row is about, so that "show it" means it."""
    for words in [value for value in row[:NAMED] if isinstance(value, str) and value]:
        for kind in turn.desk.understander.kinds:
            with suppress(UserError):  # not for this person, or its system is away
                if found := [m for m in await turn.find(kind, words) if m.exact]:
                    return {kind: found[0].key}
    return {}


async def opened_most(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Put the row that is the newest into the place of the words for it: "open the newest"."""
    before, most, at = turn.thread, found["most"].lower(), -1
    if (ordered_by := _own_order(turn, most)) is not None:
        reply = await turn.call(before.last[0] if before.last else "", ordered_by, Via.PERSON)
        table = listed_in(reply)
        rows = [*table.rows[:1]] if table else []
    else:
        reply, table, at, rows = await _row_of(turn, most, "")
    turn.thread = before
    if most == "worst" and table is not None and table.rows and WORST_FIRST.search(reply.text):
        rows, at = [table.rows[0]], -1
    if table is None and not reply.error and (found.re is FOR_MOST or _empty(turn)):
        return Reply(f"The last answer lists nothing, so there is no {most} of it.", tone=Tone.WARN)
    if table is not None and table.rows and not rows and not LOOKS.match(found["lead"]):
        names = ", ".join(c.title for c in table.columns if c.title)
        return Reply(f"This list has nothing to tell the {most} by; it has: {names}.", tone=Tone.WARN)
    if table is None or not rows:
        return None
    if asked := _open(turn, table, found, rows, at):
        return asked
    turn.question = replace(turn.question, words=f"{found['lead']}{rows[0][0]}{found['rest']}")
    return None


def _open(
    turn: Turn, table: Table, found: re.Match[str], rows: Sequence[Sequence[Any]], at: int
) -> Reply | None:
    """Ask which one is meant where several are the most, and of a change where not all could be seen."""
    if at < 0:
        return None
    zone, most, tied = turn.question.tenant.zone, found["most"].lower(), same_top(rows, at)
    partly = table.total is not None and table.total > len(table.rows)
    if len(tied) == 1 and (not partly or LOOKS.match(found["lead"])):
        return None
    value = f"{table.columns[at].title.lower()} {cell(rows[0][at], zone)}"
    text = f"{len(tied):,} share the first place: {value}. Which one do you mean?"
    if len(tied) == 1:
        seen = f"the first {len(table.rows):,} of {table.total or 0:,}"
        text = (
            f"Of {seen}, which is all I can list, the {most} is {_called(rows[0], zone)}: {value}. That one?"
        )
    choices = [
        Choice(label=_called(row, zone), words=f"{found['lead']}{row[0]}{found['rest']}".strip())
        for row in tied[:OFFERED]
    ]
    reply = Reply(text, choices=tuple(choices), tone=Tone.ASK)
    turn.thread = replace(turn.thread, picks=picks_of(reply), rows=(), asking=None)
    return reply
