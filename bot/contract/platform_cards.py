"""What the port `platform` speaks of: people, roles, grants, policies, plugins and audit lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.contract.action import Approval
from bot.contract.given import given_words
from bot.contract.money import Money
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
    """Who holds a role, where, until when and why.

    `by_glass`: whoever gave it could only do so by break-glass access, so it ends with that.
    """

    id: str
    person: str
    role: str
    area: str
    reason: str = ""
    break_glass: bool = False
    granted_by: str = ""
    granted_at: datetime
    expires_at: datetime | None = None
    by_glass: bool = False


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
    currency) or a number of customers on; with neither, always. `on_call` names a team: one of those who
    agree is on call for it when they do, on top of everything else a yes takes. `given` are values that
    arguments of the call have besides: `priority=urgent,high; category=fault`. `title` names the action.
    """

    id: str = ""
    action: str
    needs: Approval
    over_amount: int | None = None
    over_customers: int | None = None
    given: str = ""
    approver_role: str | None = None
    on_call: str | None = None
    expires_after: timedelta | None = None
    remind_after: timedelta | None = None
    note: str = ""
    title: str = field(default="", compare=False)

    def words(self, currency: str) -> str:
        """Return the policy as a sentence, without its note."""
        name = self.title or {"*": "Every change"}.get(self.action, self.action)
        who = f" with the role {self.approver_role}" if self.approver_role else ""
        if self.given:
            name += f" {given_words(self.given)}"
        text = f"{name} needs {YES_FROM[self.needs]}{who}{self._duty()}"
        if applies := self.applies(currency):
            text += f", {applies}"
        if self.expires_after:
            text += f"; nobody's yes within {span(self.expires_after)} ends it"
        if self.remind_after:
            text += f"; a reminder comes after {span(self.remind_after)}"
        return f"{text}."

    def _duty(self) -> str:
        if not self.on_call:
            return ""
        one = (
            ", one of them"
            if self.needs == Approval.TWO
            else f"{' and' if self.approver_role else ','} who is"
        )
        return f"{one} on call for {self.on_call}"

    def applies(self, currency: str) -> str:
        """Return from what on it applies; empty for always."""
        count = plural(self.over_customers, "customer") if self.over_customers is not None else ""
        if self.over_amount is None:
            return f"from {count} on" if count else ""
        if self.over_amount % 100 == 1:  # the least that is more than a round amount
            over = f"over {Money(self.over_amount - 1, currency)}"
            return f"{over} or from {count} on" if count else over
        amount = str(Money(self.over_amount, currency))
        return f"from {amount} or {count} on" if count else f"from {amount} on"


@dataclass(frozen=True, kw_only=True)
class PolicyExample:
    """A call that a policy on trial would have changed; `alike` is how many of this person were like it.

    `vain`: nobody else could have said that yes.
    """

    at: datetime
    by: str
    what: str
    alike: int
    today: Approval
    then: Approval
    roles: tuple[str, ...] = ()
    on_call: tuple[str, ...] = ()
    vain: bool = False


@dataclass(frozen=True, kw_only=True)
class PolicyReplay:
    """What a policy on trial would have made of the last `calls`: how many it holds back, or lets go.

    `today` and `then` count calls by whose yes they need; `yes_…` are the yeses of other people. `vain` are
    those held back of which nobody could have said yes. `on_call` newly need one of whoever is on call, and
    of `off_call` of them nobody was who could have said it when they were asked. `unread` says why that is
    not known. `full`: there were more calls than are looked at.
    """

    since: timedelta
    calls: int
    held: int
    freed: int
    vain: int
    today: Mapping[Approval, int]
    then: Mapping[Approval, int]
    yes_today: int
    yes_then: int
    examples: tuple[PolicyExample, ...] = ()
    full: bool = False
    on_call: int = 0
    off_call: int = 0
    unread: str = ""

    @property
    def words(self) -> str:
        """Return it in a sentence or two."""
        days = f"In the last {plural(max(1, self.since.days), 'day')}"
        if not self.calls:
            return f"{days} nobody asked for a change, so there is nothing to try it on."
        of = f"of {'the last ' if self.full else ''}{plural(self.calls, 'call')}"
        text = f"{days} this would have held back {self.held:,} {of}."
        if self.freed:
            text = f"{days} this would have let {self.freed:,} {of} go with less."
        if self.yes_then != self.yes_today:
            more = "more" if self.yes_then > self.yes_today else "fewer"
            change = abs(self.yes_then - self.yes_today)
            yeses = "yes" if change == 1 else "yeses"
            text += f" That is {change:,} {more} {yeses} of other people ({self.yes_then:,} in all)."
        if self.on_call:
            text += f" {self.on_call:,} would have needed the yes of whoever was on call."
        if self.off_call:
            when = "when it was asked" if self.off_call == 1 else "when they were asked"
            text += f" Of {self.off_call:,} nobody was on call {when} who could have said it."
        if self.unread:
            text += f" Who was on call then is not known: {self.unread}"
        if self.vain:
            text += f" For {self.vain:,} of them nobody here could have said yes."
        return text


@dataclass(frozen=True, kw_only=True)
class PluginCard:
    """A plugin as an admin sees it; `broken` says why it was set aside, `trial` who tries it until when.

    `rosters` is set when it says who is on call, which approval policies may go by.
    """

    name: str
    about: str
    on: bool
    needs: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""
    trial: str = ""
    rosters: bool = False


@dataclass(frozen=True, kw_only=True)
class TrialWish:
    """A plugin to try: by which people (ids) and holders of which roles, until when."""

    plugin: str
    users: Sequence[str] = ()
    roles: Sequence[str] = ()
    until: datetime


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
    """One line of the audit, for people; `thread` is where it was asked for, if that is known."""

    seq: int
    at: datetime
    by: str
    event: str
    action_id: str
    text: str
    things: tuple[str, ...] = ()
    call_id: str | None = None
    thread: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditQuestion:
    """What to look for: a thing's number, a verb, a person, words, a time."""

    about: str = ""
    did: str = ""
    by: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    changes_only: bool = False
    limit: int = 20
