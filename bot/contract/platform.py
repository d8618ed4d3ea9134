"""The bot itself as a port: people, roles, plugins and audit, for the `admin` plugin and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Protocol

from bot.contract.action import Change
from bot.contract.channel import ChannelRule
from bot.contract.groups import GroupCard, GroupWish
from bot.contract.holding import Deed, Holder
from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.platform_cards import (
    ANYWHERE,
    YES_FROM,
    Allowed,
    AuditLine,
    AuditQuestion,
    GrantCard,
    GrantWish,
    HealthLine,
    LinkCode,
    Member,
    PluginCard,
    PolicyCard,
    PolicyExample,
    PolicyReplay,
    RoleCard,
    TrialWish,
    UnansweredLine,
)
from bot.contract.port import Effect
from bot.contract.reply import Waiting
from bot.contract.settings_sheet import SettingsSheet

__all__ = [
    "ANYWHERE",
    "YES_FROM",
    "Allowed",
    "AuditLine",
    "AuditQuestion",
    "Deed",
    "GrantCard",
    "GrantWish",
    "GroupCard",
    "GroupWish",
    "HealthLine",
    "Holder",
    "LinkCode",
    "Member",
    "Platform",
    "PluginCard",
    "PolicyCard",
    "PolicyExample",
    "PolicyReplay",
    "RoleCard",
    "SettingsSheet",
    "TrialWish",
    "UnansweredLine",
]

NEEDED = "{name} cannot be turned off while something needs it. Turn off first: {users}."
"""Said of a plugin that others which are on cannot do without."""


class Platform(Protocol):
    """The bot's own use cases. Reads take who asks where it matters; writes take the effect and who."""

    port_name: ClassVar[str] = "platform"

    async def people(self, words: str = "", limit: int = 50) -> Sequence[Member]:
        """Return people by name or e-mail, whole matches first."""

    async def add_person(self, effect: Effect, by: User, name: str, email: str) -> Member:
        """Add a person who may do nothing yet."""

    async def set_active(self, effect: Effect, by: User, person_id: str, *, active: bool) -> Member:
        """Activate or deactivate a person; the deactivated lose access at once."""

    async def roles(self) -> Sequence[RoleCard]:
        """Return every role and what it may do."""

    async def add_role(self, effect: Effect, by: User, name: str, about: str) -> RoleCard:
        """Add a custom role."""

    async def remove_role(self, effect: Effect, by: User, name: str) -> None:
        """Remove a custom role from everyone."""

    async def check_allow(self, by: User, role: str, allowed: Allowed) -> RoleCard:
        """Return the role as it is; raise what stands against letting it do more."""

    async def allow(self, effect: Effect, by: User, role: str, allowed: Allowed) -> RoleCard:
        """Let a role do something, within limits."""

    async def forbid(self, effect: Effect, by: User, role: str, permission: str) -> RoleCard:
        """Take a permission from a role."""

    async def grants(self, person_id: str | None = None, role: str | None = None) -> Sequence[GrantCard]:
        """Return the grants in force."""

    async def holders(self, permission: str) -> Sequence[Holder]:
        """Return the active people who hold a permission by a role given to them."""

    async def find_deeds(self, words: str) -> Sequence[Deed]:
        """Return the actions of plugins that are on that these words name; none for a strange word."""

    async def near_deeds(self, words: str) -> Sequence[Deed]:
        """Return the actions that have some of these words, best first: what to offer where none is named."""

    async def grant(self, effect: Effect, by: User, wish: GrantWish) -> GrantCard:
        """Give a role to a person."""

    async def check_revoke(self, by: User, grant_id: str) -> GrantCard:
        """Return the grant that would end; raise what stands against this person ending it."""

    async def revoke(self, effect: Effect, by: User, grant_id: str) -> GrantCard:
        """End a grant at once."""

    async def policies(self) -> Sequence[PolicyCard]:
        """Return every approval policy."""

    async def find_action(self, words: str) -> str:
        """Return the action a policy is for, from its bare name; else the words as they are."""

    async def find_title(self, action: str) -> str:
        """Return what a policy's action does, as a sentence names it."""

    async def check_policy(self, wish: PolicyCard) -> Sequence[str]:
        """Raise what stands against adding a policy; return what to mind."""

    async def try_policy(self, wish: PolicyCard | None, without: str, since: timedelta) -> PolicyReplay:
        """Return what the last calls would have needed with a policy added, or without one there is."""

    async def add_policy(self, effect: Effect, by: User, wish: PolicyCard) -> PolicyCard:
        """Ask for more approval than an action's author did."""

    async def remove_policy(self, effect: Effect, by: User, policy_id: str) -> PolicyCard:
        """Remove an approval policy; return what it was."""

    async def channel_rules(self) -> Sequence[ChannelRule]:
        """Return what may be done where, the defaults first."""

    async def find_channel(self, words: str, place: Place) -> ChannelRule:
        """Return the channel these words mean, as a rule that says nothing yet; `place` is `here`."""

    async def check_channel_rule(self, wish: ChannelRule) -> tuple[ChannelRule, ChannelRule | None]:
        """Return the rule as it would be kept, and the one it replaces; raise what stands against it."""

    async def set_channel_rule(
        self, effect: Effect, by: User, wish: ChannelRule
    ) -> tuple[ChannelRule, ChannelRule | None]:
        """Keep a rule in place of the one there was; return both."""

    async def clear_channel_rule(self, effect: Effect, by: User, rule: ChannelRule) -> ChannelRule:
        """Remove a channel's rule; return what it was."""

    async def plugins(self) -> Sequence[PluginCard]:
        """Return every plugin there is, those set aside too."""

    async def health(self) -> Sequence[HealthLine]:
        """Ask every enabled plugin whether what it depends on answers."""

    async def unanswered(self, limit: int) -> Sequence[UnansweredLine]:
        """Return what people asked most without an answer."""

    async def enable(self, effect: Effect, by: User, name: str) -> Sequence[str]:
        """Turn a plugin on with what it needs; return what was turned on, and any trouble."""

    async def disable(self, effect: Effect, by: User, name: str) -> Sequence[str]:
        """Turn a plugin off; return what was turned off, and any trouble."""

    async def check_trial(self, wish: TrialWish) -> None:
        """Raise what stands against trying a plugin."""

    async def try_plugin(self, effect: Effect, by: User, wish: TrialWish) -> str:
        """Let some people try a plugin; return who until when, in words."""

    async def end_trial(self, effect: Effect, by: User, name: str) -> bool:
        """End the trial of a plugin; False when there was none."""

    async def settings(self, section: str) -> Mapping[str, Any]:
        """Return a plugin's settings, secrets hidden."""

    async def set_setting(
        self, effect: Effect, by: User, section: str, name: str, value: str | None
    ) -> Mapping[str, Any]:
        """Set one setting from text (None: its default) and return them all, secrets hidden."""

    async def settings_sheet(self, section: str) -> SettingsSheet:
        """Return a plugin's settings as a form, secrets left out."""

    async def check_settings(
        self, section: str, changes: Mapping[str, str | None], seen: str
    ) -> Sequence[Change]:
        """Return what would change, secrets hidden; raise what stands against it."""

    async def save_settings(
        self, effect: Effect, by: User, section: str, changes: Mapping[str, str | None], seen: str
    ) -> Mapping[str, Any]:
        """Set several settings at once; Conflict when somebody changed them since they were `seen`."""

    async def group_roles(self) -> Sequence[GroupCard]:
        """Return which groups of people elsewhere, such as Slack's, give which roles."""

    async def check_group_role(self, by: User, wish: GroupWish) -> None:
        """Ask where the group is; raise what stands against this person letting it give a role."""

    async def set_group_role(self, effect: Effect, by: User, wish: GroupWish) -> None:
        """Let a group give a role to everybody in it."""

    async def clear_group_role(self, effect: Effect, by: User, group: str, role: str) -> None:
        """Let a group no longer give a role."""

    async def ports(self) -> Mapping[str, str]:
        """Return port -> connector, where there is one."""

    async def choose_connector(self, effect: Effect, by: User, port: str, connector: str) -> None:
        """Choose which system stands behind a port."""

    async def link_code(self, effect: Effect, by: User, person_id: str) -> LinkCode:
        """Issue a one-time code for a person."""

    async def link(self, effect: Effect, by: User, surface: str, account: str, person_id: str) -> None:
        """Link a chat account to a person."""

    async def unlink(self, effect: Effect, by: User, surface: str, account: str) -> None:
        """Forget a chat account."""

    async def audit(self, question: AuditQuestion) -> Sequence[AuditLine]:
        """Return what happened, newest first."""

    async def waiting(self, user: User, place: Place) -> Sequence[Waiting]:
        """Return what waits for this person's yes, or what they asked for, if a place may show it."""
