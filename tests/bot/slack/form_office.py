"""An office with a small ISP at its desk, whose forms people in the emulated Slack fill in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from bot.app import App
from bot.contract.people import Tenant, User
from bot.core.desk import Desk
from bot.core.listed import picks
from bot.db.database import Database
from bot.seated import Seated
from bot.slack.room import SlackRoom
from tests.bot.core.answer_world import NotingGate, Talk, talk
from tests.bot.slack.conftest import KEY, Links, config_for
from tests.bot.understand import isp
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

Message = dict[str, Any]


@dataclass
class Isp:
    """Seats people as the app does, at one desk."""

    chat: Talk

    async def seat(self, _tenant: Tenant, user: User) -> tuple[Desk, User]:
        return self.chat.desk, user


@dataclass
class FormOffice:
    """The bot at work: everything a test wants to look at."""

    slack: Slackd
    room: SlackRoom
    queue: MemoryQueue
    links: Links
    isp: Isp

    @property
    def gate(self) -> NotingGate:
        return self.isp.chat.gate

    def direct(self, user: str) -> list[Message]:
        """What stands in somebody's conversation with the bot."""
        return self.slack.seat(user).sees(self.slack.world.home.direct(user).id)

    def whispers(self, channel: str = "CNOC") -> list[Message]:
        place = self.slack.world.home.find_channel(channel)
        assert place is not None
        return place.ephemeral

    def turn_off(self, *action_ids: str) -> None:
        """Leave actions out, as when their plugin is turned off."""
        view = isp.VIEW.only(lambda owned: owned.id not in action_ids)
        self.isp.chat.desk = replace(self.isp.chat.desk, view=view)


@asynccontextmanager
async def opened(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[FormOffice]:
    queue, chat = MemoryQueue(), talk(database, tenant, isp.understander())
    await chat.desk.understander.warm()
    desk = Isp(chat)
    seated = Seated(cast(App, desk))
    links = Links(
        {
            "ann@acme.example": isp.person(name="Ann"),
            "ben@acme.example": isp.person("customers:read", name="Ben"),
        }
    )
    room = SlackRoom(
        config_for(slack, slack_app_token=slack.world.app_token),
        database=database,
        cipher=KEY,
        counter=seated,
        forms=seated,
        find_user=links,
        enqueue=queue.enqueue,
        picks=picks,
        sweep_every=None,
        first_retry=timedelta(milliseconds=50),
        lease=timedelta(seconds=1.5),
    )
    queue.join(room)
    await room.start()
    try:
        yield FormOffice(slack, room, queue, links, desk)
    finally:
        await queue.stop()
        await room.stop()
    assert queue.errors == []
