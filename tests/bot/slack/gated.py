"""The Slack room before a real gate, with people who are linked and hold rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.answer import said
from bot.core.glance import CALL, Glance, glance_at_call
from bot.core.question import Question
from bot.db import channels, grants, links, roles, users
from bot.db.channels import Known
from bot.db.grants import NewGrant
from bot.db.roles import RolePermission
from bot.errors import UserError
from bot.seated import not_theirs
from bot.slack.teams import Team
from tests.bot.core.gate_world import ALL, Desk, person
from tests.bot.slack.office import Answers, Office
from tests.slackd.jobs import MemoryQueue

CREDIT = {"customer": "1001", "amount": "20"}


@dataclass
class AtGate(Answers):
    """Answers as the core does where somebody presses: through the gate, with the rights of that moment."""

    async def glance(self, question: Question, kind: str, key: str) -> Glance | None:
        return await glance_at_call(self.database, self.gate, question, key) if kind == CALL else None

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        self.did.append((action_id, dict(args)))
        more = {"key": question.key, "thread": question.thread, "place": question.place}
        return await _told(self.gate.call(question.user, action_id, args, **more))

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        more = {"thread": question.thread, "place": question.place}
        return await _told(
            self.gate.decide(question.user, call_id, yes=yes, reason=reason, version=version, **more)
        )

    async def withdraw(self, question: Question, call_id: str) -> Reply:
        kept = await not_theirs(self.gate, question.user, call_id)
        return kept or await self.decide(question, call_id, yes=False)

    async def undo(self, question: Question, call_id: str) -> Reply:
        return await _told(self.gate.undo(question.user, call_id, place=question.place))

    async def find_deciders(self, _tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        found: set[str] = await self.gate.find_deciders(call_id, user_ids)
        return found


async def _told(work: Awaitable[Reply]) -> Reply:
    try:
        return await work
    except UserError as error:
        return said(error)


@dataclass
class Staff:
    """An office, the gate behind it, and who works there: names as Slack knows them."""

    office: Office
    desk: Desk
    people: dict[str, User]

    @property
    def ann(self) -> User:
        return self.people["ann"]

    @property
    def ben(self) -> User:
        return self.people["ben"]

    @property
    def answers(self) -> AtGate:
        assert isinstance(self.office.answers, AtGate)
        return self.office.answers

    @property
    def world(self) -> Any:
        return self.office.slack.world

    async def team(self) -> Team:
        found = await self.office.room.teams.find("T1")
        assert found is not None
        return found

    async def ask(self, action_id: str = "desk_credit", thread: str = "", **args: Any) -> str:
        """Let Ann ask; return the call's id once everybody was told."""
        reply = await self.desk.ask(action_id, args or CREDIT, user=self.ann, thread=thread)
        await self.office.queue.idle()
        return reply.call_id or ""

    def direct(self, name: str) -> str:
        return str(self.world.direct(f"U{name.upper()}").id)

    def cards(self, name: str) -> list[dict[str, Any]]:
        """Return what the bot said to somebody directly, oldest first."""
        return list(self.world.replies(self.direct(name)))

    async def press(self, name: str, message: Mapping[str, Any], button: str, channel: str = "") -> Any:
        """Let somebody press a button; wait until all of it is worked."""
        self.desk.world.at += timedelta(seconds=1)
        seat = self.office.slack.seat(f"U{name.upper()}")
        seen = await seat.click(channel or self.direct(name), str(message["ts"]), button)
        await self.office.queue.idle()
        return seen

    async def lose(self, name: str, *permissions: str) -> None:
        """Take all rights but these away from somebody."""
        self.desk.world.add(person_like(self.people[name], permissions or ("desk:nothing",)))


def person_like(user: User, permissions: tuple[str, ...]) -> User:
    """Return the same person with other rights."""
    made = person(user.name, *permissions)
    return User(id=user.id, name=user.name, roles=user.roles, rights=made.rights, email=user.email)


def buttons(message: Mapping[str, Any]) -> list[str]:
    """Return the ids of a message's buttons."""
    found = [each for block in message["blocks"] for each in block.get("elements", ())]
    return [each["action_id"] for each in found if each["type"] == "button"]


def words(message: Mapping[str, Any]) -> str:
    """Return what the blocks of a message say."""
    return str(message["blocks"])


async def hire(office: Office, desk: Desk, *names: str, **rights: tuple[str, ...]) -> Staff:
    """Put people into all three: the tables, Slack, and the gate's world; Ann, Ben and so on."""
    staff = Staff(office, desk, {})
    now = datetime.now(UTC)
    async with office.database.tenant(office.tenant.id) as session:
        for channel in ("CNOC", "COPS"):
            await channels.do_know(session, Known(surface="slack", channel=channel, kind="public"))
        await roles.do_add_role(session, name="desk")
        for one in ALL:
            await roles.do_allow(session, "desk", RolePermission(permission=one))
        for name in names:
            mail, slack_id = f"{name}@acme.example", f"U{name.upper()}"
            row = await users.do_add_person(session, name=name.capitalize(), email=mail)
            await grants.do_grant(session, NewGrant(user_id=row.id, role="desk", by="test"))
            await links.do_link(
                session, surface="slack", external_id=f"T1:{slack_id}", user_id=row.id, how="email", by="test"
            )
            made = person(name.capitalize(), *rights.get(name, ALL))
            user = User(id=row.id, name=made.name, roles=made.roles, rights=made.rights, email=mail)
            staff.people[name] = user
            office.links.known[mail] = user
            desk.world.add(user)
    desk.world.at = now
    return staff


Enqueue = Callable[..., Awaitable[bool]]


def only_notices(queue: MemoryQueue) -> Enqueue:
    """Return a queue for the gate that keeps its notices; of its other jobs the test itself is the worker."""

    async def enqueue(session: Any, kind: str, payload: dict[str, Any], **more: Any) -> bool:
        return kind != "call_notice" or await queue.enqueue(session, kind, payload, **more)

    return enqueue
