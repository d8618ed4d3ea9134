"""What a message was taken for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.contract.entity import Match
from bot.contract.people import User
from bot.understand.times import Clock

Resolve = Callable[[str, str], Awaitable[Sequence[Match]]]
"""`resolve(kind, text)`: the things of one kind these words may mean, best first."""


WAYS = frozenset({"meaning", "wording", "learned"})
"""The ways in which a message is compared with the actions."""


class Verdict(StrEnum):
    """What to do with it."""

    CLEAR = "clear"
    """Call it; a change is shown and confirmed first."""
    MISSING = "missing"
    """Ask for the first of `missing`."""
    UNSURE = "unsure"
    """Offer `alternatives`."""
    HELD = "held"
    """A change was named in a question, a ban or an "if": offer it, do not propose it."""
    FORBIDDEN = "forbidden"
    """It is plain what is wanted, and this person may not."""
    UNKNOWN = "unknown"
    """Nothing fits."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One message and what surrounds it. `focus` is what the thread is about, the latest last.

    `last` is the call before this one in the thread, so that "and for Bisi?" works.
    """

    words: str
    user: User
    clock: Clock
    resolve: Resolve
    currency: str = "USD"
    focus: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One action these words may mean, with its arguments and what is still missing.

    `wished` says that a change was asked for outright: in the form of an example, or by its verb;
    `formed` that the message has the form of an example. `unused` are the stretches of the message that
    nothing in the reading comes from, and `unplaced` what of them a change is not proposed without: a number,
    a day, a name, a limit. `meant`: the words sound like a ban, and so does the example they are.
    `too_much` is why a change is not done as wished: it is for one thing, and several were named.
    `leaves`: words that leave something out of a list, and the argument that was taken from them instead.
    `first_by`: the ways to compare in which no other action comes before it.
    `from_focus`: the arguments that are what the thread was about.
    """

    action_id: str
    args: Mapping[str, Any]
    score: float
    reads_only: bool
    said: str
    missing: tuple[str, ...] = ()
    wished: bool = True
    formed: bool = False
    meant: bool = False
    unused: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    too_much: str = ""
    leaves: tuple[str, ...] = ()
    first_by: frozenset[str] = WAYS
    from_focus: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """The verdict and the guesses, best first. `masked` is the message without what it names.

    `beyond` is what a forbidden wish was for; `lacks` what no plugin that is on can do, in words, and
    `instead` the actions that come nearest to it. `how` says of a deed that is only spoken of what was
    asked: how it is done, whether one may, or what comes of it. `forbids` is the change a ban speaks of.
    """

    verdict: Verdict
    guesses: tuple[Guess, ...] = ()
    masked: str = ""
    beyond: Guess | None = None
    lacks: str = ""
    instead: tuple[str, ...] = ()
    how: str = ""
    forbids: str = ""

    @property
    def best(self) -> Guess:
        """The best guess; only asked for where there is one."""
        return self.guesses[0]

    @property
    def action_id(self) -> str:
        """The best guess's action, empty when nothing fits."""
        return self.guesses[0].action_id if self.guesses else ""

    @property
    def args(self) -> Mapping[str, Any]:
        """The best guess's arguments."""
        return self.guesses[0].args if self.guesses else {}

    @property
    def confidence(self) -> float:
        """The best guess's score."""
        return self.guesses[0].score if self.guesses else 0.0

    @property
    def said(self) -> str:
        """The best guess as a command."""
        return self.guesses[0].said if self.guesses else ""
