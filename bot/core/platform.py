"""The core's own use cases behind the port `platform`, which only the `admin` plugin can open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from bot.contract.action import Action
from bot.contract.people import Tenant, User
from bot.contract.place import Place
from bot.contract.platform import AuditLine, AuditQuestion
from bot.contract.reply import Waiting
from bot.core.gate import Gate
from bot.core.platform_audit import find_lines
from bot.core.platform_groups import PlatformGroups
from bot.core.platform_people import PlatformPeople
from bot.core.platform_staff import CoreStaff
from bot.core.platform_workspace import PlatformWorkspace
from bot.core.ports import PLATFORM
from bot.core.surroundings import Surroundings, utc_now
from bot.db import grants as grant_rows
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.host.registry import Registry


def surround(
    database: Database,
    registry: Registry,
    tenant: Tenant,
    cipher: Cipher,
    clock: Callable[[], datetime] = utc_now,
    public_url: str = "",
) -> Surroundings:
    """Return a tenant's surroundings with the bot itself behind the port `platform`."""
    around = Surroundings(
        database=database, registry=registry, tenant=tenant, cipher=cipher, clock=clock, public_url=public_url
    )
    around.fix_port(PLATFORM, CorePlatform(around))
    around.fix_port(CoreStaff.port_name, CoreStaff(around))
    return around


class CorePlatform(PlatformPeople, PlatformWorkspace, PlatformGroups):
    """One per tenant: all of it together."""

    port_name: ClassVar[str] = "platform"
    source = "Backhaul"

    async def applied(self, key: str) -> bool | None:
        """Say whether an effect made a grant; of other changes the rows do not tell."""
        async with self._database.tenant(self._tenant.id) as session:
            return await grant_rows.was_granted(session, key) or None

    async def audit(self, question: AuditQuestion) -> Sequence[AuditLine]:
        """Return what happened, newest first."""
        view = await self._around.view()
        reads = frozenset(one.id for one in view.all(Action) if one.item.reads_only)
        return await find_lines(self._database, self._tenant, tuple(view.entity_kinds), reads, question)

    async def waiting(self, user: User, place: Place) -> Sequence[Waiting]:
        """Return what waits for this person's yes, or what they asked for, if a place may show it."""
        gate = Gate(
            database=self._database,
            view=await self._around.view(),
            around=self._around,
            plugins=self._around.registry.plugins,
        )
        return await gate.waiting(user, place=place)
