"""Secrets that a connector renews: what a provider gave in exchange, sealed into the place of the old one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.contract.people import Tenant
from bot.contract.port import Renewed
from bot.core.settings import model_of, read_settings, row_of
from bot.core.validate import secret_fields
from bot.db import settings
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.errors import BadInput
from bot.host.registry import Registry


@dataclass(kw_only=True)
class SealedSecret:
    """One secret of a section while its connector renews it."""

    database: Database
    cipher: Cipher
    tenant: Tenant
    section: str
    field: str
    value: str | None

    async def keep(self, new: str) -> None:
        """Write it down unless an admin has set another one meanwhile: theirs is the newer sign-in.

        It is in a transaction of its own, and committed when this returns: the old one is worth nothing now.
        """
        row = row_of(self.tenant, self.section, self.field)
        async with self.database.tenant(self.tenant.id) as session:
            saved = await settings.lock_settings(session, self.section)
            sealed = dict(saved.sealed) if saved else {}
            if saved is None or self.field not in sealed:
                return
            if self.cipher.open(sealed[self.field], row=row) != self.value:
                return
            sealed[self.field] = self.cipher.seal(new, row=row)
            by = self.section.split(".")[0]
            await settings.do_save_settings(session, self.section, body=saved.body, sealed=sealed, by=by)
        self.value = new


@asynccontextmanager
async def renewing(
    database: Database, registry: Registry, cipher: Cipher, tenant: Tenant, section: str, field: str
) -> AsyncIterator[Renewed]:
    """Hold a secret for renewing: nobody else renews it meanwhile, in no process."""
    if field not in secret_fields(model_of(registry, section)):
        raise BadInput(f"“{field}” is no secret of {section}.")
    async with database.tenant(tenant.id) as session:
        await settings.lock_renewal(session, section, field)
        saved = next((one for one in await settings.find_settings(session) if one.section == section), None)
        known = read_settings(registry, cipher, tenant, section, saved)
        secret = getattr(known, field)
        value = secret.get_secret_value() if secret else None
        yield SealedSecret(
            database=database, cipher=cipher, tenant=tenant, section=section, field=field, value=value or None
        )
