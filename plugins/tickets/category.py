"""Which category a subject speaks of, when whoever opens the ticket does not say."""

from __future__ import annotations

import re

from plugins.tickets.port import Category

SIGNS: tuple[tuple[Category, re.Pattern[str]], ...] = tuple(
    (category, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for category, words in (
        (Category.BILLING, r"invoice|bill|payment|paid|refund|charg|credit|receipt|overcharg"),
        (Category.WIFI, r"wi-?fi|ssid|wireless password"),
        (Category.INSTALLATION, r"install|new connection|relocat|move (?:house|the line)|survey"),
        (
            Category.NO_SERVICE,
            (
                r"no (?:internet|light|service|connection|signal|network)|offline|down\b|dead|los\b|"
                r"red light|not working|disconnect|outage|can(?:no|')t (?:connect|browse)|no access"
            ),
        ),
        (Category.SLOW, r"slow|speed|buffer|lag|latency|packet loss|mbps|mbit|drops?\b|unstable|ping"),
        (Category.EQUIPMENT, r"router|ont\b|onu\b|cpe\b|antenna|cable|power supply|adapter|swap|replace"),
    )
)


FILLERS = re.compile(
    r"an?|and|are|customers?|is|internet|issues?|line|my|not|of|on|problems?|service|the|very|with",
    re.IGNORECASE,
)
"""Words beside those that say a category."""


def only_names(category: Category, words: str) -> bool:
    """Say whether words say no more than a category does: `slow internet`, not `slow since the swap`."""
    signs = next((signs for one, signs in SIGNS if one is category), None)
    if signs is None or not signs.search(words):
        return False
    rest = re.sub(rf"(?:{signs.pattern})\w*", " ", words, flags=re.IGNORECASE)
    return all(FILLERS.fullmatch(word) for word in re.findall(r"\w+", rest))


def category_of(subject: str) -> Category:
    """Return the first category whose signs are in the words; `other` if none is."""
    return next((category for category, signs in SIGNS if signs.search(subject)), Category.OTHER)
