"""Links people post or type, as the apps of those domains are told of them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.slackd.desk import Desk
from tests.slackd.links import Unfurl, links_of
from tests.slackd.residents import Channel


class LinkMoves(Desk):
    async def link_shared(self, channel: str, message: dict[str, Any]) -> list[str]:
        """Tell each app of its links in a message (`say` does this); the ids chat.unfurl may use."""
        return await self._shared(self.place(channel), message, "conversations_history")

    async def type_link(self, channel: str, text: str) -> list[str]:
        """Write a link without sending it yet: the app may show a preview in the composer."""
        return await self._shared(self.place(channel), {"text": text}, "composer")

    def preview(self, unfurl_id: str) -> Unfurl:
        """What the app shows of a link."""
        found: Unfurl = self.team.unfurls[unfurl_id]
        return found

    async def _shared(self, place: Channel, message: dict[str, Any], source: str) -> list[str]:
        ids, tasks = [], []
        for install in self.team.installs.values():
            links = links_of(install.app, message)
            if not links:
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
