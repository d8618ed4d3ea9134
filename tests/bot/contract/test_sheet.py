"""A CSV opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
import io

import pytest

from bot.api import Column, Money, Table, sheet_of, to_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    ("value", "kept"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-cmd|x", "'-cmd|x"), (" =1", "' =1"), ("\t=1", "'\t=1"),
     ("+254 712 345", "+254 712 345"), ("Amina, “B”\nBello", "Amina, “B”\nBello"), ('a "b"', 'a "b"'), (None, "")],
)  # fmt: skip
def test_a_cell_starts_no_formula_and_keeps_its_text(value: str | None, kept: str) -> None:
    assert read(to_csv(("head",), [(value,)])) == [["head"], [kept]]


def test_amounts_are_numbers_under_their_currency_unless_there_are_two() -> None:
    columns = (Column("Account"), Column("Owed"), Column("Paid"))
    rows = [("=1", Money(4_550, "EUR"), Money(1, "EUR")), ("2", None, Money(7, "JPY"))]
    file = sheet_of(Table(columns=columns, rows=rows), "overdue", "All 2")
    assert (file.name, file.media_type, file.about) == ("overdue.csv", "text/csv", "All 2")
    assert read(file.text) == [
        ["Account", "Owed EUR", "Paid"],
        ["'=1", "45.50", "0.01 EUR"],
        ["2", "", "7 JPY"],
    ]
