"""Asking the systems behind the ports whether an effect happened, when nobody here knows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import structlog

from bot.core.bulkhead import DeadlinePassed, within
from bot.core.gate_setup import APPLIED, Setup

log = structlog.get_logger(__name__)


class Happened(Enum):
    """What is known about the effects of a call: all, none, some of its steps, or nothing."""

    YES = "yes"
    NO = "no"
    PART = "part"
    UNKNOWN = "unknown"


async def ask_ports(setup: Setup, plugin: str, ports: Sequence[str], keys: Sequence[str]) -> Happened:
    """Return what the systems that were open say about these idempotency keys."""
    answers = [await _ask_all(setup, plugin, ports, key) for key in keys]
    if None in answers or not answers:
        return Happened.UNKNOWN
    if not any(answers):
        return Happened.NO
    steps = any("/" in key for key in keys)
    return Happened.PART if steps or not all(answers) else Happened.YES


async def _ask_all(setup: Setup, plugin: str, ports: Sequence[str], key: str) -> bool | None:
    """Return True if any system applied the key, False if all say no, None if none of both."""
    answers = [await _ask_one(setup, plugin, port, key) for port in ports]
    if True in answers:
        return True
    return None if None in answers or not answers else False


async def _ask_one(setup: Setup, plugin: str, port: str, key: str) -> bool | None:
    if port.startswith(":"):
        return None
    try:
        opened: Any = await setup.around.port(port, plugin)
        applied = getattr(opened, "applied", None)
        answer = None if applied is None else await within(APPLIED, applied(key))
    except (DeadlinePassed, Exception) as error:  # noqa: BLE001 - a system that cannot answer has not said no
        log.warning("applied_not_answered", port=port, call=key, error=type(error).__name__)
        return None
    return answer if isinstance(answer, bool) else None
