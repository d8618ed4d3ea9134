"""Money: read from what people type, never a float."""

from contextlib import nullcontext
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from bot.contract.money import Money
from bot.errors import BadInput


class Args(BaseModel):
    amount: Money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1,250.50", 125050, "KES"),
        ("1.250,50", 125050, "KES"),
        ("1250", 125000, "KES"),
        ("15,000", 1500000, "KES"),
        ("15.000", 1500000, "KES"),
        ("15 000 NGN", 1500000, "NGN"),
        ("kes 900", 90000, "KES"),
        ("€12.5", 1250, "EUR"),
        ("3,5", 350, "KES"),
        ("2000 JPY", 2000, "JPY"),
        ("1.5 KWD", 1500, "KWD"),
        ("1.250 KWD", 1250, "KWD"),
        ("1,250 KWD", 1250000, "KWD"),
        ("12,345.678 KWD", 12345678, "KWD"),
        ("0.500 KWD", 500, "KWD"),
        ("-20", -2000, "KES"),
        ("1'000'000", 100000000, "KES"),
    ],
)
def test_parse(text: str, minor: int, currency: str) -> None:
    assert Money.parse(text, "KES") == Money(minor, currency)


@pytest.mark.parametrize("currency", ["KES", "JPY", "KWD"])
@pytest.mark.parametrize("minor", [0, 1, 999, 1000, 1250, -1250, 12000, 500500, 123456789, -(10**15)])
def test_what_we_write_we_read_again(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), "EUR") == money


@pytest.mark.parametrize("value", [1.125, Decimal("100.125"), "0.500"])
def test_a_thousandth_is_never_taken_for_a_thousand(value: object) -> None:
    with pytest.raises(ValidationError, match="more decimals") if value != "0.500" else nullcontext():
        made = Args.model_validate({"amount": value}, context={"currency": "KES"})
        assert made.amount == Money(50, "KES")


@pytest.mark.parametrize(
    "text", ["", "five", "1.2.3,4.5x", "12.345.6 KES KES", "10 JPYY", "9" * 30, "٣", "1e5", " " * 10_000]
)
def test_what_is_not_an_amount_gets_a_sentence(text: str) -> None:
    with pytest.raises(BadInput):
        Money.parse(text, "KES")


def test_decimals_a_currency_does_not_have() -> None:
    with pytest.raises(BadInput, match="more decimals than JPY"):
        Money.parse("10.5 JPY", "KES")


@pytest.mark.parametrize("value", [12.5, "12.50", {"minor": 1250, "currency": "kes"}, Money(1250, "KES")])
def test_as_an_argument(value: object) -> None:
    made = Args.model_validate({"amount": value}, context={"currency": "KES"})
    assert made.amount == Money(1250, "KES")
    assert Args.model_validate(made.model_dump(mode="json")).amount == made.amount


@pytest.mark.parametrize(
    "value",
    [
        {"minor": 10**30, "currency": "KES"},
        {"minor": True, "currency": "KES"},
        {"minor": 1, "currency": "<!channel>"},
        1e40,
    ],
)
def test_stored_amounts_are_checked_too(value: object) -> None:
    with pytest.raises(ValidationError):
        Args.model_validate({"amount": value}, context={"currency": "KES"})


@pytest.mark.parametrize("value", [True, None, [], {"minor": "1", "currency": "KES"}, "nan", float("inf")])
def test_not_as_an_argument(value: object) -> None:
    with pytest.raises(ValidationError):
        Args.model_validate({"amount": value}, context={"currency": "KES"})


def test_sums_stay_in_one_currency() -> None:
    assert Money(1, "KES") + Money(2, "KES") - Money(5, "KES") == Money(-2, "KES")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "KES") + Money(1, "NGN")


def test_text() -> None:
    assert [
        str(Money(125050, "KES")),
        str(Money(-5, "KES")),
        str(Money(1250, "JPY")),
        str(Money(1, "KWD")),
    ] == [
        "1,250.50 KES",
        "-0.05 KES",
        "1,250 JPY",
        "0.001 KWD",
    ]
