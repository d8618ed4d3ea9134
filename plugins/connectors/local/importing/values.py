"""Reading cells: each shape of a field as a function from text to a value, which says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bot.api import BadInput, Money
from plugins.connectors.local.importing.addresses import ip_of, pool_of, prefix_of
from plugins.connectors.local.importing.dates import day_reader, instant_reader
from plugins.connectors.local.importing.nouns import BadCellError, Field, Reading, Shape, Stop
from plugins.connectors.local.shapes import shapes_of

Read = Callable[[str], Any]
NOTHING = frozenset(
    ("", "-", "--", "n/a", "#n/a", "null", "none", "nan", "\\n", "0000-00-00", "0000-00-00 00:00:00")
)
"""What systems write where they have nothing."""
SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200b\ufeff"), " ")
FLOAT = re.compile(r"[0-9]+\.0+")
SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?", re.ASCII)
UNCLEAR = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
PHONE = re.compile(r"\+?[\d\s().\-/]{5,24}", re.ASCII)
SPEED = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(k|m|g)?(?:bps|bit/s|bits/s|b/s|bit)?", re.IGNORECASE)
KBPS = {"k": 1, "m": 1_000, "g": 1_000_000, "": 1_000}
UNITS = {"KSH": "KES", "TSH": "TZS", "USH": "UGX"}
"""What people write before amounts instead of the currency's code."""
WRITTEN = re.compile(r"^\s*(ksh|tsh|ush)s?\.?\s*(?=[-\d])", re.IGNORECASE)
SPEED_LIMIT = 2_000_000_000
CACHED = 10_000
MAC_DIGITS = 12
NATIONAL = 11
"""Digits from which a number that begins with the country's code is taken to have it."""


def reader_of(field: Field, reading: Reading) -> Read:
    """Return what reads a field's cells: None for nothing, BadCellError for what cannot be."""
    if field.shape is Shape.TEXT:
        return lambda cell: _text(cell, field.longest)
    inner = _inner(field, reading)

    @lru_cache(maxsize=CACHED)
    def read(cell: str) -> Any:
        plain = " ".join(cell.translate(SPACES).split())
        if plain.lower() in NOTHING:
            return None
        if "\0" in plain:
            raise BadCellError("holds a NUL byte, which no text has. Was the file damaged or is it no CSV?")
        return inner(plain)

    return read


def _inner(field: Field, reading: Reading) -> Read:  # noqa: PLR0911 - a reader for each shape
    match field.shape:
        case Shape.WORD:
            return _word_reader(field, reading)
        case Shape.DATE:
            return day_reader(reading)
        case Shape.INSTANT:
            return instant_reader(reading)
        case Shape.AMOUNT:
            return lambda cell: _amount(cell, reading, signed=field.signed)
        case Shape.PHONE:
            return lambda cell: _phone(cell, reading.calling_code)
        case Shape.CODE:
            return lambda cell: _code(cell, field.longest)
        case Shape.LIST:
            return lambda cell: [part for each in re.split(r"[,;|]", cell) if (part := each.strip())]
        case _:
            return SIMPLE[field.shape]


def _text(cell: str, longest: int) -> str | None:
    plain = cell.translate(SPACES).strip() if not cell.isascii() else cell.strip()
    if not plain:
        return None
    if "\0" in plain:
        raise BadCellError("holds a NUL byte, which no text has. Was the file damaged or is it no CSV?")
    if len(plain) > longest:
        raise BadCellError(f"is {len(plain):,} characters long; {longest:,} fit.")
    return plain


def _code(cell: str, longest: int) -> str:
    """Return a number or name that things are known by: capitals, and no `.0` that a spreadsheet added."""
    if SHORTENED.fullmatch(cell):
        raise BadCellError(
            f"“{cell}” was shortened by a spreadsheet. Format that column as text there and save it again."
        )
    if FLOAT.fullmatch(cell):
        cell = cell.partition(".")[0]
    if len(cell) > longest:
        raise BadCellError(f"is {len(cell):,} characters long; {longest:,} fit.")
    return cell.lstrip("#").upper()


def _word_reader(field: Field, reading: Reading) -> Read:
    known = {_squeezed(ours): ours for ours in field.words}
    known |= {_squeezed(theirs): ours for ours, several in field.words.items() for theirs in several}
    known |= {_squeezed(theirs): ours for theirs, ours in reading.values.get(field.name, {}).items()}

    def read(cell: str) -> str:
        found = known.get(_squeezed(cell))
        if found is None:
            ours = tuple(field.words)
            raise BadCellError(
                f"“{cell[:40]}” is none of {', '.join(ours)}. "
                f'Say what it means, such as --value "{field.name}:{cell[:40]}={ours[0]}".'
            )
        return found

    return read


def _squeezed(words: str) -> str:
    return re.sub(r"[\s_\-]+", "", words.lower())


def _amount(cell: str, reading: Reading, *, signed: bool) -> tuple[Decimal, str]:
    """Return an amount and the currency written beside it, if one is."""
    if cell.startswith("(") and cell.endswith(")"):
        cell = f"-{cell[1:-1]}"
    value, unit = _number(cell, reading)
    if value < 0 and not signed:
        raise BadCellError(f"{cell[:40]} is below zero. Refunds and credit notes do not belong in this file.")
    return value, unit


