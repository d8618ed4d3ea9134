"""Who can say yes to a waiting call at this moment, and how a surface reaches them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.contract.action import Action, Approval
from bot.contract.money import Money
from bot.contract.people import RoleProvider, User
from bot.contract.reply import Waiting
from bot.core import policy
from bot.core.approvals import Parked, could_decide
from bot.core.gate_rows import waiting_of
from bot.core.gate_setup import Setup
from bot.core.on_call import Watch, on_call_words, watch_of
from bot.db import calls, decisions, reach
from bot.errors import NotFound, UserError
from bot.host.registry import Owned

MOST = 20
"""People who are told of one call: more of them only wait for each other."""


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Somebody whose yes would count, with their account on the surface; empty when none is known."""

    user_id: str
    name: str
    email: str
    account: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A call that waits for a yes.

    `deciders` could say it by their rights of now, whoever is on call first: at most twenty, `more` are left
    out. `agreed` are the ids of those who did, `agreed_names` what they are called.
    """

    waiting: Waiting
    deciders: tuple[Decider, ...] = ()
    more: int = 0
    agreed: tuple[str, ...] = ()
    agreed_names: tuple[str, ...] = ()

    def get(self, user_id: str) -> Decider | None:
        """Return one of the deciders."""
        return next((one for one in self.deciders if one.user_id == user_id), None)


async def find_asking(setup: Setup, call_id: str, surface: str) -> Asking | None:
    """Return a call that waits, with those who could agree, as the surface knows them; None if none waits."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call(session, call_id)
        if call is None or call.state != "asked":
            return None
        said = (await decisions.find_decisions(session, [call.id]))[call.id]
    parked, watch = Parked(call=call, said=said), await watch_of(setup, [call])
    yes = parked.yes
    found = [] if call.needs <= Approval.SELF else await _deciders(setup, parked, watch, surface)
    return Asking(
        waiting=waiting_of(call, len(yes), on_call_words(setup, call, watch, yes)),
        deciders=tuple(found[:MOST]),
        more=len(found[MOST:]),
        agreed=tuple(one.user_id for one in yes),
        agreed_names=tuple(one.name for one in yes),
    )


async def _deciders(setup: Setup, parked: Parked, watch: Watch, surface: str) -> list[Decider]:
    """Return everybody who could say yes, those on call for it first."""
    try:
        owned = setup.view.action(parked.call.action_id)
    except NotFound:  # its plugin was turned off; nobody can decide it until that is back
        return []
    elsewhere = bool(setup.view.all(RoleProvider))
    async with setup.database.tenant(setup.tenant.id) as session:
        wanted = None if elsewhere else owned.item.permission
        reached = await reach.find_reached(session, surface, permission=wanted)
    done = {parked.call.asked_by, *(one.user_id for one in parked.said)}
    found: list[tuple[bool, Decider]] = []
    for one in reached:
        if one.user_id in done:
            continue
        try:
            user = await setup.around.user(one.user_id)
        except UserError:
            continue
        if could_decide(user, parked, owned, watch) and _within_limits(setup, user, parked, owned):
            on_call = bool(watch.teams_of(user, parked.call))
            who = Decider(user_id=user.id, name=user.name, email=one.email, account=one.account)
            found.append((not on_call, who))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _within_limits(setup: Setup, user: User, parked: Parked, owned: Owned[Action]) -> bool:
    """Say whether they could move as much and touch as many themselves."""
    shown, rows = parked.call.preview, parked.call.rows
    try:
        amount = shown.get("amount") or ""
        money = Money.parse(amount, setup.tenant.currency) if amount else None
        policy.check_amount(user, owned, money, setup.tenant, rows)
        policy.check_count(user, owned, int(shown.get("hits") or 1), rows)
    except UserError:
        return False
    return True
