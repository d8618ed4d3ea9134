"""Times of a message as arguments: which of them begins something, which ends it, which is only told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.understand.arguments import Argument, Kind
from bot.understand.began import DUE_ON, PROMISES, began_before, day_before, due_on
from bot.understand.clock import TimeMark
from bot.understand.filled import Asker, Filled
from bot.understand.lengths import iso_length
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.timewords import MOVING
from bot.understand.values import is_end, is_hour, is_past, is_start, time_value

ARTICLE = r"\s*(?:about\s+|around\s+|the\s+)?$"
UP_TO = re.compile(rf"(?:\b(?:to|until|till|til|through|and)|[-–—]){ARTICLE}", re.IGNORECASE)
"""What stands before the second end of a stretch of time."""
UNTIL = re.compile(rf"\b(?:until|till|til|up to|before|no later than){ARTICLE}", re.IGNORECASE)
FROM = re.compile(rf"\b(?:since|from|after|starting(?: at| on)?|beginning){ARTICLE}", re.IGNORECASE)
NEXT_TO = re.compile(r"\s*(?:to|until|till|til|through|and|[-–—])\s*(?:the\s+)?", re.IGNORECASE)
WAS = re.compile(r"\b(?:had|was|were|did|happened|went|called|paid|used|came)\b", re.IGNORECASE)
RANGE = re.compile(r"\d\S*\s*(?:to|and|until|till|through|-|–)\s*(?:the\s+)?\w*\d", re.IGNORECASE)
"""Both ends in one: "3 to 9 October"."""
SHIFTED = re.compile(r"\s*(?:later|earlier|back|forward|sooner)\b", re.IGNORECASE)
BY = re.compile(r"\bby\s+(?:about\s+)?$", re.IGNORECASE)
END, START = "end", "start"
OLDER = re.compile(r"\b(?:(?:older|longer|more|over|beyond)(?: than)?|for)\s+(?:over\s+)?$", re.IGNORECASE)
"""What stands before how long something has been so: "older than 2 days", "without answer for 2 days"."""
LASTED = re.compile(r"\b(?:longer|shorter) than\s+(?:about\s+|an?\s+)?$", re.IGNORECASE)
"""What stands before how long something went on: no day on which it began."""
TOOK = re.compile(
    r"(?:\b(?:(?:longer|more|greater) than|over|above|beyond|exceeding|at least|"
    r"(?:last(?:ed|s|ing)?|took)(?: for)?)|>)\s*(?:about\s+|an?\s+)?$",
    re.IGNORECASE,
)
"""The same where an action takes how long something lasted."""
LONGER, ETA = "longer_than", "eta"
MOVED = re.compile(
    rf"(?<!\bto )\b{MOVING}\b[^,;.?!]*\bto\s+(?:the\s+)?$",
    re.IGNORECASE,
)
PUSHED = re.compile(rf"\b{MOVING}\b[^,;.?!]*(?<!\bto)(?<!\bthe)(?<!\bin)\s+$", re.IGNORECASE)
"""What stands before how far something is moved: "push it a week"."""
MADE = re.compile(
    r"(?:(?:no|ok|okay|and|please|then|wait|actually)\b[\s,]*)*"
    r"(?:(?:make|set|put|push|move) (?:it|that|this)(?: (?:to|for))?|for|at)?\s*",
    re.IGNORECASE,
)
"""All that stands before the length in "make it 2 hours"."""
BEHIND = re.compile(r"\b(?:in|over|for) the last \w+ (?:hours|days)|\bover the last days\b", re.IGNORECASE)


def timed(argument: Argument, said: Sentence, asker: Asker, out: Filled) -> tuple[str | None, Mark | None]:
    """Return the value of a time argument and the words it came from."""
    such = argument.name in {"by", LONGER}
    if argument.kind is Kind.LENGTH and not such and (span := _stretch(said, out)) is not None:
        return iso_length(span[1]), span[0]
    for mark in _in_order(argument, said):
        if not _is_such(argument.name, mark, said) or _is_a_beginning(argument, mark, said, out):
            continue
        when = _to_come(mark.time, asker.clock.now) if mark.time and out.ahead else mark.time
        if when is None or not _may_take(argument, mark, when, said, out):
            continue
        time = _meant(argument, mark, when, said, out, asker)
        if (began := began_before(argument, mark, said, out, asker.clock.now)) is not None:
            if is_end(argument.name):
                return began, mark
            continue
        if argument.name == "since" and not out.ends and time.first and time.first > asker.clock.now:
            continue  # nothing has been since a time to come
        if argument.kind is Kind.LENGTH and _only_end(mark, said, out) and not time.length:
            value = _until(time, asker.clock.now)
        else:
            back = _back_to(argument, time, out, asker.clock.now)
            last = day_before(argument, time, mark, said, out)
            value = (back if looks_back(out) else last) or time_value(argument, time, asker.clock) or back
        if value is not None:
            return value, mark
    return None, None


def _is_a_beginning(argument: Argument, mark: Mark, said: Sentence, out: Filled) -> bool:
    """Say whether a time is no length, as the action has an argument for when that began."""
    if argument.kind is not Kind.LENGTH or mark.time is None or mark.time.length:
        return False
    return out.past or (out.starts and fence(mark, said) == START)


def hour_of(said: Sentence, asker: Asker, out: Filled) -> tuple[str | None, Mark | None]:
    """Take an hour without a day: the thing keeps its own day; and a midnight said beside its day.

    That reads as the day alone does, which keeps its hour.
    """
    behind = [m for m in said.marks if m.time and _is_hour(m, said) and _moved_to(m, said)]
    for mark in behind or said.marks:
        if (
            mark.time
            and mark.time.exact
            and mark.time.first
            and _is_hour(mark, said) is not (mark in out.used)
        ):
            hour = mark.time.first.astimezone(asker.clock.zone).strftime("%H:%M")
            if mark not in out.used or hour == "00:00":
                return hour, mark
    return None, None


def _is_hour(mark: Mark, said: Sentence) -> bool:
    """Say whether a time is an hour without a day, or the second of two: the 10 of "from 8 to 10"."""
    before = _before(mark, said)
    second = (
        before
        and before.time
        and is_hour(before.time)
        and NEXT_TO.fullmatch(said.text, before.end, mark.start)
    )
    return mark.time is not None and (is_hour(mark.time) or bool(second))


def _is_such(name: str, mark: Mark, said: Sentence) -> bool:
    """Say whether a time stands where this argument's does: some are only told from others by their words."""
    if name.startswith("older"):
        return OLDER.search(said.text, 0, mark.start) is not None
    if name == LONGER:
        return TOOK.search(said.text, 0, mark.start) is not None and not (mark.time and mark.time.spans)
    return name != "by" or _shifts(mark, said)


