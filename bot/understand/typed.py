"""Choices, amounts, numbers, yes and no, and times: the arguments that are no names and no texts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Asker, Filled
from bot.understand.flagged import NOT, flag
from bot.understand.instalments import COUNTED, NUMBER, instalments
from bot.understand.marks import Mark
from bot.understand.ranges import range_of
from bot.understand.sentence import Sentence
from bot.understand.timewords import NUMBERS
from bot.understand.timing import hour_of, timed
from bot.understand.values import match_choice, read_value
from bot.understand.words import FUNCTION, stem, word_set

ONE_DAY = timedelta(days=1)
COUNTED_KINDS = frozenset({Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
WORDS_IN_CHOICE = 3
SHORT, YEAR = 3, 366
BETWEEN = word_set("very really too yet being marked set that fully quite been")
HOW = frozenset({"by", "via", "through"})
PER = frozenset({"per", "by", "each"})
WHOSE = frozenset({"to", "for", "from", "of", "customer", "account", "acct"})
"""What stands before an account and not before an amount."""
AMOUNT = re.compile(r"(?:[A-Z]{3} )?\d[\d.,]{1,12}\b")
BELOW_ZERO = re.compile(r"(?:^|\s)[-\u2212]$|\bminus\s$", re.IGNORECASE)
SIGNED = re.compile(r"(?:(?<=\s)[-\u2212]|\bminus\s+)(?P<n>\d+(?:[.,]\d+)?)\b")
COMPARES = re.compile(
    r"(?:\b(?:over|under|above|below|between|least|most|than|exceeding|beyond|and|to)|[<>≥≤]|[-–])\s*$",
    re.IGNORECASE,
)
AT_LEAST = re.compile(
    r"(?:\b(?:at least|minimum|min|over|above|exceeding|(?:more|bigger|larger|higher) than)|[>≥])\s*$",
    re.IGNORECASE,
)
AT_MOST = re.compile(
    r"(?:\b(?:at most|maximum|max|under|below|up to|(?:less|smaller|lower) than)|[<≤])\s*$", re.IGNORECASE
)
SIDES = {"over": AT_LEAST, "over_amount": AT_LEAST, "under": AT_MOST}
"""What stands before an amount by which a reading is narrowed."""
AMOUNT_BEHIND = word_set("of paid pay exactly precisely")
"""Behind these a bare figure is an amount: "payments of 4500", "who paid 4500"."""
EACH = re.compile(
    r"(?:\b(?:payments|instal+ments?|parts|rates|times)(?:\s+monthly)?\s+(?:of|at|over)|\d\s?(?:x|×|times))\s*$",
    re.IGNORECASE,
)
A_MONTH = re.compile(
    r"\s*(?:[a-z]{3}\s+)?(?:each|apiece|monthly|(?:a|per|every|each) month)\b", re.IGNORECASE
)
"""What one of several payments comes to: "3 payments of 1000", "3 x 1000", "1000 a month"."""
TIMES = re.compile(r"\s*(?:times|x)\b|\s*\+|\s*(?:or|and) (?:more|above|over|up)\b", re.IGNORECASE)
OR_MORE = re.compile(r"\s*\+|\s*(?:or|and) (?:more|above|over|up)\b", re.IGNORECASE)
TOO_MUCH = re.compile(r"\s+(?:too much|back\b|extra\b)", re.IGNORECASE)
COUNTED_PER = re.compile(r"\b(?:per|by|each|for each)\s+(?:the\s+)?(?P<what>[a-z]+)", re.IGNORECASE)
WHO = re.compile(r"(?:who|which (?:agent|colleague|of us|one of us))\b", re.IGNORECASE)
FIRST = word_set("top first last worst limit biggest show best newest latest largest oldest only")
OF_PEOPLE = re.compile(
    r"\s*(?:(?:open|unpaid|overdue|late|failed|missed|other)\s+)?(?:customers?|people|accounts?|subscribers?|lines?|days?|"
    r"weeks?|months?|years?|hours?|invoices?|bills?|payments?|tickets?|visits?|services?|reminders?|promises|times)\b",
    re.IGNORECASE,
)
"""What stands behind a number of things, which is no amount."""
FEW = re.compile(
    rf"\b(?:last|latest|newest|first|top|worst|biggest)\s+(?P<a>{NUMBER})\b(?! (?:day|week|month|hour)s)|"
    rf"\b(?P<b>{NUMBER})\s+(?:last|latest|newest|first|worst|biggest|oldest)\b",
    re.IGNORECASE,
)


ENDED = r"(?:closed|resolved|solved|finished|done|old)"
ALSO = re.compile(
    rf"\b{ENDED} ones (?:too|as well|included)\b|\b(?:including|also|even|and) (?:the )?{ENDED} ones\b",
    re.IGNORECASE,
)
"""Says that a list is not narrowed: "all tickets of 100234, closed ones too"."""
SHARE = re.compile(r"(?<![\w.])\d{1,3}\s?(?:%|per ?cent\b)", re.IGNORECASE)


def typed(out: Filled, argument: Argument, said: Sentence, asker: Asker) -> None:
    """Fill one argument of these kinds as far as the message gives it."""
    value: Any
    mark: Mark | None
    if out.reads_only and argument.kind in COUNTED_KINDS and (found := range_of(said)):
        said = replace(
            said, marks=tuple(m for m in said.marks if m.end <= found.start() or m.start >= found.end())
        )
    match argument.kind:
        case Kind.CHOICE:
            value, mark = _choice(argument, said, skip_verb=not out.reads_only), None
        case Kind.MONEY:
            value, mark = _money(argument, said, asker, out)
        case Kind.WHOLE | Kind.NUMBER:
            value, mark = _number(argument, said, out)
        case Kind.YES_NO:
            value, mark = flag(argument, said), None
        case Kind.DAY | Kind.INSTANT | Kind.LENGTH:
            value, mark = timed(argument, said, asker, out)
        case Kind.HOUR:
            value, mark = hour_of(said, asker, out)
        case Kind.TEXT:
            value, mark = next(iter(SHARE.findall(said.text)), None), None
        case _:
            value, mark = None, None
    if value is not None:
        out.take(argument.name, value, mark)


def _choice(argument: Argument, said: Sentence, *, skip_verb: bool) -> str | None:
    """Find the longest run of words that is one of the values; not the verb of the message."""
    if argument.name in {"by", "per"} and (value := _counted_by(argument, said)) is not None:
        return value
    free = [
        w
        for at, w in enumerate(said.words)
        if not any(m.start < w.end and w.start < m.end for m in said.names if _blocks(m, at, said))
    ]
    if argument.name == "status":
        free = [w for w in free if not any(f.start() <= w.start < f.end() for f in ALSO.finditer(said.text))]
    paid = argument.name == "method" and AMOUNT.match(said.text, said.words[0].end + 1)  # "cash 2000 from …"
    if skip_verb and free and free[0].low in {said.mood.verb, said.verb} and len(free) > 1 and not paid:
        free = free[1:]
    by = max((at for at, word in enumerate(free) if word.low in PER), default=-1)
    if argument.name == "per" and by >= 0:
        free = free[by + 1 :]  # "offline PONs per OLT": the nearer noun is what is listed
    parts = [part for word in free for part in re.split(r"[-/]", word.low)]
    runs = [[w.low for w in free], parts] if len(parts) != len(free) else [parts]
    for size in range(WORDS_IN_CHOICE, 0, -1):
        for run in runs:
            for i in range(len(run) - size + 1):
                words = " ".join(run[i : i + size])
                if _denied(run[:i]):
                    continue
                if len(words) > 1 and (value := match_choice(argument, words)) is not None:
                    return value
    return None


def _counted_by(argument: Argument, said: Sentence) -> str | None:
    """Return by what things are counted: "offline pons added up per olt", "who has the most tickets"."""
    for found in COUNTED_PER.finditer(said.text):
        if (value := match_choice(argument, found["what"].lower())) is not None:
            return value
    return "assignee" if "assignee" in argument.values and WHO.match(said.mood.core) else None


def _blocks(mark: Mark, at: int, said: Sentence) -> bool:
    """Say whether the words of a mark are no value: those of a name, not the 3 of "level 3"."""
    return mark.found or not (_how(at, said) or (mark.kind == "number" and len(mark.text) < SHORT))


def _denied(before_it: list[str]) -> bool:
    """Say whether a "not" goes with the word behind: "not so urgent", but not "no light, urgent"."""
    last, first = before_it[-1:], before_it[-2:-1]
    return bool(NOT & set(last)) or (bool(NOT & set(first)) and last[0] in FUNCTION | BETWEEN)


def _how(at: int, said: Sentence) -> bool:
    """Say whether a word stands where a way of doing it does: "by mpesa" is nobody's name."""
    return at > 0 and said.words[at - 1].low in HOW


