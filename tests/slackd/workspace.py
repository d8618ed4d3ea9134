"""One workspace (team): its people, channels, groups, and the apps installed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slackd.apps import Install
from tests.slackd.residents import Channel, Person, Usergroup

if TYPE_CHECKING:
    from tests.slackd.world import World


@dataclass
class Workspace:
    """`files`, `views`, `streams`, `sessions`, `canvases`: kept by the modules of those methods."""

    world: World = field(repr=False)
    id: str = "T1"
    name: str = "Acme"
    domain: str = "acme"
    enterprise_id: str | None = None
    is_paid: bool = True
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    installs: dict[str, Install] = field(default_factory=dict)
    scheduled: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    views: dict[str, Any] = field(default_factory=dict)
    streams: dict[Any, Any] = field(default_factory=dict)
    sessions: dict[Any, Any] = field(default_factory=dict)
    canvases: dict[str, Any] = field(default_factory=dict)
    prompts: dict[Any, Any] = field(default_factory=dict)
    unfurls: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    executions: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{self.domain}.slack.com/"

    def add_person(self, user_id: str, name: str, email: str = "", **more: Any) -> Person:
        self.people[user_id] = Person(user_id, name, email, **{"team_id": self.id, **more})
        return self.people[user_id]

    def add_channel(self, channel_id: str, name: str, *members: str, **more: Any) -> Channel:
        """With the first app's bot in it; `private=True`, `archived=True`, `shared=True`."""
        bots = {self.world.install_in(self).bot_user} if self.installs else set()
        created = {"team_id": self.id, "created": int(self.world.clock.now())}
        self.channels[channel_id] = Channel(channel_id, name, bots | set(members), **(created | more))
        return self.channels[channel_id]

    def add_usergroup(self, group_id: str, handle: str, *users: str, **more: Any) -> Usergroup:
        name = more.pop("name", handle.title())
        self.usergroups[group_id] = Usergroup(group_id, self.id, handle, name, users=list(users), **more)
        return self.usergroups[group_id]

    def direct(self, *users: str, bot: str | None = None) -> Channel:
        """The conversation of these people with the bot, made when there is none."""
        found = self.find_direct(*users, bot=bot)
        if found is None:
            members = {bot or self.world.install_in(self).bot_user, *users}
            kinds = {"direct": True} if len(members) == 2 else {"group_direct": True}
            prefix = "D" if len(members) == 2 else "G"
            found = Channel(
                self.world.next_id(prefix), "-".join(users), members, team_id=self.id, is_open=False, **kinds
            )
            self.channels[found.id] = found
        return found

    def find_direct(self, *users: str, bot: str | None = None) -> Channel | None:
        members = {bot or self.world.install_in(self).bot_user, *users}
        kinds = ({"im", "mpim"}, members)
        return next((c for c in self.channels.values() if c.kind in kinds[0] and c.members == kinds[1]), None)

    def find_channel(self, said: str) -> Channel | None:
        """By id, or by the name of a public channel, with or without #."""
        if said in self.channels:
            return self.channels[said]
        name = said.removeprefix("#")
        return next((c for c in self.channels.values() if c.is_public and c.name == name), None)
