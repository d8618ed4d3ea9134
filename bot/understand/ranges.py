"""From so much to so much: "overdue 30-60 days", "payments between 5k and 10k"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.errors import BadInput
from bot.understand.arguments import Argument
from bot.understand.filled import Asker, Filled
from bot.understand.sentence import Sentence
from bot.understand.values import read_value

FIGURE = r"\d{1,3}(?:[ ,']\d{3})+(?:\.\d\d)?|\d{1,7}(?:\.\d\d?)?"
RANGE = re.compile(
    rf"(?P<opens>\b(?:between|from)\s+)?(?<![\w./:-])(?:(?P<code>[A-Z]{{3}})\s?)?(?P<a>{FIGURE})(?P<ak>k\b)?"
    r"(?:\s*(?:days?|months?|weeks?|[A-Z]{3}))?\s*(?P<joins>-|–|—|\bto\b|\band\b)\s*(?:[A-Z]{3}\s?)?"
    rf"(?P<b>{FIGURE})(?P<bk>k\b)?(?![./:-]?\w)\s*(?P<unit>days?|months?|weeks?)?",
    re.IGNORECASE,
)
NOT_SO = re.compile(
    r"\s*(?:hours?|hrs?|h\b|min\w*|[ap]\.?m\b|o'?clock|%|dbm?\b|mbps|(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|"
    r"oct|nov|dec)\w*)",
    re.IGNORECASE,
)
"""What stands behind figures that are hours, days of a month or levels."""
ACCOUNT = 6
"""Figures of an account number: the end of a range only behind "between" or "from"."""
LEAST = 100
"""From here on bare figures are money."""
DAYS_IN = {"d": 1, "w": 7, "m": 30}
DAYS, TO_DAYS, OVER, UNDER, SIDES = "days", "to_days", "over", "under", ("at_least", "at_most")


def range_of(said: Sentence) -> re.Match[str] | None:
    """Return from where to where something is asked for, in days or in money."""
    for found in RANGE.finditer(said.text, said.begin):
        opens = (found["opens"] or "").strip().lower()
        if found["joins"].lower() == "and" and opens != "between":
            continue
        low, high = _figure(found["a"], found["ak"] or found["bk"]), _figure(found["b"], found["bk"])
        if not opens and found["b"].isdigit() and len(found["b"]) >= ACCOUNT:
            continue  # "refund 3000 to 100234"
        sized = found["unit"] or found["ak"] or found["bk"] or found["code"] or low >= LEAST
        timed = any(
            m.kind == "time" and m.time and m.time.length is None and _inside(m.start, m.end, found)
            for m in said.marks
        )
        turned = low > high and found["unit"] and found["joins"] in "-–—"  # "60-30 days"
        if (low < high or turned) and sized and not timed and not NOT_SO.match(said.text, found.end()):
            return found
    return None


def take_range(out: Filled, arguments: Sequence[Argument], said: Sentence, asker: Asker) -> None:
    """Fill both ends of a range where a list takes both; its figures are no account and no count."""
    found = range_of(said) if out.reads_only else None
    if found is None:
        return
    inside = {m for m in said.marks if _inside(m.start, m.end, found)}
    figures = {m.text for m in inside}
    for name in [k for k, v in out.args.items() if str(v) in figures]:
        del out.args[name]
    known = {a.name: a for a in arguments}
    if found["unit"] and {DAYS, TO_DAYS} <= known.keys():
        each = DAYS_IN[found["unit"][0].lower()]
        first, last = sorted(int(_figure(found[end], None)) * each for end in ("a", "b"))
        out.args |= {DAYS: first, TO_DAYS: last}
        out.used |= inside
    elif not found["unit"] and {OVER, UNDER} <= known.keys():
        low, high = (_figure(found[e], k) for e, k in (("a", found["ak"] or found["bk"]), ("b", found["bk"])))
        code = f"{found['code'].upper()} " if found["code"] else ""
        try:
            ends = [
                read_value(known[n], f"{code}{v:g}", asker.clock, asker.currency)
                for n, v in ((OVER, low), (UNDER, high))
            ]
        except BadInput:
            return
        out.args |= dict(zip((OVER, UNDER), ends, strict=True)) | {
            side: True for side in SIDES if side in known
        }
        out.used |= inside


def in_range(start: int, end: int, said: Sentence) -> bool:
    """Say whether a figure is one end of a range, and so neither an account nor a count."""
    found = range_of(said)
    return found is not None and _inside(start, end, found)


def _inside(start: int, end: int, found: re.Match[str]) -> bool:
    return start < found.end() and found.start() < end


def _figure(text: str, thousands: str | None) -> float:
    plain = re.sub(r"[ ,']", "", text)
    return float(plain) * (1000 if thousands else 1)
