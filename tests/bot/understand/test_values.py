from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.contract.action import action
from bot.contract.money import Money
from bot.contract.reply import Reply
from bot.errors import BadInput
from bot.understand.arguments import Kind, arguments_of, has_secret
from bot.understand.times import Clock
from bot.understand.values import read_value

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))


@action(permission="x:y")
async def everything(  # noqa: PLR0917 - one of each
    ctx: Any, text: str, on: date, at: datetime, lasts: timedelta, amount: Money, many: list[str], secret: SecretStr,
    level: Literal["low", "in_progress", "urgent", "bank_transfer"], sure: bool = True, count: int | None = None,
) -> Reply:  # fmt: skip
    """Take one of each."""
    return Reply("")


BY_NAME = {a.name: a for a in arguments_of(everything)}


def test_kinds_come_from_the_types() -> None:
    assert {n: a.kind for n, a in BY_NAME.items()} == {
        "text": Kind.TEXT, "on": Kind.DAY, "at": Kind.INSTANT, "lasts": Kind.LENGTH, "amount": Kind.MONEY,
        "many": Kind.MANY, "secret": Kind.SECRET, "level": Kind.CHOICE, "sure": Kind.YES_NO, "count": Kind.WHOLE,
    }  # fmt: skip
    assert [n for n, a in BY_NAME.items() if not a.required] == ["sure", "count"]


@pytest.mark.parametrize(
    "name, words, value",
    [
        ("text", " no light ", "no light"),
        ("on", "tomorrow", "2026-11-23"),
        ("at", "tomorrow 10:00", "2026-11-23T10:00:00+01:00"),
        ("at", "2026-11-23T02:00:00+01:00", "2026-11-23T02:00:00+01:00"),
        ("at", "2026-11-23T02:30", "2026-11-23T02:30:00+01:00"),
        ("at", "2026-11-23T02:00:00Z", "2026-11-23T03:00:00+01:00"),
        ("lasts", "2 hours", "PT7200S"),
        ("lasts", "3 days", "P3D"),
        ("lasts", "today", "PT28800S"),
        ("amount", "15 000 NGN", "15,000.00 NGN"),
        ("amount", "15k", "15,000.00 NGN"),
        ("amount", "12,50", "12.50 NGN"),
        ("amount", "15 000 F", "15,000.00 NGN"),
        ("amount", "15 000 naira", "15,000.00 NGN"),
        ("many", "a, b and c", ["a", "b", "c"]),
        ("level", "P1", "urgent"),
        ("level", "in progress", "in_progress"),
        ("level", "urgnt", "urgent"),
        ("level", "transfer", "bank_transfer"),
        ("sure", "No", False),
        ("count", "1,000", 1000),
    ],
)
def test_words_become_json_values_the_model_accepts(name: str, words: str, value: Any) -> None:
    assert read_value(BY_NAME[name], words, CLOCK, "NGN") == value
    everything.args.__pydantic_validator__.validate_assignment(
        everything.args.model_construct(), name, value, context={"currency": "NGN"}
    )


@pytest.mark.parametrize(
    "name, words, says",
    [
        ("on", "someday", "Write a day like"),
        ("on", "31 February", "not a day in the calendar"),
        ("on", "31.12.9999", "not a day in the calendar"),
        ("on", "9999-12-31", "not a day in the calendar"),
        ("lasts", "long", "length of time"),
        ("amount", "much", "not an amount"),
        ("level", "purple", "Say one of low, in_progress, urgent, bank_transfer"),
        ("sure", "perhaps", "yes or no"),
        ("count", "a few", "whole number"),
        ("text", "   ", "is empty"),
    ],
)
def test_what_does_not_fit_is_said_with_what_does(name: str, words: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_value(BY_NAME[name], words, CLOCK, "NGN")


def test_secrets_are_known() -> None:
    assert has_secret(everything, {"secret": "x"})
    assert not has_secret(everything, {"text": "x"})


def test_the_name_of_another_currency_is_not_read_as_ours() -> None:
    for words in ("50 dollars", "50 bucks", "50 euros", "50 shillings"):
        with pytest.raises(BadInput, match="Amounts are in NGN here"):
            read_value(BY_NAME["amount"], words, CLOCK, "NGN")
    assert read_value(BY_NAME["amount"], "50 dollars", CLOCK, "AUD") == "50.00 AUD"
    assert read_value(BY_NAME["amount"], "50 shillings", CLOCK, "KES") == "50.00 KES"
