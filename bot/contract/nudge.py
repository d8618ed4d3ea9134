"""Something the bot says to people by itself, beside their questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.contract.reply import Reply
from bot.errors import Unavailable


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """Said once per `key` and person: to the one whose e-mail address or id is `to`, or to all of a `role`.

    It reaches them in a direct message where their chat account is linked, else with their next answer in a
    terminal. Its choices are words to say in return, so write them as whole commands; buttons are left out.
    """

    key: str
    reply: Reply
    to: str = ""
    role: str = ""


PutNudge = Callable[[Nudge], Awaitable[int]]


async def no_nudge(_nudge: Nudge) -> int:
    """Refuse: this context was made for reading."""
    raise Unavailable("Nobody can be told anything from here.")
