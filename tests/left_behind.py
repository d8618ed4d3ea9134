"""What a test must leave as it found it: what all tests of a process share."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import slack_sdk.signature
import structlog

from bot.log import NOISY

READ = ("BACKHAUL_", "DATABASE_", "SLACK_", "OTEL_", "PG", "TZ", "LANG", "LC_")
"""How the names begin of what the bot and its libraries read from the environment."""


@contextmanager
def logging_kept() -> Iterator[None]:
    """Let what runs inside set up logging as a service of its own does."""
    root, settings = logging.getLogger(), structlog.get_config()
    handlers, levels = root.handlers[:], _levels()
    try:
        yield
    finally:
        structlog.configure(**settings)
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def shared_state() -> dict[str, Any]:
    """Return what tests of one process share, by what it is called; equal where nothing was left behind."""
    verifier = slack_sdk.signature.SignatureVerifier("any")
    return {
        "environment": {name: value for name, value in os.environ.items() if name.startswith(READ)},
        "working directory": Path.cwd(),
        "structlog": {name: _known(value) for name, value in structlog.get_config().items()},
        "root logger": [type(one).__name__ for one in logging.root.handlers if _is_ours(one)],
        "levels of loggers": _levels(),
        "logging.disable": logging.root.manager.disable,
        "time zone": time.tzname,
        "time": (time.time, time.monotonic, time.sleep),
        "clock of signatures": vars(verifier.clock).copy(),
    }


def _levels() -> dict[str, int]:
    """Of the loggers our setting up touches: a library sets its own when it is imported, whoever does that."""
    return {name: logging.getLogger(name).level for name in ("", *NOISY)}


def _known(value: Any) -> Any:
    return value[:] if isinstance(value, list) else value


def _is_ours(handler: logging.Handler) -> bool:
    """Pytest hangs its own there while a test runs."""
    return not type(handler).__module__.startswith("_pytest")
