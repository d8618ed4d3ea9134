"""What one might say first: what waits for one's yes, what is on today, and what one's role asks most."""

from __future__ import annotations

from bot.contract.reply import Choice
from bot.core.home import Home, Part

MOST = 4
MOST_TODAY = 2
"""Of what is on today: the rest is what the role asks."""
WAITING = "waiting"


def prompts(home: Home) -> tuple[Choice, ...]:
    """Return up to four things to say, in a few words each; none for somebody who may do nothing."""
    if home.closed:
        return ()
    count = len(home.to_decide)
    label = "1 request waits for your yes" if count == 1 else f"{count} requests wait for your yes"
    waits = [Choice(label=label, words=WAITING)] if count else []
    today = [Choice(label=each.title, words=each.words) for each in home.parts if _tells(each)]
    often = [Choice(label=f"{each[:1].upper()}{each[1:]}", words=each) for each in home.questions]
    first: dict[str, Choice] = {}
    for each in (*waits, *today[:MOST_TODAY], *often):
        first.setdefault(each.words, each)
    return tuple(first.values())[:MOST]


def _tells(part: Part) -> bool:
    return bool(part.words) and not part.reply.error
