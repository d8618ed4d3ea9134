"""Money as integer minor units with a currency; never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from bot.errors import BadInput

NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV")
)
CFA = frozenset(("XAF", "XOF", "XPF"))
THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
EXPONENTS = {**dict.fromkeys(NO_DECIMALS | CFA, 0), **dict.fromkeys(THREE_DECIMALS, 3)}
"""Digits after the decimal point where they are not two (ISO 4217)."""
UNIT = r"[A-Za-z]{3}|[€$£₦]"
WORDS = re.compile(rf"^\s*(?P<a>{UNIT})?\s*(?P<n>-?[\d.,' ]*\d)\s*(?P<b>{UNIT})?\s*$", re.ASCII)
GROUPS = re.compile(r"-?[1-9]\d*[.,]\d{3}", re.ASCII)
GROUPS_OF_THREE = re.compile(r"-?[1-9]\d*,\d{3}", re.ASCII)
"""One mark that can only group thousands; in the second form, of currencies with three decimals."""
CODE = re.compile(r"[A-Z]{3}")
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₦": "NGN"}
LONGEST = 60
"""Characters of an amount; the pattern takes ever longer over longer texts."""
MAX_MINOR = 10**15
"""Larger sums are typing errors, and overflow what connectors can carry."""


@dataclass(frozen=True, order=True)
class Money:
    """`minor` is in the smallest unit of `currency` (ISO 4217, upper case)."""

    minor: int
    currency: str

    @property
    def exponent(self) -> int:
        """Digits after the decimal point."""
        return EXPONENTS.get(self.currency, 2)

    def __str__(self) -> str:
        """Return e.g. `1,250.00 KES`."""
        return f"{Decimal(self.minor).scaleb(-self.exponent):,.{self.exponent}f} {self.currency}"

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        """Add; raises ValueError when the currencies differ."""
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read `1,250.50`, `KES 900` or `15 000 NGN`; raises BadInput with what to type instead."""
        found = WORDS.match(text) if len(text) <= LONGEST else None
        if not found:
            raise BadInput(f"“{text[:40]}” is not an amount. Write it like 1,250.50 or 1250 {currency}.")
        unit = found["a"] or found["b"]
        unit = SIGNS.get(unit, unit.upper()) if unit else currency
        return cls.of_number(number(found["n"], digits=EXPONENTS.get(unit, 2)), unit, text)

    @classmethod
    def of_number(cls, value: Decimal, currency: str, text: str = "") -> Money:
        """Return so many whole units and parts; BadInput for parts the currency does not have."""
        text = text or str(value)
        scaled = value.scaleb(EXPONENTS.get(currency, 2))
        if scaled != scaled.to_integral_value():
            raise BadInput(f"“{text[:40]}” has more decimals than {currency} has.")
        if abs(scaled) > MAX_MINOR:
            raise BadInput(f"“{text[:40]}” is larger than any amount I handle.")
        return cls(int(scaled), currency)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept Money, words, numbers or {minor, currency}; the tenant's currency is the default."""
        return core_schema.with_info_plain_validator_function(
            _validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda m: {"minor": m.minor, "currency": m.currency}
            ),
            metadata={"pydantic_js_functions": [_json_schema]},
        )


def number(text: str, digits: int = 2) -> Decimal:
    """Read digits with either decimal mark; a mark followed by exactly three digits groups thousands.

    Not so the point of a currency of three decimals (`1.250 KWD`, as we write it), and not `0.500`.
    """
    plain = re.sub(r"[ ']", "", text)
    marks = [c for c in plain if c in ".,"]
    groups = GROUPS_OF_THREE if digits == 3 else GROUPS
    if len(set(marks)) == 2:
        decimal = marks[-1]
        plain = plain.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(marks) > 1 or groups.fullmatch(plain):
        plain = re.sub(r"[.,]", "", plain)
    else:
        plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise BadInput(f"“{text[:40]}” is not a number.") from None


def _validate(value: Any, info: ValidationInfo) -> Money:
    currency = (info.context or {}).get("currency", "USD")
    if isinstance(value, Money):
        return value
    if isinstance(value, dict) and set(value) == {"minor", "currency"}:
        return _stored(value["minor"], str(value["currency"]).upper())
    try:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and isfinite(value):
            return Money.of_number(Decimal(str(value)), currency)
        if isinstance(value, str):
            return Money.parse(value, currency)
    except BadInput as error:
        raise ValueError(str(error)) from None
    raise ValueError("is not an amount; write it like 1,250.50")


def _stored(minor: object, currency: str) -> Money:
    if type(minor) is not int or abs(minor) > MAX_MINOR or not CODE.fullmatch(currency):
        raise ValueError("is not an amount; write it like 1,250.50")
    return Money(minor, currency)


def _json_schema(_schema: CoreSchema, _handler: Any) -> dict[str, Any]:
    return {"type": "string", "description": "An amount such as 1250.50 or 1250.50 KES", "format": "money"}
