"""What people say about the list they were just shown: more, how many, sort by amount, as CSV, as a chart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.contract.action import Via
from bot.contract.chart import Chart, ChartKind, Curve
from bot.contract.reply import Reply, Table, Tone
from bot.contract.sheet import sheet_of
from bot.core.cells import cell
from bot.core.kept_rows import kept, within
from bot.core.listed import listed_in
from bot.core.next_span import next_span
from bot.core.row_words import CHART, COUNT, CSV, MORE, NEXT, SORT, SUM
from bot.core.sorting import SORTED, column_of, figures, is_down, ordered, sorted_by
from bot.core.sums import summed, things
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.understand.arguments import arguments_of
from bot.understand.phrasing import command

MOST = 200
"""Rows that are asked for at once, of whatever list."""
PAGE = 20
BARS = 20
ALL = -1
"""What is kept as shown of a list that does not say how long it is, at its end."""
NO_LIST = "What I showed last is no list. Ask for one first, such as `open tickets`."


async def about_list(turn: Turn) -> Reply | None:
    """Answer what is said about the list of the last reply; None if it is not about that."""
    words, thread = turn.question.words, turn.thread
    if thread.asking or not listing(turn):
        return None
    if found := MORE.match(words):
        return await _later(turn, found) or await _more(turn, found)
    if found := SORT.match(words):
        return await _in_order(turn, found)
    if SUM.match(words):
        return await _sum(turn) or await _counted_or_not(turn)
    ways: Sequence[tuple[re.Pattern[str], Way]] = ((COUNT, _counted), (CSV, _as_file), (CHART, _charted))
    way = next((way for pattern, way in ways if pattern.match(words)), None)
    return await _again(turn, partial(way, turn)) if way else None


def listing(turn: Turn) -> bool:
    """Say whether the last thing that was asked is a reading, and nothing waits for a yes."""
    last = turn.thread.last
    reads = last is not None and turn.desk.view.action(last[0]).item.reads_only
    return reads and not turn.thread.waiting


Way = Callable[[Turn, Reply, Table], Reply]


async def _again(turn: Turn, way: Callable[[Reply, Table], Reply]) -> Reply | None:
    """Run the last reading once more with all its rows, and answer from them."""
    before = turn.thread
    reply = await _run(turn, MOST)
    table = listed_in(reply)
    if reply.error:
        return reply
    if table is None:
        turn.thread = before
        empty = "limit" in _known(turn) and not reply.choices  # nothing is in it, and it says so
        return Reply(reply.text) if empty else Reply(NO_LIST, tone=Tone.WARN)
    answer = way(reply, table)
    turn.thread = replace(turn.thread, last=before.last, shown=before.shown)
    return turn.listed(answer) if listed_in(answer) else answer


async def _in_order(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Show the list in another order, and remember it for "more"."""
    answer = await _again(turn, partial(sorted_by, found))
    if answer and (table := listed_in(answer)) and table.total is not None:
        turn.thread = replace(turn.thread, shown=len(table.rows), order=found[0])
    return answer


async def _run(turn: Turn, rows: int) -> Reply:
    """Run the last reading with so many rows, as far as it can give them; a file has them all."""
    action_id, args = turn.thread.last or ("", {})
    known, part, before = _known(turn), kept(turn.thread), turn.thread
    more = {"limit": MOST if part else rows} if "limit" in known else {}
    file = "csv" in known and rows == MOST and not part and CSV.match(turn.question.words)
    reply = await turn.call(action_id, {**args, **more, **({"csv": True} if file else {})}, Via.PERSON)
    turn.thread = replace(turn.thread, part=before.part)
    return within(reply, part)


def _known(turn: Turn) -> set[str]:
    """Return what the last action can be told."""
    action_id = (turn.thread.last or ("", {}))[0]
    return {a.name for a in arguments_of(turn.desk.view.action(action_id).item)} if action_id else set()


