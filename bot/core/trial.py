"""Trying a plugin before it is turned on: on for a few people, who read with it and change nothing by it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.contract.people import User
from bot.contract.platform import TrialWish
from bot.contract.port import Connector
from bot.contract.scope import Area
from bot.core.identity import rights_of
from bot.core.journal import note
from bot.core.roles import get_role
from bot.core.state import State
from bot.core.surroundings import Surroundings
from bot.core.switch import OPERATOR, check_known, wanted_by
from bot.db import grants, plugins, trials, users
from bot.db.grants import HeldRight
from bot.db.trials import Trial
from bot.errors import BadInput, Conflict, NotFound
from bot.host.registry import Registry

LONGEST = timedelta(days=90)


def going(state: State, now: datetime) -> list[Trial]:
    """Return the trials that are under way; the others are over by themselves."""
    return [one for one in state.trials if one.until > now and one.plugin not in state.view.enabled]


def tried_by(state: State, user: User, now: datetime) -> frozenset[str]:
    """Return the plugins that are on for this person only by a trial, with what those need."""
    registry = state.registry
    wanted = {
        name
        for one in going(state, now)
        if one.plugin in registry.plugins and (user.id in one.users or one.roles & user.roles)
        for name in wanted_by(registry, one.plugin)
    }
    return frozenset(wanted) - state.view.enabled


async def check_trial(around: Surroundings, wish: TrialWish, now: datetime) -> Trial:
    """Return the trial that would begin, for the admins if it names nobody; raise what stands against it."""
    check_known(around.registry, wish.plugin)
    if wish.plugin in (await around.view()).enabled:
        raise Conflict(f"{wish.plugin} is on here, so there is nothing to try. Turn it off first to try it.")
    if not timedelta() < wish.until - now <= LONGEST:
        raise BadInput(f"A trial lasts more than nothing and at most {LONGEST.days} days.")
    roles = wish.roles or (() if wish.users else ("admin",))
    async with around.database.tenant(around.tenant.id) as session:
        for role in roles:
            await get_role(session, role)
        for one in wish.users:
            person = await users.get_person(session, one)
            if person is None or not person.active:
                raise NotFound("There is no active user with this id here.")
    return Trial(
        plugin=wish.plugin, users=frozenset(wish.users), roles=frozenset(roles), until=wish.until, begun_by=""
    )


async def begin(around: Surroundings, wish: TrialWish, *, by: User = OPERATOR, now: datetime) -> Trial:
    """Let some people try a plugin that is off; a trial of it that is under way is replaced."""
    trial = replace(await check_trial(around, wish, now), begun_by=by.id)
    async with around.database.tenant(around.tenant.id) as session:
        await plugins.lock_switches(session)
        if any(s.enabled and s.plugin == trial.plugin for s in await plugins.find_switches(session)):
            raise Conflict(f"Somebody turned {trial.plugin} on at this moment, so there is nothing to try.")
        await trials.do_begin_trial(session, trial)
        who = await _names(around, trial)
        text = f"lets {', '.join(who)} try {trial.plugin} until {trial.until:%Y-%m-%d %H:%M} UTC"
        facts = {
            "plugin": trial.plugin,
            "users": sorted(trial.users),
            "roles": sorted(trial.roles),
            "until": trial.until.isoformat(),
            "trial": True,
        }
        await note(session, event="plugin.trial", by=by.id, text=text, facts=facts)
    around.forget()
    return trial


async def end(around: Surroundings, name: str, *, by: User = OPERATOR) -> bool:
    """End the trial of a plugin at once; False when there was none."""
    check_known(around.registry, name)
    async with around.database.tenant(around.tenant.id) as session:
        await plugins.lock_switches(session)
        if ended := await trials.do_end_trials(session, [name]):
            text, facts = f"ended the trial of {name}", {"plugin": name, "trial": True}
            await note(session, event="plugin.trial_ended", by=by.id, text=text, facts=facts)
    around.forget()
    return bool(ended)


async def words(around: Surroundings, now: datetime) -> dict[str, str]:
    """Return plugin -> who tries it until when, of the trials under way."""
    found = {}
    for one in going(await around.state(), now):
        who = ", ".join(await _names(around, one))
        found[one.plugin] = f"on trial for {who} until {one.until.astimezone(around.tenant.zone):%d %b %H:%M}"
    return found


async def _names(around: Surroundings, trial: Trial) -> list[str]:
    """Return who takes part, for people."""
    async with around.database.tenant(around.tenant.id) as session:
        people = [await users.get_person(session, one) for one in sorted(trial.users)]
    named = sorted(one.name for one in people if one is not None)
    return [*named, *(f"everybody with the role {role}" for role in sorted(trial.roles))]


class TrialSurroundings(Surroundings):
    """A tenant's surroundings as they are for those who try some plugins: for looking, never for changing.

    The connectors on trial stand behind their ports here, and the people here hold what the plugins would
    give to their roles. The tenant's own surroundings know nothing of it.
    """

    def __init__(self, plain: Surroundings, tried: frozenset[str]) -> None:
        super().__init__(
            database=plain.database,
            registry=plain.registry,
            tenant=plain.tenant,
            cipher=plain.cipher,
            clock=plain.now,
        )
        self.plain = plain
        self.tried = tried
        self._ports.fixed = plain.fixed_ports
        self._of: State | None = None

    async def state(self) -> State:
        """Return the tenant's state with the plugins on trial added, as fresh as the tenant's own."""
        plain = await self.plain.state()
        if self._state is None or self._of is not plain:
            self._of, self._state = plain, (time.monotonic(), with_trial(plain, self.tried))
        return self._state[1]

    async def user(self, user_id: str, *, fresh: bool = False) -> User:
        """Return a person with the rights they would have by their roles if the plugins were on."""
        user = await self.plain.user(user_id, fresh=fresh)
        async with self.database.tenant(self.tenant.id) as session:
            held = await grants.find_rights(session, user_id, self.now())
            offered = {s.plugin: s.offered for s in await plugins.find_switches(session)}
        places = {(one.role, one.area) for one in held}
        places |= {(role, Area()) for role in user.roles - {one.role for one in held}}
        more = would_give(self.registry, self.tried, places, offered)
        rights = dict(user.rights)
        for name, right in rights_of(more, self.registry).items():
            rights[name] = rights[name].plus(right) if name in rights else right
        return replace(user, rights=MappingProxyType(rights))


def with_trial(plain: State, tried: frozenset[str]) -> State:
    """Return the state in which these plugins can be looked at, their connectors first."""
    view = plain.registry.trial_view(plain.view.enabled, tried)
    choices = dict(plain.choices)
    for owned in reversed(view.all(Connector)):
        if owned.plugin in tried:
            choices[owned.item.port] = owned.item.name
    return plain.seen_as(view, choices)


def would_give(
    registry: Registry,
    tried: Iterable[str],
    places: Iterable[tuple[str, Area]],
    offered: Mapping[str, frozenset[str]],
) -> list[HeldRight]:
    """Return what turning these plugins on would give to roles held in these areas.

    What was offered to a role before is up to the admins: it holds it by now, or they took it away.
    """
    held = list(places)
    return [
        HeldRight(role=role, permission=permission, area=area, max_amount=None, max_count=None)
        for name in tried
        for role, area in held
        for permission in sorted(registry.plugins[name].roles.get(role, ()))
        if f"{role} {permission}" not in offered.get(name, frozenset())
    ]
