"""Asking the systems behind the ports whether an effect happened, when nobody here knows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import structlog

from bot.core.bulkhead import within
from bot.core.gate_setup import APPLIED, Setup
from bot.db.calls import find_child_states

log = structlog.get_logger(__name__)

OWN_STORE = ":store"
"""Stands among the ports for the plugin's own store, which cannot say what happened to it."""
OTHER_CALL = ":call"
"""Stands for the calls that a call made itself; their own rows know how they ended."""


def nested_key(call_id: str) -> str:
    """Return what is noted, among the effects, before a call makes another one."""
    return f"{call_id}//call"


class Happened(Enum):
    """What is known about the effects of a call: all, none, some of its steps, or nothing."""

    YES = "yes"
    NO = "no"
    PART = "part"
    UNKNOWN = "unknown"


async def ask_ports(
    setup: Setup, plugin: str, call_id: str, ports: Sequence[str], keys: Sequence[str]
) -> Happened:
    """Return what is known about the effects of a call, by these idempotency keys.

    The systems that were open are asked; calls it made itself have rows of their own.
    """
    own = await _ask_systems(
        setup, plugin, [p for p in ports if p != OTHER_CALL], [k for k in keys if k != nested_key(call_id)]
    )
    if OTHER_CALL not in ports or own is Happened.UNKNOWN:
        return own
    async with setup.database.tenant(setup.tenant.id) as session:
        states = set(await find_child_states(session, call_id))
    if states & {"running", "approved", "unknown"}:
        return Happened.UNKNOWN
    return Happened.PART if states & {"done", "asked", "undone"} or own is not Happened.NO else Happened.NO


async def _ask_systems(setup: Setup, plugin: str, ports: Sequence[str], keys: Sequence[str]) -> Happened:
    answers = [await _ask_all(setup, plugin, ports, key) for key in keys]
    if None in answers:
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
    except Exception as error:  # noqa: BLE001 - a system that cannot answer has not said no
        log.warning("applied_not_answered", port=port, call=key, error=type(error).__name__)
        return None
    return answer if isinstance(answer, bool) else None
