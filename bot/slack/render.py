"""Reply -> messages in Block Kit, within Slack's limits; what does not fit goes into further messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Choice, Evidence, File, Reply, Table, Tone, Waiting
from bot.core.cells import age, cell, moment
from bot.slack import mrkdwn, tables
from bot.slack.event import SAY
from bot.slack.split import pieces

MOST_BLOCKS, MOST_SECTION, MOST_FIELD, MOST_FIELDS = 45, 2_900, 1_900, 10
MOST_TEXT = 3_500
"""Of the text beside the blocks: notifications, screen readers and old clients show it."""
MOST_MESSAGE = 11_000
"""Characters of one message's blocks; far below what Slack takes, and still readable."""
MOST_BUTTONS, MOST_LABEL, MOST_VALUE = 5, 70, 2_000
MOST_PAGES = 5
"""Of one table: a message each. More would bury the thread; how many rows are left is said."""
FALLBACK_ROWS = 10
SIGNS = {Tone.GOOD: "✅ ", Tone.WARN: "⚠️ ", Tone.BAD: "❌ ", Tone.ASK: "", Tone.PLAIN: ""}

Block = dict[str, Any]
Message = dict[str, Any]
"""`text` and `blocks` of one chat.postMessage."""


def render(reply: Reply, zone: ZoneInfo, picks: Sequence[str] = ()) -> list[Message]:
    """Return the messages that say all of a reply; `picks` are what a person may choose by number."""
    messages = list(_packed(list(_parts(reply, zone, picks))))
    said = pieces(_fallback(reply, zone, picks), MOST_TEXT)
    beside = said + [f"({at} of {len(messages)})" for at in range(len(said) + 1, len(messages) + 1)]
    return [{"text": words, "blocks": blocks} for words, blocks in zip(beside, messages, strict=False)]


def render_nudge(reply: Reply, zone: ZoneInfo) -> list[Message]:
    """Return the messages of what the bot says by itself; no thread knows numbers, so choices are buttons."""
    messages = render(replace(reply, choices=()), zone)
    fitting = [(at, each) for at, each in enumerate(reply.choices, 1) if _fits(each.words)]
    if fitting:
        buttons = [_button(at, each, each.label) for at, each in fitting[:MOST_BUTTONS]]
        messages[-1]["blocks"].append({"type": "actions", "elements": buttons})
    return messages


def _parts(reply: Reply, zone: ZoneInfo, picks: Sequence[str]) -> Iterator[Block]:
    if reply.understood:
        yield from _context(mrkdwn.escape(reply.understood))
    if words := mrkdwn.to_mrkdwn(reply.text).strip():
        yield from _sections(SIGNS[reply.tone] + words)
    yield from _facts(reply, zone)
    if reply.chart:
        yield from _sections(f"*{mrkdwn.escape(reply.chart.title)}*\n{mrkdwn.escape(reply.chart.says)}")
    for table in _tables(reply):
        yield from _table(table, zone)
    if reply.file:
        yield from _context(mrkdwn.escape(_file(reply.file)))
    if reply.waiting:
        yield from _waiting(reply.waiting, reply.text, zone)
    yield from _choices(reply.choices, picks)
    if reply.undo and reply.undo_within:
        minutes = int(reply.undo_within.total_seconds() // 60)
        yield from _context(f"To take it back within {minutes} min, say `undo` in this thread.")
    if reply.evidence:
        yield from _evidence(reply.evidence, zone)


def _packed(parts: Sequence[Block]) -> Iterator[list[Block]]:
    """Fill messages in order: at most so many blocks and characters, and one table each."""
    blocks: list[Block] = []
    size, has_table = 0, False
    for part in parts:
        length, is_table = _length(part), part["type"] == "table"
        full = len(blocks) >= MOST_BLOCKS or size + length > MOST_MESSAGE or (is_table and has_table)
        if blocks and full:
            yield blocks
            blocks, size, has_table = [], 0, False
        blocks.append(part)
        size, has_table = size + length, has_table or is_table
    yield blocks or [_section("(nothing to say)")]


def _length(part: Any) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, dict):
        return sum(_length(value) for key, value in part.items() if key != "type")
    return sum(map(_length, part)) if isinstance(part, list) else 0


def _sections(text: str) -> Iterator[Block]:
    for piece in filter(str.strip, pieces(text, MOST_SECTION)):
        yield _section(piece)


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text), "expand": True}


def _context(text: str) -> Iterator[Block]:
    for piece in filter(str.strip, pieces(text, MOST_FIELD)):
        yield {"type": "context", "elements": [_mrkdwn(piece)]}


