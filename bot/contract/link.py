"""Links that work without signing in, for whoever they were sent to; and the seals that make them ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.contract.reply import Reply
from bot.errors import Unavailable

if TYPE_CHECKING:
    from bot.contract.context import Context

RunLink = Callable[["Context[Any]", str], Awaitable[Reply]]


@dataclass(frozen=True, kw_only=True)
class PublicLink:
    """One thing that an outsider may do with a link they were sent, and nothing else.

    `ctx.link(name, about)` makes the address; without the key of this installation nobody makes one for
    another `about`. Opening it runs `show`, which changes nothing (mail scanners open every link), and offers
    `button`; pressing that, or the one click of a mail program (RFC 8058), runs `run`. Both get a context
    that stands for no person and reaches everything: what may be touched is `about` alone. `run` may be
    called again and again.
    """

    name: str
    about: str
    button: str
    show: RunLink
    run: RunLink


class Seals(Protocol):
    """Marks what this installation wrote for this plugin in this tenant, so that it knows it again."""

    def make(self, text: str) -> str:
        """Return the seal of a text: lower-case letters and digits, the same for the same text."""
        ...

    def fits(self, text: str, seal: str) -> bool:
        """Say whether a seal belongs to a text, also one made under a master key that still opens."""
        ...


class NoSeals:
    """Where nothing is sealed: a context that was made by hand."""

    def make(self, text: str) -> str:
        """Refuse."""
        del text
        raise Unavailable("Nothing can be sealed here.")

    def fits(self, text: str, seal: str) -> bool:
        """Know no seal."""
        del text, seal
        return False


def no_link(name: str, about: str) -> str:
    """Return no address: nobody outside can reach this."""
    del name, about
    return ""
