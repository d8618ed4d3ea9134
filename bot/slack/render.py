"""Reply -> messages in Block Kit, within Slack's limits; what takes too many messages goes into a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Button, Reply, Table, Tone
from bot.core.cells import cell
from bot.slack import cards, charted, filed, mrkdwn, parts, tables
from bot.slack.filed import Upload
from bot.slack.parts import Block, Option, Press, Pressed
from bot.slack.split import pieces

MOST_BLOCKS = 40
"""Slack takes 50; a table that has to be told as text takes a few more."""
MOST_TEXT = 3_500
"""Of the text beside the blocks: notifications, screen readers and old clients show it."""
MOST_MESSAGE = 11_000
"""Characters of one message's blocks, its table aside; far below what Slack takes, and still readable."""
MOST_MESSAGES = 5
"""More would bury the thread: then a file says it all."""
MOST_PAGES = 3
"""Of one table: a message each."""
FALLBACK_ROWS, BRIEF, MOST_SHOWN = 10, 2_000, 20
SIGNS = {Tone.GOOD: "✅ ", Tone.WARN: "⚠️ ", Tone.BAD: "❌ ", Tone.ASK: "", Tone.PLAIN: ""}
NEWS = "🔴 "
JUDGED = frozenset({Tone.PLAIN, Tone.GOOD, Tone.WARN})

