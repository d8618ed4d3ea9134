"""Blocks of the Home tab: each runs for one person, under its permission, a deadline and in its bulkhead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.reply import Reply
from bot.core import policy
from bot.core.approvals import concerns, could_decide, load
from bot.core.bulkhead import DeadlinePassed, within
from bot.core.gate_setup import Setup
from bot.core.on_call import watch_of
from bot.errors import NotAllowed, NotFound, Unavailable
from bot.host.registry import Owned

LIMIT = timedelta(seconds=2)
"""Home is shown within a few seconds, whichever plugin hangs."""
SLOW = "This takes too long at the moment. Ask me for it instead."
NOT_HERE = "This may not be shown here."


async def look(setup: Setup, user: User, panel: Owned[Panel], place: Place) -> Reply | None:
    """Return what a panel tells this person; NotAllowed without the right, Unavailable when it is slow."""
    item = panel.item
    policy.check_permission(user, item.permission, f"see “{item.title}”", setup.plugins)
    if not (await setup.around.rules()).here(user, place).shows(panel):
        raise NotAllowed(NOT_HERE)
    try:
        return await within(LIMIT, _run(setup, user, panel, place))
    except DeadlinePassed:
        raise Unavailable(SLOW) from None


async def _run(setup: Setup, user: User, panel: Owned[Panel], place: Place) -> Reply | None:
    scope = user.scope(panel.item.permission)
    context = await setup.around.context(panel.plugin, user, scope=scope, place=place)
    async with setup.bulkheads.place(setup.tenant.id, panel.plugin):
        return await panel.item.run(context)


async def find_deciders(setup: Setup, call_id: str, user_ids: Collection[str]) -> set[str]:
    """Return which of these people could decide a call that waits; nobody of one that does not."""
    try:
        parked = await load(setup, call_id)
        owned = setup.view.action(parked.call.action_id)
    except NotFound:
        return set()
    if parked.call.state != "asked":
        return set()
    watch, found = await watch_of(setup, [parked.call]), set()
    for user_id in user_ids:
        try:
            user = await setup.around.user(user_id)
        except NotAllowed:  # deactivated meanwhile
            continue
        if could_decide(user, parked, owned, watch):
            found.add(user_id)
    return found


async def find_concerned(setup: Setup, call_id: str, user_ids: Collection[str]) -> set[str]:
    """Return which of these people may know of a call by their rights of now, whatever became of it."""
    try:
        call = (await load(setup, call_id)).call
        owned = setup.view.action(call.action_id)
    except NotFound:
        return set()
    found = set()
    for user_id in user_ids:
        try:
            user = await setup.around.user(user_id)
        except NotAllowed:  # deactivated meanwhile
            continue
        if concerns(user, call, owned):
            found.add(user_id)
    return found