def _shifts(mark: Mark, said: Sentence) -> bool:
    """Say whether a length is how far something moves: "by an hour", "2 hours later"."""
    bare = mark.time is not None and mark.time.length is not None and mark.time.first is None
    if bare and _before(mark, said) is None and PUSHED.search(said.text, 0, mark.start):
        return True
    behind = SHIFTED.match(said.text, mark.end) is not None or SHIFTED.search(mark.text) is not None
    return behind or BY.search(said.text, 0, mark.start) is not None or mark.text.lower().startswith("by ")


def _to_come(time: TimeMark, now: datetime) -> TimeMark:
    """Take what is due "in 3 days", or "within 3 days", as due from today until then."""
    if not time.length or time.spans or (time.first is not None and time.first < now):
        return time
    return replace(time, first=now, last=now + time.length)


def _in_a_day(time: TimeMark) -> bool:
    """Say whether what is due so is told by the hour, and not by its day: "within 3 hours", "by 18:00"."""
    return is_hour(time) or (time.length is not None and time.length < timedelta(days=1))


def fence(mark: Mark, said: Sentence) -> str:
    """Say whether a time ends something ("until 22:00"), begins it ("since Monday"), or neither."""
    low = mark.text.lower()
    if RANGE.search(low):
        return ""
    if UNTIL.search(said.text, 0, mark.start) or low.startswith(("until", "till", "before")):
        return END
    if (before := _before(mark, said)) and NEXT_TO.fullmatch(said.text, before.end, mark.start):
        return END
    if FROM.search(said.text, 0, mark.start) or low.startswith(("since", "from", "after")):
        return START
    return ""


def _before(mark: Mark, said: Sentence) -> Mark | None:
    """Return the time that stands before another one."""
    return next((m for m in reversed(said.marks) if m.time and m.end <= mark.start), None)


def _lasts(mark: Mark, said: Sentence) -> bool:
    """Say whether all that is said is how long something is to last: "make it 2 hours" is no moment."""
    if mark.time is None or mark.time.length is None or mark.time.first is not None:
        return False
    return MADE.fullmatch(said.text, 0, mark.start) is not None and not said.text[mark.end :].strip(" .!")


