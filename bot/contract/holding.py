"""Who holds a permission, and what it is for, as the port `platform` says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody who holds a permission by a role that was given to them: where, how far, until when."""

    person_id: str
    person: str
    role: str
    area: str
    max_amount: int | None = None
    max_count: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """An action as words may speak of it: what it does, and the permission it takes."""

    action_id: str
    does: str
    permission: str
    reads_only: bool
    agreed: bool = False
    """Whether others than the asker have to say yes to it."""