def _number(cell: str, reading: Reading) -> tuple[Decimal, str]:
    if PLAIN.fullmatch(cell) and reading.decimal != ",":
        return Decimal(cell), ""
    cell = WRITTEN.sub(lambda found: f"{UNITS[found[1].upper()]} ", cell)
    digits = re.sub(r"[^0-9.,\-]", "", cell)
    if reading.decimal:
        other = "," if reading.decimal == "." else "."
        if other in digits.rpartition(reading.decimal)[2] and reading.decimal in digits:
            raise BadCellError(f"“{cell[:40]}” does not go with --decimal {reading.decimal}.")
        cell = cell.replace(other, "").replace(" ", "").replace("'", "").replace(reading.decimal, ".")
        plain = re.sub(r"[^0-9.\-]", "", cell)
        unit = re.sub(r"[0-9.\-]", "", cell)
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain) or not re.fullmatch(
            r"([A-Za-z]{3}|[€$£₦])?", unit
        ):
            raise BadCellError(f"“{cell[:40]}” is no amount.")
        return Decimal(plain), Money.parse(f"{unit} 1", reading.currency).currency if unit else ""
    if UNCLEAR.fullmatch(digits):
        raise Stop(
            f"Is {digits} {digits.replace('.', ',')} or {digits.rstrip('0')}? "
            "Say --decimal , if a comma stands before the cents in this file, --decimal . if a point does."
        )
    try:
        money = Money.parse(cell, reading.currency)
    except BadInput as error:
        raise BadCellError(str(error)) from None
    return Decimal(money.minor).scaleb(-money.exponent), money.currency if re.search(
        r"[A-Za-z€$£₦]", cell
    ) else ""


def minor_of(amount: tuple[Decimal, str], currency: str) -> int:
    """Return an amount in minor units of the row's currency; BadCellError if it says another one."""
    value, unit = amount
    if unit and unit != currency:
        raise BadCellError(
            f"is in {unit}, and the row is in {currency}. Give the currency in a column of its own."
        )
    try:
        return Money.of_number(value, currency).minor
    except BadInput as error:
        raise BadCellError(str(error)) from None


def _phone(cell: str, code: str | None) -> str:
    """Return a number as it is dialled from anywhere, if the country is known."""
    if SHORTENED.fullmatch(cell):
        raise BadCellError(
            f"“{cell}” was shortened by a spreadsheet. Format that column as text there and save it again."
        )
    if FLOAT.fullmatch(cell):
        cell = cell.partition(".")[0]
    if not PHONE.fullmatch(cell):
        raise BadCellError(f"“{cell[:40]}” is no phone number. One number belongs in a cell.")
    digits = re.sub(r"\D", "", cell.replace("(0)", ""))
    if cell.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if code is None:
        return digits
    if digits.startswith(code) and len(digits) >= NATIONAL:
        return f"+{digits}"
    return f"+{code}{digits.lstrip('0')}"


def _email(cell: str) -> str:
    if not EMAIL.fullmatch(cell):
        raise BadCellError(f"“{cell[:60]}” is no e-mail address. One address belongs in a cell.")
    return cell


def _mac(cell: str) -> str:
    packed = re.sub(r"[^0-9a-f]", "", cell.lower())
    if len(packed) != MAC_DIGITS or not re.fullmatch(
        r"[0-9A-Fa-f:.\- "
        r"]+",
        cell,
    ):
        raise BadCellError(f"“{cell[:40]}” is no MAC address.")
    return ":".join(packed[k : k + 2] for k in range(0, MAC_DIGITS, 2))


def _serial(cell: str) -> str:
    if SHORTENED.fullmatch(cell):
        raise BadCellError(
            f"“{cell}” was shortened by a spreadsheet. Format that column as text there and save it again."
        )
    return shapes_of(cell).serial or re.sub(r"[^0-9A-Za-z]", "", cell).upper()


def _speed(cell: str) -> int:
    found = SPEED.fullmatch(cell)
    if not found:
        raise BadCellError(f"“{cell[:40]}” is no speed. Write it in Mbit/s, such as 50.")
    kbps = int(Decimal(found[1].replace(",", ".")) * KBPS[(found[2] or "").lower()])
    if kbps > SPEED_LIMIT:
        raise BadCellError(f"“{cell[:40]}” is faster than any line. Write it in Mbit/s, such as 50.")
    return kbps


def _whole(cell: str) -> int:
    plain = cell.partition(".")[0] if FLOAT.fullmatch(cell) else cell
    if not re.fullmatch(r"[0-9]{1,9}", plain, re.ASCII):
        raise BadCellError(f"“{cell[:40]}” is no whole number.")
    return int(plain)


def _ratio(cell: str) -> int:
    """Read the 16 of `1:16`, `1/16` and `16`."""
    return _whole(re.sub(r"^1\s*[:/x]\s*", "", cell, flags=re.IGNORECASE))


def _degrees(cell: str) -> float:
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        raise BadCellError(f"“{cell[:40]}” is no coordinate such as -1.28333.") from None
    if not -180 <= value <= 180:  # noqa: PLR2004 - degrees
        raise BadCellError(f"“{cell[:40]}” is no coordinate such as -1.28333.")
    return value


def _currency(cell: str) -> str:
    unit = UNITS.get(cell.upper(), cell.upper())
    if not re.fullmatch(r"[A-Z]{3}", unit):
        raise BadCellError(f"“{cell[:40]}” is no currency such as KES.")
    return unit


SIMPLE: dict[Shape, Read] = {
    Shape.EMAIL: _email,
    Shape.MAC: _mac,
    Shape.SERIAL: _serial,
    Shape.IP: ip_of,
    Shape.PREFIX: prefix_of,
    Shape.POOL: pool_of,
    Shape.SPEED: _speed,
    Shape.WHOLE: _whole,
    Shape.RATIO: _ratio,
    Shape.DEGREES: _degrees,
    Shape.CURRENCY: _currency,
}
