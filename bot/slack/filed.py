"""What of a reply goes out as a file: lists as CSV, long answers, pictures of charts, files it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.chart import Chart
from bot.contract.reply import File, Reply, Table
from bot.contract.sheet import to_csv
from bot.core.cells import cell
from bot.slack import mrkdwn
from bot.slack.charted import picture_payload

PLAIN_NAME = re.compile(r"[^\w.-]+")
MOST_NAME, MOST_KIND, MOST_SAID = 60, 8, 300
ANSWER = "answer.txt"
NOT_HERE = (
    "{name} belongs here, but I may not bring files into this workspace. An admin adds the scope "
    "`files:write` to the app (`backhaul slack manifest` prints all it takes) and installs it anew. "
    "Until then {how}."
)
IN_SHELL = "`backhaul ask --csv FILE` writes it, asked in the same words"
GET = "`backhaul files get` writes it"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file to bring: its bytes, or the chart to be drawn. `payload` is as its letter keeps it."""

    payload: dict[str, Any]
    content: bytes = b""
    chart: Chart | None = None


def file_of(file: File) -> Upload:
    """Return the file that a reply came with."""
    how = GET if file.content else IN_SHELL
    return _upload(file.name, file.data, file.said, how)


def csv_of(table: Table, zone: ZoneInfo) -> Upload:
    """Return all rows and columns of a table as CSV."""
    widest = range(max([len(table.columns), *map(len, table.rows)]))
    heads = [table.columns[at].title if at < len(table.columns) else "" for at in widest]
    rows = [[_value(row[at] if at < len(row) else None, zone) for at in widest] for row in table.rows]
    content = to_csv([mrkdwn.cell(each) for each in heads], rows).encode()
    said = f"All {len(rows):,} rows{f' of {table.title}' if table.title else ''}"
    return _upload(f"{table.title.lower()[:MOST_NAME] or 'table'}.csv", content, said, IN_SHELL)


def text_of(whole: str) -> Upload:
    """Return an answer that is too long for messages."""
    return _upload(ANSWER, whole.encode("utf-8", "replace"), "The whole answer", "ask for less at once")


def picture_of(chart: Chart) -> Upload:
    """Return the picture of a chart that Slack cannot draw itself."""
    alt = mrkdwn.cell(f"{chart.title}: {chart.says}")
    return Upload(payload=picture_payload(alt, mrkdwn.cell(chart.title)), chart=chart)


def written(reply: Reply, zone: ZoneInfo, shown: list[str]) -> str:
    """Return all that a reply says as plain text; `shown` are its choices."""
    parts = [reply.understood, reply.text]
    parts += [f"{name}: {cell(value, zone)}" for name, value in reply.facts.items()]
    parts += [f"{reply.chart.title}: {reply.chart.says}"] if reply.chart else []
    parts += [f"{at}. {label}" for at, label in enumerate(shown, 1)]
    parts += [" ".join(filter(None, [one.source, one.link])) for one in reply.evidence]
    return "\n".join(mrkdwn.cell(each) for each in parts if each)


def name_of(upload: Upload) -> str:
    """Return what the file is called."""
    return str(upload.payload["name"])


def _upload(name: str, content: bytes, said: str, how: str) -> Upload:
    plain = _short_name(PLAIN_NAME.sub("-", mrkdwn.cell(name)).strip("-.") or "file.txt")
    text = mrkdwn.escape(f"{said[:MOST_SAID]}.")
    instead = {"text": NOT_HERE.format(name=mrkdwn.escape(plain), how=how)}
    return Upload(payload={"name": plain, "title": plain, "text": text, "instead": instead}, content=content)


def _short_name(name: str) -> str:
    """Cut what is too long for a name, but never what kind of file it is."""
    kind = PurePath(name).suffix[:MOST_KIND]
    return name if len(name) <= MOST_NAME else name[: MOST_NAME - len(kind)] + kind


def _value(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return mrkdwn.cell(cell(value, zone)) if value is not None else ""
