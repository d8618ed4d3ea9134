"""Money: read from what people type, never a float."""

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
        ("-20", -2000, "KES"),
        ("1'000'000", 100000000, "KES"),
    ],
)
def test_parse(text: str, minor: int, currency: str) -> None:
    assert Money.parse(text, "KES") == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "five", "1.2.3,4.5x", "12.345.6 KES KES", "10 JPYY", "9" * 30, "٣", "1e5"])
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


@pytest.mark.parametrize("value", [True, None, [], {"minor": "1", "currency": "KES"}, "nan", float("inf")])
def test_not_as_an_argument(value: object) -> None:
    with pytest.raises(ValidationError):
        Args.model_validate({"amount": value}, context={"currency": "KES"})


def test_sums_stay_in_one_currency() -> None:
    assert Money(1, "KES") + Money(2, "KES") - Money(5, "KES") == Money(-2, "KES")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "KES") + Money(1, "NGN")


def test_text() -> None:
    assert [str(Money(125050, "KES")), str(Money(-5, "KES")), str(Money(1250, "JPY")), str(Money(1, "KWD"))] == [
        "1,250.50 KES",
        "-0.05 KES",
        "1,250 JPY",
        "0.001 KWD",
    ]
