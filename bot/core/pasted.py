"""A pasted log line or e-mail: it informs and commands nothing, so what to do with it is asked."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from bot.contract.action import Via
from bot.contract.reply import Reply
from bot.core.ideas import named_in, questions_about
from bot.core.listed import picks_of
from bot.core.turn import Turn
from bot.core.wishes import ask_of

TICKET = "tickets_create"

STAMP = (
    r"(?:<\d{1,3}>)?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?P<s1>:\d\d)?\S*|"
    r"[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d(?P<s2>:\d\d)\S*|"
    r"\[?\d\d?[/.][\dA-Z][\w/.]*[ :]\d\d:\d\d(?P<s3>:\d\d)?\S*)"
)
SEVERITY = r"(?:error|err|warn(?:ing)?|info|notice|debug|crit(?:ical)?|alert|emerg)"
STAMPED = re.compile(rf"^{STAMP}\s", re.IGNORECASE)
LOG = re.compile(
    rf"^{STAMP}\s+(?:\S+\s+){{0,3}}?(?:[\w./\-]+\[\d+\]:|%[A-Z][\w\-]+:|\[?{SEVERITY}[\]:])", re.IGNORECASE
)
"""A time, a host perhaps, and a process with its number, a message code or a marked severity."""
SEVERE = re.compile(rf"^{STAMP}\s+(?:\S+\s+){{0,3}}?{SEVERITY}\b", re.IGNORECASE)
"""As LOG with a severity as a plain word: people write "alert me" too, but no seconds before it."""
PAIRS = re.compile(r"(?<![\w.\-])[\w.\-]{1,64}=[^\s=]")
MANY = 3
HEADER = re.compile(r"^(?:from|to|cc|subject|date|sent|reply-to|message-id|received):\s?\S", re.IGNORECASE)
FORWARDED = re.compile(
    r"^(?:-{2,} ?(?:original|forwarded) message ?-{2,}|begin forwarded message:)",
    re.IGNORECASE | re.MULTILINE,
)
GREETED = re.compile(
    r"^(?:(?P<dear>dear)|hello|hi|good (?:morning|afternoon|evening|day))\b[^.?!\n]{0,60}[,!:.]?$",
    re.IGNORECASE,
)
OUTSIDER = re.compile(
    r"\b(?:my|our) (?:\w+ )?(?:internet|wi-?fi|line|connection|router|modem|account|bill|invoice|contract|"
    r"service|package|subscription|house|office)\b|"
    r"^(?:(?:kind|best|warm|with kind) )?(?:regards|wishes)\b|^(?:yours|sincerely|respectfully)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""What a customer's letter says, and no colleague who greets before asking for something."""
QUOTES = re.compile(r">+ ?(?=[A-Za-z])")
ON_WROTE = re.compile(r"^on .{4,80} wrote:$", re.IGNORECASE)
"""What mail programs put before the mail that is answered."""
WRITES = re.compile(
    r"^(?:the |this |our |a )?(?:customer|caller|client|subscriber)(?: \d+)?(?: just)? "
    r"(?:writes?|wrote|says?|said|mailed|e-?mailed|texted|sent|asks?|asked)(?: us| this| in)?: ",
    re.IGNORECASE,
)
"""What follows is somebody else's wish: "customer writes: suspend me"."""
SIGNED = re.compile(r"(?:[A-Z][a-z'’]+(?: [A-Z][a-z'’.]*){1,3}|(?:\+|0)[\d ()\-]{7,16})")
"""The last line of a letter: a whole name, or a telephone number."""
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
    if FORWARDED.search(words) or (headers > 1 and HEADER.match(lines[0])) or _is_quoted(lines):
        return "an e-mail"
    if WRITES.match(lines[0]):
        return "what a customer wrote"
    greeted = GREETED.match(lines[0]) if len(lines) >= LETTER else None
    outside = greeted and (greeted["dear"] or OUTSIDER.search(words) or SIGNED.fullmatch(lines[-1]))
    return "an e-mail" if outside else ""


def _is_quoted(lines: list[str]) -> bool:
    """Say whether it begins as a reply or a header does: "> suspend her", "Subject: stop"."""
    heads = len(lines) > 1 and (HEADER.match(lines[0]) or ON_WROTE.match(lines[0]))
    return bool(heads) or QUOTES.match(lines[0]) is not None


def _is_log(lines: list[str]) -> bool:
    """Say whether every line, or a single one plainly, is what a machine writes."""
    stamped = [line for line in lines if _to_the_second(STAMPED.match(line))]
    if len(stamped) >= MANY and len(stamped) * 2 > len(lines):
        return True
    first = lines[0]
    if LOG.match(first):
        return True
    pairs = sum(1 for _ in islice(PAIRS.finditer(first), MANY))
    return _to_the_second(STAMPED.match(first)) and (pairs == MANY or SEVERE.match(first) is not None)


def _to_the_second(stamp: re.Match[str] | None) -> bool:
    """Say whether a time is as exact as machines write it: people say "10:00"."""
    return stamp is not None and any(stamp.groups())


async def pasted(turn: Turn) -> Reply | None:
    """Ask what to do with a log line or an e-mail that somebody pasted; what it says is no wish."""
    if not (kind := kind_of_paste(turn.question.words)):
        return None
    named = await named_in(turn, ask_of(turn))
    about = questions_about(turn, named)
    ticket = any(o.id == TICKET for o in turn.view.actions_for(turn.user))
    hint = " To keep it on a ticket, say `open a ticket for <customer>:` before it." if ticket else ""
    text = f"That looks like {kind}, so I do nothing that stands in it. Tell me what you need.{hint}"
    if about:
        text += f" About {named.said} I can say:"
    reply = Reply(text, choices=about)
    turn.thread = replace(turn.thread.about(named.focus), picks=picks_of(reply, Via.MODEL), rows=())
    return reply
