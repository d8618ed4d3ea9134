"""Arguments: what fits is typed, what doesn't is said in a sentence with its name and what would fit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.core.validate import secret_fields, validate
from bot.errors import BadInput

TENANT = Tenant(id="t", slug="t", name="T", timezone="Europe/Madrid", currency="EUR")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Priority(StrEnum):
    LOW = "low"
    VERY_HIGH = "very_high"


class Size(Enum):
    SMALL = 1
    BIG = 2


def even(n: int) -> int:
    if n % 2:
        raise ValueError("must be an even number")
    return n


class Args(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = "x"
    many: Annotated[int, Field(ge=1, le=90)] = 1
    rate: float = 1.0
    exact: Decimal = Decimal(1)
    yes: bool = False
    day: date | None = None
    at: datetime | None = None
    aware: AwareDatetime | None = None
    span: timedelta | None = None
    level: Priority | None = None
    size: Size = Size.SMALL
    kind: Literal["call", "site visit"] = "call"
    amount: Money | None = None
    tags: list[str] = []
    numbers: tuple[int, ...] = ()
    token: SecretStr | None = None
    short: Annotated[str, Field(max_length=5, min_length=2, pattern="^[a-z]+$")] = "ab"
    maybe: Annotated[str, Field(max_length=5)] | None = None
    twos: Annotated[int, AfterValidator(even)] = 2
    nested: dict[str, str] = {}


def read(**args) -> Args:
    return validate(Args, args, tenant=TENANT, now=NOW)  # type: ignore[return-value]  # the model given


MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("many", "7", 7),
        ("rate", "1.5", 1.5),
        ("yes", "yes", True),
        ("yes", "off", False),
        ("day", "2026-11-30", date(2026, 11, 30)),
        ("level", "LOW", Priority.LOW),
        ("level", "very high", Priority.VERY_HIGH),
        ("level", "Very-High", Priority.VERY_HIGH),
        ("size", "big", Size.BIG),
        ("size", "2", Size.BIG),
        ("size", 2, Size.BIG),
        ("kind", "Site Visit", "site visit"),
        ("amount", "1,250.50", Money(125050, "EUR")),
        ("amount", {"minor": 5, "currency": "KES"}, Money(5, "KES")),
        ("tags", "a, b,,c", ["a", "b", "c"]),
        ("numbers", "1,2", (1, 2)),
        ("span", "90 min", timedelta(minutes=90)),
        ("span", "2h 30m", timedelta(hours=2.5)),
        ("span", "3 days", timedelta(days=3)),
        ("span", "PT2H", timedelta(hours=2)),
        ("span", "1w", timedelta(weeks=1)),
        ("at", "2026-07-01 14:00", datetime(2026, 7, 1, 14, tzinfo=MADRID)),
        ("aware", "2026-07-01T14:00", datetime(2026, 7, 1, 14, tzinfo=MADRID)),
        ("at", "2026-07-01T14:00:00Z", datetime(2026, 7, 1, 14, tzinfo=UTC)),
        ("name", 100234, "100234"),
        ("name", "line one\nline two\ttab", "line one\nline two\ttab"),
        ("twos", 4, 4),
    ],
)
def test_common_spellings_fit(name, given, value) -> None:
    assert getattr(read(**{name: given}), name) == value


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"many": "lots"}, "`many`: “lots” is not a whole number."),
        ({"many": 0}, "`many` is “0”; it must be at least 1."),
        ({"many": 91}, "`many` is “91”; it must be at most 90."),
        ({"rate": "x"}, "`rate`: “x” is not a number."),
        ({"exact": "x"}, "`exact`: “x” is not a number."),
        ({"yes": "perhaps"}, "`yes`: “perhaps” is not yes or no."),
        ({"day": "2026-02-30"}, "`day`: “2026-02-30” is not a date that exists."),
        ({"day": "2026-13-01"}, "`day`: “2026-13-01” is not a date that exists."),
        ({"day": "soon"}, "`day`: “soon” is not a date such as 2026-11-30."),
        ({"at": "2026-02-30 10:00"}, "`at`: “2026-02-30 10:00” is not a date that exists."),
        ({"at": "later"}, "`at`: “later” is not a date and time such as 2026-11-30 14:00."),
        ({"span": "a while"}, "`span`: “a while” is not a length of time such as 90 min or 2 days."),
        (
            {"span": "9" * 40 + " d"},
            f"`span`: “{'9' * 40}…” is not a length of time such as 90 min or 2 days.",
        ),
        ({"level": "lwo"}, "`level`: “lwo” is none of low, very_high. Did you mean low?"),
        ({"kind": "fax"}, "`kind`: “fax” is none of call, site visit."),
        ({"amount": "five"}, "`amount`: “five” is not an amount. Write it like 1,250.50 or 1250 EUR."),
        (
            {"amount": "1.005 EUR KES"},
            "`amount`: “1.005 EUR KES” is not an amount. Write it like 1,250.50 or 1250 EUR.",
        ),
        ({"numbers": "1,b"}, "`numbers`: “b” is not a whole number."),
        ({"naem": "x"}, "There is no argument `naem` here. Did you mean `name`?"),
        ({"short": "A1"}, "`short`: “A1” is not written the way it has to be."),
        ({"short": "a"}, "`short` is too short: it needs at least 2."),
        ({"twos": 3}, "`twos`: must be an even number."),
        ({"nested": "x"}, "`nested`: “x” is not an object."),
        ({"name": ["a"]}, '`name`: “["a"]” is not a text.'),
        ({"many": "x", "rate": "y"}, "`many`: “x” is not a whole number. `rate`: “y” is not a number."),
        ({"token": 5.5}, "`token`: what you gave is not a text."),
    ],
)
def test_what_does_not_fit_is_said(args, said) -> None:
    with pytest.raises(BadInput) as refused:
        read(**args)
    assert str(refused.value) == said


@pytest.mark.parametrize("name", ["short", "maybe"])
def test_texts_over_their_authors_limit(name) -> None:
    with pytest.raises(
        BadInput, match=rf"`{name}` is 10,000 characters long; at most 5 fit. Nothing was done"
    ):
        read(**{name: "x" * 10_000})


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31mred", "a\x7f", "\u202eevil", "a\u2028b", "\x85x\x9b"])
@pytest.mark.parametrize("place", ["name", "tags", "nested"])
def test_control_characters_are_refused_wherever_they_stand(text, place) -> None:
    value = {"name": text, "tags": ["ok", text], "nested": {"k": text}}[place]
    with pytest.raises(BadInput, match=f"`{place}` has control characters"):
        read(**{place: value})


def test_missing_ones_are_asked_for_together() -> None:
    class Needs(BaseModel):
        customer: Annotated[str, Field(description="Who it is about.")]
        text: str
        level: int = 1

    with pytest.raises(BadInput) as refused:
        validate(Needs, {"level": 2}, tenant=TENANT, now=NOW)
    assert str(refused.value) == "I still need `customer` (who it is about) and `text`. I have `level`."


def test_secrets_are_known_and_not_repeated() -> None:
    assert secret_fields(Args) == {"token"}
    with pytest.raises(BadInput) as refused:
        read(token=["hunter2"])
    assert "hunter2" not in str(refused.value)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*Args.model_fields, "other", ""]), ANY, max_size=5))
def test_nothing_anyone_can_send_breaks_it_or_shows_pydantic(args) -> None:
    try:
        read(**args)
    except BadInput as refused:
        said = str(refused)
        assert said and len(said) < 1500
        for word in ("pydantic", "validation error", "type=", "Traceback", "input_value"):
            assert word not in said or any(word in str(value) for value in args.values())


@pytest.mark.parametrize(
    "given",
    [
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"at": "9999-12-31T23:59:59"},
        {"aware": "0001-01-01T00:00:00Z"},
        {"span": "40000 days"},
        {"span": timedelta.max},
    ],
)
def test_times_no_calendar_can_count_with_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=rf"`{next(iter(given))}` is (in the year|longer than)"):
        validate(Args, given, tenant=TENANT, now=NOW)
