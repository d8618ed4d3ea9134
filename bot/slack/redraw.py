"""Bringing the cards of a call up to date: whoever looks last wins, and looks at what is true then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.contract.people import Tenant
from bot.core.approvers import Asking
from bot.core.here import Rules
from bot.db import calls, channels, decisions, outbox, users
from bot.db import cards as kept_cards
from bot.db.calls import Call
from bot.db.database import Database
from bot.db.decisions import Decision
from bot.db.letters import Card
from bot.db.session import Session
from bot.errors import Unavailable
from bot.slack import cards
from bot.slack.calls import CallError
from bot.slack.cards import Face, Readers
from bot.slack.looks import Look, Looks, Sight
from bot.slack.place import SURFACE
from bot.slack.ports import PRIORITY, SEND_JOB, Counter, Enqueue

TRIES = 5
RESTLESS = "This call changed each time I looked at it."


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a call stands, as read in one transaction; `asking` is who could decide it while it waits.

    `undone_by` names who took it back.
    """

    call: Call
    said: Sequence[Decision]
    asking: Asking | None
    looks: Mapping[str, Look] = field(default_factory=dict)
    undone_by: str = ""

    @property
    def mark(self) -> str:
        """What stands for all of it but the people."""
        return mark_of(self.call.state, self.call.version, [one.user_id for one in self.said if one.yes])


def mark_of(state: str, version: str, agreed: Sequence[str]) -> str:
    """Return what stands for how a call was when a card showed it."""
    return f"{state}:{version}:{','.join(sorted(agreed))}"


@dataclass(frozen=True, kw_only=True)
class Brought:
    """The conversations that a call's cards are in; `doubt`: why some could not be brought up to date yet."""

    lanes: frozenset[str] = frozenset()
    doubt: CallError | None = None


class Redraw:
    """Changes cards; each process asks who may decide before it looks, and looks under a lock."""

    def __init__(self, *, database: Database, looks: Looks, counter: Counter, enqueue: Enqueue) -> None:
        self._database, self._looks, self._counter, self._enqueue = database, looks, counter, enqueue

    async def bring(self, tenant: Tenant, call_id: str, *, anew: bool) -> Brought:
        """Bring all cards of a call up to date.

        Without `anew` nobody asks who may decide as long as the call itself is as the cards show it.
        """
        asking: Asking | None = None
        looks: Mapping[str, Look] = {}
        for _ in range(TRIES):
            async with self._database.tenant(tenant.id) as session:
                await kept_cards.do_hold(session, f"cards:{call_id}")
                call = await calls.get_call(session, call_id)
                found = await kept_cards.find_cards(session, call.id) if call else []
                if call is None or not found:
                    return Brought()
                said = (await decisions.find_decisions(session, [call.id]))[call.id]
                back = await _undone_by(session, call)
                standing = Standing(call=call, said=said, asking=asking, looks=looks, undone_by=back)
                lanes = frozenset(card.lane for card in found)
                waits = call.state == "asked"
                if waits and not anew and all(one.shown.get("mark") == standing.mark for one in found):
                    return Brought(lanes=lanes)
                is_looked_at = all(one.id in looks for one in found)
                if is_looked_at and (not waits or _is_of_now(asking, standing)):
                    await self._change(session, tenant, found, standing)
                    doubts = (looks[one.id].error for one in found)
                    return Brought(lanes=lanes, doubt=next(filter(None, doubts), None))
            looks = await self._looks.at(tenant, call_id, found)
            if waits:
                asking = await self._counter.asking(tenant, call_id, SURFACE)
        raise Unavailable(RESTLESS)

    async def _change(
        self, session: Session, tenant: Tenant, found: Sequence[Card], standing: Standing
    ) -> None:
        rules = Rules(await channels.find_rules(session))
        for card in found:
            tells = rules.tells(standing.looks[card.id].place, standing.call.action_id)
            message = drawn(card, standing, tenant, tells=tells)
            if message is None or _same(message, card.shown):
                continue
            letter = outbox.Letter(
                lane=card.lane,
                team_id=card.team_id,
                channel=card.channel,
                thread_ts=card.thread_ts,
                kind=outbox.Kind.UPDATE,
                of_letter=card.id,
                payload={**message, "mark": standing.mark},
            )
            [put] = await outbox.do_put(session, [letter])
            job = {"lane": card.lane}
            await self._enqueue(session, SEND_JOB, job, tenant=tenant.id, dedupe=put, priority=PRIORITY)


def drawn(card: Card, standing: Standing, tenant: Tenant, *, tells: bool) -> dict[str, Any] | None:
    """Return a card as it has to be now; None where its channel may not be told, or nobody knows now."""
    call, said, asking = standing.call, standing.said, standing.asking
    asks, sight = str(card.payload.get("asks", "")), standing.looks[card.id].sight
    if sight is Sight.UNSURE:
        return None
    if sight is Sight.SHUT:
        return cards.closed(card.payload, call)
    if call.state == "asked":
        if asking is None or not tells:
            return None
        agreed = [one for one in said if one.yes]
        if asks and asking.get(asks) is None and asks not in asking.agreed:
            return cards.closed(card.payload, call)
        who = cards.who_of([one.name for one in asking.deciders], asking.more) if call.needs > 1 else ""
        face = Face(who=who, asks=bool(asks))
        return cards.redrawn(
            card.payload, asking.waiting, tenant.zone, face, agreed=[one.name for one in agreed]
        )
    alone = tells and card.channel.startswith("D")
    readers = Readers(preview=tells, reason=alone, result=bool(card.payload.get("tells")))
    now, back = datetime.now(UTC), standing.undone_by
    return cards.settled(card.payload, call, said, tenant.zone, readers, now=now, undone_by=back)


async def _undone_by(session: Session, call: Call) -> str:
    """Return who took a call back; empty for one that stands, or when nobody knows any more."""
    if call.state != "undone" or not call.ended_by:
        return ""
    if call.ended_by == call.asked_by:
        return call.asked_name
    found = await users.get_person(session, call.ended_by)
    return found.name if found else ""


def _is_of_now(asking: Asking | None, standing: Standing) -> bool:
    """Say whether who may decide was asked about the call as it stands."""
    if asking is None:
        return False
    return mark_of("asked", asking.waiting.version, asking.agreed) == standing.mark


def _same(message: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Say whether a card shows this already."""
    return _spelled(message.get("blocks")) == _spelled(shown.get("blocks"))


def _spelled(part: Any) -> str:
    return json.dumps(part, sort_keys=True)
