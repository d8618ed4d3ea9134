"""What is said of a rule and no rule can hold of: "only at night", "in Mombasa", "below 3000"."""

from __future__ import annotations

import re

LINKS = (
    r"(?:(?:but |and )?only|more than|unless|except|but|if|when(?:ever)?|while|during|until|till|before|"
    r"after|"
    r"between|below|under|less than|smaller than|up to|at|in|on|within|outside|over|above|every|each|per|"
    r"than|done|given|made|by|from|for|to|that|which|who|whose|with|without)"
)
AMONG = re.compile(rf"(?:^|\s)(?P<rest>{LINKS}\b.*|%.*)$", re.IGNORECASE)
GENERIC = re.compile(
    r"\s+(?:(?:to|for|of|on|with|by|from)\s+)?(?:(?:an?|the|our|any|all|every|each)\s+)?"
    r"(?:customers?|subscribers?|clients?|accounts?|recipients?|amounts?|sums?|values?|anything|everything|"
    r"anybody|anyone|everybody|everyone|somebody|someone|them|those|an? action)$",
    re.IGNORECASE,
)
"""Said and no narrowing: "suspensions of customers" are all of them."""
NOT_SO = re.compile(
    r"\b(?:(?:do|does|did|should|shall|must|need|ha(?:s|ve)|would|will|can|may)\s?(?:n['’]?t|not)|"
    r"no longer|not|never|no more|any ?(?:more|longer))\b",
    re.IGNORECASE,
)
NOBODY = re.compile(r"^(?:no|nobody(?:'s)?|no ?one(?:'s)?|none|neither|nothing|zero)\b", re.IGNORECASE)
MONEYS = {
    "KES": ("kes", "shilling", "shillings", "bob", "ksh"),
    "UGX": ("ugx", "shilling", "shillings", "ush"),
    "TZS": ("tzs", "shilling", "shillings"),
    "NGN": ("ngn", "naira"),
    "USD": ("usd", "dollar", "dollars", "bucks"),
    "EUR": ("eur", "euro", "euros"),
    "GBP": ("gbp", "pound", "pounds"),
    "ZAR": ("zar", "rand"),
}
"""What money is called behind a number."""
ANYTHING = re.compile(
    r"^(?:any ?thing|everything|(?:any|every|each|all) (?:actions?|changes?|calls?|deeds?|writes?))"
    r"(?: (?:that|which))?"
    r"(?: (?:touch(?:es)?|affects?|changes?|hits?|reach(?:es)?|moves?|costs?|concerns?|goes|go|is|are))?"
    r"(?: (?:to|of))?$",
    re.IGNORECASE,
)
WHOSE = re.compile(
    r"(?:^|\s)(?P<rest>(?:(?:but |and )?only|unless|except|if|when(?:ever)?|while|during|until|till|after|"
    r"at(?! least)|in(?! (?:the )?(?:support|billing|noc|field)\b)|on|within|outside|for|over|below|under|"
    r"every|each|per)\b.*)$",
    re.IGNORECASE,
)
"""What narrows when somebody else's yes is asked for: "two people only at night"."""
GOES_BY = (
    "It goes by the action, an amount or a number of customers from which on it holds, the values of "
    "arguments, and whose yes it takes; not by who asks (take the right from a role instead), the kind or "
    "place of a customer, nor the day and hour (freeze changes then)"
)
LESS = (
    "ask for fewer yeses by a rule, only for more: what an action asks for by itself stays, and a rule that "
    "asks for more ends when it is removed (`admin policies` shows them with their ids)"
)


def apart(words: str) -> tuple[str, str]:
    """Return what is named alone, and what was said of it that narrows it: "credits", "in Mombasa"."""
    plain = _plain(words)
    found = AMONG.search(plain)
    if found is None:
        return plain, ""
    return plain[: found.start()].strip(" ,"), found["rest"].strip(" ,")


def of_whom(words: str) -> tuple[str, str]:
    """Return whose yes is asked for, and what was said that narrows it: "two people", "only at night"."""
    plain = _plain(words)
    found = WHOSE.search(plain)
    if found is None:
        return plain, ""
    return plain[: found.start()].strip(" ,"), found["rest"].strip(" ,")


def _plain(words: str) -> str:
    while (less := GENERIC.sub("", words)) != words and less.strip():
        words = less
    return words.strip(" ,")


def cannot(rest: str) -> str:
    """Return why a rule cannot be made as it was said, to stand after "I cannot"."""
    return f"make a rule that holds “{rest[:60]}”, only one without that. {GOES_BY}"


def foreign(unit: str, currency: str) -> bool:
    """Say whether a word behind an amount is not the money of this workspace."""
    low = unit.lower()
    return bool(low) and low != currency.lower() and low not in MONEYS.get(currency, ())
