"""What words could be: a phone number, an IP, a MAC, a serial, or just words of a name."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

MARKS = re.compile("[\u0300-\u036f'’‘`]")
BREAKS = re.compile(r"[\s!\"#$%&()*+,./\\:;<=>?@\[\]^_{|}~–—-]+")
"""The same rule as isp_words_of() in migration 0106."""
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "madam", "sir", "customer", "subscriber", "account"})
PHONE = re.compile(r"^\+?[\d\s().\-/]{6,24}$")
MAC = re.compile(r"^(?:[0-9a-f]{2}[:.\- ]?){5}[0-9a-f]{2}$|^(?:[0-9a-f]{4}[.:\-]){2}[0-9a-f]{4}$")
SERIAL = re.compile(r"^[A-Z0-9]{8,24}$")
VENDOR = re.compile(r"^[A-Z]{4}[0-9A-F]{8}$")
"""A GPON serial as printed: the maker's four letters, then eight hexadecimal digits."""
HEXED = re.compile(r"^(?:4[1-9A-F]|5[0-9A]){4}[0-9A-F]{8}$")
"""The same as many an OLT shows it: the four letters as hexadecimal digits too."""
PREFIXES = (48, 52, 56, 60, 64)
"""Lengths of IPv6 prefixes that are delegated to subscribers."""
LONGEST = 120
NATIONAL = 9
"""Digits that a whole national number has at least; fewer may be the end of several."""


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The same words in every form an identifier is looked up in; None where they can not be one.

    `phone` is the digits reversed; `whole_phone` says that they are too many for a mere ending.
    """

    names: tuple[str, ...]
    lower: str | None = None
    phone: str | None = None
    whole_phone: bool = False
    ip: str | None = None
    prefixes: tuple[str, ...] = ()
    mac: str | None = None
    serial: str | None = None

    def of_line(self) -> dict[str, Any]:
        """Return the forms in which a line is looked up, as binds."""
        return {
            "names": list(self.names),
            "lower": self.lower,
            "serial": self.serial,
            "mac": self.mac,
            "ip": self.ip,
        }

    @property
    def any(self) -> bool:
        """Whether it could be an identifier at all."""
        return self.lower is not None


def shapes_of(text: str) -> Shapes:
    """Read words as every identifier they could be."""
    bare = " ".join(text.split()).strip(" \t.,;:?!\"“”()<>'")
    if not bare or len(bare) > LONGEST:
        return Shapes(names=())
    ip, prefixes = _ip(bare)
    digits, whole = (None, False) if ip else _phone(bare)
    packed = re.sub(r"[^0-9A-Za-z]", "", bare).upper()
    return Shapes(
        names=tuple(dict.fromkeys((bare, bare.upper(), bare.lstrip("#")))),
        lower=bare.lower(),
        phone=digits,
        whole_phone=whole,
        ip=ip,
        prefixes=prefixes,
        mac=packed.lower() if MAC.match(bare.lower()) else None,
        serial=_serial(packed),
    )


def words_of(text: str) -> list[str]:
    """Split as the database does: lower case, no accents or apostrophes, each word once, no titles."""
    plain = MARKS.sub("", unicodedata.normalize("NFKD", text.replace("\0", " "))).lower()
    words = dict.fromkeys(word for word in BREAKS.split(plain) if word)
    return [word for word in words if word not in TITLES] or list(words)


def _serial(packed: str) -> str | None:
    """Return the serial number as it is printed on the ONT."""
    if HEXED.match(packed):
        return bytes.fromhex(packed[:8]).decode("ascii") + packed[8:]
    known = SERIAL.match(packed) and (re.search(r"\d", packed) or VENDOR.match(packed))
    return packed if known else None


def _phone(text: str) -> tuple[str | None, bool]:
    """Return the digits reversed without the national 0, so that a number is found by its end."""
    if not PHONE.match(text):
        return None, False
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if not text.startswith("+"):
        digits = digits.lstrip("0")
    if not 6 <= len(digits) <= 15:  # noqa: PLR2004 - E.164 allows 15; fewer than 6 say nothing
        return None, False
    return digits[::-1], len(digits) >= NATIONAL


def _ip(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the address, and for IPv6 the prefixes it may lie in."""
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        return None, ()
    if interface.version == 4:  # noqa: PLR2004 - IPv4
        return str(interface.ip), ()
    given = f"{interface.ip}/{interface.network.prefixlen}"
    around = (str(ipaddress.ip_network((interface.ip, length), strict=False)) for length in PREFIXES)
    return str(interface.ip), tuple(dict.fromkeys((*around, *([given] if "/" in text else []))))
