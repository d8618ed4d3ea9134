"""Refusals are written down like everything else, and what nobody foresaw becomes an incident with an id."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog

from bot.contract.people import User
from bot.core.audit_body import MASK, canonical
from bot.core.audit_note import Note, note_alone
from bot.core.execute import incident
from bot.core.gate_setup import MessageKey, Setup
from bot.core.validate import secret_fields
from bot.errors import Ambiguous, NotFound, Unavailable, Unsaid, UserError

log = structlog.get_logger(__name__)
T = TypeVar("T")
_going: set[asyncio.Future[Any]] = set()


def shown_args(setup: Setup, action_id: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return arguments as a refusal may keep them, before anything checked them.

    Of an action that takes secrets only what surely is none; a misspelled name may hold one. Of an action
    that is not here nobody knows, so only the names are kept.
    """
    try:
        model = setup.view.action(action_id).item.args
    except NotFound:
        return dict.fromkeys(args, MASK)
    if not (secrets := secret_fields(model)):
        return args
    plain = set(model.model_fields) - secrets
    return {name: value if name in plain else MASK for name, value in args.items()}


def given_hash(setup: Setup, action_id: str, args: Mapping[str, Any], key: str | None) -> str:
    """Return what stands for the arguments a key came with, secrets left out; empty where they may differ."""
    if key is None or isinstance(key, MessageKey):
        return ""
    return hashlib.sha256(canonical(shown_args(setup, action_id, args)).encode()).hexdigest()


@asynccontextmanager
async def refusals(
    setup: Setup,
    user: User,
    action_id: str,
    facts: Mapping[str, Any],
    *,
    call_id: str | None = None,
    things: Sequence[str] = (),
) -> AsyncIterator[None]:
    """Write every error raised inside to the audit, and let only UserErrors out."""
    try:
        yield
    except UserError as error:
        said: UserError = error
        event = "unclear" if isinstance(error, Ambiguous | Unsaid) else "refused"
        why = {"text": str(error), "why": type(error).__name__}
    except Exception as error:  # noqa: BLE001 - whatever goes wrong on the way in becomes an incident that is said
        failure = incident(error, action_id[:100], call_id or "")
        said, event = Unavailable(failure.text), "failed"
        why = {"text": failure.text, "incident": failure.id}
    else:
        return
    note = Note(
        event=event, action_id=action_id, user=user, call_id=call_id, things=things, facts={**facts, **why}
    )
    await _note(setup, note)
    raise said


async def _note(setup: Setup, note: Note) -> None:
    """Write the row; when the database is away the refusal itself is still said."""
    try:
        await note_alone(setup, note)
    except UserError as error:
        log.warning("refusal_not_written", action=note.action_id[:100], error=type(error).__name__)


async def uninterrupted(work: Awaitable[T]) -> T:
    """Let a write go on to its end even if whoever asked hangs up meanwhile."""
    task = asyncio.ensure_future(work)
    _going.add(task)
    task.add_done_callback(_forget)
    return await asyncio.shield(task)


def _forget(task: asyncio.Future[Any]) -> None:
    _going.discard(task)
    if not task.cancelled():
        task.exception()  # seen: nobody may be there to hear it; it stands in the audit


def as_call_id(text: str) -> str | None:
    """Return what was given as a call's id, for the audit, if it is one at all."""
    plain = text.replace("-", "")
    fits = len(plain) == 32 and all(c in "0123456789abcdefABCDEF" for c in plain)  # noqa: PLR2004 - a UUID
    return text if fits else None
