"""A pasted log line or e-mail: it informs and commands nothing, so what to do with it is asked."""

from __future__ import annotations

import re

STAMP = (
    r"(?:<\d{1,3}>)?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?\S*|"
    r"[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\S*|"
    r"\[?\d\d?[/.][\dA-Z][\w/.]*[ :]\d\d:\d\d(?::\d\d)?\S*)"
)
LOG = re.compile(
    rf"^{STAMP}\s+(?:\S+\s+){{0,3}}?(?:[\w./\-]+\[\d+\]:|%[A-Z][\w\-]+:|(?:error|err|warn(?:ing)?|info|notice|debug|"
    r"crit(?:ical)?|alert|emerg)\b[\]:]?)",
    re.IGNORECASE,
)
"""A time, a host perhaps, and a process with its number, a message code or a severity."""
PAIRS = re.compile(r"\b[\w.\-]+=[^\s=]+")
STAMPED = re.compile(rf"^{STAMP}\s", re.IGNORECASE)
MANY = 3
HEADER = re.compile(r"^(?:from|to|cc|subject|date|sent|reply-to|message-id|received):\s?\S", re.IGNORECASE)
FORWARDED = re.compile(
    r"^(?:-{2,} ?(?:original|forwarded) message ?-{2,}|begin forwarded message:)",
    re.IGNORECASE | re.MULTILINE,
)
DEAR = re.compile(
    r"^(?:dear|hello|hi|good (?:morning|afternoon|evening|day))\b[^.?!\n]{0,60}[,!:.]?$", re.IGNORECASE
)
LETTER = 4
"""Lines of a letter that begins with a greeting on a line of its own."""


def kind_of_paste(words: str) -> str:
    """Return what was pasted, `a log line` or `an e-mail`; empty for what somebody says themselves."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if not lines:
        return ""
    if _is_log(lines):
        return "log lines" if len(lines) > 1 else "a log line"
    headers = sum(1 for line in lines[:10] if HEADER.match(line))
    if FORWARDED.search(words) or (headers > 1 and HEADER.match(lines[0])):
        return "an e-mail"
    return "an e-mail" if len(lines) >= LETTER and DEAR.match(lines[0]) else ""


def _is_log(lines: list[str]) -> bool:
    """Say whether every line, or a single one plainly, is what a machine writes."""
    stamped = [line for line in lines if STAMPED.match(line)]
    if len(stamped) >= MANY and len(stamped) * 2 > len(lines):
        return True
    first = lines[0]
    return bool(LOG.match(first) or (STAMPED.match(first) and len(PAIRS.findall(first)) >= MANY))
