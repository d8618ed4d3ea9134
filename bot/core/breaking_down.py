"""The last list counted by one of its columns, or its customers: "by pon", "how many customers"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.money import Money
from bot.contract.reply import Align, Choice, Column, Reply, Table, Tone
from bot.core.cells import cell
from bot.core.figures import number
from bot.core.ideas import sentence
from bot.core.kept_rows import kept
from bot.core.listed import picks_of
from bot.core.rows import MOST, listing
from bot.core.sifting import go_back
from bot.core.sums import COUNTABLE, things
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list
from bot.core.wishes import ask_of, told
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.elliptic import BY, HOW_MANY
from bot.understand.understanding import Verdict
from bot.understand.values import match_choice
from bot.understand.words import stem

CALLED: Mapping[str, Sequence[str]] = {
    "pon": ("port",),
    "olt": ("device", "port"),
    "device": ("device", "port"),
    "agent": ("with", "by", "who", "technician"),
    "assignee": ("with",),
    "colleague": ("with", "by", "who", "technician"),
    "person": ("with", "by", "who", "name"),
    "who": ("with", "by"),
    "owner": ("with",),
    "method": ("how",),
    "place": ("city", "region", "where", "street"),
    "town": ("city",),
    "area": ("city", "region", "where"),
    "location": ("city", "where"),
    "day": ("day", "when", "on", "date", "since", "left"),
    "date": ("day", "when", "on", "date", "since", "left"),
    "type": ("kind", "category"),
    "cause": ("cause", "reason", "what"),
    "state": ("status", "state"),
    "account": ("account", "customer"),
    "customer": ("account", "customer", "name"),
    "client": ("account", "customer", "name"),
    "subscriber": ("account", "customer", "name"),
    "people": ("account", "customer", "name"),
    "home": ("account", "customer", "name"),
    "user": ("account", "customer", "name"),
}
"""What people call a column that is titled otherwise."""
FOLKS = frozenset({"customer", "client", "subscriber", "people", "home", "user", "account"})
LINES = frozenset({"customer", "service", "line", "offline"})
"""Columns that count the customers of something."""
WHOLE_DEVICE = frozenset({"olt", "device"})
NO_FILTER = frozenset({"limit", "csv", "oldest", "biggest", "longest"})
"""Arguments that only say how a list is shown."""


async def counted_by(turn: Turn) -> Reply | None:
    """Count the last list by what is said, with all that it was narrowed by."""
    words = turn.question.words
    if turn.thread.asking:
        return None
    if not listing(turn):
        go_back(turn)
    if not listing(turn):
        return None
    if found := BY.match(words):
        return await _by(turn, _singular(found["by"].lower()))
    found = HOW_MANY.match(words)
    return await _how_many(turn, _singular(found["what"].lower())) if found and found["what"] else None


def _singular(noun: str) -> str:
    return noun if noun == "people" else noun.removesuffix("s") if not noun.endswith("ss") else noun


def _many(noun: str) -> str:
    return noun if noun == "people" else f"{noun}s"


async def _by(turn: Turn, noun: str) -> Reply | None:
    """Count by what its action or its sister counts by, else by a column of the list."""
    action_id, args = turn.thread.last or ("", {})
    owned = turn.desk.view.action(action_id)
    if not kept(turn.thread):  # of a list of which some rows were kept only these are counted
        if (named := f"by_{noun}") in {a.name for a in arguments_of(owned.item)}:
            return await turn.call(action_id, {**args, named: True}, Via.PERSON)
        if await _is_own(turn):
            return None
        sister = _sister(turn, owned, noun)
        if sister and not sister[1]:
            return await turn.call(*sister[0], Via.PERSON)
    before = turn.thread
    reply, table = await whole_list(turn)
    at = _column(table, noun) if table is not None else None
    if table is None or at is None:
        turn.thread = before
        return await _elsewhere(turn, noun, table)
    return _counted(turn, reply, table, at, noun)


async def _is_own(turn: Turn) -> bool:
    """Say whether the last question itself can be asked so."""
    meant = await turn.desk.understander.understand(ask_of(turn))
    last = turn.thread.last
    same = last is not None and meant.verdict is Verdict.CLEAR and meant.action_id == last[0]
    return same and not meant.best.unused


def _sister(
    turn: Turn, last: Owned[Action], noun: str
) -> tuple[tuple[str, Mapping[str, Any]], Sequence[str]] | None:
    """Return the call that counts the same things by it, and what that cannot be narrowed by."""
    given = {n: v for n, v in (turn.thread.last or ("", {}))[1].items() if n not in NO_FILTER}
    had = {a.name: _sort(a) for a in arguments_of(last.item)}
    for owned in turn.view.actions_for(turn.user):
        known = {a.name: a for a in arguments_of(owned.item)}
        by = known.get("by")
        if owned.plugin != last.plugin or owned.id == last.id or not owned.item.reads_only:
            continue
        if by is None or by.kind is not Kind.CHOICE or (value := match_choice(by, noun)) is None:
            continue
        same = {n: v for n, v in given.items() if n in known and _sort(known[n]) == had[n]}
        offered = next((p.args for p in turn.thread.picks if p.action_id == owned.id), {})  # what missed is
        return (owned.id, {**offered, **same, "by": value}), [n for n in given if n not in same]
    return None


def _sort(argument: Argument) -> tuple[object, ...]:
    return argument.kind, argument.entity, tuple(argument.values)


def _column(table: Table, noun: str) -> int | None:
    """Return the column that says it."""
    titles = [column.title.lower() for column in table.columns]
    for name in (noun, *CALLED.get(noun, ())):
        if name in titles:
            return titles.index(name)
    return next((i for i, title in enumerate(titles) if stem(noun) in {stem(w) for w in title.split()}), None)


def _counted(turn: Turn, reply: Reply, table: Table, at: int, noun: str) -> Reply:
    """Count the rows of a list by one column, with the money of each where it has some."""
    zone = turn.question.tenant.zone
    groups: dict[str, list[Sequence[Any]]] = {}
    for row in table.rows:
        groups.setdefault(_group(row[at], noun, lambda v: cell(v, zone), turn), []).append(row)
    ordered = sorted(groups.items(), key=lambda one: -len(one[1]))
    paid = _money(table)
    first = table.columns[0].title
    counted = f"{first}s" if COUNTABLE.fullmatch(first) else "Rows"
    columns = [
        Column(noun.upper() if noun in {"pon", "olt"} else noun.capitalize()),
        Column(counted, Align.RIGHT),
    ]
    rows = [[name, len(own), *([_sum(own, paid)] if paid is not None else [])] for name, own in ordered]
    columns += [Column(table.columns[paid].title, Align.RIGHT)] if paid is not None else []
    text = f"{_head(table)}, by {columns[0].title if columns[0].title.isupper() else noun}:"
    return part_of(turn, reply, Table(columns=columns, rows=rows), rows, text)


def _head(table: Table) -> str:
    total = table.total if table.total is not None else len(table.rows)
    whole = things(table, total)
    if table.total is None and total >= MOST:
        return f"The first {total:,} (I can list no more at once)"
    return (
        whole
        if total <= len(table.rows)
        else f"The first {len(table.rows):,} of {whole} (I can list no more at once)"
    )


def _group(value: object, noun: str, shown: Callable[[Any], str], turn: Turn) -> str:
    """Return under what a row is counted: of "olt-1 PON 1/3" the device, of "mobile money, Twiga" the way."""
    if isinstance(value, datetime):
        return value.astimezone(turn.question.tenant.zone).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    said = shown(value) if value not in {None, ""} else "–"
    if noun in WHOLE_DEVICE:
        return said.split()[0]
    return said.split(", ")[0] if noun == "method" else said


def _money(table: Table) -> int | None:
    columns = range(len(table.columns))
    priced = (i for i in columns if any(isinstance(row[i], Money) for row in table.rows))
    return next((i for i in priced if "price" not in table.columns[i].title.lower()), None)


def _sum(rows: Sequence[Sequence[Any]], at: int) -> Money | None:
    amounts = [row[at] for row in rows if isinstance(row[at], Money)]
    if len({one.currency for one in amounts}) != 1:
        return None
    return Money(sum(one.minor for one in amounts), amounts[0].currency)


async def _how_many(turn: Turn, noun: str) -> Reply | None:
    """Count the customers, payments or tickets of the list; None where it tells nothing of them."""
    before = turn.thread
    reply, table = await whole_list(turn)
    if table is None:
        turn.thread = before
        return None
    counted = _told(turn, table, noun)
    if not counted:
        turn.thread = before
        return await _elsewhere(turn, noun, table, f"tell from the last list how many {_many(noun)}")
    return part_of(turn, reply, table, [], counted)


def _told(turn: Turn, table: Table, noun: str) -> str:
    """Return how many of them a list is of; nothing where it tells nothing of them."""
    total = table.total if table.total is not None else len(table.rows)
    if (at := _figure(table, noun)) is not None:
        count = sum(int(number(row[at]) or 0) for row in table.rows)
        return f"{count:,} {table.columns[at].title.lower()}, on {things(table, len(table.rows))}."
    at = _column(table, noun) if noun in FOLKS or table.columns[0].title.lower() == noun else None
    if at is None:
        return ""
    zone = turn.question.tenant.zone
    several = noun in FOLKS and total <= len(table.rows)
    count = len({cell(row[at], zone) for row in table.rows if row[at]}) if several or at else total
    named = noun if count == 1 else _many(noun)
    return f"{count:,} {named}." if total == count else f"{count:,} {named}, in {seen_of(table)} rows."


def _figure(table: Table, noun: str) -> int | None:
    """Return the column that counts such things, or the lines of customers."""
    titles = [_singular(column.title.lower()) for column in table.columns]
    wanted = {noun} | (LINES if noun in FOLKS else set())
    counts = (at for at, title in enumerate(titles) if at and title in wanted and table.rows)
    return next((at for at in counts if number(table.rows[0][at]) is not None), None)


async def _elsewhere(turn: Turn, noun: str, table: Table | None, cannot: str = "") -> Reply | None:
    """Say that the last answer cannot be counted so, rather than to count something else."""
    meant = await turn.desk.understander.understand(ask_of(turn))
    kept = set(map(str, (turn.thread.last or ("", {}))[1].values())) & set(map(str, meant.args.values()))
    if kept and meant.verdict is Verdict.CLEAR:
        return None
    has = f" It has: {', '.join(c.title for c in table.columns if c.title)}." if table else ""
    what = cannot or f"count the last {'list' if table else 'answer'} by {noun}"
    text = f"I cannot {what}.{has}"
    if not cannot or meant.verdict is not Verdict.CLEAR or not meant.best.reads_only:
        return Reply(text, tone=Tone.WARN)
    anew = Choice(label=sentence(turn, meant.best, told), words=meant.best.said)
    reply = Reply(f"{text} If you mean all there are:", choices=(anew,), tone=Tone.ASK)
    turn.thread = replace(turn.thread, picks=picks_of(reply))
    return reply
