"""What the gate and every plugin function need from the world of one tenant."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel

from bot.contract.context import Context, Store
from bot.contract.nudge import NOBODY_TOLD
from bot.contract.people import RoleProvider, Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.port import ConnectorContext, Effect
from bot.contract.reply import Reply
from bot.contract.scope import NOWHERE, Scope
from bot.core import identity
from bot.core.groups_elsewhere import GroupsElsewhere
from bot.core.handed import FilesOf
from bot.core.here import Rules
from bot.core.nudging import PluginNudges
from bot.core.ports import Ports
from bot.core.providers import RolesElsewhere
from bot.core.read_store import ReadStore
from bot.core.renewing import renewing
from bot.core.seals import TenantSeals, link_address
from bot.core.state import State, read_state
from bot.db import jobs
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.store import PluginStore
from bot.errors import LeaseLost, NotAllowed
from bot.host.registry import Registry, View

FRESH = 1.0
"""Seconds for which a process trusts what it read of a tenant's switches, settings and ports."""
FRESH_USER = 2.0
"""Seconds for which a process trusts a person's rights; an error is never remembered."""
MAX_USERS = 5_000

Gated = Callable[[str, dict[str, Any]], Awaitable[Reply]]


def utc_now() -> datetime:
    """Return the time; the default clock."""
    return datetime.now(UTC)


async def no_effect() -> None:
    """Refuse: this context was made for reading."""
    raise LeaseLost("a read has no effect to make")


async def no_gate(action_id: str, _args: dict[str, Any]) -> Reply:
    """Refuse: this context stands behind no person's call."""
    raise NotAllowed(f"`{action_id}` can only be run on behalf of a person.")


