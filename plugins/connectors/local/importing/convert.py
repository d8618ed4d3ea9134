"""From rows of cells to rows of values: every cell read, everything wrong noted with its row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugins.connectors.local.importing.mapping import Mapped
from plugins.connectors.local.importing.nouns import BadCellError, Fault, Field, Kind, Reading, Shape, Stop
from plugins.connectors.local.importing.values import Read, minor_of, reader_of

MOST_FAULTS = 100_000
"""A file with more is the wrong file: reading on tells nobody anything."""
BATCH = 10_000


@dataclass
class Faults:
    """What is wrong in a file, as far as anybody would read it."""

    found: list[Fault] = field(default_factory=list)

    def add(self, row: int, column: str, text: str) -> None:
        """Note one; Stop when there are far too many."""
        self.found.append(Fault(row, column, text))
        if len(self.found) > MOST_FAULTS:
            first = min(self.found)
            raise Stop(
                f"More than {MOST_FAULTS:,} cells are wrong, so I stopped reading. "
                f"The first: row {first.row}, {first.column}: {first.text}"
            )


@dataclass(frozen=True)
class Step:
    """How one field of a row is read: from which cell, by what; `needed` says it may not be empty."""

    place: int
    header: str
    read: Read
    needed: bool


class Converter:
    """Turns rows of cells into rows of values in the order of `names`, with the row's number first."""

    def __init__(self, kind: Kind, mapped: Mapped, reading: Reading, faults: Faults) -> None:
        self._faults = faults
        self._width = len(mapped.columns)
        self.key = next((name for name in kind.keys if name in mapped.given), kind.keys[0])
        fields = {one.name: one for one in kind.fields}
        used = [(column, fields[column.field]) for column in mapped.columns if column.field]
        self._steps = [
            Step(column.place, column.header, reader_of(one, reading), self._needed(one))
            for column, one in used
        ]
        fixed = [(fields[name], _fixed(fields[name], value, reading)) for name, value in mapped.fixed.items()]
        self._fixed = tuple(value for _, value in fixed)
        self.fields = tuple([one for _, one in used] + [one for one, _ in fixed])
        self.names = tuple(one.name for one in self.fields)
        self._money = [nr for nr, one in enumerate(self.fields, 1) if one.shape is Shape.AMOUNT]
        self._unit = next((nr for nr, one in enumerate(self.fields, 1) if one.name == "currency"), None)
        self._currency = reading.currency

    def _needed(self, one: Field) -> bool:
        return one.required or one.name == self.key

    def batches(
        self, rows: Iterable[tuple[int, Sequence[str]]]
    ) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
        """Return so many good rows at a time, with the number of the last row read."""
        made: list[tuple[Any, ...]] = []
        number = 0
        for number, cells in rows:
            if (row := self._row(number, cells)) is not None:
                made.append(row)
            if len(made) >= BATCH:
                yield number, made
                made = []
        yield number, made

    def _row(self, number: int, cells: Sequence[str]) -> tuple[Any, ...] | None:
        width = len(cells)
        if width != self._width and not self._fits(number, cells):
            return None
        row: list[Any] = [number]
        good = True
        for step in self._steps:
            try:
                value = step.read(cells[step.place])
            except BadCellError as error:
                self._faults.add(number, step.header, str(error))
                value, good = None, False
            except Stop as error:
                raise Stop(f"Row {number}, {step.header}: {error}") from None
            else:
                if value is None and step.needed:
                    self._faults.add(number, step.header, "is empty.")
                    good = False
            row.append(value)
        row.extend(self._fixed)
        if good and self._money:
            good = self._to_minor(number, row)
        return tuple(row) if good else None

    def _to_minor(self, number: int, row: list[Any]) -> bool:
        unit = self._currency if self._unit is None or row[self._unit] is None else row[self._unit]
        for nr in self._money:
            if row[nr] is not None:
                try:
                    row[nr] = minor_of(row[nr], unit)
                except BadCellError as error:
                    self._faults.add(number, self._header(nr), str(error))
                    return False
        return True

    def _header(self, nr: int) -> str:
        return self._steps[nr - 1].header if nr <= len(self._steps) else self.names[nr - 1]

    def _fits(self, number: int, cells: Sequence[str]) -> bool:
        """Say whether a row has its cells; empty ones too many do no harm."""
        if len(cells) > self._width and not any(cells[self._width :]):
            return True
        self._faults.add(
            number,
            "",
            f"has {len(cells)} cells; the header has {self._width}. "
            "A cell that holds the separator needs quotes around it.",
        )
        return False


def _fixed(one: Field, value: str, reading: Reading) -> Any:
    try:
        return reader_of(one, reading)(value)
    except BadCellError as error:
        raise Stop(f"--set {one.name}: {error}") from None
