"""What one person may ask and do in one place: the tenant's channel rules, which only ever narrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.contract.action import Action
from bot.contract.channel import CHANNELS, DIRECT, SHARED, ChannelRule, listed
from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.errors import NotHere
from bot.host.registry import Owned, View

OUTSIDERS = "People of other organisations may read this channel, so I show nothing here."
GUESTS = "A guest may read this channel, so I show nothing here."
RULES = frozenset({"admin_set_channel", "admin_clear_channel"})
"""A rule may always be told of among colleagues: whom it binds should be able to read it."""
ELSEWHERE = " Ask me in a direct message."


@dataclass(frozen=True, kw_only=True)
class Here:
    """One person in one place. Without a rule everything goes that their rights allow."""

    place: Place
    user: User
    rule: ChannelRule | None = None

    @property
    def closed(self) -> str:
        """Return why this person may do nothing at all here; empty when something may be done."""
        rule = self.rule
        if rule is None:
            return ""
        if self._outsiders:
            why = GUESTS if self.place.kind is PlaceKind.GUESTS else OUTSIDERS
            return why + self._elsewhere + self._allowing
        if rule.closed:
            return f"I answer nothing {self._in}." + self._elsewhere + self._asking
        if rule.roles and not self.user.roles & set(rule.roles):
            who = listed(rule.roles, "or")
            why = f"{self._in_start} I work only for people with the role {who}."
            return why + self._elsewhere + self._asking
        return ""

    def allows(self, owned: Owned[Action]) -> bool:
        """Say whether this action may be called here by this person, as far as the place goes."""
        if self.rule is None:
            return True
        changes = self.rule.reads_only and not owned.item.reads_only
        return not self.closed and not changes and self._named(owned)

    def shows(self, owned: Owned[Panel]) -> bool:
        """Say whether this block of the Home tab may be shown here, as far as the place goes."""
        return self.rule is None or (not self.closed and self._named(owned))

    def check(self, owned: Owned[Action]) -> None:
        """Raise NotHere, which says what may be done here and what else to do, unless this may be."""
        if not self.allows(owned):
            raise NotHere(self.refusal(owned))

    def refusal(self, owned: Owned[Action]) -> str:
        """Return why this action is not for this place."""
        rule = self.rule
        if rule is None or (closed := self.closed):
            return closed if rule else ""
        if self._named(owned):
            why = f"{self._in_start} I only look things up and change nothing."
        else:
            why = f"{self._in_start} I do only {listed(rule.only)}."
        return why + self._elsewhere + self._asking

    def narrow(self, view: View) -> View:
        """Return the view without the actions that are not for this place."""
        if self.rule is None:
            return view
        return view.only(self.allows)

    def looks_up(self, view: View, kind: str) -> bool:
        """Say whether naming a thing of this kind is part of anything this person may do here."""
        if self.rule is None:
            return True
        usable = (owned for owned in view.actions_for(self.user) if self.allows(owned))
        return any(ref.kind == kind for owned in usable for ref in owned.item.refs.values())

    def _named(self, owned: Owned[Action] | Owned[Panel]) -> bool:
        only = self.rule.only if self.rule else ()
        return not only or bool({owned.plugin, owned.id, f"{owned.plugin}_*"} & set(only))

    @property
    def _outsiders(self) -> bool:
        """Say whether a rule is missing that was made with guests and other organisations in mind."""
        return self.rule is not None and self.place.outsiders and not self.rule.outsiders

    @property
    def _in(self) -> str:
        return "in direct messages" if self.place.direct else "in this channel"

    @property
    def _in_start(self) -> str:
        return self._in.capitalize()

    @property
    def _elsewhere(self) -> str:
        return "" if self.place.direct else ELSEWHERE

    @property
    def _asking(self) -> str:
        return " An admin sees and changes that with `admin channels`."

    @property
    def _allowing(self) -> str:
        channel = self.place.channel or "<its id>"
        return (
            f" An admin may allow some of it with `admin set_channel channel={channel} only=network "
            "outsiders=yes`."
        )


SHUT = ChannelRule(channel=SHARED, surface="", closed=True)
"""What holds where guests or other organisations read, until an admin says otherwise."""


class Rules:
    """Every channel rule of one tenant, as read at one moment."""

    def __init__(self, rules: Iterable[ChannelRule] = ()) -> None:
        self._rules = {(rule.surface, rule.channel): rule for rule in rules}

    def rule_for(self, place: Place) -> ChannelRule | None:
        """Return the rule that holds in a place: its own, else the one for places of its kind."""
        own = self._rules.get((place.surface, place.channel)) if place.channel else None
        if own is not None:
            return own
        match place.kind:
            case PlaceKind.DIRECT:
                return self._rules.get(("", DIRECT))
            case PlaceKind.SHARED | PlaceKind.GUESTS:
                return self._rules.get(("", SHARED), SHUT)
        return self._rules.get(("", CHANNELS))

    def tells(self, place: Place, action_id: str) -> bool:
        """Say whether what became of a call may be told in a place: whoever reads there, reads it."""
        rule = self.rule_for(place)
        if rule is None:
            return True
        outside = place.outsiders and not rule.outsiders
        if action_id in RULES and not outside:
            return True
        shut = rule.closed or rule.reads_only or outside
        named = any(action_id == one or action_id.startswith(f"{one}_") for one in rule.only)
        return not shut and (named or not rule.only)

    def here(self, user: User, place: Place) -> Here:
        """Return what this person may ask and do there."""
        return Here(place=place, user=user, rule=self.rule_for(place))
