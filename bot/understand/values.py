"""One argument's words to its value; a sentence that says what to type when they do not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from bot.contract.money import Money
from bot.errors import BadInput
from bot.understand.alike import ALIKE
from bot.understand.arguments import Argument, Kind
from bot.understand.lengths import iso_length, read_length
from bot.understand.times import Clock, TimeMark, find_times

YES = frozenset({"yes", "y", "true", "on", "1", "oui", "yep", "ok"})
NO = frozenset({"no", "n", "false", "off", "0", "non", "nope"})
ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?")
DOLLARS = frozenset({"dollar", "buck"})
SHORTEST_MONTH, LONGEST_MONTH = timedelta(days=27, hours=23), timedelta(days=31, hours=1)
A_DAY = timedelta(days=1)
UNITS_OF = {
    "naira": "NGN",
    "shilling": "KES UGX TZS SOS",
    "franc": "XOF XAF XPF RWF CDF CHF BIF DJF GNF KMF",
    "euro": "EUR",
    **dict.fromkeys(DOLLARS, "USD"),
}
THOUSANDS = re.compile(
    r"(?P<n>\d+(?:[.,]\d+)?)\s*(?P<k>k|m|thousand|million)\b\s*(?P<rest>.*)", re.IGNORECASE
)
SPOKEN = re.compile(rf"(?<=\d)\s*(?:F|(?P<unit>{'|'.join(sorted(UNITS_OF))})s?)\.?$", re.IGNORECASE)
"""How people name a currency; `UNITS_OF` says which it may be."""


def read_value(argument: Argument, text: str, clock: Clock, currency: str) -> Any:
    """Return the value these words give, as JSON (dates and lengths as ISO text); raises BadInput."""
    words = text.strip()
    if not words:
        raise BadInput(f"`{argument.name}` is empty. {hint_for(argument)}")
    reader = READERS.get(argument.kind)
    return reader(argument, words, clock, currency) if reader else words


LONG_HEAD = re.compile(r"\d{4,} \d")
HINTS = {
    Kind.MONEY: "Write an amount like 1,250.50.",
    Kind.YES_NO: "Say yes or no.",
    Kind.WHOLE: "Write a number.",
    Kind.NUMBER: "Write a number.",
    Kind.DAY: "Write a day like tomorrow, Friday or 2026-11-30.",
    Kind.INSTANT: "Write a day and time like tomorrow 10:00.",
    Kind.HOUR: "Write an hour like 14:00 or 2pm.",
    Kind.LENGTH: "Write a length of time like 2 hours or 30 days.",
}


def hint_for(argument: Argument) -> str:
    """Return what fits this argument, in one short sentence."""
    if argument.kind is Kind.CHOICE:
        return f"Say one of {', '.join(argument.values)}."
    return HINTS.get(argument.kind, argument.about)


def match_choice(argument: Argument, words: str, least: float = 86.0) -> str | None:
    """Return the value of a choice these words mean, or None."""
    return _match(tuple(argument.values), words.lower(), least)


@lru_cache(maxsize=16_384)
def _match(values: tuple[str, ...], words: str, least: float) -> str | None:
    said = _spaced(words)
    ways, plain = _ways(values)
    if said in ways:
        return ways[said]
    if said.endswith("s") and said[:-1] in plain:  # the routers
        return ways[said[:-1]]
    if said.endswith("es") and said[:-2] in plain:  # the switches
        return ways[said[:-2]]
    if said[-2:] == "ed" and said != "opened" and (said[:-2] in plain or said[:-1] in plain):  # voided
        return ways.get(said[:-2]) or ways[said[:-1]]
    if len(said) < 4:  # noqa: PLR2004 - two typos turn short words into others
        return None
    best = process.extractOne(said, plain, scorer=fuzz.ratio, score_cutoff=least)
    turned = best and ("not" in best[0].split()) is not ("not" in said.split())  # "onts returned"
    return ways[best[0]] if best and not turned else None


@lru_cache(maxsize=512)
def _ways(values: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the words for each value of a choice, and those that are the values themselves."""
    plain = {_spaced(value): value for value in values}
    ways: dict[str, str] = {}
    for group in ALIKE:
        lower = sorted(map(_spaced, group))
        if hits := [plain[w] for w in lower if w in plain]:
            ways = {**dict.fromkeys(lower, hits[0]), **ways}
    return {**ways, **plain}, tuple(plain)


def _spaced(words: str) -> str:
    return words.lower().replace("_", " ").replace("-", " ").strip()


def _choice(argument: Argument, words: str, _clock: Clock, _currency: str) -> str:
    if (value := match_choice(argument, words)) is None:
        raise BadInput(f"“{words[:40]}” is no {argument.title}. {hint_for(argument)}")
    return value


def _yes_no(argument: Argument, words: str, _clock: Clock, _currency: str) -> bool:
    low = words.lower()
    if low in YES or low in NO:
        return low in YES
    raise BadInput(f"`{argument.name}` is yes or no, not “{words[:40]}”.")


def _whole(argument: Argument, words: str, _clock: Clock, _currency: str) -> int:
    plain = re.sub(r"(?<=\d)[,' ](?=\d{3}\b)", "", words)
    found = re.search(r"-?\d+", plain)
    if not found or len(re.findall(r"\d+", plain)) != 1:
        raise BadInput(f"`{argument.name}` is a whole number, not “{words[:40]}”.")
    return int(found[0])


