"""What stands in a cell, read: dates, amounts, phones, serials, words; and what is refused, in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.connectors.local.importing.kinds import KINDS
from plugins.connectors.local.importing.mapping import map_columns, normal
from plugins.connectors.local.importing.nouns import BadCellError, Field, Reading, Shape, Stop, Wish
from plugins.connectors.local.importing.values import reader_of

HERE = Reading(currency="KES", zone=ZoneInfo("Africa/Nairobi"))


def read(shape: Shape, cell: str, **told) -> object:
    words = told.pop("words", {})
    return reader_of(Field(name="x", about="", shape=shape, words=words), Reading(**{**vars(HERE), **told}))(
        cell
    )


@pytest.mark.parametrize(
    "cell, order, day",
    [
        ("2026-11-22", None, date(2026, 11, 22)), ("2026/1/2", None, date(2026, 1, 2)),
        ("22/11/2026", None, date(2026, 11, 22)), ("11/22/2026", None, date(2026, 11, 22)),
        ("03/04/2026", "dmy", date(2026, 4, 3)), ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03.04.2026", None, date(2026, 4, 3)), ("05/05/26", None, date(2026, 5, 5)),
        ("26-04-03", "ymd", date(2026, 4, 3)), ("3 Apr 2026", None, date(2026, 4, 3)),
        ("Apr 3, 2026", None, date(2026, 4, 3)), ("03-Apr-26", None, date(2026, 4, 3)),
        ("2026-11-22 23:59:10", None, date(2026, 11, 22)), ("0000-00-00", None, None), (" ", None, None),
    ],
)  # fmt: skip
def test_days(cell, order, day) -> None:
    assert read(Shape.DATE, cell, dates=order) == day


@pytest.mark.parametrize(
    "cell", ["31/02/2026", "45231", "yesterday", "2026-13-01", "0001-01-01", "99/99/9999"]
)
def test_what_is_no_day_is_said(cell) -> None:
    with pytest.raises(BadCellError):
        read(Shape.DATE, cell)


def test_which_number_is_the_month_is_never_guessed() -> None:
    with pytest.raises(Stop, match="--dates dmy"):
        read(Shape.DATE, "03/04/2026")


def test_instants_are_on_the_tenants_clock_unless_they_say_otherwise() -> None:
    assert read(Shape.INSTANT, "2026-11-01 09:30") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert read(Shape.INSTANT, "2026-11-01T09:30:00Z") == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert read(Shape.INSTANT, "2026-11-01T09:30:00+05:00") == datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert read(Shape.INSTANT, "1 Nov 2026 9:30 PM") == datetime(2026, 11, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell, decimal, value",
    [
        ("1234.5", None, "1234.5"), ("1,234.50", None, "1234.50"), ("1 234,50", None, "1234.50"),
        ("1\u00a0234,50", None, "1234.50"), ("1.234,50", None, "1234.50"), ("4500.0000", None, "4500.0000"),
        ("1.250", ",", "1250"), ("1.250", ".", "1.250"), ("1,25", ",", "1.25"), ("1'234.50", None, "1234.50"),
        ("1,250", None, "1250"), ("KSh 1,250.00", None, "1250.00"), ("KES 900", None, "900"), ("0", None, "0"),
    ],
)  # fmt: skip
def test_amounts(cell, decimal, value) -> None:
    assert read(Shape.AMOUNT, cell, decimal=decimal)[0] == Decimal(value)


def test_a_point_before_three_digits_is_not_guessed() -> None:
    with pytest.raises(Stop, match="--decimal"):
        read(Shape.AMOUNT, "49.990")
    for cell in ("-5", "(100.00)", "five", "1.2.3,4,5", "12 apples"):
        with pytest.raises(BadCellError):
            read(Shape.AMOUNT, cell)


def test_phones_get_their_country() -> None:
    assert read(Shape.PHONE, "+254 712-345 234") == "+254712345234"
    assert read(Shape.PHONE, "00254712345234") == "+254712345234"
    for cell in ("0712 345 234", "712345234", "254712345234", "712345234.0"):
        assert read(Shape.PHONE, cell, calling_code="254") == "+254712345234"
    assert read(Shape.PHONE, "0712 345 234") == "0712345234"
    with pytest.raises(BadCellError, match="shortened by a spreadsheet"):
        read(Shape.PHONE, "2.54712E+11")
    with pytest.raises(BadCellError):
        read(Shape.PHONE, "0712345234 / 0722111222 and others")


def test_hardware_and_addresses() -> None:
    assert read(Shape.MAC, "AABB.CCDD.EEFF") == read(Shape.MAC, "aa-bb-cc-dd-ee-ff") == "aa:bb:cc:dd:ee:ff"
    assert read(Shape.SERIAL, "hwtc-1a2b 3c4d") == read(Shape.SERIAL, "485754431A2B3C4D") == "HWTC1A2B3C4D"
    assert read(Shape.IP, "10.0.0.7/24") == "10.0.0.7"
    assert read(Shape.PREFIX, "2001:db8:12::1/56") == "2001:db8:12::/56"
    assert read(Shape.SPEED, "50 Mbps") == read(Shape.SPEED, "50") == read(Shape.SPEED, "50000k") == 50_000
    assert read(Shape.CODE, "100234.0") == "100234" and read(Shape.CODE, "acc-7") == "ACC-7"
    for shape, cell in ((Shape.MAC, "aa:bb"), (Shape.IP, "10.0.0.300"), (Shape.PREFIX, "10.0.0.0/8"),
                        (Shape.CODE, "1.00234E+5"), (Shape.SPEED, "fast"), (Shape.DEGREES, "north")):  # fmt: skip
        with pytest.raises(BadCellError):
            read(shape, cell)


def test_words_of_other_systems() -> None:
    words = {"active": ("online",), "in_progress": ("work in progress",)}
    assert read(Shape.WORD, "On-Line", words=words) == "active"
    assert read(Shape.WORD, "Work in Progress", words=words) == "in_progress"
    assert read(Shape.WORD, "frozen", words=words, values={"x": {"Frozen": "active"}}) == "active"
    with pytest.raises(BadCellError, match='--value "x:frozen=active"'):
        read(Shape.WORD, "frozen", words=words)


@given(st.sampled_from(list(Shape)), st.text(max_size=60))
def test_no_text_breaks_a_reader(shape, cell) -> None:
    try:
        read(shape, cell, words={"yes": ()})
    except (BadCellError, Stop) as error:
        said = str(error)
    else:
        said = ""
    assert len(said) < 400


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.name)
def test_no_header_stands_for_two_fields(kind) -> None:
    seen: dict[str, str] = {}
    for field in kind.fields:
        for name in {normal(n) for n in (field.name, *field.names)}:
            assert seen.setdefault(name, field.name) == field.name, name


def test_headers_of_other_systems_are_known() -> None:
    headers = ["Account No.", "FULL NAME", "E-mail", "Phone number", "Téléphone 2", "Date added", "Status"]
    found = map_columns(KINDS["customers"], headers, Wish())
    assert [c.field for c in found.columns] == ["number", "name", "email", "phone", None, "since", "status"]
    assert "Téléphone 2" in found.unused[0]
    found = map_columns(
        KINDS["invoices"], ["Invoice #", "Client ID", "Date", "Date due", "Amount (UGX)"], Wish()
    )
    assert found.given == {"number", "customer", "issued_on", "due_on", "total"}
    assert found.currency == "UGX"


def test_what_is_missing_is_said_with_what_to_type() -> None:
    with pytest.raises(Stop, match='If “Acount numbr” is the number, say --map "Acount numbr=number"'):
        map_columns(KINDS["customers"], ["Acount numbr", "Full name"], Wish())
    found = map_columns(
        KINDS["customers"], ["Acount numbr", "Full name"], Wish(mapped={"acount numbr": "number"})
    )
    assert found.given == {"number", "name"}
    with pytest.raises(Stop, match=r"Two columns read as phone: “Mobile” .2. and “Telephone” .3."):
        map_columns(KINDS["customers"], ["id", "Mobile", "Telephone", "name"], Wish())
    with pytest.raises(Stop, match="have no field “fone”"):
        map_columns(KINDS["customers"], ["id", "name", "x"], Wish(mapped={"x": "fone"}))
    with pytest.raises(Stop, match="no column “Fax”"):
        map_columns(KINDS["customers"], ["id", "name"], Wish(ignored=("Fax",)))
    with pytest.raises(Stop, match='--set "method=…"'):
        map_columns(KINDS["payments"], ["receipt", "account", "date", "amount"], Wish())
