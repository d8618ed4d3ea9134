"""Watching the level of a line while splicing, and stopping to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.api import ActionCall, BadInput, Button, Change, Conflict, Preview, Reply, Tone, action, plural, span
from plugins.customers.port import Customer, CustomerRef
from plugins.network.live import (
    COUNTER,
    PREFIX,
    Watch,
    do_end,
    do_keep,
    ended,
    get_watch,
    state_of,
    words_of,
)
from plugins.network.port import Line, Network
from plugins.network.restarting import lines_of, named, with_ont
from plugins.network.settings import WatchCtx

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=60)
SIMULATED = "Simulated: no OLT is asked, I follow what our own records say of it."


async def preview_watch(
    ctx: WatchCtx, customer: CustomerRef, service: str = "", lasts: timedelta | None = None
) -> Preview:
    """Say whose level is read for how long, and what is watched no longer."""
    how_long, line = _how_long(ctx, lasts), await _line(ctx, customer, service)
    before = await get_watch(ctx, ctx.user.id)
    other = before is not None and before.service != line.service
    return Preview(
        text=f"The level of {customer.name} ({customer.number}), {named(line)}, is read every "
        f"{ctx.settings.watch_seconds} s for {span(how_long)}, and you are told when it moves.",
        changes=(Change(what="Your watch", before=before.who if before else "none", after=customer.name),),
        hits=0,
        warnings=(
            *((f"You no longer watch {before.who} then",) if before and other else ()),
            *((f"{span(lasts)} is too short for a watch",) if lasts and lasts < SHORTEST else ()),
        ),
    )


@action(
    permission="network:read",
    preview=preview_watch,
    examples=(
        "watch the level of {customer}",
        "watch the signal of {customer} while I splice",
        "watch the light of {customer} for {lasts}",
        "tell me when the level of {customer} changes",
        "tell me when {customer} has light again",
        "follow the level of {customer} live",
    ),
)
async def watch_level(
    ctx: WatchCtx, customer: CustomerRef, service: str = "", lasts: timedelta | None = None
) -> Reply:
    """Watch the level of a customer's line while you splice.

    Read every ten seconds for ten minutes if you do not say: you are told when it moves by half a dB, goes
    dark or comes back, and at the end from what to what. One watch a person; nothing is changed at the line.
    """
    how_long, line = _how_long(ctx, lasts), await _line(ctx, customer, service)
    net, before = ctx.port(Network), await get_watch(ctx, ctx.user.id)
    now = state_of(await net.ont_now(ctx.scope, line.service))
    watch = Watch(
        id=await ctx.store.next(COUNTER),
        user=ctx.user.id,
        customer=customer.number,
        name=customer.name,
        service=line.service,
        kind=line.kind,
        area=dict(customer.area),
        since=ctx.now,
        until=ctx.now + how_long,
        read_at=ctx.now,
        first=now,
        said=now,
    )
    await do_keep(ctx, watch)
    await ctx.enqueue("follow", {"on": True})
    told = "in a direct message" if ctx.place.surface not in {"", "terminal"} else "with your next answer"
    text = (
        f"I watch the level of {watch.who}, {named(line)}: now **{words_of(now, line.kind)}**. "
        f"Until {ctx.local(watch.until):%H:%M} I read it every {ctx.settings.watch_seconds} s and tell you "
        f"{told} when it moves by {ctx.settings.watch_db:g} dB, goes dark or comes back."
    )
    instead = f"I no longer watch {before.who}." if before and before.service != line.service else ""
    return Reply(
        "\n\n".join(filter(None, (text, instead, "" if net.reaches_devices else SIMULATED))),
        data=watch,
        undo=ActionCall(action_id="network_stop_watching", args={"was": {"id": watch.id}}),
        undo_within=how_long,
        buttons=(Button("Stop", "network_stop_watching", {}),),
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Network),),
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=("what am I watching", "which level do I watch", "am I watching a level"),
)
async def watched(ctx: WatchCtx) -> Reply:
    """Say whose level you watch, how it was when it was read last, and until when it is read."""
    watch = await get_watch(ctx, ctx.user.id)
    evidence = (ctx.evidence(Network),)
    if watch is None:
        return Reply(
            "You watch no level now. `watch the level of 100234` begins.", data=None, evidence=evidence
        )
    at, until = ctx.local(watch.read_at), ctx.local(watch.until)
    return Reply(
        f"You watch the level of {watch.who}: **{words_of(watch.said, watch.kind)}** when I told you last; "
        f"read {plural(watch.readings, 'time')}, last at {at:%H:%M:%S}, until {until:%H:%M}.",
        data=watch,
        buttons=(Button("Stop", "network_stop_watching", {}),),
        focus={"customer": watch.customer},
        evidence=evidence,
    )


async def preview_stop(ctx: WatchCtx, was: Mapping[str, int] | None = None) -> Preview:
    """Say whose level is no longer read."""
    watch = await _mine(ctx, was)
    return Preview(
        text=f"The level of {watch.who} is no longer watched.",
        changes=(Change(what="Your watch", before=watch.who, after="none"),),
        hits=0,
    )


@action(
    permission="network:read",
    preview=preview_stop,
    examples=(
        "stop watching",
        "stop watching the level",
        "stop the level watch",
    ),
)
async def stop_watching(ctx: WatchCtx, was: Mapping[str, int] | None = None) -> Reply:
    """Stop watching a level, and say from what to what it went."""
    watch = await _mine(ctx, was)
    while not await do_end(ctx, watch):  # it was read meanwhile
        watch = await _mine(ctx, was)
    await ctx.nudges.withdraw(f"{PREFIX}{watch.id}:")
    return Reply(
        f"I stopped watching. {ended(ctx, watch)}",
        data=watch,
        tone=Tone.PLAIN,
        buttons=(Button("Line", "network_line", {"customer": watch.customer}),),
        focus={"customer": watch.customer},
        evidence=(ctx.evidence(Network),),
    )


def _how_long(ctx: WatchCtx, lasts: timedelta | None) -> timedelta:
    """Return for how long; what is shorter than a minute is how often somebody wants it read."""
    usual = timedelta(minutes=ctx.settings.watch_minutes)
    how_long = usual if lasts is None or lasts < SHORTEST else lasts
    if how_long > LONGEST:
        raise BadInput("A level is watched for 60 minutes at most. Say for how long, for example 20 minutes.")
    return how_long


async def _line(ctx: WatchCtx, customer: Customer, service: str) -> Line:
    return with_ont(customer, await lines_of(ctx, customer), service)


async def _mine(ctx: WatchCtx, was: Mapping[str, int] | None) -> Watch:
    """Return what somebody watches; where one watch is to be taken back, it is that one or none."""
    watch = await get_watch(ctx, ctx.user.id)
    if watch and was is not None and watch.id != was.get("id"):
        raise Conflict(f"That watch is over: you watch {watch.who} now. `stop watching` ends it.")
    if watch:
        return watch
    raise Conflict("You watch no level now. `watch the level of 100234` begins.")
