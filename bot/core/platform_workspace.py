"""The platform's workspace: approval policies, plugins, settings, connectors, and how all that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.contract.action import Change
from bot.contract.channel import ChannelRule
from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.platform import HealthLine, PluginCard, PolicyCard, PolicyReplay, TrialWish, UnansweredLine
from bot.contract.port import Effect
from bot.contract.settings_sheet import SettingsSheet
from bot.core import channels, policies, policy_trial, ports, settings, settings_sheet, switch, trial
from bot.core.given import keys_only
from bot.core.on_call_policies import on_call_warnings
from bot.core.platform_cards import plugin_cards
from bot.core.plugin_health import check_health
from bot.core.rosters import rosters_around
from bot.core.surroundings import Surroundings
from bot.db.unanswered import find_unanswered


class PlatformWorkspace:
    """How the workspace is set up. Every write checks the lease right before it changes anything."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._database = around.database
        self._tenant = around.tenant

    async def policies(self) -> Sequence[PolicyCard]:
        """Return every approval policy."""
        found = await policies.find(self._database, self._tenant)
        return [policies.titled(self._around.registry, one) for one in found]

    async def find_action(self, words: str) -> str:
        """Return the action a policy is for, from its bare name; else the words as they are."""
        return policies.action_named(self._around.registry, words)

    async def find_title(self, action: str) -> str:
        """Return what a policy's action does, as a sentence names it."""
        return policies.title_of(self._around.registry, action)

    async def check_policy(self, wish: PolicyCard) -> Sequence[str]:
        """Raise what stands against adding a policy; return what to mind."""
        await self._check_team(wish)
        await policies.check_new(self._database, self._around.registry, self._tenant, wish)
        return [*await on_call_warnings(self._around, wish), *keys_only(self._around.registry, wish)]

    async def try_policy(self, wish: PolicyCard | None, without: str, since: timedelta) -> PolicyReplay:
        """Return what the last calls would have needed with a policy added, or without one there is."""
        around = self._around
        if wish is not None:
            await self._check_team(wish)
        return await policy_trial.replay(
            self._database,
            around.registry,
            self._tenant,
            now=around.now(),
            wish=wish,
            without=without,
            since=since,
            rosters=await rosters_around(around),
        )

    async def add_policy(self, effect: Effect, by: User, wish: PolicyCard) -> PolicyCard:
        """Ask for more approval than an action's author did."""
        await self._check_team(wish)
        await effect.check()
        registry = self._around.registry
        made = await policies.add(self._database, registry, self._tenant, wish, by=by.id)
        return policies.titled(registry, made)

    async def _check_team(self, wish: PolicyCard) -> None:
        if wish.on_call:
            await (await rosters_around(self._around)).check_team(wish.on_call)

    async def remove_policy(self, effect: Effect, by: User, policy_id: str) -> PolicyCard:
        """Remove an approval policy; return what it was."""
        await effect.check()
        gone = await policies.remove(self._database, self._tenant, policy_id, by=by.id)
        return policies.titled(self._around.registry, gone)

    async def channel_rules(self) -> Sequence[ChannelRule]:
        """Return what may be done where, the defaults first."""
        return await channels.find_all(self._database, self._tenant)

    async def find_channel(self, words: str, place: Place) -> ChannelRule:
        """Return the channel these words mean, as a rule that says nothing yet; `place` is `here`."""
        return await channels.find_channel(self._database, self._tenant, words, place)

    async def check_channel_rule(self, wish: ChannelRule) -> tuple[ChannelRule, ChannelRule | None]:
        """Return the rule as it would be kept, and the one it replaces; raise what stands against it."""
        return await channels.check_new(self._database, self._around.registry, self._tenant, wish)

    async def set_channel_rule(
        self, effect: Effect, by: User, wish: ChannelRule
    ) -> tuple[ChannelRule, ChannelRule | None]:
        """Keep a rule in place of the one there was; return both."""
        await effect.check()
        kept = await channels.put(self._database, self._around.registry, self._tenant, wish, by=by.id)
        self._around.forget()
        return kept

    async def clear_channel_rule(self, effect: Effect, by: User, rule: ChannelRule) -> ChannelRule:
        """Remove a channel's rule; return what it was."""
        await effect.check()
        gone = await channels.clear(self._database, self._tenant, rule.surface, rule.channel, by=by.id)
        self._around.forget()
        return gone

    async def plugins(self) -> Sequence[PluginCard]:
        """Return every plugin there is, those set aside too."""
        tried = await trial.words(self._around, self._around.now())
        return plugin_cards(self._around.registry, (await self._around.view()).enabled, tried)

    async def health(self) -> Sequence[HealthLine]:
        """Ask every enabled plugin whether what it depends on answers."""
        return await check_health(self._around)

    async def unanswered(self, limit: int) -> Sequence[UnansweredLine]:
        """Return what people asked most without an answer."""
        async with self._database.tenant(self._tenant.id) as session:
            found = await find_unanswered(session, limit)
        return [UnansweredLine(words=u.words, asked=u.asked, last_at=u.last_at) for u in found]

    async def enable(self, effect: Effect, by: User, name: str) -> Sequence[str]:
        """Turn a plugin on with what it needs; return what was turned on, and any trouble."""
        await effect.check()
        done = await switch.enable(self._around, name, by=by)
        return (*done.plugins, *done.troubles)

    async def disable(self, effect: Effect, by: User, name: str) -> Sequence[str]:
        """Turn a plugin off; return what was turned off, and any trouble."""
        await effect.check()
        done = await switch.disable(self._around, name, by=by)
        return (*done.plugins, *done.troubles)

    async def check_trial(self, wish: TrialWish) -> None:
        """Raise what stands against trying a plugin."""
        await trial.check_trial(self._around, wish, self._around.now())

    async def try_plugin(self, effect: Effect, by: User, wish: TrialWish) -> str:
        """Let some people try a plugin; return who until when, in words."""
        await effect.check()
        now = self._around.now()
        await trial.begin(self._around, wish, by=by, now=now)
        return (await trial.words(self._around, now))[wish.plugin]

    async def end_trial(self, effect: Effect, by: User, name: str) -> bool:
        """End the trial of a plugin; False when there was none."""
        await effect.check()
        return await trial.end(self._around, name, by=by)

    async def settings(self, section: str) -> dict[str, Any]:
        """Return a plugin's settings, secrets hidden."""
        model = settings.model_of(self._around.registry, section)
        return settings.show_settings(model, (await self._around.state()).saved.get(section))

    async def set_setting(
        self, effect: Effect, by: User, section: str, name: str, value: str | None
    ) -> dict[str, Any]:
        """Set one setting from text (None: its default) and return them all, secrets hidden."""
        await effect.check()
        shown = await settings.change_settings(
            self._database,
            self._around.registry,
            self._around.cipher,
            self._tenant,
            section,
            {name: value},
            by=by.id,
        )
        self._around.forget()
        return shown

    async def settings_sheet(self, section: str) -> SettingsSheet:
        """Return a plugin's settings as a form, secrets left out."""
        saved = (await self._around.state()).saved.get(section)
        return settings_sheet.sheet_of(self._around.registry, section, saved)

    async def check_settings(
        self, section: str, changes: Mapping[str, str | None], seen: str
    ) -> Sequence[Change]:
        """Return what would change, secrets hidden; raise what stands against it."""
        saved = (await self._around.state()).saved.get(section)
        settings_sheet.check_version(section, saved, seen)
        return settings_sheet.changes_of(self._around.registry, section, saved, changes)

    async def save_settings(
        self, effect: Effect, by: User, section: str, changes: Mapping[str, str | None], seen: str
    ) -> dict[str, Any]:
        """Set several settings at once; Conflict when somebody changed them since they were `seen`."""
        await effect.check()
        shown = await settings.change_settings(
            self._database,
            self._around.registry,
            self._around.cipher,
            self._tenant,
            section,
            changes,
            by=by.id,
            check=lambda saved: settings_sheet.check_version(section, saved, seen),
        )
        self._around.forget()
        return shown

    async def ports(self) -> dict[str, str]:
        """Return port -> connector, where there is one."""
        return dict(ports.chosen(await self._around.state()))

    async def choose_connector(self, effect: Effect, by: User, port: str, connector: str) -> None:
        """Choose which system stands behind a port."""
        await effect.check()
        await switch.choose_connector(self._around, port, connector, by=by.id)
