"""What an import is made of: kinds of files, their fields, what a person asked for, what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.api import BadInput

Words = Mapping[str, tuple[str, ...]]
"""Our word for something -> the words other systems have for it."""
Progress = Callable[[str, int, int], None]
"""Called with a step, how many rows are done, and of how many."""


class BadCellError(ValueError):
    """A cell that cannot be read; the text says what is wrong with it."""


class Stop(BadInput):
    """The file cannot be read at all, or not without being told how."""


class Shape(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    CODE = "code"
    WORD = "word"
    DATE = "date"
    INSTANT = "instant"
    AMOUNT = "amount"
    CURRENCY = "currency"
    PHONE = "phone"
    EMAIL = "email"
    MAC = "mac"
    SERIAL = "serial"
    IP = "ip"
    PREFIX = "prefix"
    POOL = "pool"
    SPEED = "speed"
    WHOLE = "whole"
    RATIO = "ratio"
    DEGREES = "degrees"
    LIST = "list"


SQL_TYPES = {
    Shape.DATE: "date",
    Shape.INSTANT: "timestamptz",
    Shape.AMOUNT: "bigint",
    Shape.SPEED: "int",
    Shape.WHOLE: "int",
    Shape.RATIO: "int",
    Shape.DEGREES: "double precision",
    Shape.LIST: "text[]",
}
"""What a staged column is, where it is not text."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column of ours: what it is for, what other systems call it, how its cells are read.

    `required` is needed in every file of the kind. `example` is what the template shows.
    """

    name: str
    about: str
    shape: Shape = Shape.TEXT
    names: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    words: Words = field(default_factory=dict)
    longest: int = 200
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of file; a row is known again by the first of `keys` that the file has."""

    name: str
    about: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    """Sets of fields of which a file needs at least one."""

    def field(self, name: str) -> Field | None:
        """Return a field by its name."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How cells are to be read: what the person said, and what holds in the tenant."""

    currency: str
    zone: ZoneInfo
    dates: str | None = None
    decimal: str | None = None
    calling_code: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field -> a word of theirs, in lower case -> our word."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person asked for: which columns are which, and what an import may do."""

    mapped: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    create_plans: bool = False
    empty_clears: bool = False
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class Where:
    """Whose data it is, when, and by whom; `clocks` are minutes to answer and to solve by priority."""

    now: datetime
    zone: ZoneInfo
    currency: str
    by: str
    clocks: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a file: in which row, in which column of theirs, and a sentence."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A row that changes something: the fields with what they were and what they become."""

    row: int
    key: str
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an import does to one kind of thing: `noun` in the plural."""

    noun: str
    new: int
    changed: int
    same: int
    examples: tuple[Changed, ...] = ()
    names: tuple[str, ...] = ()
    """Some of the new ones, where they are a by-product."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an import: faults, or effects. With faults nothing was written."""

    rows: int
    sha256: str
    effects: tuple[Effect, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    written: bool = False
    tables: tuple[str, ...] = ()
    """Tables that got rows."""
