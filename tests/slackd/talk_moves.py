"""Saying, editing, deleting, reacting, coming and going."""

from __future__ import annotations

import asyncio
import copy
from functools import partial
from typing import Any

from tests.slackd.envelopes import make_envelope
from tests.slackd.link_moves import LinkMoves
from tests.slackd.messages import add, delete, find_changed, shown, tell, text_blocks
from tests.slackd.residents import Channel

Message = dict[str, Any]


class TalkMoves(LinkMoves):
    async def say(self, channel: str, text: str, *, thread: str | None = None, **event: Any) -> str:
        """Say something and wait until its events are acknowledged; return its ts."""
        place = self.place(channel)
        assert not (why := self.barred(place)), why
        message = self.write(place, text, thread=thread)
        emit = partial(self.slack.delivery.emit, self.team)
        await asyncio.gather(*tell(emit, self.team, place, message, **event))
        await self.link_shared(place.id, message)
        return str(message["ts"])

    async def say_direct(self, text: str, *, thread: str | None = None) -> str:
        return await self.say(self.team.direct(self.user).id, text, thread=thread)

    def write(self, channel: str | Channel, text: str, *, thread: str | None = None) -> Message:
        """Put a message into the channel, telling nobody."""
        place = self.place(channel)
        message = {
            "type": "message",
            "user": self.user,
            "client_msg_id": self.world.next_id("client-"),
            "text": text,
            "ts": self.world.next_ts(),
            "team": self.team.id,
            "blocks": text_blocks(self.world, text),
        }
        home = self.team.people[self.user].team_id
        if home != self.team.id:  # from another organisation, through Slack Connect
            message |= {"user_team": home, "source_team": home}
        return add(place, message, thread or "")

    def events(self, channel: str, message: Message, **more: Any) -> list[Message]:
        """The envelopes Slack sends of a message: `message`, and `app_mention` when the bot is named."""
        place, found = self.place(channel), list[Message]()

        def keep(event: Message, **_: Any) -> list[Any]:
            found.append(self.envelope(event, place))
            return []

        tell(keep, self.team, place, message, **more)
        return found

    def envelope(self, event: Message, channel: Channel | None = None) -> Message:
        """The envelope of one event for the first app."""
        install = self.world.install_in(self.team)
        return make_envelope(self.world, self.team, install, event, channel)

    async def edit(self, channel: str, ts: str, text: str) -> bool:
        """Change one's own message; the app hears message_changed."""
        place, message = self._own(channel, ts)
        before = copy.deepcopy(message)
        message |= {"text": text, "blocks": text_blocks(self.world, text)}
        message["edited"] = {"user": self.user, "ts": self.world.next_ts()}
        return await self.tell(find_changed(place, message, before, self.world.next_ts()), place)

    async def delete(self, channel: str, ts: str) -> bool:
        """Take back one's own message; the app hears message_deleted."""
        place, message = self._own(channel, ts)
        return await self.tell(delete(place, message, self.world.next_ts()), place)

    async def react(self, channel: str, ts: str, name: str) -> bool:
        return await self._react(channel, ts, name, add_it=True)

    async def unreact(self, channel: str, ts: str, name: str) -> bool:
        return await self._react(channel, ts, name, add_it=False)

    async def join(self, channel: str) -> bool:
        place = self.place(channel)
        place.members.add(self.user)
        return await self._moved(place, "member_joined_channel")

    async def leave(self, channel: str) -> bool:
        place = self.place(channel)
        place.members.discard(self.user)
        return await self._moved(place, "member_left_channel")

    async def open_dm(self) -> str:
        """Open the conversation with the bot; its channel id."""
        return self.team.direct(self.user).id

    async def open_home(self, tab: str = "home", context: Message | None = None) -> bool:
        """Look at the app's Home (or its Messages) tab."""
        event = {"type": "app_home_opened", "user": self.user, "tab": tab, "event_ts": self.world.next_ts()}
        event["channel"] = self.team.direct(self.user).id
        if tab == "home" and self.home is not None:
            event["view"] = self.home.shown()
        if context is not None:
            event["context"] = context
        return await self.tell(event)

    def sees(self, channel: str) -> list[Message]:
        """The messages of a place this person can read, and what only they see in it, oldest first."""
        place = self.place(channel)
        if not place.is_public and self.user not in place.members:
            return []
        mine = [each for each in place.ephemeral if each.get("_to") == self.user]
        kept = [shown(place, each, viewer=self.user) for each in place.messages]
        return sorted([*kept, *mine], key=lambda each: float(each["ts"]))

    def ephemerals(self, channel: str) -> list[Message]:
        """What only this person sees there."""
        return [each for each in self.place(channel).ephemeral if each.get("_to") == self.user]

    async def tell(self, event: Message, channel: Channel | None = None) -> bool:
        """Send an event to who listens; whether all of them acknowledged."""
        return all(await asyncio.gather(*self.slack.delivery.emit(self.team, event, channel=channel)))

    def _own(self, channel: str, ts: str) -> tuple[Channel, Message]:
        place = self.place(channel)
        message = place.find(ts)
        assert message is not None, f"there is no message {ts}"
        assert message.get("user") == self.user, "only one's own message"
        return place, message

    async def _react(self, channel: str, ts: str, name: str, *, add_it: bool) -> bool:
        place = self.place(channel)
        message = place.find(ts)
        assert message is not None, f"there is no message {ts}"
        found = message.setdefault("reactions", [])
        entry = next((each for each in found if each["name"] == name), None)
        if entry is None:
            entry = {"name": name, "users": [], "count": 0}
            found.append(entry)
        assert (self.user in entry["users"]) is not add_it, "already_reacted" if add_it else "no_reaction"
        (entry["users"].append if add_it else entry["users"].remove)(self.user)
        entry["count"] = len(entry["users"])
        message["reactions"] = [each for each in found if each["users"]]
        event = {
            "type": "reaction_added" if add_it else "reaction_removed",
            "user": self.user,
            "reaction": name,
            "item": {"type": "message", "channel": place.id, "ts": ts},
            "item_user": message.get("user"),
            "event_ts": self.world.next_ts(),
        }
        return await self.tell(event, place)

    async def _moved(self, place: Channel, kind: str) -> bool:
        event = {"type": kind, "user": self.user, "channel": place.id, "team": self.team.id}
        letter = {"im": "D", "mpim": "G", "group": "G"}.get(place.kind, "C")
        return await self.tell({**event, "channel_type": letter, "event_ts": self.world.next_ts()}, place)
