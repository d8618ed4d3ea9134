"""A CSV opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
import io

import pytest

from plugins.network.rows import to_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    ("value", "kept"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-cmd|x", "'-cmd|x"), (" =1", "' =1"), ("\t=1", "'\t=1"),
     ("+254 712 345", "+254 712 345"), ("Amina, “B”\nBello", "Amina, “B”\nBello"), ('a "b"', 'a "b"'), (None, "")],
)  # fmt: skip
def test_a_cell_starts_no_formula_and_keeps_its_text(value: str | None, kept: str) -> None:
    assert read(to_csv(("head",), [(value,)])) == [["head"], [kept]]