Message = dict[str, Any]
"""`text` and `blocks` of one message; `card` is the call it speaks of, `alts` what charts say."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """All of a reply: its messages, and the files that go after them."""

    messages: list[Message]
    files: list[Upload] = field(default_factory=list)


def render(reply: Reply, zone: ZoneInfo, picks: Sequence[str] = ()) -> list[Message]:
    """Return the messages of a reply that brings no files."""
    return compose(reply, zone, picks).messages


def compose(
    reply: Reply,
    zone: ZoneInfo,
    picks: Sequence[str] = (),
    press: Press | None = None,
    *,
    judged: str = "",
    by_number: str = parts.ANSWER,
) -> Rendered:
    """Return all that says a reply; `picks` are what a person may choose by number.

    `press` makes the values of its buttons; `judged` asks whether the answer to that arrival helped.
    `by_number` is how a number is told there; empty where nobody knows what it means.
    """
    pressed = parts.pressed(reply.buttons, press)
    shown = _options(reply, picks, [one for one, _ in pressed])
    made = _Reply(reply, zone, shown, pressed, press, judged, by_number)
    for brief in (0, 1, 2):
        done = made.rendered(brief)
        if len(done.messages) <= MOST_MESSAGES:
            return done
    return Rendered(messages=done.messages[:MOST_MESSAGES], files=done.files)


def render_nudge(reply: Reply, zone: ZoneInfo) -> list[Message]:
    """Return the messages of what the bot says by itself; no thread knows numbers, so choices are buttons."""
    messages = render(replace(reply, choices=()), zone)
    fitting = [(at, each) for at, each in enumerate(reply.choices, 1) if parts.fits(each.words)]
    if fitting:
        elements = [parts.say_button(at, each, each.label) for at, each in fitting[: parts.MOST_BUTTONS]]
        messages[-1]["blocks"].append({"type": "actions", "elements": elements})
    return messages


@dataclass(frozen=True)
class _Reply:
    """A reply on its way into messages. `brief` is 0, 1 (lists in part) or 2 (all else in part, too)."""

    reply: Reply
    zone: ZoneInfo
    shown: list[Option]
    pressed: list[Pressed]
    press: Press | None
    judged: str
    by_number: str

    def rendered(self, brief: int) -> Rendered:
        reply, files = self.reply, list[Upload]()
        blocks = list(self._blocks(brief, files))
        if brief > 1:
            said = [each.said for each in self.shown]
            files.append(filed.text_of(filed.written(reply, self.zone, said)))
        packed = list(_packed(blocks))
        said = pieces(self._text(brief), MOST_TEXT)[: len(packed)]
        beside = said + [f"({at} of {len(packed)})" for at in range(len(said) + 1, len(packed) + 1)]
        messages = [{"text": text, "blocks": each} for text, each in zip(beside, packed, strict=True)]
        for message in messages:
            self._mark(message)
        return Rendered(messages=messages, files=files)

    def _mark(self, message: Message) -> None:
        """Say beside a message what its letter has to know."""
        call = self.reply.waiting.call_id if self.reply.waiting else self.reply.call_id
        if call and any(str(each.get("block_id", "")).startswith(cards.MARK) for each in message["blocks"]):
            message["card"] = call
        if self.reply.chart and any(each["type"] == "data_visualization" for each in message["blocks"]):
            chart = self.reply.chart
            message["alts"] = {mrkdwn.cell(chart.title).strip(): mrkdwn.cell(f"{chart.title}: {chart.says}")}

    def _blocks(self, brief: int, files: list[Upload]) -> Iterator[Block]:
        reply, zone = self.reply, self.zone
        if reply.understood:
            yield from parts.context(mrkdwn.escape(reply.understood[: BRIEF if brief > 1 else None]))
        yield from self._words(brief)
        yield from () if brief > 1 else parts.facts(reply, zone)
        yield from self._chart(brief, files)
        for table in _tables(reply):
            yield from self._table(table, brief, files)
        if reply.file:
            yield from self._file(files)
        if reply.waiting:
            yield from cards.blocks(reply.waiting, cards.head(reply.waiting, reply.text), zone)
        if brief > 1:
            yield from parts.context(f"That is not all: {filed.ANSWER} says the whole.")
        few = [replace(each, said=_cut(each.said)) for each in self.shown[:MOST_SHOWN]]
        yield from parts.choices(few if brief > 1 else self.shown, self.by_number)
        yield from parts.form_button(reply.form, self.press)
        yield from parts.buttons(self.pressed)
        if reply.undo and reply.undo_within:
            did = reply.text.strip().partition("\n")[0].replace("**", "")
            yield from cards.undo(reply.call_id or "", reply.undo_within, did)
        if reply.evidence and brief <= 1:
            yield from parts.evidence(reply.evidence, zone)
        if self.judged and _is_answer(reply):
            yield parts.feedback(self.judged)

    def _words(self, brief: int) -> Iterator[Block]:
        waiting = self.reply.waiting
        text = cards.head(waiting, self.reply.text) if waiting else self.reply.text
        words = mrkdwn.to_mrkdwn(text).strip()
        if brief > 1 and words:
            words = pieces(words, BRIEF)[0]
        if words:
            yield from parts.sections(_sign(self.reply) + words)

    def _chart(self, brief: int, files: list[Upload]) -> Iterator[Block]:
        if (chart := self.reply.chart) is None:
            return
        block = charted.to_block(chart, self.zone)
        title = "" if block else f"*{mrkdwn.escape(chart.title)}*\n"  # the block draws it itself
        said = title + mrkdwn.escape(chart.says)
        yield from parts.sections(pieces(said, BRIEF)[0] if brief > 1 and said else said)
        if block:
            yield block
        else:
            files.append(filed.picture_of(chart))

    def _table(self, table: Table, brief: int, files: list[Upload]) -> Iterator[Block]:
        title = mrkdwn.escape(tables.caption(table))
        if len(title) > tables.MOST_CAPTION or (title and not table.rows):
            yield from parts.sections(f"*{pieces(title, BRIEF)[0] if brief > 1 else title}*")
        pages = list(tables.to_blocks(table, self.zone))
        few = pages[: 1 if brief else MOST_PAGES]
        yield from few
        if not pages:
            yield from parts.context(
                mrkdwn.escape(" · ".join(each.title for each in table.columns) + ": no rows.")
            )
        elif len(few) < len(pages) or tables.is_cut(table, self.zone):
            files.append(filed.csv_of(table, self.zone))
            name = mrkdwn.escape(filed.name_of(files[-1]))
            yield from parts.context(f"All {len(table.rows):,} rows are in {name}, in full.")

    def _file(self, files: list[Upload]) -> Iterator[Block]:
        file = self.reply.file
        if file and file.data:
            files.append(filed.file_of(file))
        elif file:
            yield from parts.context(mrkdwn.escape(f"{file.said}: `backhaul ask --csv FILE` writes it."))

    def _text(self, brief: int) -> str:
        reply, zone = self.reply, self.zone
        lines = [f"{name}: {cell(value, zone)}" for name, value in reply.facts.items()]
        lines += [f"{reply.chart.title}: {reply.chart.says}"] if reply.chart else []
        lines += [tables.to_text(table, zone, FALLBACK_ROWS) for table in _tables(reply)]
        if waiting := reply.waiting:
            lines += [each for each in (waiting.summary, waiting.preview) if each not in reply.text]
            lines.append(waiting.needs)
        lines += [each.numbered for each in self.shown]
        words = mrkdwn.to_mrkdwn(reply.text).strip()
        said = _sign(reply) + (pieces(words, BRIEF)[0] if brief > 1 and words else words)
        return "\n".join(filter(None, [said, *map(mrkdwn.escape, lines)])).strip() or "(nothing to say)"


def _options(reply: Reply, picks: Sequence[str], pressed: Sequence[Button]) -> list[Option]:
    """Return what is numbered, but for the buttons that are shown as such: their numbers stay theirs."""
    said = list(picks) or [parts.label(each) for each in reply.choices]
    options, there = list[Option](), len(reply.choices)
    for at, each in enumerate(said, 1):
        if at <= there:
            choice = reply.choices[at - 1]
            options.append(Option(at=at, said=each, choice=choice if parts.fits(choice.words) else None))
        elif at - there > len(reply.buttons) or reply.buttons[at - there - 1] not in pressed:
            options.append(Option(at=at, said=each))
    return options


def _cut(text: str) -> str:
    return text if len(text) <= parts.MOST_LABEL else f"{text[: parts.MOST_LABEL - 1]}…"


def _sign(reply: Reply) -> str:
    """Return what stands before its words; bad news that is an answer is no failure."""
    told = reply.facts or reply.table or reply.tables or reply.evidence
    return NEWS if reply.tone is Tone.BAD and told and not reply.error else SIGNS[reply.tone]


def _is_answer(reply: Reply) -> bool:
    """Say whether it is worth an opinion: not a refusal, a question back or a word of politeness."""
    told = reply.facts or reply.table or reply.tables or reply.chart or reply.evidence or reply.understood
    return bool(told) and reply.tone in JUDGED and not reply.error and not reply.waiting


def _tables(reply: Reply) -> tuple[Table, ...]:
    return (*((reply.table,) if reply.table else ()), *reply.tables)


def _packed(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Fill messages in order: at most so many blocks and characters, and one table each."""
    there: list[Block] = []
    size, has_table = 0, False
    for block in blocks:
        is_table = block["type"] == "data_table"
        length = 0 if is_table else _length(block)
        full = len(there) >= MOST_BLOCKS or size + length > MOST_MESSAGE or (is_table and has_table)
        if there and full:
            yield there
            there, size, has_table = [], 0, False
        there.append(block)
        size, has_table = size + length, has_table or is_table
    yield there or [parts.section("(nothing to say)")]


def _length(part: Any) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, dict):
        return sum(_length(value) for key, value in part.items() if key != "type")
    return sum(map(_length, part)) if isinstance(part, list) else 0
