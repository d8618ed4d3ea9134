"""Whether somebody came in by the sign-in settings there are, and not by those of a moment ago."""

from __future__ import annotations

import hashlib
import json

from bot.db import sso
from bot.db.session import Session
from bot.db.sso import Provider
from bot.errors import Conflict

CHANGED = "How people sign in here was changed while you did. Begin again."


def mark(provider: Provider) -> str:
    """Return what stands for all settings but the secret: what one of them let in is not for another."""
    groups = {role: sorted(names) for role, names in provider.role_groups.items()}
    parts = [provider.issuer, provider.client_id, sorted(provider.domains), provider.groups_claim, groups]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


async def check_unchanged(session: Session, trusted: str) -> None:
    """Raise Conflict unless these are still the settings, and hold them until the transaction ends."""
    provider = await sso.get_provider(session, lock=True)
    if provider is None or mark(provider) != trusted:
        raise Conflict(CHANGED)
