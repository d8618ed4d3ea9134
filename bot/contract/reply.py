"""What the bot says, before anyone turns it into Block Kit, HTML or terminal text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.contract.chart import Chart


@dataclass(frozen=True, kw_only=True)
class ActionCall:
    """An action with its arguments, not yet run: a button, an undo, a schedule step."""

    action_id: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A press makes the call through the same gate as typing it.

    `action_id` is the full name, e.g. `tickets_create`. The host leaves out buttons whose plugin
    is off here or that the reader may not use. `style` is `primary`, `danger` or nothing; `about` says
    whom or what it is about, for who presses a `danger` one and is asked once more.
    """

    label: str
    action_id: str
    args: Mapping[str, Any] = field(default_factory=dict)
    style: str = ""
    about: str = ""


@dataclass(frozen=True)
class Choice:
    """One way to answer the bot's question; picking it says `words` for the person."""

    label: str
    words: str
    detail: str = ""


class Align(StrEnum):
    """How a column lines up."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Column:
    """A table column; numbers and money go right."""

    title: str
    align: Align = Align.LEFT


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells: str, int, float, Money, datetime, date, timedelta, bool or None.

    `total` is how many rows there are in all when `rows` is only the first page.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    title: str = ""
    total: int | None = None


ONLY = "The only "
"""What begins the words on a file of one row."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that goes with a reply, such as a CSV of all rows; `about` says what is in it.

    It holds `text`, or as `content` the bytes of a photo or document.
    """

    name: str
    media_type: str
    text: str = field(default="", repr=False)
    about: str = ""
    content: bytes = field(default=b"", repr=False)

    @property
    def data(self) -> bytes:
        """Return what is in it."""
        return self.content or self.text.encode()

    @property
    def said(self) -> str:
        """Return `All 312 customers are in customers.csv`, or of one that it is."""
        verb = "is" if self.about.startswith(ONLY) else "are"
        return f"{self.about} {verb} in {self.name}" if self.about else self.name


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Which system said so, and when it was true (aware datetime; None: just now)."""

    source: str
    at: datetime | None = None
    link: str = ""


class Tone(StrEnum):
    """What kind of news it is; renderers pick colour and sign from it."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A call that waits for a yes: what was asked, by whom, who may decide, until when.

    `version` stands for the preview shown; a yes that carries it cannot hit a changed one. `may_agree` is
    not set in the list of somebody who asked for it and whose own yes will not do: they may only withdraw it.
    """

    call_id: str
    action_id: str
    summary: str
    needs: str
    asked_by: str
    expires_at: datetime | None = None
    preview: str = ""
    version: str = ""
    may_agree: bool = True


@dataclass(frozen=True)
class Reply:
    """Markdown text first; then facts, chart, table, file, buttons, choices, evidence.

    `data` is the typed record (frozen dataclass, or tuple of them) for models, REST and scripts.
    `undo` may be called within `undo_within` by whoever may make the call itself.
    `focus` names what the reply is about (`{"customer": "100234"}`), so that "her tickets" works.
    `error` is the kind of error the text speaks of, such as `NotFound`; empty when nothing stood in the way.
    `form` is the call that the reply asks more for: a surface that has forms may offer one.
    `under_way`: the call is being done at this moment, and its end is still to be told.
    """

    text: str
    data: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    file: File | None = None
    buttons: tuple[Button, ...] = ()
    choices: tuple[Choice, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    undo: ActionCall | None = None
    undo_within: timedelta | None = None
    focus: Mapping[str, str] = field(default_factory=dict)
    tone: Tone = Tone.PLAIN
    waiting: Waiting | None = None
    call_id: str | None = None
    understood: str = ""
    private: bool = False
    error: str = ""
    form: ActionCall | None = None
    under_way: bool = False
