"""Phone numbers as they are dialled from anywhere: written so only where the country leaves no doubt."""

from __future__ import annotations

import re

ONE = frozenset("17")
"""Country codes of one digit."""
TWO = (  # noqa: SIM905 - a list of 44 strings is no easier to read
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
    "81 82 84 86 90 91 92 93 94 95 98"
).split()
"""Those of two; all others have three. No code is the beginning of another."""
LEADING_ZERO = (  # noqa: SIM905 - as above
    "20 27 31 32 33 40 41 43 44 46 49 60 61 62 63 64 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 218 "
    "231 232 233 234 243 249 250 251 254 255 256 260 263 264 265 353 355 358 359 380 381 385 386 387 389 "
    "855 856 880 962 963 964 966 967 971 972 977"
).split()
"""Where a national number begins with a 0 that is left out behind the country code."""
FEWEST, MOST = 8, 15
"""Digits a whole number has, its country's among them."""


def country_of(phone: str | None) -> str:
    """Return the country code of a number that begins with one; empty for any other."""
    digits = re.sub(r"\D", "", phone or "")
    if not phone or not phone.strip().startswith("+") or not digits:
        return ""
    if digits[0] in ONE:
        return digits[0]
    return digits[:2] if digits[:2] in TWO else digits[:3]


def as_known(phone: str, known: str | None) -> str:
    """Write a national number as the one we have: 0733… beside +254712… is +254733….

    Whatever is not certain stays as it was typed.
    """
    digits, country = re.sub(r"\D", "", phone), country_of(known)
    national = phone.strip().startswith("0") and not digits.startswith("00")
    whole = country + digits[1:]
    if not national or country not in LEADING_ZERO or not FEWEST <= len(whole) <= MOST:
        return phone
    return f"+{whole}"
