"""What people do with files and links: upload a photo, paste an address."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.slackd.files import File, shared_event
from tests.slackd.links import Unfurl, links_of
from tests.slackd.messages import add, tell, text_blocks

if TYPE_CHECKING:
    from tests.slackd.residents import Channel
    from tests.slackd.server import Slackd
    from tests.slackd.workspace import Workspace
    from tests.slackd.world import World


class FileMoves:
    """Part of a Seat. Every move waits until its events are acknowledged."""

    slack: Slackd
    world: World
    team: Workspace
    user: str

    async def upload(
        self,
        channel: str,
        *files: tuple[str, bytes],
        text: str = "",
        thread: str | None = None,
    ) -> dict[str, Any]:
        """Share files (name, bytes) with some words; the message everybody sees."""
        place = self.team.channels[channel]
        kept = [self._kept(name, data) for name, data in files]
        message = {
            "type": "message",
            "subtype": "file_share",
            "user": self.user,
            "ts": self.world.next_ts(),
            "team": self.team.id,
            "text": text,
            "blocks": text_blocks(self.world, text),
            "upload": False,
            "display_as_bot": False,
            "files": [],
        }
        add(place, message, thread or "")
        for file in kept:
            file.shares.append((channel, message["ts"]))
        message["files"] = [file.info(self.team) for file in kept]
        await asyncio.gather(*self._told(place, message, kept))
        return message

    async def link_shared(self, channel: str, message: dict[str, Any]) -> list[str]:
        """Tell each app of its links in a message (`say` does this); the ids chat.unfurl may use."""
        place = self.team.channels[channel]
        return await self._shared(place, message, "conversations_history")

    async def type_link(self, channel: str, text: str) -> list[str]:
        """Write a link without sending it yet: the app may show a preview in the composer."""
        return await self._shared(self.team.channels[channel], {"text": text}, "composer")

    def preview(self, unfurl_id: str) -> Unfurl:
        """What the app shows of a link."""
        found: Unfurl = self.team.unfurls[unfurl_id]
        return found

    async def _shared(self, place: Channel, message: dict[str, Any], source: str) -> list[str]:
        ids, tasks = [], []
        for install in self.team.installs.values():
            links = links_of(install.app, message)
            if not links or install.bot_user == message.get("user"):
                continue
            name = f"{place.id}.{self.world.next_ts()}.{self.world.next_id('')}"
            kept = message if source == "conversations_history" else None
            self.team.unfurls[name] = Unfurl(app=install.app.id, channel=place.id, links=links, message=kept)
            event = {
                "type": "link_shared",
                "channel": place.id if kept else "COMPOSER",
                "is_bot_user_member": install.bot_user in place.members,
                "user": self.user,
                "message_ts": message["ts"] if kept else name.replace(".", "-"),
                "unfurl_id": name,
                "source": source,
                "links": links,
                "event_ts": self.world.next_ts(),
            }
            event |= {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
            tasks += self.slack.delivery.emit(self.team, event, channel=place, app=install.app)
            ids.append(name)
        await asyncio.gather(*tasks)
        return ids

    def _kept(self, name: str, data: bytes) -> File:
        file = File(
            id=self.world.next_id("F"),
            team=self.team.id,
            user=self.user,
            name=name,
            base=self.slack.base,
            length=len(data),
            data=data,
            state="complete",
            created=int(self.world.clock.now()),
        )
        self.team.files[file.id] = file
        return file

    def _told(self, place: Channel, message: dict[str, Any], files: list[File]) -> list[Any]:
        """In a channel shared with others an event says only that files.info knows more."""
        shown = [file.checked() for file in files] if place.shared else message["files"]
        emit = partial(self.slack.delivery.emit, self.team)
        tasks = tell(emit, self.team, place, message | {"files": shown})
        for file in files:
            tasks += emit(shared_event(file, place.id, self.world.next_ts()), channel=place)
        return tasks
