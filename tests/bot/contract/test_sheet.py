"""A CSV opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
import io

import pytest

from bot.api import Column, Money, Table, plural, read_for_sheet, sheet_of, sheet_with, to_csv


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


@pytest.mark.parametrize(
    ("there", "csv", "asked"),
    [(10, True, [2_000]), (2_001, False, [2_000]), (2_001, True, [2_000, 50_000]), (50_001, True, [2_000])],
)
async def test_what_fits_no_file_is_not_read_for_one(there: int, csv: bool, asked: list[int]) -> None:
    limits: list[int] = []

    async def read(most: int) -> range:
        limits.append(most)
        return range(min(most, there))

    page = await read_for_sheet(read, lambda _: there, csv=csv)
    assert (limits, len(page)) == (asked, min(asked[-1], there))


@pytest.mark.parametrize(
    ("read", "total", "csv", "file", "note"),
    [
        (5, 5, False, False, ""),
        (5, 5, True, True, ""),
        (9, 9, False, True, ""),
        (2_000, 2_001, False, False, "Say “as CSV”"),
        (2_000, 50_001, False, False, ""),
        (2_000, 50_001, True, False, "50,000 rows fit one"),
        (2_000, 3_000, True, False, "only 2,000 of 3,000"),
    ],
)
def test_there_is_a_file_or_a_reason(read: int, total: int, csv: bool, file: bool, note: str) -> None:
    table = Table(columns=(Column("Nr"),), rows=[(at,) for at in range(read)])
    sheet = sheet_with(lambda: table, "nr", f"{total} rows", shown=5, read=read, total=total, csv=csv)
    assert (sheet.file is not None, note in sheet.note, bool(sheet.note)) == (file, True, bool(note))
    assert sheet.after("3 rows:") == (f"3 rows. {sheet.note}" if note else "3 rows:")


@pytest.mark.parametrize(
    ("rows", "said"),
    [(1, "The only customer is in customers.csv"), (2, "All 2 customers are in customers.csv")],
)
def test_one_row_is_and_several_are_in_a_file(rows: int, said: str) -> None:
    table = Table(columns=[Column("Account")], rows=[("100234",)] * rows)
    what = plural(rows, "customer")
    made = sheet_with(lambda: table, "customers", what, shown=rows, read=rows, total=rows, csv=True)
    assert made.file is not None and made.file.said == said
