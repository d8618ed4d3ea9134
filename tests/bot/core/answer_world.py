"""A desk whose gate notes every call: what the words led to, and what was asked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.contract.action import Via
from bot.contract.channel import ChannelRule
from bot.contract.entity import Match
from bot.contract.people import Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.reply import ActionCall, Choice, Reply, Waiting
from bot.core.answer import answer
from bot.core.desk import Desk
from bot.core.here import Here, Rules
from bot.core.question import Question
from bot.db.database import Database
from bot.errors import Ambiguous, NotAllowed, NotFound
from bot.understand.understander import Understander
from tests.bot.understand import isp

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@dataclass
class NotingGate:
    """Finds things in `isp`, parks what needs a yes, and notes the rest as done."""

    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    parked: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    decided: list[tuple[str, bool, str]] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    undone_by: dict[str, Reply] = field(default_factory=dict)
    fails: BaseException | None = None
    reply: Reply | None = None
    rules: list[ChannelRule] = field(default_factory=list)
    sought: list[tuple[str, str]] = field(default_factory=list)

    async def call(
        self,
        user: User,
        action_id: str,
        args: Mapping[str, Any],
        *,
        via: Via = Via.PERSON,
        key: str | None = None,
        thread: str = "",
        place: Place = SOMEWHERE,
    ) -> Reply:
        if self.fails:
            raise self.fails
        owned = isp.VIEW.action(action_id)
        Rules(self.rules).here(user, place).check(owned)
        if not user.may(owned.item.permission):
            self.refused.append(action_id)
            raise NotAllowed(f"You may not: {owned.item.permission}.")
        settled = dict(args)
        focus: dict[str, str] = {}
        for name, ref in owned.item.refs.items():
            if (words := settled.get(name)) is not None:
                focus[ref.kind] = settled[name] = await self._one(owned, name, ref.kind, str(words), settled)
        if owned.item.needs(via):
            call_id = f"3f2a{len(self.parked):04x}-0000-4000-8000-000000000000"
            self.parked[call_id] = (action_id, settled)
            waiting = Waiting(
                call_id=call_id,
                action_id=action_id,
                summary=action_id,
                needs="your yes",
                asked_by=user.name,
                version=f"v{len(self.parked)}",
            )
            return Reply("Shall I?", waiting=waiting, focus=focus)
        self.done.append((action_id, settled))
        if self.reply:
            return replace(self.reply, focus=self.reply.focus or focus)
        undo = None if owned.item.reads_only else ActionCall(action_id=action_id)
        return Reply(
            f"did {action_id}", focus=focus, undo=undo, call_id=None if owned.item.reads_only else "c0ffee01"
        )

    async def _one(self, owned: Any, name: str, kind: str, words: str, args: Mapping[str, Any]) -> str:
        found = await isp.find(kind, words)
        exact = [m for m in found if m.exact] or found
        if not found:
            raise NotFound(f"I found no {kind} for “{words}”.")
        if len(exact) > 1:
            rest = " ".join(f'{n}="{v}"' for n, v in args.items() if n != name)
            choices = [
                Choice(m.label, f"{owned.plugin} {owned.item.name} {name}={m.key} {rest}".strip(), m.detail)
                for m in exact
            ]
            raise Ambiguous(f"Which {kind}?", choices)
        return exact[0].key

    async def decide(
        self,
        user: User,
        call_id: str,
        *,
        yes: bool,
        reason: str = "",
        version: str = "",
        thread: str = "",
        place: Place = SOMEWHERE,
    ) -> Reply:
        self.decided.append((call_id, yes, reason))
        self.versions.append(version)
        action_id, args = self.parked.pop(call_id)
        if yes:
            self.done.append((action_id, args))
        return Reply(
            "done" if yes else "left", call_id=call_id, undo=ActionCall(action_id=action_id) if yes else None
        )

    async def undo(
        self, user: User, call_id: str, *, place: Place = SOMEWHERE, key: str | None = None
    ) -> Reply:
        self.undone.append(call_id)
        self.undone_by[key or ""] = Reply("taken back")
        return self.undone_by[key or ""]

    async def find_undone(self, user: User, key: str) -> Reply | None:
        return self.undone_by.get(key)

    async def find_known(self, user: User, start: str) -> str:
        return ""

    async def waiting(self, user: User, *, place: Place = SOMEWHERE) -> Sequence[Waiting]:
        return [
            Waiting(call_id=i, action_id=a, summary=a, needs="your yes", asked_by="Ada")
            for i, (a, _) in self.parked.items()
        ]

    async def here(self, user: User, place: Place) -> Here:
        return Rules(self.rules).here(user, place)

    async def turn_away(self, here: Here) -> None:
        raise NotAllowed(here.closed)

    async def find(
        self, user: User, kind: str, text: str, limit: int = 8, *, place: Place = SOMEWHERE
    ) -> Sequence[Match]:
        self.sought.append((kind, text))
        if not Rules(self.rules).here(user, place).looks_up(isp.VIEW, kind):
            return ()
        return (await isp.find(kind, text))[:limit]


@dataclass(frozen=True)
class World:
    tenant: Tenant

    def now(self) -> datetime:
        return NOW


@dataclass
class Talk:
    """A conversation: `say` answers one message; `gate` knows what came of it."""

    desk: Desk
    gate: NotingGate
    tenant: Tenant
    user: User
    thread: str = "t1"
    place: Place = SOMEWHERE

    async def say(self, words: str) -> Reply:
        return await answer(self.desk, self.question(words))

    def question(self, words: str) -> Question:
        return Question(
            tenant=self.tenant,
            user=self.user,
            words=words,
            thread=self.thread,
            surface="test",
            place=self.place,
        )

    @property
    def last(self) -> tuple[str, dict[str, Any]]:
        return self.gate.done[-1]

    def other(self, user: User) -> Talk:
        return Talk(self.desk, self.gate, self.tenant, user, self.thread)


def talk(database: Database, tenant: Tenant, understander: Understander, user: User | None = None) -> Talk:
    gate = NotingGate()
    desk = Desk(view=isp.VIEW, gate=gate, around=World(tenant), database=database, understander=understander)
    return Talk(desk, gate, tenant, user or isp.person())
