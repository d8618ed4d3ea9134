"""What people do with files: upload a photo."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from tests.slackd.desk import Desk
from tests.slackd.files import File, shared_event
from tests.slackd.messages import add, tell, text_blocks
from tests.slackd.residents import Channel


class FileMoves(Desk):
    async def upload(
        self,
        channel: str,
        *files: tuple[str, bytes],
        text: str = "",
        thread: str | None = None,
    ) -> dict[str, Any]:
        """Share files (name, bytes) with some words; the message everybody sees."""
        message = self.lay(channel, *files, text=text, thread=thread)
        kept = [self.team.files[each["id"]] for each in message["files"]]
        await asyncio.gather(*self._told(self.place(channel), message, kept))
        return message

    def lay(
        self, channel: str, *files: tuple[str, bytes], text: str = "", thread: str | None = None
    ) -> dict[str, Any]:
        """Share them without an event of it, as `write` does with words."""
        place = self.place(channel)
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
            file.shares.append((place.id, message["ts"]))
        message["files"] = [file.info(self.team) for file in kept]
        return message

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
