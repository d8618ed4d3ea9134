"""The bot itself as a port: people, roles, plugins and audit, for the `admin` plugin and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from bot.contract.action import Approval
from bot.contract.money import Money
from bot.contract.people import User
from bot.contract.port import Effect
from bot.contract.reply import Waiting
from bot.contract.scope import Area
from bot.contract.spoken import plural, span

ANYWHERE = Area()
YES_FROM = {
    Approval.SELF: "a yes from the person who asks",
    Approval.OTHER: "a yes from one other person",
    Approval.TWO: "a yes from two other people",
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A platform user of this tenant, with the roles in force."""

    id: str
    name: str
    email: str
    active: bool
    roles: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What names exactly this person: the e-mail address, or the id without one."""
        return self.email or self.id


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One permission of a role with its limits per call; `meaning` is its plugin's own words."""

    permission: str
    meaning: str = ""
    max_amount: int | None = None
    max_count: int | None = None


@dataclass(frozen=True, kw_only=True)
class RoleCard:
    """A role and what it may do."""

    name: str
    about: str
    built_in: bool
    permissions: tuple[Allowed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GrantCard:
    """Who holds a role, where, until when and why."""

    id: str
    person: str
    role: str
    area: str
    reason: str = ""
    break_glass: bool = False
    granted_by: str = ""
    granted_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class GrantWish:
    """A role to give: to whom, where, until when and why."""

    person_id: str
    role: str
    area: Area = ANYWHERE
    reason: str = ""
    expires_at: datetime | None = None
    break_glass: bool = False


@dataclass(frozen=True, kw_only=True)
class PolicyCard:
    """Where more approval is asked for than by an action's author; without an id it is not made yet.

    `action` is an id, `billing_*` or `*`. It applies from an amount (minor units of the tenant's
    currency) or a number of customers on; with neither, always.
    """

    id: str = ""
    action: str
    needs: Approval
    over_amount: int | None = None
    over_customers: int | None = None
    approver_role: str | None = None
    expires_after: timedelta | None = None
    remind_after: timedelta | None = None
    note: str = ""

    def words(self, currency: str) -> str:
        """Return the policy as a sentence, without its note."""
        name = {"*": "Every change"}.get(self.action, self.action)
        who = f" with the role {self.approver_role}" if self.approver_role else ""
        text = f"{name} needs {YES_FROM[self.needs]}{who}"
        if applies := self.applies(currency):
            text += f", {applies}"
        if self.expires_after:
            text += f"; nobody's yes within {span(self.expires_after)} ends it"
        if self.remind_after:
            text += f"; a reminder comes after {span(self.remind_after)}"
        return f"{text}."

    def applies(self, currency: str) -> str:
        """Return from what on it applies; empty for always."""
        parts = []
        if self.over_amount is not None:
            parts.append(str(Money(self.over_amount, currency)))
        if self.over_customers is not None:
            parts.append(plural(self.over_customers, "customer"))
        return f"from {' or '.join(parts)} on" if parts else ""


@dataclass(frozen=True, kw_only=True)
class PluginCard:
    """A plugin as an admin sees it; `broken` says why it was set aside."""

    name: str
    about: str
    on: bool
    needs: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True, kw_only=True)
class UnansweredLine:
    """A form of words the bot could not answer (names left out), and how often it was said."""

    words: str
    asked: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class HealthLine:
    """What one health check of one plugin said."""

    plugin: str
    check: str
    ok: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class LinkCode:
    """A one-time code that links a chat account to a person."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One line of the audit, for people."""

    seq: int
    at: datetime
    by: str
    event: str
    action_id: str
    text: str
    things: tuple[str, ...] = ()
    call_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class AuditQuestion:
    """What to look for: a thing's number, a verb, a person, words, a time."""

    about: str = ""
    did: str = ""
    by: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20


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

    async def allow(self, effect: Effect, by: User, role: str, allowed: Allowed) -> RoleCard:
        """Let a role do something, within limits."""

    async def forbid(self, effect: Effect, by: User, role: str, permission: str) -> RoleCard:
        """Take a permission from a role."""

    async def grants(self, person_id: str | None = None, role: str | None = None) -> Sequence[GrantCard]:
        """Return the grants in force."""

    async def grant(self, effect: Effect, by: User, wish: GrantWish) -> GrantCard:
        """Give a role to a person."""

    async def revoke(self, effect: Effect, by: User, grant_id: str) -> GrantCard:
        """End a grant at once."""

    async def policies(self) -> Sequence[PolicyCard]:
        """Return every approval policy."""

    async def check_policy(self, wish: PolicyCard) -> None:
        """Raise what stands against adding a policy."""

    async def add_policy(self, effect: Effect, by: User, wish: PolicyCard) -> PolicyCard:
        """Ask for more approval than an action's author did."""

    async def remove_policy(self, effect: Effect, by: User, policy_id: str) -> PolicyCard:
        """Remove an approval policy; return what it was."""

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

    async def settings(self, section: str) -> Mapping[str, Any]:
        """Return a plugin's settings, secrets hidden."""

    async def set_setting(
        self, effect: Effect, by: User, section: str, name: str, value: str | None
    ) -> Mapping[str, Any]:
        """Set one setting from text (None: its default) and return them all, secrets hidden."""

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

    async def waiting(self, user: User) -> Sequence[Waiting]:
        """Return the calls that wait for this person's yes, or that they asked for."""
