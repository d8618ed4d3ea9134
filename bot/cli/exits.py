"""Exit codes, and how errors become one sentence on standard error."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
from collections.abc import Coroutine
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from bot import errors
from bot.errors import BadInput, BotError, ConfigError, NotAllowed, NotFound, NotLinked, Unavailable

T = TypeVar("T")
MIB = 1024 * 1024
LITTLE = 100
"""Less free space than this, in MB, is worth a word when something fails."""


class Exit(IntEnum):
    """What a script can tell from the exit code."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    REFUSED = 4
    NOT_FOUND = 5
    WAITING = 6
    INTERRUPTED = 130


CODES: tuple[tuple[type[BotError], Exit], ...] = (
    (Unavailable, Exit.UNAVAILABLE),
    (ConfigError, Exit.UNAVAILABLE),
    (NotAllowed, Exit.REFUSED),
    (NotLinked, Exit.REFUSED),
    (NotFound, Exit.NOT_FOUND),
    (BadInput, Exit.USAGE),
)
EPILOG = (
    "Exit codes: 0 done · 1 failed or found something wrong · 2 wrong usage · "
    "3 configuration or database · 4 not allowed · 5 not found · 6 waits for a yes"
)


def fail(message: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Say one sentence on standard error and leave."""
    typer.secho(message, fg="red" if sys.stderr.isatty() else None, err=True)
    raise typer.Exit(code)


def code_of(error: BotError) -> Exit:
    """Return the exit code for an error raised on purpose."""
    return next((code for kind, code in CODES if isinstance(error, kind)), Exit.FAILED)


def code_named(error: str) -> Exit:
    """Return the exit code for an error of that name, which a reply speaks of."""
    kind = getattr(errors, error, BotError)
    return next((code for known, code in CODES if issubclass(kind, known)), Exit.FAILED)


def run(work: Coroutine[Any, Any, T], *, fast: bool = False) -> T:
    """Run a command's coroutine; errors raised on purpose become a sentence and an exit code.

    `fast` takes uvloop, which the service wants and a single command does not.
    """
    try:
        if fast:
            import uvloop

            return uvloop.run(work)
        return asyncio.run(work)
    except (ConfigError, Unavailable) as error:
        fail(f"{error}{crowded_home()}", code_of(error))
    except BotError as error:
        fail(str(error), code_of(error))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - a person at a terminal gets a sentence, not a traceback
        unexpected(error)


def unexpected(error: Exception) -> NoReturn:
    """Say that something went wrong that should not have; with BACKHAUL_LOG=debug say where."""
    from bot.config import read_config
    from bot.db.outage import words_for

    settings = read_config()
    if isinstance(error, typer.Exit | typer.Abort) or settings.log == "debug":
        raise error
    if spoken := words_for(error, connecting=not isinstance(error, OSError)):
        fail(f"{spoken}{crowded(settings.home)}", code_of(spoken))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        fail(f"The disk is full, so I stopped.{crowded(settings.home)}", Exit.UNAVAILABLE)
    if isinstance(error, OSError) and _is_at(error, settings.home):
        why = (error.strerror or "an error").lower()
        fail(f"I cannot use the folder {settings.home} ({why}): set BACKHAUL_HOME to one I may write in.",
             Exit.UNAVAILABLE)  # fmt: skip
    fail(
        f"Something went wrong that should not have ({type(error).__name__}). "
        "Run it again with BACKHAUL_LOG=debug to see where, and report that."
    )


def _is_at(error: OSError, home: Path) -> bool:
    """Say whether an error is about the home folder, something in it, or what it lies in."""
    there = Path(os.fsdecode(error.filename or ""))
    return there == home or home in there.parents or (there.is_absolute() and there in home.parents)


def crowded_home() -> str:
    """Return a sentence about the disk of the home folder if it is full; else nothing."""
    from bot.config import read_config

    try:
        return crowded(read_config().home)
    except ConfigError:
        return ""


def crowded(home: Path) -> str:
    """Return a sentence about the disk below the home folder if it is full; else nothing."""
    there = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    free = shutil.disk_usage(there).free
    return f" The disk of {home} has only {free // MIB:,} MB left." if free < LITTLE * MIB else ""