def _thousands(words: str, currency: str) -> str:
    """Turn `15k` into `15000` and `1.5m` into `1500000`; BadInput where it could be two amounts."""
    found = re.fullmatch(
        r"(?P<n>\d+(?:[.,]\d+)?)\s*(?P<k>k|m|thousand|million)\b\s*(?P<rest>.*)", words, re.IGNORECASE
    )
    if found:
        factor = 1000 if found["k"].lower() in {"k", "thousand"} else 1_000_000
        whole = (Decimal(found["n"].replace(",", ".")) * factor).normalize()
        if re.search(r"[.,]\d{3}$", found["n"]) or whole != round(whole, 2):
            raise BadInput(
                f"“{words[:40]}” is not clear as an amount. Write it in full, like 1,500 {currency}."
            )
        words = f"{whole:f} {found['rest']}".strip()
    return words


def _bare(words: str, currency: str) -> str:
    """Leave out the spoken name of the currency; the name of another one is no amount here."""
    found = SPOKEN.search(words)
    if not found:
        return words
    unit = (found["unit"] or "").lower()
    if currency not in UNITS_OF.get(unit, currency) and not (unit in DOLLARS and currency.endswith("D")):
        raise BadInput(f"Amounts are in {currency} here, not in {unit}s. Write it like 1250 {currency}.")
    return words[: found.start()]


def _amount(_argument: Argument, words: str, _clock: Clock, currency: str) -> str:
    if LONG_HEAD.search(words):  # "100234 500" is an account and an amount
        raise BadInput(HINTS[Kind.MONEY])
    return str(Money.parse(_bare(_thousands(words, currency), currency), currency))


def _many(_argument: Argument, words: str, _clock: Clock, _currency: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]| and ", words) if part.strip()]


def _time(argument: Argument, words: str, clock: Clock, _currency: str) -> str:
    if argument.kind is Kind.LENGTH and (length := read_length(words)):
        return iso_length(length)
    if argument.kind is Kind.INSTANT and ISO_INSTANT.fullmatch(words):  # as offers and scripts write it
        try:
            at = datetime.fromisoformat(words)
        except ValueError:
            raise BadInput(f"“{words[:40]}” is no day and time. {hint_for(argument)}") from None
        return (at if at.tzinfo else at.replace(tzinfo=clock.zone)).astimezone(clock.zone).isoformat()
    marks = find_times(words, clock, past=is_past(argument.name))
    if not marks and is_end(argument.name):  # the 8 of "until 8"
        marks = find_times(f"until {words}", clock)
    if not marks:
        raise BadInput(f"“{words[:40]}” is no {argument.kind}. {hint_for(argument)}")
    value = time_value(argument, marks[0], clock)
    if value is None:
        raise BadInput(f"“{words[:40]}” is no {argument.kind}. {hint_for(argument)}")
    return value


def _hour(argument: Argument, words: str, clock: Clock, _currency: str) -> str:
    for text in (words, f"at {words}"):
        mark = next(iter(find_times(text, clock)), None)
        if mark is not None and is_hour(mark) and mark.first:
            return mark.first.astimezone(clock.zone).strftime("%H:%M")
    raise BadInput(f"“{words[:40]}” is no {argument.kind}. {hint_for(argument)}")


def is_hour(mark: TimeMark) -> bool:
    """Say whether a time is an hour without a day: the 2pm of "move it to 2pm"."""
    return mark.exact and mark.every == A_DAY


def is_past(name: str) -> bool:
    """Say whether an argument of this name asks for something that has been."""
    return any(word in name for word in ("since", "from", "after", "past", "paid", "received", "month"))


def is_start(name: str) -> bool:
    """Say whether an argument of this name is the beginning of a stretch of time."""
    return any(word in name for word in ("since", "from", "after", "start"))


def is_end(name: str) -> bool:
    """Say whether an argument of this name is the end of a stretch of time."""
    return any(word in name for word in ("until", "till", "end", "before"))


def _distance(argument: Argument, mark: TimeMark, clock: Clock) -> timedelta | None:
    """Return how far it is to the end of "today", "tonight" or "this week", or back to its beginning."""
    if is_past(argument.name):
        return clock.now - mark.first if mark.first and mark.first < clock.now else None
    runs = mark.first and mark.last and mark.first - A_DAY < clock.now < mark.last
    return mark.last - clock.now if runs and mark.last else None


def time_value(argument: Argument, mark: TimeMark, clock: Clock) -> str | None:
    """Return the mark as this argument wants it, or None when it does not fit."""
    if argument.kind is Kind.LENGTH:
        length = mark.length or _distance(argument, mark, clock)
        return iso_length(length) if length else None
    first, last = mark.first, mark.last
    if first is None and mark.length:
        first = last = clock.now - mark.length if is_past(argument.name) else clock.now + mark.length
    if first is None or last is None:
        return None
    if argument.name.endswith("month") and mark.first is not None and not _is_month(first, last):
        return None  # neither a day nor a quarter is a month; what was said is told to be unused
    if not is_end(argument.name) and not is_past(argument.name):
        first = mark.at or first
    if argument.kind is Kind.INSTANT:
        chosen = last if is_end(argument.name) else first
        return chosen.astimezone(clock.zone).replace(microsecond=0).isoformat()
    day = last - timedelta(microseconds=1) if is_end(argument.name) and last > first else first
    return day.astimezone(clock.zone).date().isoformat()


def _is_month(first: datetime, last: datetime) -> bool:
    return SHORTEST_MONTH <= last - first <= LONGEST_MONTH


READERS: Mapping[Kind, Callable[[Argument, str, Clock, str], Any]] = {
    Kind.CHOICE: _choice,
    Kind.MONEY: _amount,
    Kind.YES_NO: _yes_no,
    Kind.WHOLE: _whole,
    Kind.DAY: _time,
    Kind.INSTANT: _time,
    Kind.LENGTH: _time,
    Kind.HOUR: _hour,
    Kind.MANY: _many,
}