async def _more(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Show the rows behind those that were shown."""
    if turn.thread.shown == ALL:
        return Reply("That was all of it.")
    if not turn.thread.shown and (first := _page(turn)):
        turn.thread = replace(turn.thread, shown=first)
    thread = turn.thread
    if not thread.shown or thread.last is None:
        return Reply("That was all of it.") if thread.rows and not found["all"] else None
    wanted = MOST if found["all"] else int(found["a"] or found["b"] or min(thread.shown, PAGE))
    order = SORT.match(thread.order) if thread.order else None
    reply = await _run(turn, MOST if order else thread.shown + wanted + 1)  # one more says whether it goes on
    table = listed_in(reply)
    if reply.error or table is None:
        return reply
    if order and (at := column_of(table, order)) is not None:
        table = replace(table, rows=ordered(table, at, down=is_down(table, at, order)))
    rows = table.rows[thread.shown : thread.shown + wanted]
    total = table.total if table.total is not None else len(table.rows)
    turn.thread = replace(turn.thread, last=thread.last)
    if not rows and table.total is None:
        turn.thread = replace(turn.thread, shown=ALL)
        return Reply("That was all of it.")
    if not rows:
        return _no_more(turn, thread, total)
    first, last = thread.shown + 1, thread.shown + len(rows)
    left = last < total
    rest = "" if left else " These are the last."
    of = f" of {total:,}" if table.total is not None else ""
    shown = replace(table, rows=rows, total=None, title="")
    answer = Reply(
        f"{first:,} to {last:,}{of}.{rest}",
        table=shown,
        evidence=reply.evidence,
        focus=reply.focus,
        private=reply.private,
    )
    answer = turn.listed(answer)
    end = ALL if table.total is None else 0
    turn.thread = replace(turn.thread, shown=last if left else end, order=thread.order if left else "")
    return answer


async def _later(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Ask the last question of the days behind: of a list that was shown whole, "next" is the next week."""
    action_id, args = turn.thread.last or ("", {})
    goes_on = found["b"] or turn.thread.shown or kept(turn.thread) or not NEXT.search(found[0])
    if goes_on or (later := next_span(args)) is None:
        return None
    reply = await turn.call(action_id, later, Via.PERSON)
    said = command(turn.desk.view.action(action_id), later, short=True)
    return replace(reply, understood=f"I read this as: `{said}`")


def _page(turn: Turn) -> int:
    """Return how many rows a list shows that does not say how many there are: the newest 20 of the audit."""
    action_id, args = turn.thread.last or ("", {})
    limit = [a for a in arguments_of(turn.desk.view.action(action_id).item) if a.name == "limit"]
    if not limit or turn.thread.rows:
        return 0
    return int(args.get("limit") or limit[0].default or 0)


def _no_more(turn: Turn, thread: Thread, total: int) -> Reply:
    """Say that there is no way to show what is left."""
    turn.thread = replace(
        turn.thread, shown=thread.shown, order=thread.order, rows=thread.rows, picks=thread.picks
    )
    return Reply(
        f"I can list no more than {thread.shown:,} of these {total:,} at once. Narrow it down, for example "
        "by time or place.",
        tone=Tone.WARN,
    )


async def _sum(turn: Turn) -> Reply | None:
    """Say how much the whole list comes to; None where nothing of it is money."""
    before = turn.thread
    reply = await _run(turn, MOST)
    table = listed_in(reply)
    empty = table is None and "limit" in _known(turn) and not reply.choices
    answer = reply if reply.error else Reply(reply.text) if empty else summed(reply, table)
    turn.thread = before if answer is None else replace(turn.thread, last=before.last, shown=before.shown)
    return answer


async def _counted_or_not(turn: Turn) -> Reply | None:
    """Count a list of which nothing is money: its "total" is how many there are, never that of everybody."""
    before = turn.thread
    answer = await _again(turn, partial(_counted, turn))
    if answer is None or answer.text != NO_LIST:
        return answer
    turn.thread = before
    return None


def _counted(_turn: Turn, reply: Reply, table: Table) -> Reply:
    """Say how many there are."""
    count = table.total if table.total is not None else len(table.rows)
    cut = table.total is None and count >= SORTED and not count % 10  # as many as such a list gives at most
    return Reply(
        f"{'At least ' if cut else ''}{things(table, count)}.",
        data=count,
        evidence=reply.evidence,
        focus=reply.focus,
        private=reply.private,
    )


def _as_file(turn: Turn, reply: Reply, table: Table) -> Reply:
    """Return the list as a file."""
    if reply.file:
        return Reply(reply.text, file=reply.file, evidence=reply.evidence, private=reply.private)
    total = table.total if table.total is not None else len(table.rows)
    if total > len(table.rows) and "csv" in _known(turn):  # it was asked for all, and says why there is none
        return Reply(reply.text, tone=Tone.WARN, evidence=reply.evidence, private=reply.private)
    some = "" if total <= len(table.rows) else f" of {total:,}; I can list no more at once"
    name = f"{(turn.thread.last or ('list',))[0].replace('_', '-')}"
    count = f"{len(table.rows):,} row{'s' * (len(table.rows) != 1)}"
    file = sheet_of(table, name, count)
    text = f"{count}{some}, as a file."
    return Reply(text, file=file, evidence=reply.evidence, private=reply.private)


def _charted(turn: Turn, reply: Reply, table: Table) -> Reply:
    """Draw the list: its chart if it has one, else its first figure as bars."""
    if reply.chart:
        return Reply(reply.text, chart=reply.chart, evidence=reply.evidence, private=reply.private)
    at = next((i for i, c in enumerate(table.columns) if i and figures(table, i)), None)
    if at is None:
        return Reply("There is nothing in this list that could be drawn: it has no figures.", tone=Tone.WARN)
    rows = table.rows[:BARS]
    zone = turn.question.tenant.zone
    names = [" ".join(cell(v, zone) for v in row[: 1 + (at > 1)]) for row in rows]
    title, some = table.columns[at].title, "" if len(rows) == len(table.rows) else f", the first {len(rows)}"
    chart = Chart(
        title=f"{title}{some}",
        axis=names,
        curves=[Curve(title, [row[at] for row in rows])],
        kind=ChartKind.BAR,
        says=f"{title} of {len(rows)} rows.",
        from_zero=True,
    )
    return Reply(f"{title}{some}:", chart=chart, evidence=reply.evidence, private=reply.private)
