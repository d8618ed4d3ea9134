"""Why an arrival is worked on later: Slack is away, or only a later version of the bot can read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.contract.reply import Reply
from bot.db.inbox import Taken
from bot.errors import DatabaseBusy
from bot.slack.calls import CallError, LimitedError, RefusedError
from bot.slack.remedies import BAD_TOKEN

LONGEST = timedelta(days=2)
"""An arrival that waited longer is given up, visibly: who asked has asked somebody else by then."""
UPGRADE = timedelta(hours=1)
"""How long one waits that only a later version can read, while others are updated."""
PERSON = timedelta(minutes=2)
"""How long Slack is asked who somebody is, before they are told that it does not say."""
LIMITED = 5
"""How many times as long, when Slack only says that many ask: then it does tell, each in turn."""
LONGEST_PAUSE = timedelta(minutes=1)


class WaitError(Exception):
    """It cannot be worked on now, through no fault of its own: it waits for `pause` up to `longest`."""

    def __init__(self, why: str, *, pause: timedelta = timedelta(), longest: timedelta = LONGEST) -> None:
        super().__init__(why)
        self.pause, self.longest = pause, longest


def waiting_for(error: Exception) -> WaitError:
    """Return what to wait for."""
    pause = error.pause if isinstance(error, LimitedError) else timedelta()
    return WaitError(str(error), pause=pause)


def may_wait(error: CallError, taken: Taken, longest: timedelta) -> bool:
    """Say whether asking Slack again a little later may help."""
    sure = isinstance(error, RefusedError) and not error.reason.startswith(BAD_TOKEN)
    return not sure and age(taken) < longest * (LIMITED if isinstance(error, LimitedError) else 1)


def unless_busy(reply: Reply | None, taken: Taken, longest: timedelta) -> Reply | None:
    """Return an answer; raise DatabaseBusy where it only says so, as long as asking again may help."""
    if reply is not None and reply.error == DatabaseBusy.__name__ and age(taken) < longest:
        raise DatabaseBusy(reply.text)
    return reply


def is_over(error: Exception, taken: Taken, most: int) -> bool:
    """Say whether an arrival has been tried so often, or has waited so long, that others come first."""
    return age(taken) > error.longest if isinstance(error, WaitError) else taken.tries > most


def age(taken: Taken) -> timedelta:
    """Return how long ago it arrived."""
    return datetime.now(UTC) - taken.received_at


def pause_of(taken: Taken, at_least: timedelta = timedelta()) -> timedelta:
    """Return how long to leave it alone: twice as long each time."""
    return max(at_least, min(timedelta(seconds=2 ** min(taken.fence, 6)), LONGEST_PAUSE))