def _mrkdwn(text: str) -> Block:
    # verbatim: otherwise Slack turns bare @names, #channels and addresses in data into live ones.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _facts(reply: Reply, zone: ZoneInfo) -> Iterator[Block]:
    fields: list[Block] = []
    for name, value in reply.facts.items():
        label, text = mrkdwn.escape(name), mrkdwn.escape(cell(value, zone))
        if len(label) + len(text) > MOST_FIELD:
            yield from _sections(f"*{label}*\n{text}")
        else:
            fields.append(_mrkdwn(f"*{label}*\n{text}"))
    for start in range(0, len(fields), MOST_FIELDS):
        yield {"type": "section", "fields": fields[start : start + MOST_FIELDS]}


def _tables(reply: Reply) -> tuple[Table, ...]:
    return (*((reply.table,) if reply.table else ()), *reply.tables)


def _table(table: Table, zone: ZoneInfo) -> Iterator[Block]:
    if title := tables.caption(table):
        yield from _sections(f"*{mrkdwn.escape(title)}*")
    pages = list(tables.to_blocks(table, zone))
    yield from pages[:MOST_PAGES]
    if left := pages[MOST_PAGES:]:
        rows = sum(len(page["rows"]) - 1 for page in left)
        yield from _context(f"{rows:,} more rows are not shown: ask for a narrower selection.")


def _waiting(waiting: Waiting, text: str, zone: ZoneInfo) -> Iterator[Block]:
    """Say what waits, as far as the text has not said it, and how to decide."""
    if waiting.summary not in text:
        yield from _sections(f"*Waiting:* {mrkdwn.escape(waiting.summary)}")
    if waiting.preview not in text:
        yield from _sections(mrkdwn.escape(waiting.preview))
    until = f", until {moment(waiting.expires_at, zone)}" if waiting.expires_at else ""
    number = waiting.call_id[:8]
    others = f"Anyone else who may decide: `approve {number}` or `deny {number}`."
    how = f"{waiting.asked_by}: say yes or no here. {others}"
    yield from _context(mrkdwn.escape(f"Needs {waiting.needs}{until}. {how}"))


def _choices(choices: Sequence[Choice], picks: Sequence[str]) -> Iterator[Block]:
    shown = list(picks) or [_label(each) for each in choices]
    if not shown:
        return
    lines = (f"*{at}.* {mrkdwn.escape(label)}" for at, label in enumerate(shown, 1))
    yield from _sections("\n".join(lines))
    fitting = [(at, each) for at, each in enumerate(choices, 1) if _fits(each.words)]
    buttons = [_button(at, each) for at, each in fitting[:MOST_BUTTONS]]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    yield from _context("Answer with the number in this thread.")


def _label(choice: Choice) -> str:
    return f"{choice.label} – {choice.detail}" if choice.detail else choice.label


def _fits(words: str) -> bool:
    return len(mrkdwn.cell(words).strip()) > 0 and len(words) <= MOST_VALUE // 2


def _button(at: int, choice: Choice, said: str = "") -> Block:
    label = mrkdwn.cell((said or f"{at}. {choice.label}").replace("\n", " "))
    text = label if len(label) <= MOST_LABEL else label[: MOST_LABEL - 1] + "…"
    return {
        "type": "button",
        "action_id": f"{SAY}{at}",
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "value": mrkdwn.cell(choice.words),
    }


def _file(file: File) -> str:
    """Say that there is a file; posting it here would take a scope that many workspaces do not grant."""
    if file.content:
        return f"{file.said}: `backhaul files get` writes it."
    return f"{file.said}: `backhaul ask --csv FILE` writes it, asked in the same words."


def _evidence(evidence: Sequence[Evidence], zone: ZoneInfo) -> Iterator[Block]:
    said = [_source(one, zone) for one in evidence]
    line = " · ".join(said)
    if len(line) <= MOST_FIELD:
        yield from _context(line)
        return
    for one in said:
        yield from _context(one)


def _source(one: Evidence, zone: ZoneInfo) -> str:
    said = mrkdwn.escape(f"{one.source}, {age(one.at, zone)}")
    fits = one.link.startswith(("https://", "http://")) and not set(one.link) & set("<>| \n")
    return f"<{mrkdwn.escape(one.link)}|{said}>" if fits else said


def _fallback(reply: Reply, zone: ZoneInfo, picks: Sequence[str]) -> str:
    lines = [f"{name}: {cell(value, zone)}" for name, value in reply.facts.items()]
    lines += [f"{reply.chart.title}: {reply.chart.says}"] if reply.chart else []
    lines += [tables.to_text(table, zone, FALLBACK_ROWS) for table in _tables(reply)]
    if waiting := reply.waiting:
        lines += [each for each in (waiting.summary, waiting.preview) if each not in reply.text]
        lines.append(waiting.needs)
    shown = list(picks) or [_label(each) for each in reply.choices]
    lines += [f"{at}. {label}" for at, label in enumerate(shown, 1)]
    said = SIGNS[reply.tone] + mrkdwn.to_mrkdwn(reply.text).strip()
    return "\n".join(filter(None, [said, *map(mrkdwn.escape, lines)])).strip() or "(nothing to say)"
