"""Channel rules: what a tenant lets be asked and done in which place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CHANNELS, DIRECT, SHARED = "*channels", "*direct", "*shared"
DEFAULTS = {
    CHANNELS: "channels without a rule of their own",
    DIRECT: "direct messages",
    SHARED: "channels that guests or other organisations read",
}
"""What stands in for a channel in the three rules for all the others."""


EVERYWHERE = "*"
"""Stands, in a `FollowRule`, for the channels without a rule of their own."""

GUEST_THERE = "A guest is there, so it stays shut until the rule holds for outsiders, too."


class Who(StrEnum):
    """Who is answered in a thread without a mention, as far as it is clear that they mean the bot."""

    NOBODY = "nobody"
    ASKER = "asker"
    EVERYBODY = "everybody"


@dataclass(frozen=True, kw_only=True)
class FollowRule:
    """Who is answered without a mention in the threads of a channel."""

    channel: str
    who: Who


@dataclass(frozen=True, kw_only=True)
class ChannelRule:
    """What may be asked and done in one channel, or by default; it only ever narrows people's rights.

    `only` names plugins (`network`) and actions (`tickets_create`); with none, all. `outsiders`: it holds
    also where guests or people of other organisations read along. `closed`: nothing at all. `guests`: a guest
    was seen there. Not `made`: there is no rule, but a guest, so nothing is shown, or what the rule for such
    channels lets be shown.
    """

    channel: str
    surface: str = "slack"
    name: str = ""
    only: tuple[str, ...] = ()
    reads_only: bool = False
    roles: tuple[str, ...] = ()
    closed: bool = False
    outsiders: bool = False
    note: str = ""
    guests: bool = False
    made: bool = True

    @property
    def default(self) -> bool:
        """Say whether it holds for every place of a kind."""
        return self.channel in DEFAULTS

    @property
    def where(self) -> str:
        """Return the place in words."""
        return DEFAULTS.get(self.channel) or (f"#{self.name}" if self.name else self.channel)

    @property
    def what(self) -> str:
        """Return in words what may be done."""
        if not self.made:
            if self.outsiders:
                return f"{self._said}, as in {DEFAULTS[SHARED]}: a guest reads along"
            return "nothing, for a guest reads along, until a rule of its own says otherwise"
        return self._said

    @property
    def _said(self) -> str:
        if self.closed:
            return "nothing"
        parts = [f"only {listed(self.only)}" if self.only else "everything"]
        if self.reads_only:
            parts.append("looking things up, no changes")
        if self.roles:
            parts.append(f"for people with the role {listed(self.roles, 'or')}")
        return ", ".join(parts)

    @property
    def held(self) -> str:
        """Return why the channel stays shut in spite of its rule; empty where it does not."""
        return GUEST_THERE if self.guests and self.made and not (self.outsiders or self.closed) else ""

    @property
    def what_holds(self) -> str:
        """Return in words what may be done, and why it may not."""
        return f"{self.what}. {self.held}" if self.held else self.what

    @property
    def words(self) -> str:
        """Return the rule as a sentence."""
        seen = (
            " Guests and other organisations may read along." if self.outsiders and not self.default else ""
        )
        seen = f" {self.held}" if self.held else seen
        return f"In {self.where}: {self.what}.{seen}"


def listed(names: tuple[str, ...], last: str = "and") -> str:
    """Return names as one says them: `a, b and c`."""
    spoken = [name.replace("_*", "") for name in names]
    return f" {last} ".join([", ".join(spoken[:-1]), spoken[-1]]) if len(spoken) > 1 else "".join(spoken)