def _may_take(argument: Argument, mark: Mark, time: TimeMark, said: Sentence, out: Filled) -> bool:
    """Say whether an argument may come from this time; a stretch may fill its beginning and its end."""
    hour = out.hour and argument.kind is not Kind.LENGTH and (is_hour(time) or _is_hour(mark, said))
    hour = hour or (out.ahead and argument.kind is Kind.DAY and _in_a_day(time))
    long = _only_long(time, out) or (not out.reads_only and _lasts(mark, said))
    # "within 3 days" is how many days ahead, where that is asked for
    counted = argument.kind is Kind.DAY and out.reads_only and "days" in out.args and not fence(mark, said)
    if hour or counted or (argument.kind is Kind.INSTANT and long):
        return False  # it has an argument for an hour of its own day, or for how long it lasts
    lasted = TOOK if out.action and LONGER in out.action.args.model_fields else LASTED
    if (
        argument.kind is Kind.DAY
        and out.reads_only
        and time.length
        and lasted.search(said.text, 0, mark.start)
    ):
        return False
    side = END if due_on(mark, said, out) else fence(mark, said)
    if side == END and out.ends and not is_end(argument.name):
        return False
    if side == START and ((out.starts and is_end(argument.name)) or argument.name == ETA):
        return False  # "dark since 14:00" is not back by then
    if mark in out.used:
        ends, begins = is_end(argument.name), is_start(argument.name) or argument.name in {"at", "on"}
        return out.starts and out.ends and (ends or begins) and time.spans and not side
    return not out.told_in_text(mark) or argument.required or not out.has_figures


def _only_long(time: TimeMark, out: Filled) -> bool:
    """Say whether a length is no time to come: "make it 2 hours", where it is said by how much it moves."""
    moves = out.action is not None and "by" in out.action.args.model_fields
    return moves and time.length is not None and time.first is None


def _meant(
    argument: Argument, mark: Mark, time: TimeMark, said: Sentence, out: Filled, asker: Asker
) -> TimeMark:
    """Return the weekday or hour before where the past is meant, and a later one where an end is before."""
    if time.every is None or time.first is None:
        return time
    behind = (is_past(argument.name) and not out.ahead) or (
        out.reads_only and (out.past or WAS.search(said.text) is not None)
    )
    if PROMISES in out.own and DUE_ON.search(said.text, 0, mark.start):
        behind = False
    if behind and time.first > asker.clock.now:
        return time.moved(-time.every)
    before = _before(mark, said) if is_end(argument.name) and not behind else None
    if before and before.time and before.time.first and time.first <= before.time.first:
        return time.moved(time.every)
    return time


def _only_end(mark: Mark, said: Sentence, out: Filled) -> bool:
    """Say whether a change is to last until a time: "give Bea the role until Friday"."""
    return not out.reads_only and fence(mark, said) == END


def _back_to(argument: Argument, time: TimeMark, out: Filled, now: datetime) -> str | None:
    """Return how far a reading has to look back to show a time that is over: the optical level last week."""
    if argument.default is None and not looks_back(out):
        return None  # it lists what is to come: without a length it takes all of it
    if argument.kind is not Kind.LENGTH or not out.reads_only or not time.spans or time.length:
        return None
    if time.first is None or time.last is None or time.first >= now:
        return None
    return iso_length(now - time.first) if time.last <= now or looks_back(out) else None


def looks_back(out: Filled) -> bool:
    """Say whether an action says of itself that it shows the last days: "this week" is what was of it."""
    return out.action is not None and BEHIND.search(out.action.about) is not None


def _until(time: TimeMark, now: datetime) -> str | None:
    """Return how long it is until then."""
    ends = time.last or time.first
    return iso_length(ends - now) if ends and ends > now else None


def _in_order(argument: Argument, said: Sentence) -> list[Mark]:
    """Return the times, those first that stand where an end does if an end is sought, else those last."""
    times = [m for m in said.marks if m.time is not None]
    if len(times) == 1:
        return times
    end = is_end(argument.name)
    return sorted(times, key=lambda m: (not end and not _moved_to(m, said), _ends(m, said) is not end))


def _moved_to(mark: Mark, said: Sentence) -> bool:
    """Say whether something is moved to a time: "can't come on Monday, move it to Tuesday"."""
    return MOVED.search(said.text, 0, mark.start) is not None


def _ends(mark: Mark, said: Sentence) -> bool:
    """Say whether a time is the second of two: the 18:00 of "from 08:00 to 18:00"."""
    return UP_TO.search(said.text, 0, mark.start) is not None


def _stretch(said: Sentence, out: Filled) -> tuple[Mark, timedelta] | None:
    """Return the second of "from 02:00 to 04:00" where the first was taken, and how long it is to it."""
    marks = [m for m in said.marks if m.time and m.time.exact and m.time.first and m.time.length is None]
    for first, second in pairwise(marks):
        begins, ends = first.time, second.time
        if first in out.used and second not in out.used and _ends(second, said) and begins and ends:
            length = (ends.first or ends.last or begins.last) - begins.first  # type: ignore[operator]  # both are set
            return (second, length) if length > timedelta() else None
    return None
