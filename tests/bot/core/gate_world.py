"""A small world for the gate's tests: a plugin, a device behind a port, people whose rights can change."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, SecretStr

from bot.contract.action import Action, Approval, Change, Preview, action
from bot.contract.channel import ChannelRule
from bot.contract.context import Context
from bot.contract.entity import Entity, Match, Ref
from bot.contract.money import Money
from bot.contract.people import Right, Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.plugin import NoSettings, PluginInfo
from bot.contract.port import Effect
from bot.contract.reply import ActionCall, Reply
from bot.contract.scope import EVERYWHERE, NOWHERE, Area, Scope
from bot.core.gate import Gate
from bot.core.here import Rules
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.errors import Conflict, NotAllowed, OutcomeUnknown, Unavailable
from bot.host.registry import Owned, Registry, View

READ, WRITE, MONEY = "desk:read", "desk:write", "desk:money"
ALL = (READ, WRITE, MONEY)
CIPHER = Cipher.parse(f"t:{base64.b64encode(bytes(range(32))).decode()}", where="test")


@dataclass(frozen=True)
class Customer:
    """A subscriber."""

    number: str
    name: str
    region: str


CUSTOMERS = (
    Customer("1001", "Ann Lee", "north"),
    Customer("1002", "Bo Chan", "north"),
    Customer("1003", "Bo Chan", "south"),
    Customer("1004", "Cy Young", "south"),
)


class Device(Protocol):
    """What the actions change."""

    port_name = "device"

    async def set(self, effect: Effect, number: str, value: str) -> None:
        """Change one line."""


@dataclass
class FakeDevice:
    """Remembers every change; can fail before or after it, hang, and know or not know what it did."""

    log: list[tuple[str, str, str]] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    knows: bool = True
    before: Callable[[], Any] | None = None
    checked: Callable[[], Any] | None = None
    after: Callable[[], Any] | None = None

    async def set(self, effect: Effect, number: str, value: str) -> None:
        await _do(self.before)
        await effect.check()
        await _do(self.checked)
        if not self.knows or effect.key not in {key for key, _, _ in self.log}:
            self.log.append((effect.key, number, value))
            self.state[number] = value
        await _do(self.after)

    async def applied(self, key: str) -> bool | None:
        return key in {one for one, _, _ in self.log} if self.knows else None


async def _do(step: Callable[[], Any] | None) -> None:
    if step is not None:
        done = step()
        if asyncio.iscoroutine(done):
            await done


async def find_customer(ctx: Context[Any], text: str, limit: int) -> list[Match]:
    words = text.casefold()
    found = []
    for one in CUSTOMERS:
        row = {"region": one.region, "site": None, "partner": None}
        exact = words in {one.number, one.name.casefold()}
        near = words in one.name.casefold() or (len(words) > 3 and one.name.casefold().startswith(words[:3]))
        if (exact or near) and ctx.scope.covers(row):
            score = 1.0 if exact else (0.7 if words in one.name.casefold() else 0.3)
            found.append(
                Match(
                    key=one.number,
                    label=one.name,
                    record=one,
                    exact=exact,
                    score=score,
                    scope=row,
                    detail=one.region,
                )
            )
    return found[:limit]


CustomerRef = Annotated[Customer, Ref("customer")]


async def find_colour(ctx: Context[Any], text: str, limit: int) -> list[Match]:
    names = ("red", "green", "blue")
    return [Match(key=n, label=n.title(), record=n, exact=n == text) for n in names if n.startswith(text)][
        :limit
    ]


ColourRef = Annotated[str, Ref("colour")]


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


@action(permission=READ, reads_only=True)
async def card(
    ctx: Context[Any], customer: CustomerRef, depth: Annotated[int, Field(ge=1, le=9)] = 1
) -> Reply:
    """Show a customer."""
    return Reply(f"{customer.name} {customer.number}", data=customer, facts={"depth": depth})


@action(permission=WRITE)
async def note(
    ctx: Context[Any],
    customer: CustomerRef,
    text: str,
    level: Level = Level.LOW,
    until: datetime | None = None,
    lasting: timedelta | None = None,
    kind: Literal["call", "visit"] | None = None,
) -> Reply:
    """Write a note about a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, text)
    return Reply(
        f"Noted for {customer.name}: {text}", facts={"level": level, "until": until, "lasting": lasting}
    )


async def show_suspend(ctx: Context[Any], customer: Customer, reason: str = "") -> Preview:
    now = ctx.port(Device).state.get(customer.number, "active")
    if now == "suspended":
        raise Conflict(f"{customer.name} is suspended already.")
    return Preview(
        text=f"{customer.name} loses the Internet.",
        changes=(Change(what="Status", before=now, after="suspended"),),
    )


