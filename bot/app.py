"""The composition root: the one place that knows every room and puts them together."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

import plugins as built_in
from bot.config import Config
from bot.contract.handed import Upload
from bot.contract.people import Tenant, User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply
from bot.core import identity
from bot.core.answer import answer
from bot.core.background import run_before_answer
from bot.core.bulkhead import Bulkheads
from bot.core.desk import Desk
from bot.core.embedders import Embedders
from bot.core.gate import Gate
from bot.core.groups_elsewhere import GroupsElsewhere
from bot.core.habits import Habits
from bot.core.help import suggest
from bot.core.platform import surround
from bot.core.question import Question
from bot.core.surroundings import Surroundings, utc_now
from bot.core.trial import TrialSurroundings, tried_by
from bot.core.trial_gate import TrialGate
from bot.db import jobs, tenants, users
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.revisions import current, heads
from bot.errors import ConfigError, NotFound
from bot.host.discovery import find_plugins
from bot.host.loader import Loaded, load_plugins
from bot.host.registry import View
from bot.llm.embedding import LocalEmbedder
from bot.understanders import Understanders

Progress = Callable[[str], None]


def quiet(_step: str) -> None:
    """Say nothing about progress."""


class App:
    """One process: the database, the plugins, and a desk per tenant. Open it with `App.open`."""

    def __init__(
        self,
        *,
        config: Config,
        database: Database,
        loaded: Loaded,
        cipher: Cipher,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.config = config
        self.database = database
        self.loaded = loaded
        self.registry = loaded.registry
        self.cipher = cipher
        self.clock = clock
        self.embedder = LocalEmbedder()
        self.embedders = Embedders(config, self.embedder, database)
        self._around: dict[str, Surroundings] = {}
        self._habits, self.groups = Habits(), GroupsElsewhere()
        self._replaced: list[Surroundings] = []
        self._trials: dict[tuple[str, frozenset[str]], TrialSurroundings] = {}
        self._bulkheads = Bulkheads()
        self._gates: dict[str, tuple[View, Gate]] = {}
        self.understanders = Understanders(config.home / "vectors")

    @classmethod
    async def open(
        cls, config: Config, *, progress: Progress = quiet, migrate: bool = False, check: bool = True
    ) -> Self:
        """Load the plugins, open the database and check that it fits this version.

        Raises ConfigError that says what to do when the database was not migrated. Only `backhaul check`
        opens without the checks, to do them one by one.
        """
        progress("Loading the plugins")
        loaded = load_plugins(find_plugins(built_in), config.plugins_blocked)
        progress("Starting the database" if config.embedded else "Connecting to the database")
        async with AsyncExitStack() as opened:
            database = await Database.open(config, on_progress=progress, check=check)
            opened.push_async_callback(database.close)
            if check:
                await check_revision(database, migrate=migrate, progress=progress)
            app = cls(config=config, database=database, loaded=loaded, cipher=Cipher.from_config(config))
            opened.pop_all()
        return app

    async def close(self) -> None:
        """Close every connector and the database, whatever a connector does."""
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self.database.close)
            for around in (*self._replaced, *self._around.values()):
                opened.push_async_callback(around.close)

    async def tenants(self) -> list[Tenant]:
        """Return every tenant, by slug."""
        async with self.database.system() as session:
            return list(await tenants.find_tenants(session))

    async def tenant(self, slug_or_id: str) -> Tenant:
        """Return one tenant, or raise NotFound."""
        async with self.database.system() as session:
            return await tenants.get_tenant(session, slug_or_id)

    def around(self, tenant: Tenant) -> Surroundings:
        """Return what surrounds this tenant's calls."""
        known = self._around.get(tenant.id)
        if known is not None and known.tenant == tenant:
            return known
        if known is not None:  # its time zone, name or currency changed; calls under way still use the old
            self._replaced.append(known)
        url = self.config.public_url
        made = surround(self.database, self.registry, tenant, self.cipher, self.clock, url)
        made.groups = self.groups
        self._around[tenant.id] = made
        self._gates.pop(tenant.id, None)
        return made

    async def desk(self, tenant: Tenant) -> Desk:
        """Return where this tenant's questions are answered, with the plugins that are on right now."""
        return await self._desk(self.around(tenant), *await self._at(tenant))

    async def seat(self, tenant: Tenant, user: User) -> tuple[Desk, User]:
        """Return the desk for this person and who they are there: they may be trying a plugin."""
        around = self.around(tenant)
        person = await around.user(user.id)
        tried = tried_by(await around.state(), person, around.now())
        view, gate = await self._at(tenant)
        if not tried:
            return await self._desk(around, view, gate), person
        trial = self._trials.get((tenant.id, tried))
        if trial is None or trial.plain is not around:
            trial = self._trials[tenant.id, tried] = TrialSurroundings(around, tried)
            self._replaced.append(trial)
        view = await trial.view()
        door = TrialGate(gate, trial, view, bulkheads=self._bulkheads)
        return await self._desk(trial, view, door), await trial.user(user.id)

    async def _desk(self, around: Surroundings, view: View, gate: Gate) -> Desk:
        return Desk(
            view=view,
            gate=gate,
            around=around,
            database=self.database,
            understander=await self.understanders.of(view, await self.embedders.of(around.tenant)),
            plugins=self.registry.plugins,
            habits=self._habits,
        )

    async def gate(self, tenant: Tenant) -> Gate:
        """Return the tenant's gate, for the jobs that look after its calls."""
        return (await self._at(tenant))[1]

    async def _at(self, tenant: Tenant) -> tuple[View, Gate]:
        around = self.around(tenant)
        view = await around.view()
        known = self._gates.get(tenant.id)
        if known is None or known[0] is not view:
            known = (
                view,
                Gate(
                    database=self.database,
                    view=view,
                    around=around,
                    plugins=self.registry.plugins,
                    enqueue=jobs.enqueue,
                    notices=self.config.slack_bot_token is not None,
                    bulkheads=self._bulkheads,
                ),
            )
            self._gates[tenant.id] = known
        return known

    async def warm(self, tenant: Tenant) -> None:
        """Load the model and the examples' vectors, so that the first answer is as quick as the next."""
        await (await self.desk(tenant)).understander.warm()

    async def commands(self, tenant: Tenant, user: User) -> list[str]:
        """Return the exact commands this person may use, for completion."""
        desk, person = await self.seat(tenant, user)
        mine = desk.view.actions_for(person)
        return ["help", *(f"{owned.plugin} {owned.item.name}" for owned in mine)]

    async def suggestions(self, tenant: Tenant, user: User) -> list[str]:
        """Return questions that fit the person's rights, for the start of a chat."""
        desk, person = await self.seat(tenant, user)
        used = (
            ()
            if desk.habits is None
            else await desk.habits.used(self.database, tenant, person, desk.around.now())
        )
        return list(suggest(desk.view, person, used=used))

    async def person(self, tenant: Tenant, who: str | None) -> User:
        """Return a user by e-mail or id; without one, the user this terminal account is linked to."""
        if who is None:
            return await identity.find_linked(self.database, self.registry, tenant, "terminal", account())
        async with self.database.tenant(tenant.id) as session:
            found = await users.get_person_by_email(session, who) or await users.get_person(session, who)
        if found is None:
            raise NotFound(f"{tenant.name} has no user “{who}”. `backhaul users list` shows them.")
        return await self.around(tenant).user(found.id)

    async def link(self, tenant: Tenant, words: str) -> str | None:
        """Link this terminal account when the words are `link CODE`, and say so; else None."""
        return await identity.link_by_words(
            self.database, self.registry, tenant, "terminal", account(), words
        )

    async def answer(
        self,
        tenant: Tenant,
        user: User,
        words: str,
        *,
        thread: str,
        surface: str = "terminal",
        key: str = "",
        files: Sequence[Upload] = (),
    ) -> Reply:
        """Answer one message a person says to the bot alone, with the rights they have now.

        `files` came with it, as the surface got them: they are looked at before anything is kept.
        """
        await run_before_answer(self.around(tenant))
        desk, person = await self.seat(tenant, user)
        place = Place(surface=surface, kind=PlaceKind.DIRECT)
        question = Question(
            tenant=tenant,
            user=person,
            words=words,
            thread=thread,
            surface=surface,
            key=key,
            place=place,
            files=files,
        )
        return await answer(desk, question)


def account() -> str:
    """Return what a person is known by in a terminal: account and machine."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


async def check_revision(database: Database, *, migrate: bool, progress: Progress) -> None:
    """Migrate when asked to; otherwise refuse a database that stands elsewhere than this version."""
    now, wanted = await current(database.runtime_url), heads()
    if set(now) == set(wanted):
        return
    if not migrate:
        stands = f"stands at {', '.join(now)}" if now else "has no tables yet"
        raise ConfigError(
            f"The database {stands}; this version needs {', '.join(wanted)}. Run `backhaul migrate`."
        )
    from bot.db.migrate import upgrade  # noqa: PLC0415 - alembic takes 0.2 s and 6 MB

    progress("Migrating the database")
    await upgrade(database.owner_url, runtime_url=database.runtime_url)
