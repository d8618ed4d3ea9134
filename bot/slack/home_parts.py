"""The blocks of a Home tab's parts: a call that waits, what a plugin told, rows as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.contract.reply import Reply, Table, Tone, Waiting
from bot.core.cells import EMPTY, cell, moment
from bot.core.home import Part
from bot.slack import cards, mrkdwn, parts
from bot.slack.event import SAY
from bot.slack.parts import Block, Press
from bot.slack.split import pieces

MOST_CALLS, MOST_ROWS, MOST_TEXT, MOST_LINE, MOST_PREVIEW = 5, 5, 1_200, 220, 600
"""A tab is glanced at: the first of each, and a button that asks for the rest."""
MOST_BUTTONS = 3
SIGNS = {Tone.GOOD: "", Tone.WARN: "⚠️ ", Tone.BAD: "🔴 ", Tone.ASK: "", Tone.PLAIN: ""}


def heading(text: str) -> Iterator[Block]:
    """Yield what begins a part."""
    yield {"type": "divider"}
    yield {"type": "header", "text": parts.plain(mrkdwn.cell(text)[:150])}


def waiting(calls: Sequence[Waiting], zone: ZoneInfo, *, theirs: bool) -> Iterator[Block]:
    """Yield calls that wait, with their buttons; `theirs`: for this person's own yes."""
    for one in calls[:MOST_CALLS]:
        told = f"\n{cards.WOULD_BE} {mrkdwn.escape(_cut(one.preview, MOST_PREVIEW))}"
        preview = "" if one.preview in one.summary else told
        yield parts.section(f"*{mrkdwn.escape(_cut(one.summary, MOST_PREVIEW))}*{preview if theirs else ''}")
        until = f", until {moment(one.expires_at, zone)}" if one.expires_at else ""
        asked = f"Asked by {one.asked_by}. " if theirs else ""
        yield from parts.context(mrkdwn.escape(f"{asked}Needs {one.needs}{until}."))
        yield {"type": "actions", "elements": _decisions(one, theirs=theirs)}


def _decisions(one: Waiting, *, theirs: bool) -> list[Block]:
    value = f"{one.call_id} {one.version}".strip()
    cancel = parts.button(cards.CANCEL, "Cancel", value)
    if not theirs:
        return [cancel]
    if one.needs == f"a yes from {one.asked_by}":
        return [parts.button(cards.APPROVE, "Yes, do it", value, "primary"), cancel]
    approve = parts.button(cards.APPROVE, "Approve", value, "primary")
    return [approve, parts.button(cards.DENY, "Deny", value, "danger")]


def told(part: Part, zone: ZoneInfo, press: Press | None) -> Iterator[Block]:
    """Yield what a panel told: its words, facts, first rows, and buttons."""
    reply = part.reply
    words = mrkdwn.to_mrkdwn(_cut(reply.text, MOST_TEXT)).strip()
    if words:
        yield from parts.sections(SIGNS[reply.tone] + words)
    yield from parts.facts(reply, zone)
    for table in tables_of(reply):
        yield from rows(table, zone)
    yield from _buttons(part, press)


def _buttons(part: Part, press: Press | None) -> Iterator[Block]:
    offered = list(part.reply.buttons[:MOST_BUTTONS])
    more = sum(_more(table) for table in tables_of(part.reply))
    if part.whole is not None and more:
        offered.append(replace(part.whole, label=f"Show all {more + MOST_ROWS:,}"))
    yield from parts.buttons(parts.pressed(offered, press))


def tables_of(reply: Reply) -> tuple[Table, ...]:
    """Return all its tables."""
    return (*((reply.table,) if reply.table else ()), *reply.tables)


def _more(table: Table) -> int:
    """Return how many rows are not shown."""
    return max((table.total or len(table.rows)) - MOST_ROWS, 0)


def say(at: int, label: str, words: str) -> Block:
    """Return a button that asks."""
    return parts.button(f"{SAY}{at}", label, mrkdwn.cell(words))


def rows(table: Table, zone: ZoneInfo) -> Iterator[Block]:
    """Yield the first rows of a table as lines: the Home tab takes no tables."""
    if not table.rows:
        return
    lines = [_line(table, row, zone) for row in table.rows[:MOST_ROWS]]
    if more := _more(table):
        lines.append(f"_and {more:,} more_")
    yield from parts.sections("\n".join(lines))


def _line(table: Table, row: Sequence[object], zone: ZoneInfo) -> str:
    """Return `*first* second · third`; numbers say what they are of."""
    said = []
    for column, value in list(zip(table.columns, row, strict=False))[1:]:
        text = mrkdwn.escape(cell(value, zone)).replace("\n", " ").strip()
        if text and text != EMPTY:
            said.append(f"{mrkdwn.escape(column.title)} {text}" if _is_bare(text) else text)
    first = mrkdwn.escape(cell(row[0], zone)).replace("\n", " ").replace("*", "") if row else ""
    return _cut(f"• *{first}*  {' · '.join(said)}" if first else f"• {' · '.join(said)}", MOST_LINE)


def _is_bare(text: str) -> bool:
    """Say whether a cell is only a number, which says nothing without its column."""
    return text.replace(",", "").replace(".", "").replace("%", "").strip().isdigit()


def _cut(text: str, most: int) -> str:
    """Return text of at most so many characters, not cut inside an escape."""
    return text if len(text) <= most else f"{pieces(text, most - 1)[0]}…"