def _account(mark: Mark, said: Sentence) -> bool:
    """Say whether a number is an account's: "Faith Chebet 100128", the 100234 of "credit 500 to 100234"."""
    if mark.long_number and before(said, mark) in WHOSE:
        return True
    return mark.long_number and any(
        m.end <= mark.start and not said.text[m.end : mark.start].strip(" (,")
        for m in said.marks
        if m.kind == "name" and m.text[:1].isupper()
    )


def _money(argument: Argument, said: Sentence, asker: Asker, out: Filled) -> tuple[str | None, Mark | None]:
    amounts = [m for m in said.marks if m.kind == "money" and m not in out.used]
    if not amounts and (argument.required or not out.reads_only):
        amounts = [m for m in said.marks if m.kind == "number" and m not in out.used]
        amounts = [m for m in amounts if not (m.found and m.entity)]
        amounts = [m for m in amounts if not _account(m, said)] or amounts
    elif side := SIDES.get(argument.name):  # what narrows a reading stands behind such a word
        free = [m for m in said.marks if m.kind in {"number", "money"} and m not in out.used]
        amounts = [
            m for m in free if side.search(said.text, 0, m.start) and not OF_PEOPLE.match(said.text, m.end)
        ]
    elif not amounts and argument.name == "amount":  # "payments of 4500"
        free = [m for m in said.marks if m.kind == "number" and m not in out.used and not m.long_number]
        amounts = [
            m
            for m in free
            if len(m.text) >= SHORT and (before(said, m) in AMOUNT_BEHIND or TOO_MUCH.match(said.text, m.end))
        ]
    if argument.name == "each":
        amounts = [
            m for m in amounts if EACH.search(said.text, 0, m.start) or A_MONTH.match(said.text, m.end)
        ]
    for mark in amounts:
        if mark.kind == "number" and COUNTED.match(said.text, mark.end):  # "pays in 3 parts"
            continue
        if BELOW_ZERO.search(said.text, 0, mark.start):  # no change is about less than nothing: ask
            continue
        try:
            return read_value(argument, mark.text, asker.clock, asker.currency), mark
        except BadInput:
            continue
    return None, None


