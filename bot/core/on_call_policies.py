"""Policies that ask for a yes of whoever is on call: what to mind about one, what is wrong with those set."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contract.action import Action
from bot.contract.platform import PolicyCard
from bot.core import policies
from bot.core.rosters import OnCall, rosters_around
from bot.core.surroundings import Surroundings
from bot.errors import NotFound

OWN = ("*", "admin_", "oncall_")
"""Beginnings of policies that cover mending the roster or the policy itself."""


async def on_call_warnings(around: Surroundings, wish: PolicyCard) -> Sequence[str]:
    """Return what an admin should know before such a policy holds."""
    if not wish.on_call:
        return ()
    found = []
    one = await (await rosters_around(around)).get_on_call(wish.on_call, around.now())
    if not one.people:
        why = one.trouble or f"Nobody is on call for {wish.on_call} now."
        found.append(f"{why} While that is so, nothing it covers can be agreed to by anybody.")
    found += _unable(around, wish, one)
    if wish.action.startswith(OWN):
        found.append(
            "It covers changes of the roster or of policies too: while nobody is on call, only the command "
            "line can undo it (`backhaul policies remove`)."
        )
    return found


def _unable(around: Surroundings, wish: PolicyCard, one: OnCall) -> list[str]:
    """Name those on call who may not do what they would have to agree to."""
    there = around.registry.view(frozenset(around.registry.plugins)).all(Action)
    permission = next((o.item.permission for o in there if o.id == wish.action), None)
    found = []
    for person in one.people:
        if permission is not None and not person.may(permission):
            found.append(
                f"{person.name} is on call for {one.team} now and lacks `{permission}`: who agrees to a call "
                "must be allowed to make it, so their yes would not count."
            )
        elif wish.approver_role and wish.approver_role not in person.roles:
            found.append(
                f"{person.name} is on call for {one.team} now and does not have the role "
                f"{wish.approver_role}, so their yes would not count."
            )
    return found


async def find_broken(around: Surroundings) -> list[tuple[str, str]]:
    """Return, for `check`, each policy whose team no roster knows, and why it holds everything up."""
    found = []
    rosters = await rosters_around(around)
    for one in await policies.find_on_call(around.database, around.tenant):
        try:
            await rosters.check_team(one.on_call or "")
        except NotFound as error:
            found.append((f"the policy {one.id} ({one.words(around.tenant.currency)})", str(error)))
    return found
