"""Whole services that die at a chosen step, forked from one process that has loaded everything already.

`python -m tests.bot.slack.drill.victim` reads the name of a step per line and answers with the process id of a
service that will die there (`none`: it lives), then, when it is dead, with what it died of.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

import plugins
from bot import serve as serving
from bot.app import App
from bot.config import read_config
from bot.core import execute
from bot.core.gate import Gate
from bot.db import outbox
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins
from bot.jobs.worker import Worker
from bot.log import set_up_logging
from bot.serve import Process
from bot.slack.delivery import Delivery
from bot.slack.ingest import Ingest
from bot.slack.reader import Reader
from bot.slack.room import SlackRoom

ARRIVING = ("arrived", "kept")
ANSWERING = ("taken", "asked", "wrote", "answered", "finishing", "finished")
SENDING = ("before post", "posted", "marked")
NONE = "none"


def die(*_: object, **__: object) -> NoReturn:
    """Die at once, as a machine without power does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


def after(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Let it happen, and die then."""

    async def dying(*args: Any, **more: Any) -> Any:
        await fn(*args, **more)
        die()

    return dying


def arm(step: str) -> None:
    """Make this process die when it comes to the step."""
    places: dict[str, tuple[Any, str, bool]] = {
        "arrived": (Ingest, "take_in", False),
        "kept": (Ingest, "take_in", True),  # committed, not acknowledged
        "taken": (Reader, "_reply", False),
        "asked": (execute, "_attempt", False),
        "wrote": (execute, "finish", False),  # the ticket is made, its call not at an end
        "answered": (Reader, "_finish", False),
        "finishing": (outbox, "do_put", True),  # in the transaction that ends the work
        "finished": (Reader, "_finish", True),
        "before post": (Delivery, "send", False),
        "posted": (Delivery, "send", True),  # Slack has it, we have not noted it
        "marked": (outbox, "do_mark_sent", True),
    }
    if step != NONE:
        owner, name, late = places[step]
        setattr(owner, name, after(getattr(owner, name)) if late else die)


def hurry() -> None:
    """Let leases end soon, so that the next process need not wait for them."""
    defaults: Any = SlackRoom.__init__.__kwdefaults__
    defaults |= {"lease": timedelta(seconds=4), "sweep_every": timedelta(seconds=0.4)}
    defaults |= {"first_retry": timedelta(milliseconds=100)}
    Gate.__init__.__kwdefaults__["lease"] = timedelta(seconds=4)  # type: ignore[index]
    Worker.__init__.__kwdefaults__["heartbeat"] = timedelta(seconds=1)  # type: ignore[index]
    serving.RECOVER = timedelta(seconds=1)


async def work(step: str) -> None:
    """Serve until killed."""
    arm(step)
    hurry()
    app = await App.open(read_config())
    process = Process(app, ("slack", "agent", "worker", "scheduler"))
    process._warm = asyncio.Event().wait  # type: ignore[method-assign,assignment]  # what is asked is exact
    await process.start(lambda _step: None)
    await process.wait()


def main() -> None:
    """Fork a service per line."""
    set_up_logging(level="warning", form="json")
    load_plugins(find_plugins(plugins))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            asyncio.run(work(line.strip()))
            os._exit(0)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
