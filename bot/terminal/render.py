"""Reply -> terminal, with colours on a screen and plain text in a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bot.charts.text import to_text
from bot.contract.chart import Chart
from bot.contract.reply import Align, Evidence, Reply, Table, Tone, Waiting
from bot.core.cells import age, cell, moment
from bot.terminal.widths import fit

TONES = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.WARN: "yellow", Tone.BAD: "red", Tone.ASK: "cyan"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Escape sequences and direction marks in data would repaint the reader's terminal."""
MARKUP = re.compile(r"(\*\*|__|`|^#{1,6} |^[-*] |^\d+\. |\[[^\]]+\]\(|^> |\|)", re.MULTILINE)

CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*([^\s()]+(?:\([^\s()]*\))?)\s*\)")
REFERENCE = re.compile(r"^(\s*\[[^\]\n]+\]):", re.MULTILINE)
WORD = 16
"""Words and numbers of things up to this long are never broken in a table while that can be."""
DIGIT = re.compile(r"\d")


def render(reply: Reply, console: Console, zone: ZoneInfo, picks: tuple[str, ...] = ()) -> None:
    """Print one reply; `picks` are the numbered things a person may answer with."""
    chart = _chart(reply.chart, zone, console) if reply.chart else Text()
    group = Group(*_parts(reply, zone, picks, console.width, chart))
    if console.is_terminal:
        console.print(group)
        return
    with console.capture() as page:  # rich pads lines to the width, which only annoys in a file or a pipe
        console.print(group)
    console.file.write("\n".join(line.rstrip() for line in page.get().split("\n")))


def clean(text: str) -> str:
    """Return text that cannot move the cursor, change colours or reverse direction."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _parts(
    reply: Reply, zone: ZoneInfo, picks: tuple[str, ...], width: int, chart: RenderableType
) -> Iterator[RenderableType]:
    if reply.understood:
        yield Text(clean(reply.understood), style="dim italic")
    if reply.text:
        yield _text(reply)
    if reply.facts:
        yield _facts(reply, zone)
    if reply.chart:
        yield chart
    for table in (*((reply.table,) if reply.table else ()), *reply.tables):
        yield _table(table, zone, width)
    yield from _file(reply)
    if reply.waiting:
        yield _waiting(reply.waiting, reply.text, zone)
    if picks:
        yield _picks(picks)
    if reply.undo and reply.undo_within:
        minutes = int(reply.undo_within.total_seconds() // 60)
        yield Text(f"To take it back within {minutes} min: undo", style="dim")
    if reply.evidence:
        yield Text(" · ".join(_evidence(one, zone) for one in reply.evidence), style="dim")


def _file(reply: Reply) -> Iterator[RenderableType]:
    """Say that there is a file, and how to keep it."""
    if reply.file and reply.file.content:
        yield Text(
            clean(f"{reply.file.name}: keep it with /save PATH, or `backhaul files get`."), style="dim"
        )
    elif reply.file:
        yield Text(clean(f"{reply.file.said}: ask with --csv FILE to keep it."), style="dim")


def _text(reply: Reply) -> RenderableType:
    text, style = clean(reply.text), TONES[reply.tone]
    if reply.waiting:  # a preview keeps its lines, which Markdown would join
        return _bold(text, style)
    if MARKUP.search(text):
        return Markdown(_markdown(text), style=style)
    return Text(text, style=style)


def _markdown(text: str) -> str:
    """Return Markdown in which nothing vanishes: tags stand as typed, links show where they lead."""
    parts = CODE.split(text)
    return "".join(part if at % 2 else _plain(part) for at, part in enumerate(parts))


def _plain(text: str) -> str:
    text = LINK.sub(lambda found: f"{found[1]} ({found[2]})" if found[1] else found[2], text)
    return REFERENCE.sub(r"\1\\:", text.replace("&", "&amp;").replace("<", "&lt;"))


def _bold(text: str, style: str) -> Text:
    made = Text(style=style)
    for n, part in enumerate(text.split("**")):
        made.append(part, style="bold" if n % 2 else "")
    return made


def _chart(chart: Chart, zone: ZoneInfo, console: Console) -> RenderableType:
    drawn = to_text(chart, zone, console.width - 2, colours=console.is_terminal)
    head = clean(chart.title + (f" ({chart.unit})" if chart.unit else ""))
    marks = " · ".join(clean(f"{mark.name}: {mark.value:g} {chart.unit}".strip()) for mark in chart.marks)
    parts = (Text(head, style="bold"), Text.from_ansi(drawn), *((Text(marks, style="dim"),) if marks else ()))
    return Padding(Group(*parts), (1, 0, 1, 0), expand=False)


def _facts(reply: Reply, zone: ZoneInfo) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in reply.facts.items():
        grid.add_row(Text(clean(name)), Text(clean(cell(value, zone))))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _table(table: Table, zone: ZoneInfo, width: int) -> Grid:
    title = Text(clean(table.title)) if table.title else None
    grid = Grid(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    rows = [[clean(cell(value, zone)) for value in row] for row in table.rows]
    heads = [clean(column.title) for column in table.columns]
    right = [column.align is Align.RIGHT for column in table.columns]
    columns = list(zip(heads, *rows, strict=True))
    natural = [max(_longest(text.splitlines()) for text in column) for column in columns]
    widths = fit(natural, _floors(columns, natural, right), width)
    for head, room, number in zip(heads, widths, right, strict=True):
        grid.add_column(Text(head), justify="right" if number else "left", width=room, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(value) for value in row))
    if table.total is not None and table.total > len(rows):
        grid.caption = f"the first {len(rows):,} of {table.total:,}"
        grid.caption_justify = "left"
    return grid


def _floors(
    columns: Sequence[Sequence[str]], natural: Sequence[int], right: Sequence[bool]
) -> tuple[list[int], list[int], list[int]]:
    """Return how narrow columns may become: at first numbers stay on one line, then words, then digits."""
    words = [min(max(_longest(text.split()) for text in column), WORD) for column in columns]
    whole = [full if number else word for full, word, number in zip(natural, words, right, strict=True)]
    coded = [[word for text in column for word in text.split() if DIGIT.search(word)] for column in columns]
    return whole, words, [min(_longest(column), WORD) for column in coded]


def _longest(parts: Sequence[str]) -> int:
    return max((cell_len(part) for part in parts), default=1) or 1


def _waiting(waiting: Waiting, text: str, zone: ZoneInfo) -> RenderableType:
    lines = [] if waiting.summary in text else [Text(f"Waiting: {clean(waiting.summary)}", style="yellow")]
    if waiting.preview and waiting.preview not in text:
        lines.append(Text(clean(waiting.preview)))
    needs = "" if waiting.needs in text else waiting.needs
    until = f"until {moment(waiting.expires_at, zone)}" if waiting.expires_at else ""
    said = f"{needs}, {until}" if needs and until else needs or until.replace("until", "Until")
    lines.append(Text(f"{said}. No. {waiting.call_id[:8]}", style="dim"))
    return Padding(Group(*lines), (0, 0, 0, 2), expand=False)


def _picks(picks: tuple[str, ...]) -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold cyan", justify="right", no_wrap=True)
    grid.add_column()
    for n, each in enumerate(picks, 1):
        grid.add_row(f"{n:>3}", Text(clean(each)))
    return grid


def _evidence(evidence: Evidence, zone: ZoneInfo) -> str:
    link = f" {evidence.link}" if evidence.link else ""
    return clean(f"{evidence.source}, {age(evidence.at, zone)}{link}")
