"""What goes on while one message is answered: told to whoever listens, who can also ask to stop.

A surface that shows progress answers inside `listening(…)`; where nobody listens nothing is told. The gate
tells each call it runs (`doing`), a model the words it writes (`say`). Stopped is raised between two calls
and breaks a look-up off; a change that has begun goes on to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.contract.reply import Reply
from bot.errors import Stopped

LONGEST_TITLE = 120
NOTHING = "Stopped, as you asked. Nothing was changed."
AFTER = "Stopped, as you asked. Before that this was done: {done}."
AGAIN = (
    "Stopped, as you asked. I had to begin this a second time, so look into the audit for what was changed."
)
T = TypeVar("T")


class State(StrEnum):
    """How far a step is."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of an action; `number` counts from 1 within the message and stays the same.

    `title` says what kind of call it is and nothing of anybody's data. `reply` is what a call that is done
    returned, `why` what a failed one said: both as private as the answer.
    """

    number: int
    title: str
    writes: bool
    state: State = State.BEGUN
    reply: Reply | None = None
    why: str = ""


class Listener(Protocol):
    """Hears of one message. Both methods return at once; `stop` is set when the person wants no answer."""

    @property
    def stop(self) -> asyncio.Event:
        """Set once the person asked to stop."""

    @property
    def again(self) -> bool:
        """Whether an earlier try to answer broke off, so that nobody knows here what it did."""

    def on_step(self, step: Step) -> None:
        """Hear that a step began or ended."""

    def on_words(self, words: str) -> None:
        """Hear the next words of the answer, in Markdown."""


@dataclass
class _Going:
    listener: Listener
    count: int = 0
    writing: int = 0
    """Changes that run."""
    wrote: list[str] = field(default_factory=list)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while no change runs."""

    def __post_init__(self) -> None:
        self.quiet.set()

    def stopped(self) -> Stopped:
        if self.listener.again:
            return Stopped(AGAIN)
        return Stopped(AFTER.format(done="; ".join(self.wrote)) if self.wrote else NOTHING)

    def turn_write(self, by: int) -> None:
        self.writing += by
        if self.writing:
            self.quiet.clear()
        else:
            self.quiet.set()


_going: ContextVar[_Going | None] = ContextVar("going", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell this listener of all that goes on inside."""
    token = _going.set(_Going(listener))
    try:
        yield
    finally:
        _going.reset(token)


class Doing:
    """A call under way; it counts as failed unless it says that it `ended`."""

    def __init__(self) -> None:
        self.reply: Reply | None = None
        self.why = ""

    def ended(self, reply: Reply | None, why: str = "") -> None:
        """Say how it ended: with a reply, or why not."""
        self.reply, self.why = reply, why


@contextmanager
def doing(title: str, *, writes: bool) -> Iterator[Doing]:
    """Tell that a call begins and how it ends; `title` is the first line of what the action is about."""
    done, going = Doing(), _going.get()
    if going is None:
        yield done
        return
    going.count += 1
    step = Step(number=going.count, title=title_of(title), writes=writes)
    going.listener.on_step(step)
    going.turn_write(int(writes))
    try:
        yield done
    finally:
        if done.reply is not None and writes:
            going.wrote.append(f"“{step.title}”")
        going.turn_write(-int(writes))
        state = State.FAILED if done.reply is None else State.DONE
        going.listener.on_step(replace(step, state=state, reply=done.reply, why=done.why))


def say(words: str) -> None:
    """Tell the next words of the answer, as they are written; the reply holds them all once more."""
    if (going := _going.get()) is not None and words:
        going.listener.on_words(words)


def check() -> None:
    """Raise Stopped, which says what was done, when the person wants no answer any more.

    Not while a change runs: what it still has to call belongs to it.
    """
    if (going := _going.get()) is not None and going.listener.stop.is_set() and not going.writing:
        raise going.stopped()


async def unless_stopped(work: Awaitable[T]) -> T:
    """Return what a look-up returns; broken off with Stopped when the person wants no answer any more.

    A change begun further in is brought to its end first.
    """
    if (going := _going.get()) is None:
        return await work
    looking, stop = asyncio.ensure_future(work), asyncio.ensure_future(_asked_to_stop(going))
    try:
        await asyncio.wait({looking, stop}, return_when=asyncio.FIRST_COMPLETED)
        if looking.done():
            return looking.result()
        raise going.stopped()
    finally:
        stop.cancel()
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await stop


async def _asked_to_stop(going: _Going) -> None:
    await going.listener.stop.wait()
    await going.quiet.wait()


def title_of(about: str) -> str:
    """Return what an action is about as a title: its first line, without the full stop."""
    line = about.strip().partition("\n")[0].rstrip(".")
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
