"""What one tenant turned on, set and chose, as one transaction saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic import BaseModel

from bot.contract.people import Tenant
from bot.core.here import Rules
from bot.core.settings import read_settings
from bot.db import channels, plugins, settings, trials
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.settings import Saved
from bot.db.trials import Trial
from bot.errors import UserError
from bot.host.registry import Registry, View


class State:
    """One reading of a tenant's rows. Never changed; the next reading is another State."""

    def __init__(  # noqa: PLR0913 - one value per kind of row
        self,
        *,
        registry: Registry,
        tenant: Tenant,
        cipher: Cipher,
        enabled: frozenset[str] = frozenset(),
        saved: Mapping[str, Saved] = MappingProxyType({}),
        choices: Mapping[str, str] = MappingProxyType({}),
        rules: Rules | None = None,
        trials: Sequence[Trial] = (),
        view: View | None = None,
    ) -> None:
        self.registry = registry
        self.tenant = tenant
        self.view: View = view or registry.view(enabled)
        self.saved = saved
        self.choices = choices
        self.rules = rules or Rules()
        self.trials = tuple(trials)
        self._cipher = cipher
        self._read: dict[str, BaseModel | UserError] = {}

    def seen_as(self, view: View, choices: Mapping[str, str]) -> State:
        """Return the same reading through another view, with other connectors behind the ports."""
        return State(
            registry=self.registry,
            tenant=self.tenant,
            cipher=self._cipher,
            saved=self.saved,
            choices=choices,
            rules=self.rules,
            view=view,
        )

    def settings(self, section: str) -> BaseModel:
        """Return a section's settings, secrets open; Unavailable names the setting to mend."""
        if section not in self._read:
            try:
                self._read[section] = read_settings(
                    self.registry, self._cipher, self.tenant, section, self.saved.get(section)
                )
            except UserError as error:
                self._read[section] = error
        found = self._read[section]
        if isinstance(found, UserError):
            raise type(found)(str(found))
        return found


async def read_state(database: Database, registry: Registry, tenant: Tenant, cipher: Cipher) -> State:
    """Read the tenant's switches, settings, port choices and channel rules in one transaction."""
    async with database.tenant(tenant.id) as session:
        switches = await plugins.find_switches(session)
        saved = await settings.find_settings(session)
        choices = await plugins.find_choices(session)
        rules = await channels.find_rules(session)
        tried = await trials.find_trials(session)
    return State(
        registry=registry,
        tenant=tenant,
        cipher=cipher,
        enabled=frozenset(s.plugin for s in switches if s.enabled),
        saved={s.section: s for s in saved},
        choices=choices,
        rules=Rules(rules),
        trials=tried,
    )
