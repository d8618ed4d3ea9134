"""A workbench for plugin tests: the real gate on a real database, people, a clock, fakes for ports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import ModuleType
from typing import Any, Self, TypeVar

import plugins
from bot.contract.action import Via
from bot.contract.context import Context, Store
from bot.contract.people import RoleProvider, Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.port import Effect
from bot.contract.reply import ActionCall, Button, Reply
from bot.contract.scope import EVERYWHERE, Area
from bot.core import audit, settings, switch
from bot.core.audit import Record
from bot.core.background import run_job
from bot.core.gate import Gate
from bot.core.platform import surround
from bot.core.surroundings import Surroundings
from bot.core.watchers import settled
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from bot.errors import NotFound
from bot.host.discovery import Found, find_plugins
from bot.host.loader import Loaded, load_plugins
from bot.host.registry import Named, Owned, Registry, View
from bot.testing_contract import CHECKS
from bot.testing_people import BY, do_add_holder, nothing_lost, permits

T = TypeVar("T", bound=Named)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When a bench begins: a Monday."""
Wanted = str | tuple[str, str] | ModuleType


def gather(wanted: Iterable[Wanted]) -> Loaded:
    """Load the plugins a test asks for, by name, (name, import path) or module, with what they need."""
    names = tuple(wanted)
    return _ours(names) if all(isinstance(one, str) for one in names) else _gathered(names)


@cache
def _ours(names: tuple[Wanted, ...]) -> Loaded:
    """What this process has imported of the bot's own plugins stays as it is: each set is read once."""
    return _gathered(names)


def _gathered(wanted: Iterable[Wanted]) -> Loaded:
    there = {one.name: one for one in find_plugins(plugins)}
    chosen: dict[str, Found] = {}
    for one in wanted:
        if isinstance(one, ModuleType):
            found = Found(one.plugin_info().name, one.__name__)
        elif isinstance(one, tuple):
            found = Found(*one)
        elif one in there:
            found = there[one]
        else:
            raise LookupError(f"There is no plugin {one!r}; there are {', '.join(sorted(there))}.")
        chosen[found.name] = found
    while True:
        loaded = load_plugins(chosen.values())
        missing = [
            n for n in there if n not in chosen and any(f"plugin {n!r}" in w for w in loaded.broken.values())
        ]
        if not missing:
            return loaded
        chosen = {**{name: there[name] for name in missing}, **chosen}


def check_contract(plugin: Wanted) -> list[str]:
    """Return where a plugin breaks the contract; an empty list is a plugin anyone can rely on."""
    loaded = gather([plugin])
    if loaded.broken:
        return [f"{name}: set aside: {why}" for name, why in loaded.broken.items()]
    return [line for check in CHECKS for line in check(loaded.registry, _name(plugin))]