@action(permission=WRITE, approval=Approval.SELF, preview=show_suspend)
async def suspend(ctx: Context[Any], customer: CustomerRef, reason: str = "") -> Reply:
    """Suspend a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, "suspended")
    undo = ActionCall(action_id="desk_resume", args={"customer": customer.number})
    return Reply(f"Suspended {customer.name}.", undo=undo, undo_within=timedelta(minutes=10))


@action(permission=WRITE, approval=Approval.SELF)
async def resume(ctx: Context[Any], customer: CustomerRef) -> Reply:
    """Resume a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, "active")
    return Reply(f"Resumed {customer.name}.")


async def show_credit(ctx: Context[Any], customer: Customer, amount: Money) -> Preview:
    before = ctx.port(Device).state.get(customer.number, "0")
    return Preview(text=f"Credit {amount}.", amount=amount, changes=(Change(what="Balance", before=before),))


@action(permission=MONEY, approval=Approval.OTHER, preview=show_credit, amount="amount")
async def credit(ctx: Context[Any], customer: CustomerRef, amount: Money) -> Reply:
    """Credit a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, str(amount))
    undo = ActionCall(action_id="desk_note", args={"customer": customer.number, "text": "credit taken back"})
    return Reply(f"Credited {amount}.", undo=undo, undo_within=timedelta(minutes=10))


async def show_wipe(ctx: Context[Any], region: str) -> Preview:
    hits = int(ctx.port(Device).state.get(f"hits/{region}", "3"))
    return Preview(text=f"Restart everything in {region}.", hits=hits)


@action(permission=WRITE, approval=Approval.TWO, preview=show_wipe)
async def wipe(ctx: Context[Any], region: str) -> Reply:
    """Restart every device of a region."""
    await ctx.port(Device).set(ctx.effect.step("one"), region, "restarted")
    await ctx.port(Device).set(ctx.effect.step("two"), region, "checked")
    return Reply(f"Restarted {region}.")


@action(permission=WRITE, approval=Approval.OTHER)
async def unlock(ctx: Context[Any], customer: CustomerRef, password: SecretStr) -> Reply:
    """Set the router password of a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, f"pw{len(password.get_secret_value())}")
    return Reply("Set." if password.get_secret_value() == "hunter22" else "Wrong.")


@action(permission=READ, reads_only=True, timeout=timedelta(seconds=0.05))
async def hang(ctx: Context[Any]) -> Reply:
    """Hang for ever."""
    await asyncio.Event().wait()
    return Reply("never")


@action(permission=WRITE, timeout=timedelta(seconds=0.3))
async def slow(ctx: Context[Any], customer: CustomerRef) -> Reply:
    """Change a device that may hang."""
    await ctx.port(Device).set(ctx.effect, customer.number, "slow")
    return Reply("Done.")


@action(permission=READ, reads_only=True)
async def boom(ctx: Context[Any]) -> Reply:
    """Fail as no one foresaw."""
    raise RuntimeError("kaboom with a customer's secret")


@action(permission=READ, reads_only=True)
async def sly(ctx: Context[Any]) -> Reply:
    """Say it reads, and write."""
    return await ctx.run("desk_note", customer="1001", text="sly")


@action(permission=READ, reads_only=True)
async def sly_port(ctx: Context[Any]) -> Reply:
    """Say it reads, and write through a port."""
    await ctx.port(Device).set(ctx.effect, "1001", "sly")
    return Reply("written")


@action(permission=WRITE)
async def both(ctx: Context[Any], customer: CustomerRef) -> Reply:
    """Write two notes through the gate."""
    await ctx.run("desk_note", customer=customer.number, text="first")
    return await ctx.run("desk_note", customer=customer.number, text="second")


@action(permission=WRITE)
async def loop(ctx: Context[Any]) -> Reply:
    """Run itself for ever."""
    return await ctx.run("desk_loop")


@action(permission=WRITE)
async def count(ctx: Context[Any]) -> Reply:
    """Count in the plugin's own store."""
    await ctx.store.set("n", (await ctx.store.get("n") or 0) + 1)
    return Reply("Counted.")


@action(permission=WRITE, approval=Approval.OTHER)
async def paint(ctx: Context[Any], customer: CustomerRef, colour: ColourRef | None = None) -> Reply:
    """Paint the modem of a customer."""
    await ctx.port(Device).set(ctx.effect, customer.number, colour or "plain")
    return Reply(f"Painted {colour}.")


ACTIONS: tuple[Action, ...] = (
    paint,
    card,
    note,
    suspend,
    resume,
    credit,
    wipe,
    unlock,
    hang,
    slow,
    boom,
    sly,
    sly_port,
    both,
    loop,
    count,
)
INFO = PluginInfo(
    name="desk",
    about="A desk.",
    permissions={READ: "See customers", WRITE: "Change customers", MONEY: "Move money"},
    roles={"support": frozenset({READ, WRITE}), "billing": frozenset({READ, MONEY})},
)
ENTITY = Entity(name="customer", title="Customer", permission=READ, find=find_customer)
COLOUR = Entity(name="colour", title="Colour", permission=READ, find=find_colour, scoped=False)


