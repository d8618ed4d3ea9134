"""The sign-in of a tenant as configuration: which provider, never its secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bot.core.sso import check_provider
from bot.db import sso, web_sessions
from bot.db.session import Session
from bot.db.sso import Provider
from bot.errors import BadInput

Change = tuple[str, Callable[[Session], Awaitable[None]]]


async def sso_to_json(session: Session) -> dict[str, Any] | None:
    """Return the tenant's provider without the secret; None when it has none."""
    provider = await sso.get_provider(session)
    if provider is None:
        return None
    return {
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "domains": list(provider.domains),
        "groups_claim": provider.groups_claim,
        "role_groups": {role: list(groups) for role, groups in sorted(provider.role_groups.items())},
    }


async def plan_sso(session: Session, wanted: Provider, known_roles: set[str], by: str) -> list[Change]:
    """Return what changes, as a line and a deed; the secret stays while issuer and client do."""
    wanted = check_provider(wanted)
    if unknown := sorted(wanted.role_groups.keys() - known_roles):
        raise BadInput(f"sso.role_groups names the role {unknown[0]}, which does not exist here.")
    old = await sso.get_provider(session)
    same = old is not None and (old.issuer, old.client_id) == (wanted.issuer, wanted.client_id)
    new = replace(wanted, client_secret=old.client_secret if old is not None and same else None)
    if old == new:
        return []
    secret = "" if same else "; set its secret with `backhaul sso set --client-secret-stdin`"
    return [(f"~ sign-in: {new.issuer}{secret}", partial(_set, provider=new, by=by))]


async def _set(session: Session, *, provider: Provider, by: str) -> None:
    await sso.do_set_provider(session, provider, by=by)
    await web_sessions.do_end_sessions(session)
