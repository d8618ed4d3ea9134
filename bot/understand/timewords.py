"""The words of days, hours and lengths of time, as patterns and as numbers."""

from __future__ import annotations

import re
from datetime import time

DAYS = tuple(
    "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905 - reads better than twelve lines
)
MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905 - reads better than twelve lines
)
DAY = (
    r"(?P<day>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday|r)?|fri(?:day)?|"
    r"sat(?:urday)?(?! behind\b)|sun(?:day)?)"
)
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400, "y": 365 * 86_400}
UNIT = (
    r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|years?|yrs?|"
    r"[smhdwy](?![a-z]))"
)
NUMBERS = {"a": 1, "an": 1, "half an": 0.5, "half a": 0.5, "a couple of": 2, "couple of": 2}
NUMBERS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
NUMBERS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20}
NUMBERS |= {"thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90}
COUNT = (
    r"(?:(?P<count>\d{1,5})\+?[\s-]*|"
    rf"(?P<word>{'|'.join(sorted(NUMBERS, key=len, reverse=True))})[\s-]+)(?:(?:more|extra)\s+)?"
)
HOURS = tuple("one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905 - as above
UNIT_WORDS = "seconds?|minutes?|mins?|hours?|days?|weeks?|months?|o"
BEHIND = (
    r"\s*(?:$|[,.;!?:](?!\d)|\)|(?:on|in|because|for|as|with|to|at|tomorrow|today|tonight|this|next|please|pls)\b|"
    rf"{DAY}\b)"
).replace("?P<day>", "?:")
"""What stands behind two bare hours, "from 8 to 18", and behind nothing counted."""
PAIRED = "|".join(
    f"(?<={day}{digits}{link})"
    for day in ("day ", "rrow ", "ight ", "mrw ")
    for digits in (r"\d", r"\d\d")
    for link in ("-", "–", " - ", " – ", " to ")
)
"""What stands before the second of two bare hours of a day: "sunday 1-4"."""
ALONE = r"(?=\s*(?:$|[,.;!?](?!\d)|(?:instead|please|pls|because|tomorrow|today|tonight|on)\b))"
CLOCK = re.compile(
    r"\b(?:at\s+)?(?:(?P<part11>half|quarter|a quarter)\s+(?P<side11>past|to|after)\s+"
    rf"(?P<h11>1[0-2]|0?[1-9]|{'|'.join(HOURS)})\b(?!:)\s*(?P<ap11>[ap]\.?m\b\.?)?|"
    r"(?P<h>[01]?\d|2[0-4])(?:[:h](?P<m>[0-5]\d))\s*(?P<ap>[ap]\.?m\b\.?)?|"
    r"(?P<h2>1[0-2]|0?[1-9])\s*(?P<ap2>[ap]\.?m\b\.?)|"
    r"(?<![\w./:-])(?P<h7>1[0-2]|0?[1-9])(?::(?P<m7>[0-5]\d))?"
    r"(?=\s*(?:-|–|—|to|and|till|until)\s*(?P<h8>1[0-2]|0?[1-9])(?::[0-5]\d)?\s*(?P<ap7>[ap])\.?m\b)|"
    r"at\s+(?P<h3>[01]?\d|2[0-3])(?!\d|[./:-]\S|\s*%)|"
    rf"at\s+(?P<hw>{'|'.join(HOURS)})(?!\s+(?:{UNIT_WORDS}|of|customers?|sites?|people|places|other|olts?))\b|"
    r"(?:(?<=until )|(?<=till ))(?P<h5>[01]?\d|2[0-3])(?=\s*(?:$|[,.;!?]|(?:to|this|on|in|because)))|"
    r"(?:(?<=tomorrow )|(?<=day )|(?<=tmrw ))(?P<h6>[01]?\d|2[0-3])(?=\s*(?:$|[,;!?]|:\s|\.$|because\b))|"
    rf"(?<=from )(?P<h9>[01]?\d|2[0-3])(?=\s+(?:to|until|till)\s+(?:[01]?\d|2[0-4])\b{BEHIND})|"
    rf"(?:(?<=from \d to )|(?<=from \d\d to ))(?P<h10>[01]?\d|2[0-3])(?={BEHIND})|"
    r"(?:(?<=day )|(?<=rrow )|(?<=ight )|(?<=mrw ))(?P<h12>[01]?\d|2[0-3])"
    rf"(?=(?:\s?[-–]\s?| to )(?:[01]?\d|2[0-4])\b{BEHIND})|(?:{PAIRED})(?P<h14>[01]?\d|2[0-4])(?={BEHIND})|"
    r"(?:(?<=\beta )|(?<=\beta to )|(?<=\beta is )|(?<=\beta at )|(?<=\bto ))"
    rf"(?P<h13>[01]?\d|2[0-3]){ALONE}|"
    r"(?P<h4>[01]?\d|2[0-3])h\b|(?P<word>noon|midday|midnight)|(?P<part>(?:before|after|at) lunch|"
    r"(?:at the |by |at )?(?:end of (?:the )?(?:working )?day|close of business|eod|cob)\b))",
    re.IGNORECASE,
)
SINCE = re.compile(r"\bsince\s*$", re.IGNORECASE)
"""What comes behind has been: 06:00 is this morning's, or yesterday's."""
PART = re.compile(r"^\s+(?:in the )?(?P<part>morning|afternoon|evening)\b", re.IGNORECASE)
"""Beside a day: “tomorrow morning”."""
PARTS = (
    ("before lunch", time(11, 30)), ("after lunch", time(13, 30)), ("lunch", time(12, 30)),
    ("morning", time(9)), ("afternoon", time(14)), ("evening", time(18)), ("", time(17)),
)  # fmt: skip
PART_HOURS = {"morning": (6, 12, 9), "afternoon": (12, 18, 14), "evening": (18, 24, 18)}
"""From which hour up to which, and the hour that is meant where it is one."""

MOVING = r"(?:move|push|shift|postpone|delay|reschedule|rebook|bring|put)"
"""Verbs with which something gets another time, of which the words behind say which or how far."""
