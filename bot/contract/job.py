"""Work a plugin does by itself, beside people's questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.contract.context import Context

RunJob = Callable[[Context[Any], Mapping[str, Any]], Awaitable[timedelta | None]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work in the background: asked for by `Context.enqueue`, and `every` so often by itself.

    `run` gets a context that reaches everything and the payload, and returns in how long it wants to go on,
    or None when it is done. It can be run twice at once, and again after a process died half-way: it keeps
    what it did in the database and looks before it acts; `ctx.effect.check()` right before an effect says
    that this process still owns the run. A run that raises is tried again, later each time, `attempts`
    times in all. A run is short, so that turning the plugin off stops the work soon: long work goes on.
    `before_answers`: it also runs before an answer in a terminal, where perhaps no service runs beside it.
    """

    name: str
    about: str
    run: RunJob
    every: timedelta | None = None
    timeout: timedelta = timedelta(minutes=1)
    attempts: int = 5
    before_answers: bool = False
