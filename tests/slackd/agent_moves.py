"""What a person does with an agent: open its chat, look around, stop it, rename what they talk about."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.slackd import sessions
from tests.slackd.apps import App
from tests.slackd.desk import Desk
from tests.slackd.links import Details
from tests.slackd.sessions import Session


class AgentMoves(Desk):
    async def open_chat(self, *entities: dict[str, Any]) -> list[dict[str, str]]:
        """Open the agent's Messages tab (`app_home_opened`); the prompts shown there afterwards."""
        channel = self.team.direct(self.user)
        event: dict[str, Any] = {"type": "app_home_opened", "channel": channel.id, "tab": "messages"}
        if entities:
            event["context"] = {"entities": list(entities)}
        if not self.team.people[self.user].is_guest:  # guests have no agents: nobody is told
            await self._tell(event)
        return self.prompts()

    async def change_context(self, *entities: dict[str, Any]) -> None:
        """Look at something else while the agent's chat is open: `entity("channel_id", "CNOC")`."""
        channel = self.team.direct(self.user)
        event = {
            "type": "app_context_changed",
            "channel": channel.id,
            "context": {"entities": list(entities)},
        }
        await self._tell(event)

    async def stop(self, channel: str, thread: str) -> Session:
        """Press the stop button. AssertionError where this person sees none."""
        assert not self.team.people[self.user].is_guest, "guests have no agents"
        session = self.session(channel, thread)
        assert session is not None and session.status == "processing", (
            "nothing runs here: there is no stop button"
        )
        app = self.world.apps[session.app]
        subscribed = app.manifest is None or "agent_session_stopped" in app.bot_events
        assert subscribed, "the app did not subscribe to agent_session_stopped: its loader has no stop button"
        await self._tell(sessions.stop(self.slack, session, self.user), app=app)
        return session

    async def rename_session(self, channel: str, thread: str, title: str) -> None:
        session = self.session(channel, thread)
        assert session is not None, "there is no session here"
        event = {
            "type": "agent_session_title_changed",
            "channel": channel,
            "thread_ts": session.thread_ts,
            "team_id": self.team.id,
            "title": title,
        }
        event |= {"previous_title": session.title} if session.title else {}
        session.title = title
        await self._tell(event, app=self.world.apps[session.app])

    def session(self, channel: str, thread: str) -> Session | None:
        """What this thread shows of the agent: status, title, the old loading text."""
        place = self.place(channel)
        root = sessions.root_of(place, thread) or thread
        found = (
            sessions.find_session(self.team, install.app, channel, root)
            for install in self.team.installs.values()
        )
        return next((each for each in found if each is not None), None)

    def prompts(self, thread: str = "") -> list[dict[str, str]]:
        """The prompts suggested in the agent's chat, or in one thread of it."""
        app, channel = self.world.install_in(self.team).app, self.team.direct(self.user)
        shown = self.team.prompts.get((app.id, channel.id, thread), {})
        return list(shown.get("prompts", []))

    async def open_entity(self, channel: str, ts: str, url: str = "") -> Details:
        """Open the side panel of a work object a message shows; what the app presented in it, if it did."""
        message = self.place(channel).find(ts) or {}
        works = [each for each in message.get("attachments", []) if each.get("work_object_entity")]
        shown = next(each for each in works if url in {"", each["app_unfurl_url"], each["from_url"]})
        entity = shown["work_object_entity"]
        app = self.world.apps[shown["app_id"]]
        trigger = self.trigger(app)
        details = Details(
            event={
                "type": "entity_details_requested",
                "trigger_id": trigger,
                "channel": channel,
                "message_ts": ts,
                "thread_ts": message.get("thread_ts", ""),
                "user_locale": "en-US",
                "entity_url": entity["url"],
                "app_unfurl_url": shown["app_unfurl_url"],
                "external_ref": entity["external_ref"],
                "link": {"url": shown["app_unfurl_url"], "domain": shown["app_unfurl_url"].split("/")[2]},
            }
        )
        self.team.details[trigger] = details
        await self._tell(details.event, app=app)
        return details

    async def _tell(self, event: dict[str, Any], app: App | None = None) -> None:
        event = {"user": self.user, "event_ts": self.world.next_ts(), **event}
        await asyncio.gather(*self.slack.delivery.emit(self.team, event, app=app))


def entity(kind: str, value: Any, team: str = "T1") -> dict[str, Any]:
    """What a person looks at: `channel_id`, `canvas_id`, `list_id` or `message_context`."""
    return {"type": f"slack#/types/{kind}", "value": value, "team_id": team}