class Surroundings:
    """One per tenant and process; what other processes change shows here within a second."""

    def __init__(
        self,
        *,
        database: Database,
        registry: Registry,
        tenant: Tenant,
        cipher: Cipher,
        clock: Callable[[], datetime] = utc_now,
        public_url: str = "",
    ) -> None:
        self.database = database
        self.registry = registry
        self.tenant = tenant
        self.cipher = cipher
        self.now = clock
        self.public_url = public_url
        self._state: tuple[float, State] | None = None
        self._users: dict[str, tuple[float, User]] = {}
        self._forgotten = 0
        """How often everything was forgotten: what was being read meanwhile may be the old."""
        self._elsewhere = RolesElsewhere()
        self.groups = GroupsElsewhere()
        self._ports = Ports(self._connector_context)

    async def state(self) -> State:
        """Return the tenant's switches, settings and choices, at most a second old."""
        known = self._state
        if known is None or time.monotonic() - known[0] > FRESH:
            at, forgotten = time.monotonic(), self._forgotten
            known = (at, await read_state(self.database, self.registry, self.tenant, self.cipher))
            if forgotten == self._forgotten:
                self._state = known
        return known[1]

    async def view(self) -> View:
        """Return what the enabled plugins offer; tenants with the same plugins share one View."""
        return (await self.state()).view

    async def rules(self) -> Rules:
        """Return what the tenant lets be done in which place, at most a second old."""
        return (await self.state()).rules

    async def settings(self, plugin: str) -> BaseModel:
        """Return the tenant's settings of a plugin; Unavailable when what is stored does not fit."""
        return (await self.state()).settings(plugin)

    def store(self, plugin: str) -> Store:
        """Return what the plugin keeps for itself in this tenant."""
        return PluginStore(self.database, self.tenant.id, plugin)

    async def port(self, name: str, plugin: str = "") -> Any:
        """Return the opened connector behind a port; Unavailable says what an admin has to do."""
        return self._ports.open(await self.state(), name, plugin)

    def source(self, port: str) -> str:
        """Return how evidence names the system behind a port, as last read."""
        return "" if self._state is None else self._ports.source(self._state[1], port)

    @property
    def fixed_ports(self) -> dict[str, Any]:
        """Return what stands behind ports whatever the tenant chose."""
        return self._ports.fixed

    def fix_port(self, name: str, opened: Any) -> None:
        """Put an object behind a port whatever the tenant chose: the platform itself, or a fake in a test."""
        self._ports.fixed[name] = opened

    async def user(self, user_id: str, *, fresh: bool = False) -> User:
        """Return a person with their rights, at most two seconds old; NotAllowed if deactivated."""
        known = self._users.get(user_id)
        if known is not None and not fresh and time.monotonic() - known[0] <= FRESH_USER:
            return known[1]
        self._users.pop(user_id, None)
        at, forgotten = time.monotonic(), self._forgotten
        user = await identity.get_user(self.database, self.registry, self.tenant, user_id, now=self.now())
        user = await self._with_roles_elsewhere(user)
        if len(self._users) >= MAX_USERS:
            self._users.clear()
        if forgotten == self._forgotten:
            self._users[user_id] = (at, user)
        return user

    async def context(
        self,
        plugin: str,
        user: User,
        *,
        scope: Scope = NOWHERE,
        effect: Effect | None = None,
        gate: Gated = no_gate,
        place: Place = SOMEWHERE,
        keeps: bool = False,
    ) -> Context[Any]:
        """Return the first argument of a plugin function, for one call of this person.

        Without an effect it is for reading, the store too; `keeps` lets the plugin write to it all the same.
        Raises Unavailable when the plugin's stored settings do not fit.
        """
        state = await self.state()
        return Context(
            tenant=self.tenant,
            user=user,
            settings=state.settings(plugin),
            store=self.store(plugin) if effect or keeps else ReadStore(self.store(plugin), plugin),
            now=self.now(),
            scope=scope,
            effect=effect or Effect(key="", check=no_effect, by=user.name, at=self.now()),
            open_port=self._ports.opener(state, plugin),
            source_of=lambda port: self._ports.source(state, port),
            gate=gate,
            enabled=state.view.enabled.__contains__,
            seals=(seals := TenantSeals(cipher=self.cipher, tenant=self.tenant.id, plugin=plugin)),
            address_link=partial(link_address, self.public_url, self.tenant, seals, plugin),
            queue_job=lambda name, payload, after: self._queue_job(f"{plugin}_{name}", payload, after),
            place=place,
            nudges=self._nudges(plugin) if effect else NOBODY_TOLD,
            files=FilesOf(database=self.database, tenant_id=self.tenant.id, user_id=user.id),
        )

    def _nudges(self, plugin: str) -> PluginNudges:
        return PluginNudges(
            database=self.database, tenant_id=self.tenant.id, plugin=plugin, person=self.user, now=self.now()
        )

    async def _queue_job(self, job_id: str, payload: Mapping[str, Any], after: timedelta | None) -> None:
        async with self.database.tenant(self.tenant.id) as session:
            dedupe = None if after else f"asked {sorted(payload.items())}"
            await jobs.enqueue(
                session, f"plugin_{job_id}", payload, tenant=self.tenant.id, after=after, dedupe=dedupe
            )

    async def _with_roles_elsewhere(self, user: User) -> User:
        providers = (await self.view()).all(RoleProvider)
        if not providers or not user.email:
            return user
        roles = await self._elsewhere.roles_of(user.email, providers, lambda p: self.context(p, user))
        return await identity.with_more_roles(self.database, self.registry, self.tenant, user, roles)

    def forget(self) -> None:
        """Read everything anew at the next request: call after changing it in this process."""
        self._forgotten += 1
        self._state = None
        self._users.clear()
        self._elsewhere.forget()

    async def close(self) -> None:
        """Close the connectors."""
        await self._ports.close()

    def _connector_context(self, section: str, settings: BaseModel) -> ConnectorContext:
        return ConnectorContext(
            tenant=self.tenant,
            settings=settings,
            now=self.now,
            sql=lambda: self.database.tenant(self.tenant.id),
            renew=partial(renewing, self.database, self.registry, self.cipher, self.tenant, section),
        )
