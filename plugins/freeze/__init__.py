"""Change freeze: while one lasts, changes to the network wait for another person's yes, or are refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from bot.api import (
    Action,
    ActionCall,
    Approval,
    BadInput,
    Change,
    Column,
    Evidence,
    Field,
    Guard,
    NotFound,
    PluginInfo,
    Preview,
    Reply,
    Table,
    action,
    hookimpl,
    moment,
)
from plugins.freeze.guard import WINDOW
from plugins.freeze.kept import (
    LETTERS,
    PREFIX,
    Ctx,
    Freeze,
    Settings,
    do_keep,
    find_declared,
    find_windows,
    named,
)

READ, WRITE = "freeze:read", "freeze:write"
LONGEST = timedelta(days=60)
UNDO = timedelta(hours=1)
Why = Annotated[str, Field(min_length=3, max_length=200)]
Number = Annotated[str, Field(max_length=40)]


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who this is."""
    return PluginInfo(
        name="freeze",
        about="Change freezes: when changes to the network wait for another person, or for later.",
        permissions={READ: "See change freezes", WRITE: "Declare and end change freezes"},
        roles={
            "noc": frozenset({READ, WRITE}),
            "admin": frozenset({READ, WRITE}),
            "support": frozenset({READ}),
            "billing": frozenset({READ}),
            "field": frozenset({READ}),
        },
        settings=Settings,
    )


def wished(ctx: Ctx, until: datetime, because: str, starts_at: datetime | None) -> Freeze:
    """Return the freeze that is asked for; BadInput when it makes no sense."""
    begins = max(ctx.now, starts_at or ctx.now)
    if until <= ctx.now:
        raise BadInput("That is in the past. Say until when changes are to be frozen.")
    if until <= begins:
        raise BadInput("A freeze ends after it begins. Say from when until when changes are to be frozen.")
    if until - ctx.now > LONGEST:
        raise BadInput(f"A freeze lasts {LONGEST.days} days at most. Set a window instead, if it is a habit.")
    return Freeze(id=ctx.effect.key, since=begins, until=until, reason=because.strip(" ."), by=ctx.user.name)


def lasting(ctx: Ctx, wish: Freeze) -> str:
    """Return from when until when, from now left out."""
    zone = ctx.tenant.zone
    begins = f"from {moment(wish.since, ctx.now, zone)} " if wish.since > ctx.now else ""
    return f"{begins}until {moment(wish.until, ctx.now, zone)}"


def what(ctx: Ctx) -> str:
    """Return what a freeze does here."""
    names = ctx.settings.patterns
    held = "all changes" if "*" in names else f"`{'`, `'.join(names)}`"
    if ctx.settings.during == "refuse":
        return f"{held} are refused"
    return f"{held} need another person's yes"


async def preview_start(
    ctx: Ctx, until: datetime, because: Why, starts_at: datetime | None = None
) -> Preview:
    """Say what will be held back, and from when until when."""
    wish = wished(ctx, until, because, starts_at)
    held = Change(what="While it lasts", before="as usual", after=what(ctx))
    return Preview(text=f"Freeze changes {lasting(ctx, wish)}.", changes=(held,), hits=0)


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_start,
    examples=[
        "freeze changes until {until} because {because}",
        "freeze changes until {until} because of {because}",
        "change freeze until {until}: {because}",
        "declare a change freeze until {until} because {because}",
        "freeze changes from {starts_at} until {until} because {because}",
        "declare a change freeze from {starts_at} to {until}: {because}",
    ],
)
async def start(ctx: Ctx, until: datetime, because: Why, starts_at: datetime | None = None) -> Reply:
    """Freeze changes until a time: what the settings name then waits for another person, or is refused.

    It begins at once, or when you say.
    """
    wish = wished(ctx, until, because, starts_at)
    await ctx.effect.check()
    await do_keep(ctx, wish)
    return Reply(
        f"Changes are frozen {lasting(ctx, wish)}: {what(ctx)}. Reason: {wish.reason}.",
        data=wish,
        facts={"No.": wish.id[:LETTERS]},
        evidence=source(ctx),
        undo=ActionCall(action_id="freeze_end", args={"number": wish.id[:LETTERS]}),
        undo_within=UNDO,
    )


@action(
    permission=READ,
    reads_only=True,
    examples=["show freezes", "is there a change freeze", "are changes frozen", "when does the freeze end"],
)
async def show(ctx: Ctx) -> Reply:
    """Show the change freezes in force, declared and by the calendar, and the regular ones."""
    declared, windows, zone = await find_declared(ctx), find_windows(ctx), ctx.tenant.zone
    rows = [
        (
            one.id[:LETTERS],
            moment(one.since, ctx.now, zone) if one.since > ctx.now else "now",
            moment(one.until, ctx.now, zone),
            one.reason,
            one.by,
        )
        for one in [*declared, *windows]
    ]
    titles = ("No.", "From", "Until", "Why", "By")
    frozen = any(one.since <= ctx.now for one in [*declared, *windows])
    text = f"Changes are frozen: {what(ctx)}." if frozen else "No change freeze is in force."
    if rows and not frozen:
        text += " Some are planned:"
    if ctx.settings.windows:
        text += f" Regular freezes: {ctx.settings.windows}."
    return Reply(
        text,
        data=(*declared, *windows),
        table=Table(columns=tuple(map(Column, titles)), rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def the_one(ctx: Ctx, number: str) -> Freeze:
    """Return the one freeze meant; NotFound and BadInput say what there is."""
    found = named(await find_declared(ctx), number)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{one.id[:LETTERS]} ({one.reason})" for one in found)
        raise BadInput(f"There are several: {ids}. Say `freeze end` with the number of one.")
    if find_windows(ctx):
        raise NotFound(
            "That freeze comes from the calendar, in the settings of `freeze`; an admin changes it."
        )
    if not number.strip():
        raise NotFound("No change freeze is declared, so there is none to end.")
    raise NotFound("There is no such freeze. `freeze show` lists what there is.")


async def preview_end(ctx: Ctx, number: Number = "") -> Preview:
    """Say which freeze ends."""
    one = await the_one(ctx, number)
    end = moment(one.until, ctx.now, ctx.tenant.zone)
    ends = Change(
        what=f"Freeze {one.id[:LETTERS]}, {one.reason}", before=f"until {end}", after="over at once"
    )
    return Preview(text=f"End the freeze: {one.reason} ({one.by}).", changes=(ends,), hits=0)


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_end,
    examples=["end the freeze", "end the change freeze", "lift the freeze", "end freeze {number}"],
)
async def end(ctx: Ctx, number: Number = "") -> Reply:
    """End a change freeze at once; name it by its number when there are several."""
    one = await the_one(ctx, number)
    await ctx.effect.check()
    await ctx.store.pop(f"{PREFIX}{one.id}")
    args = {
        "until": one.until,
        "because": one.reason,
        "starts_at": one.since if one.since > ctx.now else None,
    }
    return Reply(
        f"The freeze is over: {one.reason}.",
        data=one,
        evidence=source(ctx),
        undo=ActionCall(action_id="freeze_start", args=args),
        undo_within=UNDO,
    )


def source(ctx: Ctx) -> tuple[Evidence, ...]:
    """Return the evidence line."""
    return (Evidence(source="change freezes", at=ctx.now),)


@hookimpl
def register_actions() -> Sequence[Action]:
    """Give the verbs."""
    return [start, show, end]


@hookimpl
def register_guards() -> Sequence[Guard]:
    """Hold changes back while a freeze lasts."""
    return [WINDOW]
