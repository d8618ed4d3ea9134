"""How the other system compares what people type."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher


def tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.replace("\0", " ").replace("'", ""))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.findall(r"[^\W_]+", plain)[:10]


def alike(word: str, others: Sequence[str]) -> float:
    best = 0.0
    for other in others:
        if word == other:
            return 1.0
        if len(word) > 1 and other.startswith(word):
            best = max(best, 0.9)
        elif not re.search(r"\d", word + other):
            ratio = SequenceMatcher(None, word, other).ratio()
            best = max(best, ratio * 0.95 if ratio >= 0.75 else 0.0)
    return best


def digits(text: str) -> str:
    """The digits of what looks like a phone number, without what comes before the national part."""
    if not re.fullmatch(r"\+?[\d\s().\-/]{6,24}", text.strip()):
        return ""
    return re.sub(r"\D", "", text).lstrip("0")


def mac(text: str) -> str:
    packed = re.sub(r"[^0-9a-f]", "", text.lower())
    return packed if len(packed) == 12 and re.fullmatch(r"[0-9a-fA-F:.\- ]+", text.strip()) else ""


def serial(text: str) -> str:
    packed = re.sub(r"[^0-9A-Z]", "", text.upper())
    if re.fullmatch(r"(?:[45][0-9A-F]){4}[0-9A-F]{8}", packed):
        return bytes.fromhex(packed[:8]).decode("ascii", "replace") + packed[8:]
    return packed if len(packed) >= 8 else ""


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def within(at: object, prefix: str | None) -> bool:
    return bool(prefix) and at is not None and at in ipaddress.ip_network(prefix)
