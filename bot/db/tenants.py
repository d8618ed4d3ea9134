"""The tenants: who they are and how their world is set. Readable by an unbound transaction."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.currency import CURRENCIES
from bot.contract.people import Tenant
from bot.db.ids import uuid_of
from bot.errors import BadInput, Conflict, NotFound

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
COLUMNS = "id::text, slug, name, timezone, currency, locale"


async def get_tenant(session: AsyncSession, slug_or_id: str) -> Tenant:
    """Return one tenant by what people type or by its id."""
    known = uuid_of(slug_or_id)
    if "\0" in slug_or_id:  # an address may hold one, PostgreSQL takes none
        raise NotFound("There is no such tenant. `backhaul tenants` lists them.")
    where = "slug = :wanted" if known is None else "id = cast(:wanted as uuid)"
    found = await session.execute(
        text(f"select {COLUMNS} from tenants where {where}"),  # noqa: S608 - constants
        {"wanted": known or slug_or_id},
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(f"There is no tenant {slug_or_id[:80]!r}. `backhaul tenants` lists them.")
    return _tenant(row)


async def find_tenants(session: AsyncSession) -> Sequence[Tenant]:
    """Return every tenant this transaction may see, by slug."""
    found = await session.execute(text(f"select {COLUMNS} from tenants order by slug"))  # noqa: S608 - constants
    return [_tenant(row) for row in found]


def check_tenant(
    *, slug: str, name: str, timezone: str = "UTC", currency: str = "USD", locale: str = "en"
) -> None:
    """Refuse what can not be a tenant, and say which part."""
    if not SLUG.fullmatch(slug):
        raise BadInput(f"{slug[:80]!r} can not be a tenant's short name: 1-63 of a-z, 0-9, -.")
    if not name.strip():
        raise BadInput("A tenant needs a name that people read, such as `Acme Fiber`.")
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        near = _near(timezone, available_timezones()) or "one such as Europe/Madrid"
        raise BadInput(f"There is no time zone {timezone[:80]!r}; try {near}.") from None
    if currency not in CURRENCIES:
        near = _near(currency.upper(), CURRENCIES) or "one such as EUR"
        raise BadInput(f"{currency[:20]!r} is no currency code of ISO 4217; try {near}.")
    if not LOCALE.fullmatch(locale):
        raise BadInput(f"{locale[:20]!r} is no language; try one such as en or pt-BR.")


def _near(given: str, there: Iterable[str]) -> str:
    """Return what was probably meant, to choose from; empty when nothing is like it."""
    return " or ".join(difflib.get_close_matches(given[:80], sorted(there), n=3))


async def do_create_tenant(
    session: AsyncSession,
    *,
    slug: str,
    name: str,
    timezone: str = "UTC",
    currency: str = "USD",
    locale: str = "en",
    id: str | None = None,  # noqa: A002 - reads as the field
) -> Tenant:
    """Write a new tenant. The transaction is bound to it from here on: row-level security asks for that."""
    tenant = Tenant(
        id=str(UUID(id)) if id else str(uuid4()),
        slug=slug,
        name=name,
        timezone=timezone,
        currency=currency,
        locale=locale,
    )
    await session.execute(text("select set_config('app.tenant_id', :id, true)"), {"id": tenant.id})
    written = await session.execute(
        text(
            "insert into tenants (id, slug, name, timezone, currency, locale)"
            " values (cast(:id as uuid), :slug, :name, :timezone, :currency, :locale)"
            " on conflict do nothing returning 1"
        ),
        {**vars(tenant)},
    )
    if written.one_or_none() is None:
        raise Conflict(f"There is already a tenant {slug!r}.")
    return tenant


async def get_tenant_settings(session: AsyncSession, tenant_id: str) -> dict[str, Any]:
    """Return what is set for the tenant as a whole."""
    found = await session.execute(
        text("select settings from tenants where id = cast(:id as uuid)"), {"id": tenant_id}
    )
    row = found.one_or_none()
    return {} if row is None else dict(row.settings)


async def do_set_tenant_setting(session: AsyncSession, tenant_id: str, name: str, value: str) -> None:
    """Keep one setting of the tenant as a whole; `value` is JSON text."""
    await session.execute(
        text(
            "update tenants set settings = jsonb_set(settings, array[:name], cast(:value as jsonb))"
            " where id = cast(:id as uuid)"
        ),
        {"id": tenant_id, "name": name, "value": value},
    )


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(**row._asdict())