class Bench:
    """One tenant with one or more plugins on. `ann` and `bob` hold every permission, `eve` none.

    Move time by setting `now`, and where people speak by setting `place`. Everything else is as in
    production: gate, audit, store, settings.
    """

    ann: User
    bob: User
    eve: User

    def __init__(self, *, database: Database, registry: Registry, tenant: Tenant, name: str) -> None:
        self.database = database
        self.registry = registry
        self.tenant = tenant
        self.name = name
        self.now = NOON
        self.place: Place = SOMEWHERE
        self.cipher = Cipher(keys={"bench": os.urandom(32)}, seals_with="bench")
        self.around: Surroundings = surround(database, registry, tenant, self.cipher, lambda: self.now)

    @classmethod
    async def open(
        cls,
        database: Database,
        *wanted: Wanted,
        on: bool = True,
        settings: Mapping[str, Any] | None = None,
        currency: str = "EUR",
        timezone: str = "Europe/Madrid",
        slug: str = "",
    ) -> Self:
        """Make a tenant with these plugins on; the first one is the plugin under test.

        `settings` are the first plugin's, as they would be typed. `slug` names the tenant.
        """
        loaded = gather(wanted)
        if loaded.broken:
            raise AssertionError(f"set aside: {loaded.broken}")
        name = next(n for n in (_name(one) for one in wanted))
        async with database.system() as session:
            tenant = await do_create_tenant(
                session,
                slug=slug or f"bench-{os.urandom(4).hex()}",
                name="Bench Fiber",
                timezone=timezone,
                currency=currency,
            )  # fmt: skip - the tenant reads as one fact
        bench = cls(database=database, registry=loaded.registry, tenant=tenant, name=name)
        enabled = tuple(loaded.registry.plugins) if on else ()
        await switch.found_tenant(bench.around, with_plugins=enabled)
        await bench._add_people()
        if settings:
            await bench.set(**settings)
        return bench

    async def _add_people(self) -> None:
        declared = (p for info in self.registry.plugins.values() for p in info.permissions)
        rights = permits(self.registry, declared)
        async with self.database.tenant(self.tenant.id) as session:
            people = (("Ann Apple", rights), ("Bob Berry", rights), ("Eve Elder", rights[:0]))
            made = [await do_add_holder(session, self.registry, *one) for one in people]
        if self.registry.view(frozenset(self.registry.plugins)).all(RoleProvider):  # they may give more
            made = [await self.around.user(one.id, fresh=True) for one in made]
        self.ann, self.bob, self.eve = made

    async def person(
        self,
        name: str,
        permissions: Iterable[str],
        *,
        area: Area | None = None,
        max_amount: int | None = None,
        max_count: int | None = None,
    ) -> User:
        """Add a person who holds these permissions, within an area and limits if you say so."""
        held = permits(self.registry, permissions, max_amount=max_amount, max_count=max_count)
        async with self.database.tenant(self.tenant.id) as session:
            made = await do_add_holder(session, self.registry, name, held, area or Area())
        return await self.around.user(made.id, fresh=True)

    async def view(self) -> View:
        """Return what the enabled plugins offer."""
        return await self.around.view()

    async def gate(self) -> Gate:
        """Return the gate of this moment."""
        return Gate(
            database=self.database, view=await self.view(), around=self.around, plugins=self.registry.plugins
        )

    async def call(
        self,
        action_id: str,
        args: Mapping[str, Any],
        *,
        user: User | None = None,
        via: Via = Via.PERSON,
        key: str | None = None,
    ) -> Reply:
        """Call any action by its full name."""
        person = await self.around.user((user or self.ann).id, fresh=True)
        return await (await self.gate()).call(person, action_id, args, via=via, key=key, place=self.place)

    async def act(
        self,
        action: str,
        *,
        user: User | None = None,
        via: Via = Via.PERSON,
        key: str | None = None,
        **args: Any,
    ) -> Reply:
        """Call an action of the plugin under test as `user` (ann). Errors are raised as the gate does."""
        return await self.call(f"{self.name}_{action}", args, user=user, via=via, key=key)

    async def press(self, button: Button | ActionCall, *, user: User | None = None) -> Reply:
        """Press a button of a reply."""
        return await self.call(button.action_id, button.args, user=user)

    async def approve(self, asked: Reply, *, user: User | None = None, reason: str = "") -> Reply:
        """Say yes to a waiting call, as bob unless told otherwise."""
        return await self._decide(asked, user or self.bob, yes=True, reason=reason)

    async def deny(self, asked: Reply, *, user: User | None = None, reason: str = "no") -> Reply:
        """Say no to a waiting call, as bob unless told otherwise."""
        return await self._decide(asked, user or self.bob, yes=False, reason=reason)

    async def _decide(self, asked: Reply, user: User, *, yes: bool, reason: str) -> Reply:
        if asked.waiting is None:
            raise AssertionError(f"nothing waits for a yes; the bot said: {asked.text}")
        person = await self.around.user(user.id, fresh=True)
        return await (await self.gate()).decide(
            person, asked.waiting.call_id, yes=yes, reason=reason, place=self.place
        )

    async def undo(self, done: Reply, *, user: User | None = None) -> Reply:
        """Take back what a reply reported."""
        if done.call_id is None:
            raise AssertionError(f"nothing to take back; the bot said: {done.text}")
        return await (await self.gate()).undo(user or self.ann, done.call_id, place=self.place)

    async def settle(self) -> None:
        """Wait until the watchers have heard of every call so far."""
        await settled()

    async def run_job(self, name: str, **payload: Any) -> timedelta | None:
        """Run a job of the plugin under test once, as the worker does; in how long it wants to go on."""
        return await run_job(self.around, f"plugin_{self.name}_{name}", payload, check=nothing_lost)

    async def context(
        self, plugin: str = "", user: User | None = None, *, writes: bool = False
    ) -> Context[Any]:
        """Return a context, for calling an entity's, detector's or panel's function directly.

        It is for reading, as theirs is: its store refuses to be changed. `writes` is that of a change.
        """
        effect = Effect(key=os.urandom(8).hex(), check=nothing_lost, by="bench", at=self.now)
        person = user or self.ann
        run = partial((await self.gate()).call, person)
        return await self.around.context(
            plugin or self.name, person, scope=EVERYWHERE, effect=effect if writes else None, gate=run
        )

    async def find(self, kind: type[T], name: str) -> T:
        """Return the plugin's declaration of this kind and name."""
        wanted = (f"{self.name}_{name}", name)
        found: list[Owned[T]] = [o for o in (await self.view()).all(kind) if o.id in wanted]
        if not found:
            raise NotFound(f"{self.name} declares no {kind.__name__} {name!r}, or is off")
        return found[0].item

    def port(self, name: str, opened: Any) -> None:
        """Put an object behind a port, e.g. a fake that records what it was asked."""
        self.around.fix_port(name, opened)

    def store(self, plugin: str = "") -> Store:
        """Return what a plugin keeps for itself."""
        return self.around.store(plugin or self.name)

    async def set(self, **values: Any) -> None:
        """Change settings of the plugin under test, as if typed."""
        typed = {name: None if value is None else str(value) for name, value in values.items()}
        await settings.change_settings(
            self.database, self.registry, self.cipher, self.tenant, self.name, typed, by=BY
        )
        self.around.forget()

    async def enable(self, name: str = "") -> switch.Switched:
        """Turn a plugin on."""
        return await switch.enable(self.around, name or self.name)

    async def disable(self, name: str = "") -> switch.Switched:
        """Turn a plugin off."""
        return await switch.disable(self.around, name or self.name)

    async def audit(self, **narrow: Any) -> list[Record]:
        """Return audit rows, oldest first; `narrow` as `bot.core.audit.search` takes it."""
        return list(reversed(await audit.search(self.database, self.tenant.id, limit=1000, **narrow)))

    async def events(self, action: str) -> list[str]:
        """Return what the audit says happened to calls of one action, e.g. `["asked", "ran"]`."""
        return [row.event for row in await self.audit(action=f"{self.name}_{action}")]

    async def close(self) -> None:
        """Close what was opened; the database is the caller's."""
        await self.around.close()


def _name(one: Wanted) -> str:
    if isinstance(one, ModuleType):
        return str(one.plugin_info().name)
    return one[0] if isinstance(one, tuple) else one
