"""The one door to every action: may they, what exactly, must someone agree, run it, write it down."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.contract.action import Action, Approval, Via
from bot.contract.entity import Match
from bot.contract.people import User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.plugin import PluginInfo
from bot.contract.reply import Reply, Waiting
from bot.core import approvals, policy, progress, recover
from bot.core.approvals_decide import count_yes, look_again, say_no, weigh
from bot.core.audit_note import label
from bot.core.bulkhead import Bulkheads
from bot.core.execute import Nested, Run, run_read, run_write
from bot.core.gate_check import Checked, check_call, guarded, understood
from bot.core.gate_measure import measured
from bot.core.gate_refusals import as_call_id, given_hash, refusals, shown_args, uninterrupted
from bot.core.gate_rows import asked_of, new_call
from bot.core.gate_setup import EXPIRES, LEASE, Around, Asked, Enqueue, MessageKey, Setup
from bot.core.gate_shows import Shows
from bot.core.gate_terms import get_terms
from bot.core.here import Here
from bot.core.policy import Terms
from bot.core.recover import Recovered
from bot.core.resolve import Resolved, find_matches, resolve
from bot.core.undo import get_undo, undo_call
from bot.core.watchers import watched
from bot.db.database import Database
from bot.errors import NotHere, PluginError
from bot.host.registry import Owned, View

DEEPEST = 5
"""How far actions may run actions that run actions."""
NO_TERMS = Terms(needs=Approval.NONE)
_depth: ContextVar[int] = ContextVar("depth", default=0)


class Gate(Shows):
    """One per tenant and view. Commands, buttons, models, schedules, REST: everyone comes through here.

    `plugins` lets refusals say what a permission means and who has it. `enqueue` queues the jobs
    `call_expire`, `call_remind` and, with `notices`, `call_notice`. Share `bulkheads` between gates.
    """

    def __init__(  # noqa: PLR0913 - the composition root hands over the world
        self,
        *,
        database: Database,
        view: View,
        around: Around,
        plugins: Mapping[str, PluginInfo] | None = None,
        enqueue: Enqueue | None = None,
        notices: bool = False,
        lease: timedelta = LEASE,
        expires: timedelta = EXPIRES,
        bulkheads: Bulkheads | None = None,
        tried: frozenset[str] = frozenset(),
    ) -> None:
        self._setup = Setup(
            database=database,
            view=view,
            around=around,
            plugins=plugins or {},
            enqueue=enqueue,
            notices=notices,
            lease=lease,
            expires=expires,
            bulkheads=bulkheads or Bulkheads(),
            tried=tried,
        )

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
        """Run one action, or park it until somebody says yes (then `reply.waiting` is set).

        The same `key` never runs twice: it gets the first call's reply, or where that stands; with other
        arguments it is refused, unless it is a `MessageKey`. `place` is where the person speaks; for a
        schedule or a model, where the asker did.
        """
        given = given_hash(self._setup, action_id, args, key)
        asked = Asked(via=via, key=key, given=given, thread=thread, place=place)
        return await self._call(user, action_id, args, asked)

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
        """Say yes or no to a parked call; the asker's no cancels it.

        `version` is `Waiting.version` of the preview the person saw, where the surface knows it. `thread`
        is where it was said: what is answered where the call was asked for needs no other telling.
        """
        setup, said = self._setup, Asked(thread=thread, place=place)
        with measured("decide", "person"):
            facts = {"decision": "yes" if yes else "no", "place": str(place)}
            async with refusals(setup, user, "", facts, call_id=as_call_id(call_id)):
                decider = await setup.around.user(user.id, fresh=True)
                parked, owned = await weigh(setup, decider, call_id, place)
                if not yes:
                    return await say_no(setup, decider, parked.call, reason, said)
                checked = await look_again(setup, decider, parked, owned, version)
            if isinstance(checked, Reply):
                return checked
            return await uninterrupted(self._agree(decider, parked, checked, said))

    async def undo(
        self, user: User, call_id: str, *, place: Place = SOMEWHERE, key: str | None = None
    ) -> Reply:
        """Take a finished call back while its undo window is open; the same `key` never does it twice."""
        setup = self._setup
        async with refusals(setup, user, "", {"undo_of": call_id}, call_id=as_call_id(call_id)):
            doer = await setup.around.user(user.id, fresh=True)
            known = await get_undo(setup, doer, key) if key else None
            if known is None:
                call, undo = await undo_call(setup, doer, call_id, place)
        if known is not None:
            return await approvals.repeat(setup, doer, known)
        # who takes back what was just done has said yes to it; taking back an undo is doing it again
        first, again = call.undo_of is None, MessageKey(key) if key else None
        asked = Asked(thread=call.thread, place=place, undo_of=call.id, confirmed=first, key=again)
        return await self._call(doer, undo.action_id, undo.args, asked)

    async def find_undone(self, user: User, key: str) -> Reply | None:
        """Return how what this person took back with this key stands; None when they did not yet."""
        known = await get_undo(self._setup, user, key)
        return await approvals.repeat(self._setup, user, known) if known else None

    async def waiting(self, user: User, *, place: Place = SOMEWHERE) -> list[Waiting]:
        """Return the parked calls this person could decide here, oldest first; their own ones too."""
        return await approvals.find_waiting(self._setup, user, place)

    async def find_known(self, user: User, start: str) -> str:
        """Return the id of a call that begins so and waits, if this person may know of it; else nothing."""
        return await approvals.find_known(self._setup, user, start)

    async def here(self, user: User, place: Place) -> Here:
        """Return what this person may ask and do in a place."""
        return (await self._setup.around.rules()).here(user, place)

    async def turn_away(self, here: Here) -> None:
        """Write down that somebody spoke where they may do nothing, and raise why."""
        async with refusals(self._setup, here.user, "", {"place": str(here.place)}):
            raise NotHere(here.closed)

    async def find(
        self, user: User, kind: str, text: str, limit: int = 8, *, place: Place = SOMEWHERE
    ) -> Sequence[Match]:
        """Return the things of one kind these words may mean, best first, within the person's reach.

        None where nothing may be done with them, so that not even a name is confirmed there.
        """
        entity, view = self._setup.view.entity(kind), self._setup.view
        if not user.may(entity.item.permission) or not (await self.here(user, place)).looks_up(view, kind):
            return ()
        return await find_matches(self._setup, user, entity, text, limit=limit)

    async def resolve(self, user: User, owned: Owned[Action], args: Mapping[str, Any]) -> Resolved:
        """Turn the entity words of a call into records, or say why not (NotFound, Ambiguous)."""
        return await resolve(self._setup, user, owned, args)

    async def expire(self, call_id: str) -> bool:
        """Close a parked call whose time is over (job `call_expire`)."""
        return await approvals.expire(self._setup, call_id)

    async def remind(self, call_id: str) -> bool:
        """Remind of a parked call (job `call_remind`)."""
        return await approvals.remind(self._setup, call_id)

    async def recover(self) -> Recovered:
        """Bring calls whose process died to an end: at start and every minute, in any process."""
        return await recover.recover(self._setup, self._nested)

    async def _call(self, user: User, action_id: str, args: Mapping[str, Any], asked: Asked) -> Reply:
        setup = self._setup
        facts = {
            "via": str(asked.via),
            "thread": asked.thread,
            "undo_of": asked.undo_of,
            "place": str(asked.place),
        }
        with measured(label(setup, action_id), str(asked.via)):
            given = {**facts, "args": shown_args(setup, action_id, args)}
            async with refusals(setup, user, action_id, given):
                owned = setup.view.action(action_id)
                policy.check_permission(user, owned.item.permission, policy.doing(owned.item), setup.plugins)
                writes, known = not owned.item.reads_only, None
                if asked.key and writes:
                    known = await approvals.get_known(setup, user, action_id, asked.key, asked.given)
                if known is None:
                    checked = await check_call(setup, user, owned, args, asked)
                    terms = await self._terms(checked, asked) if writes else NO_TERMS
            if known is not None:
                return await approvals.repeat(setup, user, known)
            progress.check()
            if not writes:
                work = run_read(setup, checked, self._nested(checked, asked, ""), facts)
                return understood(await self._watched(checked, asked, work), checked)
            return understood(await uninterrupted(self._start(checked, asked, terms)), checked)

    async def _terms(self, checked: Checked, asked: Asked) -> Terms:
        """Return who must agree."""
        terms = await get_terms(self._setup, checked, asked.via)
        if asked.confirmed and terms.needs == Approval.SELF:
            return replace(terms, needs=Approval.NONE)
        return terms

    async def _start(self, checked: Checked, asked: Asked, terms: Terms) -> Reply:
        """Write a call down and run it, or leave it until somebody says yes."""
        setup, owned = self._setup, checked.owned
        call = new_call(setup, checked, asked, terms)
        async with AsyncExitStack() as stack:
            facts = {"via": call.via, "args": call.args, "place": str(asked.place)}
            async with refusals(setup, checked.user, owned.id, facts, things=checked.things):
                if terms.needs == Approval.NONE:
                    await stack.enter_async_context(setup.bulkheads.place(setup.tenant.id, owned.plugin))
                faster = await approvals.ask(setup, call, checked)
            if faster is not None:
                return await approvals.repeat(setup, checked.user, faster)
            if terms.needs > Approval.NONE:
                return await approvals.waiting_reply(setup, call)
            run = Run(call=call, fence=call.fence, checked=checked)
            work = run_write(setup, run, self._nested(checked, asked, call.id))
            return await self._watched(checked, asked, work)

    async def _agree(self, decider: User, parked: approvals.Parked, checked: Checked, said: Asked) -> Reply:
        """Count a yes; with the last one needed, run the call."""
        setup, call = self._setup, parked.call
        async with AsyncExitStack() as stack:
            async with refusals(
                setup, decider, call.action_id, {"decision": "yes"}, call_id=call.id, things=call.things
            ):
                await stack.enter_async_context(setup.bulkheads.place(setup.tenant.id, checked.owned.plugin))
                fence = await count_yes(setup, decider, parked, checked, said.place)
                if isinstance(fence, Reply):
                    return fence
            own, beside = decider.id == call.asked_by, bool(said.thread) and said.thread == call.thread
            run = Run(call=call, fence=fence, checked=checked, watched=own, beside=beside)
            work = run_write(setup, run, self._nested(checked, asked_of(call), call.id))
            return await self._watched(checked, asked_of(call), work)

    async def _watched(self, checked: Checked, asked: Asked, work: Awaitable[Reply]) -> Reply:
        """Let the watchers hear of a call that runs."""
        if not self._setup.view.watchers_of(checked.owned):
            return await work
        return await watched(self._setup, checked.user, checked.owned, guarded(checked, asked), work)

    def _nested(self, checked: Checked, asked: Asked, call_id: str) -> Nested:
        """Return what the calls of an action itself go through: this gate, as the same person, same place.

        Their keys follow from the call's own, so that a second run of it does not do them twice.
        """
        count = itertools.count(1)

        async def run(action_id: str, args: dict[str, Any]) -> Reply:
            if checked.owned.item.reads_only and not self._setup.view.action(action_id).item.reads_only:
                raise PluginError(f"{checked.owned.id} says it only reads, and tried to run {action_id}")
            depth = _depth.get()
            if depth >= DEEPEST:
                raise PluginError(f"{checked.owned.id}: actions run actions more than {DEEPEST} deep")
            token = _depth.set(depth + 1)
            try:
                key = MessageKey(f"{call_id}/{next(count)}/{action_id}") if call_id else None
                return await self.call(
                    checked.user, action_id, args, key=key, thread=asked.thread, place=asked.place
                )
            finally:
                _depth.reset(token)

        return run
