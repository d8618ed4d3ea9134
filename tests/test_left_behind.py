"""A test that leaves something behind is found out by name, before another trips over it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

import pytest
import structlog
from slack_sdk.signature import SignatureVerifier

from bot.log import set_up_logging
from tests.left_behind import logging_kept, shared_state

Patch = pytest.MonkeyPatch
CHANGES: dict[str, Callable[[Patch], object]] = {
    "environment": lambda patch: patch.setitem(os.environ, "SLACK_TENANT", "globex"),
    "working directory": lambda patch: patch.chdir("/"),
    "root logger": lambda patch: patch.setattr(logging.root, "handlers", [logging.NullHandler()]),
    "levels of loggers": lambda patch: patch.setattr(
        logging.getLogger("slack_sdk"), "level", logging.CRITICAL
    ),
    "logging.disable": lambda patch: patch.setattr(logging.root.manager, "disable", logging.ERROR),
    "time zone": lambda patch: patch.setattr(time, "tzname", ("EAT", "EAT")),
    "time": lambda patch: patch.setattr(time, "monotonic", lambda: 0.0),
    "clock of signatures": lambda patch: patch.setattr(
        SignatureVerifier("s").clock, "now", lambda: 0.0, raising=False
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_named(what: str, monkeypatch: Patch) -> None:
    before = shared_state()
    CHANGES[what](monkeypatch)
    after = shared_state()
    assert [name for name in before if before[name] != after[name]] == [what]


def test_logging_is_as_it_was_after_a_service_set_it_up() -> None:
    before = shared_state()
    with logging_kept():
        set_up_logging(level="error", form="console")
        assert shared_state()["structlog"] != before["structlog"]
    assert shared_state() == before


def test_processors_that_were_changed_in_place_are_seen() -> None:
    before, processors = shared_state(), structlog.get_config()["processors"]
    processors.append(processors[-1])
    after = shared_state()
    processors.pop()
    assert before["structlog"] != after["structlog"]
