"""The words with which people ask for more of a list, its number, another order, a file or a chart of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

THEM = (
    r"(?:\s+(?:of\s+)?(?:them|these|those|it|that|this|the list|rows?|ones?|entries|results|please|pls))*"
    r"[\s?.!]*$"
)
LEAD = (
    r"^(?:(?:ok|okay|and|now|then|please|pls|can you|could you|show|list|give|get|let|see|me|us|"
    r"i want|i need)\s+)*"
)
IT = r"(?:it|that|this|them|these|those|the list)"
OF_THEM = r"(?:\s+(?:one|ones|of (?:them|these|those|the(?:se)? \w+)))?"
BIGGEST = "biggest|largest|highest|smallest|lowest|oldest|newest|latest|earliest"


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


MORE = _re(
    rf"{LEAD}(?:(?:the\s+)?(?:(?P<a>\d{{1,3}})\s+more|more|next(?:\s+(?P<b>\d{{1,3}}))?(?:\s+page)?|further|"
    rf"(?P<all>rest|others|remaining|all))|keep going|go on|continue|scroll(?: down)?){THEM}"
)
NEXT = _re(r"\bnext\b(?! (?:ones?|rows?|page|entries|results)\b)")
"""Says "next" of no rows."""
COUNT = _re(
    rf"^(?:(?:and|so|ok)\s+)*(?:how many(?:\s+(?:are|is|were|was)\s+(?:there|they|that|it))?"
    rf"(?:\s+(?:in all|in total|altogether))?|(?:just )?(?:the |their )?count){THEM}"
)
SUM = _re(
    rf"^(?:(?:and|so|ok)\s+)*(?:how much(?: (?:is|are) (?:it|that|they|this))?"
    r"(?: (?:in (?:total|all)|altogether))?|"
    rf"(?:what(?:'s| is) )?(?:the |its |their )?(?:total|sum)(?: amount)?|in (?:total|all)|altogether){THEM}"
)
SORT = _re(
    rf"{LEAD}(?:(?:sort|order|rank)(?:ed)?(?:\s+{IT})?\s+by\s+(?:the\s+)?(?P<by>[\w ]{{2,30}}?)"
    rf"(?:[\s,]+(?P<way>ascending|descending|asc|desc|(?:{BIGGEST}) first))?|"
    rf"(?:the\s+)?(?P<first>{BIGGEST})\s+(?:ones?\s+)?first)[\s?.!]*$"
)
SHEET = r"(?:csv|excel|xlsx?|(?:spread)?sheet)"
CSV = _re(
    rf"{LEAD}(?:{IT}\s+)?(?:(?:as|in|to|into)\s+(?:an?\s+)?(?:{SHEET}(?:\s+file)?|file)|"
    rf"(?:export|download)(?:\s+{IT})?(?:\s+(?:as|to|into)\s+(?:an?\s+)?(?:{SHEET}|file))?|"
    rf"{SHEET}(?:\s+file)?(?:\s+please)?)[\s?.!]*$"
)
CHART = _re(
    rf"{LEAD}(?:{IT}\s+)?(?:(?:as|in|on)\s+(?:an?\s+)?(?:bar\s+)?(?:chart|graph|plot|diagram|picture)|"
    rf"(?:chart|plot|graph|draw)(?:\s+{IT})?)[\s?.!]*$"
)
DOWN = _re(r"desc|biggest|largest|highest|newest|latest")
TIMELY = _re(r"oldest|newest|latest|earliest")
LIKE: Mapping[str, Sequence[str]] = {
    "amount": ("owed", "amount", "total", "open", "sum", "credit", "paid"),
    "age": ("oldest", "due", "days", "opened", "created", "since"),
    "date": ("day", "date", "issued", "at", "created", "opened", "due"),
}
"""What people sort by, and what the column may be called."""