def registry(extra: tuple[Action, ...] = ()) -> Registry:
    owned: list[Owned[Any]] = [Owned("desk", one) for one in (*ACTIONS, *extra)]
    return Registry({"desk": INFO}, [*owned, Owned("desk", ENTITY), Owned("desk", COLOUR)])


def person(
    name: str, *permissions: str, right: Right | None = None, roles: frozenset[str] = frozenset()
) -> User:
    return User(
        id=f"u-{name.casefold()}",
        name=name,
        roles=roles,
        rights={p: right or Right() for p in permissions or ALL},
    )


NORTH = Right(scope=Scope(frozenset({Area(region=frozenset({"north"}))})))


class MemoryStore:
    """A store for one test."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self.kept.get(key)

    async def set(self, key: str, value: Any) -> None:
        self.kept[key] = value

    async def swap(self, key: str, old: Any, new: Any) -> bool:
        if self.kept.get(key) != old:
            return False
        self.kept[key] = new
        return True

    async def pop(self, key: str) -> Any:
        return self.kept.pop(key, None)

    async def items(self) -> dict[str, Any]:
        return dict(self.kept)

    async def next(self, counter: str) -> int:
        self.kept[counter] = self.kept.get(counter, 0) + 1
        return self.kept[counter]


class World:
    """The surroundings of one tenant, with a clock and people that tests turn."""

    def __init__(self, tenant: Tenant, device: Any = None) -> None:
        self.tenant = tenant
        self.cipher = CIPHER
        self.device = device or FakeDevice()
        self.at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.people: dict[str, User] = {}
        self.memory = MemoryStore()
        self.channel_rules: list[ChannelRule] = []

    def now(self) -> datetime:
        return self.at

    def add(self, *people: User) -> None:
        self.people |= {one.id: one for one in people}

    async def user(self, user_id: str, *, fresh: bool = False) -> User:
        if user_id not in self.people:
            raise NotAllowed("There is no such user any more.")
        return self.people[user_id]

    async def rules(self) -> Rules:
        return Rules(self.channel_rules)

    async def port(self, name: str, plugin: str = "") -> Any:
        return self._open(name)

    def _open(self, name: str) -> Any:
        if name != "device":
            raise Unavailable("No system stands behind it.")
        return self.device

    async def context(
        self,
        plugin: str,
        user: User,
        *,
        scope: Scope = NOWHERE,
        effect: Effect | None = None,
        gate: Any = None,
        place: Place = SOMEWHERE,
    ) -> Context[Any]:
        async def no_effect() -> None:
            raise RuntimeError("a read has no effect")

        return Context(
            tenant=self.tenant,
            user=user,
            settings=NoSettings(),
            store=self.memory,
            now=self.at,
            scope=scope,
            effect=effect or Effect(key="", check=no_effect, by=user.name, at=self.at),
            open_port=self._open,
            source_of=lambda _port: "test",
            gate=gate,
            enabled=lambda _name: True,
            place=place,
        )


class Desk:
    """A gate in its world, and short words for what tests do all the time."""

    def __init__(
        self,
        database: Database,
        tenant: Tenant,
        *,
        device: Any = None,
        extra: tuple[Action, ...] = (),
        **options: Any,
    ) -> None:
        self.database, self.tenant = database, tenant
        self.world = World(tenant, device)
        self.registry = registry(extra)
        self.view: View = self.registry.view(frozenset({"desk"}))
        self.gate = Gate(
            database=database,
            view=self.view,
            around=self.world,
            plugins=self.registry.plugins,
            **options,
        )
        self.ann, self.ben, self.cat = person("Ann"), person("Ben"), person("Cat")
        self.world.add(self.ann, self.ben, self.cat)

    @property
    def device(self) -> Any:
        return self.world.device

    async def ask(
        self, action_id: str, args: Mapping[str, Any] | None = None, user: User | None = None, **more: Any
    ) -> Reply:
        return await self.gate.call(user or self.ann, action_id, args or {}, **more)

    async def events(self) -> list[str]:
        from bot.core.audit import search

        return [one.event for one in reversed(await search(self.database, self.tenant.id, limit=1000))]

    async def row(self, call_id: str | None) -> Any:
        from bot.db.calls import get_call

        async with self.database.tenant(self.tenant.id) as session:
            return await get_call(session, call_id or "")

    async def rows(self) -> list[Any]:
        from sqlalchemy import text

        async with self.database.tenant(self.tenant.id) as session:
            return list(
                await session.execute(
                    text("select id::text, state, runs, action_id from calls order by asked_at, id")
                )
            )

    async def sql(self, words: str, **binds: Any) -> None:
        from sqlalchemy import text

        async with self.database.tenant(self.tenant.id) as session:
            await session.execute(text(words), binds)

    async def end_leases(self) -> None:
        await self.sql(
            "update calls set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null"
        )


__all__ = ["EVERYWHERE", "NORTH", "Desk", "FakeDevice", "OutcomeUnknown", "World", "person"]
