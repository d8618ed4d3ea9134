"""A workspace, a bot in it, and somebody who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.question import Question
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.errors import NotLinked
from bot.slack.room import SlackRoom
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

KEY = Cipher(keys={"t": b"k" * 32}, seals_with="t")
HOW_TO_LINK = "I do not know who you are here yet. To link this account, ask an admin for a code."


@dataclass
class Answers:
    """Stands where the core answers: remembers what it was asked, and what was pressed."""

    asked: list[Question] = field(default_factory=list)
    did: list[tuple[Any, ...]] = field(default_factory=list)
    replies: dict[str, Reply | Exception] = field(default_factory=dict)

    async def answer(self, question: Question) -> Reply:
        return self._said(question, question.words, f"You said: {question.words}")

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        return self._did(question, action_id, dict(args))

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        return self._did(question, "yes" if yes else "no", call_id, reason, version)

    async def undo(self, question: Question, call_id: str) -> Reply:
        return self._did(question, "undo", call_id)

    def _did(self, question: Question, *told: Any) -> Reply:
        self.did.append(told)
        return self._said(question, told[0], f"Done: {told[0]}")

    def _said(self, question: Question, key: str, otherwise: str) -> Reply:
        self.asked.append(question)
        reply = self.replies.get(key, Reply(otherwise))
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class Links:
    """Stands where identity is known: by verified e-mail."""

    known: dict[str, User] = field(default_factory=dict)
    seen: list[tuple[str, str, str | None]] = field(default_factory=list)

    async def __call__(self, tenant: Tenant, surface: str, external_id: str, email: str | None) -> User:
        self.seen.append((surface, external_id, email))
        if email not in self.known:
            raise NotLinked(HOW_TO_LINK)
        return self.known[email]


@dataclass
class Office:
    """The bot at work: everything a test wants to look at."""

    slack: Slackd
    room: SlackRoom
    queue: MemoryQueue
    answers: Answers
    links: Links
    database: Database
    tenant: Tenant


def config_for(slack: Slackd, **more: object) -> Config:
    world = slack.world
    keys = {"slack_bot_token": world.bot_token, "slack_api_url": slack.api_url, "slack_tenant": "acme"}
    return Config(**{**keys, **more})


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd() as slackd:
        world = slackd.world
        world.add_person("UANN", "ann", "ann@acme.example")
        world.add_person("UBEN", "ben", "ben@acme.example")
        world.add_person("UNEW", "newcomer", "new@acme.example")
        world.add_channel("CNOC", "noc", "UANN", "UBEN", "UNEW")
        yield slackd


def make_office(slack: Slackd, database: Database, tenant: Tenant, **more: object) -> Office:
    queue, answers = MemoryQueue(), Answers()
    ann = User.with_permissions("1", "Ann", frozenset())
    links = Links(
        {"ann@acme.example": ann, "ben@acme.example": User.with_permissions("2", "Ben", frozenset())}
    )
    room = SlackRoom(
        config_for(slack, **more),
        database=database,
        cipher=KEY,
        counter=answers,
        find_user=links,
        enqueue=queue.enqueue,
        sweep_every=None,
        first_retry=timedelta(milliseconds=50),
        lease=timedelta(seconds=1.5),
    )
    queue.handlers = room.handlers
    return Office(slack, room, queue, answers, links, database, tenant)


@pytest.fixture
async def office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    """The room on HTTP, without a web server: `receive` it by the gate."""
    made = make_office(slack, database, tenant, slack_signing_secret=slack.world.signing_secret)
    await made.room.start()
    yield made
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []


@pytest.fixture
async def socket_office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    """The room on Socket Mode."""
    made = make_office(slack, database, tenant, slack_app_token=slack.world.app_token)
    await made.room.start()
    yield made
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []
