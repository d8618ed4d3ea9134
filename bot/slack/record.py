"""Keeping scrubbed payloads in a folder, where whoever runs the bot asked for it: see `backhaul replay`."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.config import Config
from bot.slack.routes import kind_of_payload
from bot.slack.scrub import scrub

log = structlog.get_logger(__name__)

Record = Callable[[Mapping[str, Any]], Awaitable[None]]
MOST_FILES = 1000
"""Kept in the folder; the oldest go first."""
TIDY_EVERY = 50
OLDEST = timedelta(days=7)
"""How long a file is kept: what is to be looked into is looked into by then."""


async def keep_nothing(_body: Mapping[str, Any]) -> None:
    """Record nothing: how it is unless somebody asks for it."""


def recorder_of(config: Config) -> Record:
    """Return what is done with each payload that passed the checks at the door."""
    if config.slack_record is None:
        return keep_nothing
    return Recorder(config.slack_record, words=config.slack_record_words).keep


class Recorder:
    """Writes one file per payload, readable by the bot's own account only; what fails is logged, no more."""

    def __init__(self, folder: Path, *, words: bool, most: int = MOST_FILES) -> None:
        self._folder, self._words, self._most = folder, words, most
        self._written = 0

    async def keep(self, body: Mapping[str, Any]) -> None:
        """Keep a payload, scrubbed."""
        try:
            await asyncio.to_thread(self._write, scrub(body, words=self._words), kind_of_payload(body))
        except (OSError, ValueError, TypeError) as error:
            log.warning("slack.not_recorded", error=type(error).__name__)

    def _write(self, body: Mapping[str, Any], kind: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._written % TIDY_EVERY == 0:
            self._tidy()
        self._written += 1
        plain = "".join(sign if sign.isalnum() else "-" for sign in kind)[:60]
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        path = self._folder / f"{stamp}-{os.getpid()}-{plain}.json"
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w") as file:
            json.dump(body, file, indent=2, ensure_ascii=True)

    def _tidy(self) -> None:
        """Drop what is old, also of runs before this one, and what is too much."""
        drop_recorded(self._folder, before=datetime.now(UTC) - OLDEST)
        for each in sorted(self._folder.glob("*.json"), reverse=True)[self._most - 1 :]:
            each.unlink(missing_ok=True)


def drop_recorded(folder: Path, *, before: datetime) -> int:
    """Delete the files that were written before an instant; return how many."""
    dropped = 0
    for one in folder.glob("*.json"):
        with suppress(FileNotFoundError):  # another process drops them too
            if one.stat().st_mtime < before.timestamp():
                one.unlink()
                dropped += 1
    return dropped
