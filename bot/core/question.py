"""What somebody asked: which tenant, who, the words, and where the conversation goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contract.handed import Upload
from bot.contract.people import Tenant, User
from bot.contract.place import SOMEWHERE, Place

LONGEST = 10_000
"""Characters of one message that are read; the rest is left out, and the reply says so."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One message. `thread` names the conversation within its `surface` (slack, web, terminal).

    `key` names this very message where it may be answered twice (a crash between answer and note of
    it): hand it to the gate as the idempotency key, so that the call behind it still runs once. `place` is
    where it was said: the tenant's channel rules hold there. `files` came with the words, as the surface got
    them: nothing of them is believed.
    """

    tenant: Tenant
    user: User
    words: str
    thread: str = ""
    surface: str = "terminal"
    key: str = ""
    place: Place = SOMEWHERE
    files: Sequence[Upload] = ()
