"""What stands around the Slack room in tests: somebody who answers, somebody who knows people, and all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.approvers import Asking
from bot.core.glance import Glance
from bot.core.home import Home
from bot.core.question import Question
from bot.db.database import Database
from bot.errors import NotLinked
from bot.slack.room import SlackRoom
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOW_TO_LINK = "I do not know who you are here yet. To link this account, ask an admin for a code."


@dataclass
class Answers:
    """Stands where the core answers: remembers what it was asked, and what was pressed."""

    asked: list[Question] = field(default_factory=list)
    did: list[tuple[Any, ...]] = field(default_factory=list)
    replies: dict[str, Reply | Exception] = field(default_factory=dict)
    looked: list[Question] = field(default_factory=list)
    meant: set[str] = field(default_factory=set)
    meant_when_engaged: set[str] = field(default_factory=set)
    overheard: list[tuple[str, bool, bool]] = field(default_factory=list)
    homes: dict[str, Home | Exception] = field(default_factory=dict)
    glances: dict[tuple[str, str], Glance | Exception] = field(default_factory=dict)
    glanced: list[tuple[Question, str, str]] = field(default_factory=list)
    deciders: set[str] = field(default_factory=set)
    gate: Any = None
    database: Any = None

    async def answer(self, question: Question) -> Reply:
        return self._said(question, question.words, f"You said: {question.words}")

    async def glance(self, question: Question, kind: str, key: str) -> Glance | None:
        self.glanced.append((question, kind, key))
        found = self.glances.get((kind, key))
        if isinstance(found, Exception):
            raise found
        return found

    async def heeds(self, question: Question, *, engaged: bool, alone: bool, files: bool) -> bool:
        self.overheard.append((question.words, engaged, alone))
        short = engaged and question.words in self.meant_when_engaged
        return short or question.words in self.meant or (files and not question.words)

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        return self._did(question, action_id, dict(args))

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        return self._did(question, "yes" if yes else "no", call_id, reason, version)

    async def asking(self, _tenant: Tenant, call_id: str, surface: str) -> Asking | None:
        return await self.gate.asking(call_id, surface) if self.gate is not None else None

    async def withdraw(self, question: Question, call_id: str) -> Reply:
        return self._did(question, "withdraw", call_id)

    async def undo(self, question: Question, call_id: str) -> Reply:
        return self._did(question, "undo", call_id)

    async def home(self, question: Question) -> Home:
        self.looked.append(question)
        shown = self.homes.get(question.user.id, Home(user=question.user, at=NOON))
        if isinstance(shown, Exception):
            raise shown
        return shown

    async def find_deciders(self, _tenant: Tenant, _call_id: str, user_ids: Collection[str]) -> set[str]:
        return self.deciders & set(user_ids)

    async def find_concerned(self, _tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        if self.gate is not None:
            found = await self.gate.find_concerned(call_id, user_ids)
        return found

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
