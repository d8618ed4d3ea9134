"""Which identity provider a tenant's people sign in with, and which of its answers were used up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One tenant's provider. `client_secret` is sealed; `role_groups` says which groups give a role."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    domains: tuple[str, ...] = ()
    groups_claim: str = ""
    role_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def secret_row(tenant_id: str) -> str:
    """Name the place of a client secret, so that a sealed one opens nowhere else."""
    return f"{tenant_id}|sso_providers|client_secret"


async def get_provider(session: AsyncSession, *, lock: bool = False) -> Provider | None:
    """Return the tenant's provider; `lock` keeps others from changing it until this transaction ends."""
    tail = " for update" if lock else ""
    done = await session.execute(
        text(
            "select issuer, client_id, client_secret, domains, groups_claim, role_groups"  # noqa: S608 - constants
            f" from sso_providers{tail}"
        )
    )
    row = done.one_or_none()
    if row is None:
        return None
    return Provider(
        issuer=row.issuer,
        client_id=row.client_id,
        client_secret=row.client_secret,
        domains=tuple(row.domains),
        groups_claim=row.groups_claim,
        role_groups={role: tuple(groups) for role, groups in row.role_groups.items()},
    )


async def do_set_provider(session: AsyncSession, provider: Provider, *, by: str) -> None:
    """Keep this provider in place of what was there."""
    await session.execute(
        text("""
            insert into sso_providers
                (issuer, client_id, client_secret, domains, groups_claim, role_groups, changed_by)
            values (:issuer, :client, :secret, :domains, :claim, cast(:groups as jsonb), :by)
            on conflict (tenant_id) do update set issuer = excluded.issuer, client_id = excluded.client_id,
                client_secret = excluded.client_secret, domains = excluded.domains,
                groups_claim = excluded.groups_claim, role_groups = excluded.role_groups,
                changed_by = excluded.changed_by, changed_at = now()
        """),
        {
            "issuer": provider.issuer,
            "client": provider.client_id,
            "secret": provider.client_secret,
            "domains": list(provider.domains),
            "claim": provider.groups_claim,
            "groups": json.dumps({role: list(groups) for role, groups in provider.role_groups.items()}),
            "by": by,
        },
    )  # fmt: skip - one line per line of SQL


async def do_drop_provider(session: AsyncSession) -> bool:
    """Forget the provider and its secret; False when there was none."""
    done = await session.execute(text("delete from sso_providers returning issuer"))
    return done.first() is not None


async def do_seal_anew(session: AsyncSession, *, old: str, new: str) -> bool:
    """Put the same secret under another key; False when it was replaced meanwhile."""
    done = await session.execute(
        text("update sso_providers set client_secret = :new where client_secret = :old returning issuer"),
        {"old": old, "new": new},
    )
    return done.first() is not None


async def take_state(session: AsyncSession, state_hash: bytes, at: datetime) -> bool:
    """Use up the state of a sign-in; False when it was used before."""
    done = await session.execute(
        text("insert into sso_states (hash, at) values (:hash, :at) on conflict do nothing returning at"),
        {"hash": state_hash, "at": at},
    )
    return done.first() is not None


async def do_forget_states(session: AsyncSession, before: datetime) -> None:
    """Throw away used states from before: the sign-ins they belong to are too old to come back."""
    await session.execute(text("delete from sso_states where at < :before"), {"before": before})