def _number(argument: Argument, said: Sentence, out: Filled) -> tuple[Any, Mark | None]:
    """Take a length in the unit the name says, else a number beside the name, else the only one."""
    name = argument.name
    if name.startswith("to_"):  # the second end of a range is no number by itself
        return None, None
    for value, mark in (_signed(argument, said, out), _length_in(name, said, out)):
        if value is not None:
            return value, mark
    if name in {"limit", "top", "count", "first", "last"} and (found := FEW.search(said.text)):
        return NUMBERS[(found["a"] or found["b"]).lower()], None
    numbers = [m for m in said.marks if m.kind == "number" and m not in out.used and m.text.isdigit()]
    if name == "instalments" and (parts := instalments(numbers, said)):
        return parts
    if name in {"least", "minimum", "times"}:
        return _at_least(numbers, said)
    if name in {"limit", "top", "count", "first", "last"}:
        numbers = [m for m in numbers if not m.long_number and _counts(m, said, out)]
    elif not argument.required:
        alone = "day" in name and len(numbers) == 1
        numbers = [m for m in numbers if before(said, m) in {*name.split("_")} or (alone and _days(m, said))]
    else:
        numbers = [m for m in numbers if not compared(m, said)]
    return (int(numbers[0].text), numbers[0]) if numbers else (None, None)


def _signed(argument: Argument, said: Sentence, out: Filled) -> tuple[float | None, Mark | None]:
    """Take a number below nothing: the -28 of "below -28 dBm"."""
    found = SIGNED.search(said.text) if argument.kind is Kind.NUMBER else None
    if found is None:
        return None, None
    at = found.start("n")
    mark = next((m for m in said.marks if m.kind == "number" and m.start == at and m not in out.used), None)
    below = -float(found["n"].replace(",", "."))
    return (int(below) if below.is_integer() else below, mark) if mark else (None, None)


def _length_in(name: str, said: Sentence, out: Filled) -> tuple[int | None, Mark | None]:
    """Take a length of time in the unit that the argument's name says."""
    for mark in said.marks:
        length = mark.time.length if mark.time else None
        if not length or (out.told_in_text(mark) and out.has_figures):
            continue
        if "day" in name:
            if not out.reads_only and length % ONE_DAY:
                continue  # 5 hours are no day, where something is given for them
            return max(1, length.days), mark
        if "hour" in name:
            return int(length.total_seconds() // 3600), mark
        if "minute" in name:
            return int(length.total_seconds() // 60), mark
    return None, None


def _days(mark: Mark, said: Sentence) -> bool:
    """Say whether a bare number is one of days: "overdue 90", "over 60", not the 5 of a long story."""
    if before(said, mark) in FIRST:
        return False  # "top 5" says how many are shown
    few = len(said.words) <= SHORT or compared(mark, said)
    return few and not mark.long_number and int(mark.text) <= YEAR


def compared(mark: Mark, said: Sentence) -> bool:
    """Say whether a number is a bound of something: "over 10", "between 5 and 10"."""
    return COMPARES.search(said.text, 0, mark.start) is not None


def _counts(mark: Mark, said: Sentence, out: Filled) -> bool:
    """Say whether a number is how many are to be shown: "top 5", "20 payments", "5 worst"."""
    if compared(mark, said) or OR_MORE.match(said.text, mark.end):
        return False
    after = [w.low for w in said.words if w.start >= mark.end][:3]
    first = before(said, mark) in FIRST or (after and after[0] in FIRST)
    return bool(first) or any(low.endswith("s") and stem(low) in out.nouns for low in after)


def _at_least(numbers: list[Mark], said: Sentence) -> tuple[Any, Mark | None]:
    """Return the fewest of something: "at least 5", "more than 5 times"."""
    for mark in numbers:
        more = AT_LEAST.search(said.text, 0, mark.start) is not None
        if more or TIMES.match(said.text, mark.end):
            return int(mark.text), mark
    return None, None


def before(said: Sentence, mark: Mark) -> str:
    """Return the word before a mark."""
    return next((w.low for w in reversed(said.words) if w.end <= mark.start), "")
