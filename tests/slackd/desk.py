"""What every seat has: the person, their workspace, and a way to send an interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.slackd.apps import App
from tests.slackd.errors import SlackError
from tests.slackd.outlet import Ack
from tests.slackd.residents import Channel
from tests.slackd.seen import Seen

if TYPE_CHECKING:
    from tests.slackd.server import Slackd
    from tests.slackd.views import View
    from tests.slackd.workspace import Workspace

TIMEOUTS = frozenset({"timeout", "http_timeout"})


class Desk:
    def __init__(self, slack: Slackd, user: str, team: Workspace | None = None) -> None:
        self.slack, self.world, self.user = slack, slack.world, user
        self.team = team or slack.world.home

    def place(self, channel: str | Channel) -> Channel:
        """By id or name; a person opens a conversation with the bot by saying `bot`."""
        if isinstance(channel, Channel):
            return channel
        if channel == "bot":
            return self.team.direct(self.user)
        found = self.team.find_channel(channel)
        assert found is not None, f"there is no channel {channel}"
        return found

    def barred(self, channel: Channel | None = None) -> str:
        """Why Slack does not let this person act (there): an error, or nothing."""
        person = self.team.people[self.user]
        if person.deleted:
            return "account_inactive"
        if channel is not None and self.user not in channel.members:
            return "not_in_channel" if channel.is_public else "channel_not_found"
        if channel is not None and channel.archived:
            return "is_archived"
        return ""

    def app_of(self, message: dict[str, Any] | None = None) -> App:
        """The app a message is of; the first one where none is told."""
        return self.world.apps.get(str((message or {}).get("app_id")), self.world.app)

    def app_with(self, feature: str, key: str, name: str) -> App | None:
        """The installed app whose manifest declares it; one without a manifest takes everything."""
        for install in self.team.installs.values():
            declared = install.app.features.get(feature, ())
            is_there = any(each[key] == name for each in declared) and "commands" in install.scopes
            if not install.revoked and (install.app.manifest is None or is_there):
                return install.app
        return None

    def interactive(self, app: App) -> bool:
        """Whether the app takes clicks at all."""
        return app.manifest is None or bool(app.settings.get("interactivity", {}).get("is_enabled"))

    async def send(self, payload: dict[str, Any], kind: str = "interactive") -> Ack:
        """Deliver an interaction; three seconds, no retry (I2)."""
        return await self.slack.delivery.send(payload, kind)

    def refused(self, ack: Ack) -> str:
        """How Slack words a delivery that was not taken."""
        if ack.ok:
            return ""
        return "operation_timeout" if ack.reason in TIMEOUTS else "dispatch_failed"

    def trigger(self, app: App, view_id: str | None = None) -> str:
        return self.slack.triggers.issue(self.user, self.team.id, app.id, view_id=view_id)

    def stack(self, app: App | None = None) -> list[View]:
        return self.slack.views.stack(self.team, self.user, (app or self.world.app).id)

    @property
    def view(self) -> View | None:
        """The modal this person has before them."""
        opened = [stack for install in self.team.installs.values() if (stack := self.stack(install.app))]
        return opened[-1][-1] if opened else None

    @property
    def home(self) -> View | None:
        """The Home tab of the first app, as it was last published for this person."""
        return self.slack.views.homes.get((self.team.id, self.user, self.world.app_id))

    async def wait_for_view(self, title: str = "", seconds: float = 5.0) -> View:
        """The modal that opens (with this title), although its call comes after the acknowledgement."""
        found: View = await self.slack.until(
            lambda: self.view if self.view and (not title or self.view.title == title) else None, seconds
        )
        return found

    def minded(self, what: str, error: SlackError) -> None:
        """An answer of the app's that Slack refuses."""
        self.world.violate(f"{what}: {error.code} {error.messages}")

    def seen(self, ack: Ack, **more: Any) -> Seen:
        return Seen(error=self.refused(ack), body=ack.body, view=self.view, **more)
