"""Every error this bot raises on purpose.

BotError
    UserError            said to the person who asked, word for word
        NotAllowed       they lack a permission, or it ends at another region, site or partner
            NotHere          the rules of the channel do not let it be asked or done there
            LimitExceeded    the amount or the count is over what their role may do
        NotLinked        nobody knows yet which platform user this chat account belongs to
        NotFound         no such thing in this tenant (or not for this person: the words are the same)
        BadInput         the words or arguments do not fit
            Ambiguous    several things fit; carries the choices
            Unsaid       an argument that may be left out is needed here; the next message is taken for it
        Conflict         somebody else was faster, or it was already decided
            TakenOver        another process goes on with the call; its end can be asked for
        NotSupported     the system behind the bot has no such thing, or lets nobody do it from here
        Unavailable      a system behind the bot does not answer; nothing was changed
            DatabaseBusy     the bot's own database, which may do so in a moment
        OutcomeUnknown   the change may or may not have happened; a person has to look
        Stopped          whoever asked wants no answer any more; says what was changed before
    LeaseLost            this process no longer owns the call: stop before the effect
    NoTenant             a query was tried outside a tenant
    PluginError          a plugin broke the contract: it is set aside, the bot goes on
    ConfigError          the process must not start
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.contract.reply import Choice


class BotError(Exception):
    """Base of every error raised on purpose."""


class UserError(BotError):
    """Said to the person who asked, word for word: says what is wrong and what to do."""


class NotAllowed(UserError):
    """The person lacks a permission, or it does not reach this region, site or partner."""


class NotHere(NotAllowed):
    """The rules of the channel do not let this be asked or done there, whoever asks."""


class LimitExceeded(NotAllowed):
    """The amount or the number of customers is over what the person's role may do.

    `amount` (in minor units) and `count` are what was asked for; `unlike`: the amount is in another currency
    than limits are, so that only who has no limit may do it.
    """

    def __init__(
        self, text: str, *, amount: int | None = None, count: int | None = None, unlike: bool = False
    ) -> None:
        super().__init__(text)
        self.amount, self.count, self.unlike = amount, count, unlike


class NotLinked(UserError):
    """This chat account is not linked to a platform user; the text says how to link it."""


class NotFound(UserError):
    """No such thing in this tenant, or none this person may see."""


class BadInput(UserError):
    """The words or arguments do not fit."""


class Ambiguous(BadInput):
    """Several things fit; `choices` are the ways to say which one."""

    def __init__(self, message: str, choices: Sequence[Choice] = ()) -> None:
        super().__init__(message)
        self.choices = tuple(choices)


class Unsaid(BadInput):
    """An argument that may be left out is needed here after all; the next message is taken for it."""

    def __init__(self, message: str, argument: str = "") -> None:
        super().__init__(message)
        self.argument = argument


class Conflict(UserError):
    """Somebody else was faster, or it was already decided."""


class TakenOver(Conflict):
    """Another process took the call over and says how it ended: asking again tells."""


class NotSupported(UserError):
    """The system behind the bot cannot do this; the text says where it is done. Nothing was changed."""


class Unavailable(UserError):
    """A system behind the bot does not answer; nothing was changed."""


class DatabaseBusy(Unavailable):
    """The bot's own database is busy or away; nothing was changed, and in a moment it may go well."""


class OutcomeUnknown(UserError):
    """The change may or may not have happened; a person has to look."""


class Stopped(UserError):
    """Whoever asked wants no answer any more; the text says what was changed before."""


class LeaseLost(BotError):
    """This process no longer owns the call; it must not touch the outside world."""


class NoTenant(BotError):
    """A query was tried outside a tenant."""


class PluginError(BotError):
    """A plugin broke the contract; it is set aside and the bot goes on."""


class ConfigError(BotError):
    """The process must not start; the text says which setting and how to mend it."""
