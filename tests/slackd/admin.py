"""What an admin, or the world, does while the app is at work: people and channels come and go (4.6)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.slackd import channels, groups, uninstall
from tests.slackd.residents import Channel, Person
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

Told = list[asyncio.Task[Any]]
PROFILE = frozenset({"name", "email", "title"})


class Admin:
    """Every deed is done at once and returns the deliveries of its events; `gather` them to wait."""

    def __init__(self, slack: Slackd, team: Workspace | None = None) -> None:
        self.slack, self.world = slack, slack.world
        self.team = team or slack.world.home

    def _emit(self, event: dict[str, Any], channel: Channel | None = None) -> Told:
        return self.slack.delivery.emit(self.team, event, channel=channel)

    # Channels

    def invite(self, channel: str, user: str, by: str = "") -> Told:
        place = self.team.channels[channel]
        place.members.add(user)
        return self._emit(channels.joined(self.team, place, user, by), place)

    def kick(self, channel: str, user: str) -> Told:
        """A bot that is thrown out is told by channel_left (group_left) as well."""
        place = self.team.channels[channel]
        place.members.discard(user)
        told = self._emit(channels.left(self.team, place, user), place)
        for install in self.team.installs.values():
            if install.bot_user == user:
                event = channels.happened(self.team, place, "left")
                told += self.slack.delivery.emit(self.team, event, channel=place, app=install.app)
        return told

    def archive(self, channel: str, by: str = "USLACKBOT") -> Told:
        place = self.team.channels[channel]
        place.archived = True
        return self._emit(channels.happened(self.team, place, "archive", by), place)

    def unarchive(self, channel: str, by: str = "USLACKBOT") -> Told:
        place = self.team.channels[channel]
        place.archived = False
        return self._emit(channels.happened(self.team, place, "unarchive", by), place)

    def rename(self, channel: str, name: str) -> Told:
        place = self.team.channels[channel]
        place.name = name
        return self._emit(channels.happened(self.team, place, "rename"), place)

    def share(self, channel: str, other: str = "TOTHER") -> Told:
        """Connect it with another organisation's workspace."""
        place = self.team.channels[channel]
        place.shared = True
        ts = self.world.next_ts()
        event = {"type": "channel_shared", "connected_team_id": other, "channel": channel, "event_ts": ts}
        return self._emit(event, place)

    def unshare(self, channel: str, other: str = "TOTHER") -> Told:
        place = self.team.channels[channel]
        place.shared = False
        ts = self.world.next_ts()
        event = {"type": "channel_unshared", "previously_connected_team_id": other, "channel": channel}
        return self._emit({**event, "is_ext_shared": False, "event_ts": ts}, place)

    def renumber(self, channel: str, new: str) -> Told:
        """Slack gives a channel another id when it joins two workspaces."""
        place = self.team.channels.pop(channel)
        place.id = new
        self.team.channels[new] = place
        ts = self.world.next_ts()
        event = {"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": new}
        return self._emit({**event, "event_ts": ts}, place)

    def delete_channel(self, channel: str) -> Told:
        place = self.team.channels.pop(channel)
        return self._emit(channels.happened(self.team, place, "deleted"), place)

    # People

    def hire(self, user: str, name: str, email: str = "", **more: Any) -> Told:
        person = self.team.add_person(user, name, email, **more)
        return self._tell_of("team_join", person)

    def change(self, user: str, **fields: Any) -> Told:
        """Any field of Person: name, email, title, is_admin, is_restricted, deleted …"""
        person = self.team.people[user]
        for name, value in fields.items():
            assert hasattr(person, name), name
            setattr(person, name, value)
        person.updated = int(self.world.clock.now())
        told = self._tell_of("user_change", person)
        return told + (self._tell_of("user_profile_changed", person) if PROFILE & fields.keys() else [])

    def deactivate(self, user: str) -> Told:
        """Out of every channel and user group, and deleted."""
        told: Told = []
        for place in self.team.channels.values():
            if user in place.members and place.kind in {"channel", "group"}:
                told += self.kick(place.id, user)
        for group in self.team.usergroups.values():
            if user in group.users:
                told += self.leave_group(group.id, user)
        return told + self.change(user, deleted=True)

    def reactivate(self, user: str) -> Told:
        return self.change(user, deleted=False)

    def _tell_of(self, kind: str, person: Person) -> Told:
        """Each app sees of the person what its scopes show."""
        told: Told = []
        for install in self.team.installs.values():
            info = person.info()
            if "users:read.email" not in install.scopes and install.app.manifest is not None:
                info["profile"].pop("email")
            now = self.world.clock.now()
            event = {"type": kind, "user": info, "cache_ts": int(now), "event_ts": self.world.next_ts()}
            told += self.slack.delivery.emit(self.team, event, app=install.app)
        return told

    # User groups

    def join_group(self, group: str, user: str) -> Told:
        return self.set_group(group, *self.team.usergroups[group].users, user)

    def leave_group(self, group: str, user: str) -> Told:
        return self.set_group(group, *(u for u in self.team.usergroups[group].users if u != user))

    def set_group(self, group: str, *users: str) -> Told:
        found = self.team.usergroups[group]
        told: Told = []
        for event in groups.set_members(self.team, found, list(dict.fromkeys(users))):
            told += self._emit({**event, "event_ts": self.world.next_ts()})
        return told

    def disable_group(self, group: str) -> Told:
        found = self.team.usergroups[group]
        found.disabled, found.updated = True, int(self.world.clock.now())
        return self._emit({"type": "subteam_updated", "subteam": groups.group_object(found)})

    # The app

    def revoke(self, token: str = "") -> None:
        """One token (the bot's) stops working; `tokens_revoked` is told."""
        install = self.world.install_in(self.team)
        uninstall.revoke(self.slack, self.world.tokens[token or self.world.token_of(install)])

    def uninstall(self) -> None:
        uninstall.uninstall(self.slack, self.team, self.world.install_in(self.team).app)

    def withdraw(self, *scopes: str) -> None:
        """Take scopes from the app without a word."""
        self.world.install_in(self.team).scopes.difference_update(scopes)
