"""Telling the watchers of a call that ran: beside the reply, in their order, and never in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextvars import Context as Variables

from prometheus_client import Counter

from bot import trouble
from bot.contract.action import Action
from bot.contract.guard import GuardedCall, Watcher
from bot.contract.people import User
from bot.contract.reply import Reply
from bot.core.bulkhead import within
from bot.core.gate_setup import Setup
from bot.errors import UserError
from bot.host.registry import Owned

MOST = 500
"""Calls of this process that watchers are still being told of; beyond, they are told of none."""
TOLD = Counter(
    "backhaul_watchers", "Calls watchers were told of, by watcher and outcome.", ["watcher", "outcome"]
)
_telling: set[asyncio.Task[None]] = set()


async def watched(
    setup: Setup, user: User, owned: Owned[Action], call: GuardedCall, work: Awaitable[Reply]
) -> Reply:
    """Return what the work returns, or raise what it raises; the watchers hear of it afterwards."""
    watchers = setup.view.watchers_of(owned)
    if not watchers:
        return await work
    try:
        reply = await work
    except UserError as error:
        _tell(setup, user, watchers, call, error)
        raise
    _tell(setup, user, watchers, call, reply)
    return reply


async def settled() -> None:
    """Wait until the watchers have heard of every call so far."""
    while _telling:
        await asyncio.wait(set(_telling))


def _tell(
    setup: Setup, user: User, watchers: Sequence[Owned[Watcher]], call: GuardedCall, said: Reply | UserError
) -> None:
    if len(_telling) >= MOST:
        for one in watchers:
            TOLD.labels(one.id, "dropped").inc()
        return
    work = _tell_all(setup, user, watchers, call, said)
    # nothing of the call's own task goes along: the places it holds, its depth
    task = asyncio.get_running_loop().create_task(work, context=Variables())
    _telling.add(task)
    task.add_done_callback(_telling.discard)


async def _tell_all(
    setup: Setup, user: User, watchers: Sequence[Owned[Watcher]], call: GuardedCall, said: Reply | UserError
) -> None:
    for one in watchers:
        try:
            context = await setup.around.context(
                one.plugin, user, scope=user.scope(call.permission), place=call.place
            )
            async with setup.bulkheads.place(setup.tenant.id, one.plugin):
                await within(one.item.timeout, one.item.saw(context, call, said))
        except Exception as error:  # noqa: BLE001 - whatever a watcher throws hurts nobody
            trouble.warn(
                "watcher_failed", error, watcher=one.id, action=call.action_id, tenant=setup.tenant.id
            )
            TOLD.labels(one.id, "failed").inc()
        else:
            TOLD.labels(one.id, "told").inc()
