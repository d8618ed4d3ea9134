"""Asking those who may decide: each gets the card in their direct conversation, once, and once a reminder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.core.approvers import Asking
from bot.core.here import Rules
from bot.db import calls, cards, channels, outbox
from bot.db.calls import Call
from bot.db.database import Database
from bot.db.session import Session
from bot.errors import NotAllowed, NotLinked
from bot.slack import cards as drawing
from bot.slack import mrkdwn, parts
from bot.slack.addresses import Addresses
from bot.slack.calls import CallError, Calls, RefusedError
from bot.slack.cards import Face
from bot.slack.directs import Direct, Directs
from bot.slack.lanes import lane_of
from bot.slack.later import Later, is_final
from bot.slack.place import SURFACE
from bot.slack.ports import ASK_JOB, PRIORITY, SEND_JOB, Counter, Enqueue, FindTenant, FindUser
from bot.slack.redraw import mark_of
from bot.slack.teams import Teams

log = structlog.get_logger(__name__)

BETWEEN = timedelta(minutes=30)
"""Within which nobody is reminded twice, of whatever."""
HUSHED = (
    "Something waits for your yes, which I may not show in direct messages here. "
    "Say `waiting` where I may, or look at the web page."
)
STILL = "⏰ This still waits. Say `waiting` to see all that waits for you."
MOST_JOB = 900
"""Characters of an address that go along in a job."""


class Asks:
    """Finds who may decide, and hands each their card over to the outbox."""

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        calls: Calls,
        directs: Directs,
        counter: Counter,
        members: FindUser,
        find_tenant: FindTenant,
        enqueue: Enqueue,
    ) -> None:
        self._database, self._teams, self._calls, self._directs = database, teams, calls, directs
        self._counter, self._members, self._addresses = counter, members, Addresses(teams, calls)
        self._find_tenant, self._enqueue = find_tenant, enqueue
        self._later = Later(database, teams, enqueue)

    async def plan(self, tenant: Tenant, call_id: str, event: str) -> None:
        """Queue a card for everybody who could decide at this moment; a repeated one is no second card."""
        asking = await self._counter.asking(tenant, call_id, SURFACE)
        if asking is None or not asking.deciders:
            return
        link = await self._link(tenant, call_id)
        async with self._database.tenant(tenant.id) as session:
            for one in asking.deciders:
                job = {"call": call_id, "user": one.user_id, "event": event, "link": link}
                await self._enqueue(session, ASK_JOB, job, tenant=tenant.id, priority=PRIORITY)

    async def handle(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Give one person the card of one call, if they could decide it still and have not got it."""
        try:
            await self._ask(tenant_id, payload)
        except CallError as error:
            await self._later.put(tenant_id, ASK_JOB, payload, error)

    async def _ask(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        call_id, user_id = str(payload["call"]), str(payload["user"])
        tenant = await self._find_tenant(tenant_id)
        asking = await self._counter.asking(tenant, call_id, SURFACE)
        one = asking.get(user_id) if asking else None
        if asking is None or one is None:
            return  # decided meanwhile, or not theirs to decide any more
        try:
            account = one.account or await self._addresses.find_account(tenant_id, one.email)
            if not account or (await self._members(tenant, SURFACE, account, one.email)).id != user_id:
                return
            direct = await self._directs.open(tenant_id, account)
        except (RefusedError, NotAllowed, NotLinked) as error:
            if isinstance(error, RefusedError) and not is_final(error):
                raise
            log.warning("slack.not_asked", call=call_id, reason=str(error))
            return
        if direct is None:
            return
        async with self._database.tenant(tenant_id) as session:
            call = await calls.get_call(session, call_id)
            if call is None or call.state != "asked":
                return
            tells = Rules(await channels.find_rules(session)).tells(
                Place(surface=SURFACE, channel=direct.channel, kind=PlaceKind.DIRECT), call.action_id
            )
            begins = f"ask:{call.id}:{account}"
            letter = _letter(direct, tenant, call, asking, user_id, str(payload.get("link", "")), tells=tells)
            await self._put(session, tenant_id, letter, begins, remind=payload.get("event") == "remind")

    async def _put(
        self, session: Session, tenant_id: str, letter: outbox.Letter, key: str, *, remind: bool
    ) -> None:
        """Keep the card, once; at a reminder who has it gets it once more, unless they were just reminded."""
        put = await outbox.do_put_once(session, letter, key)
        if put is None and remind:
            user = letter.user or ""
            await cards.do_hold(session, f"reminded:{letter.team_id}:{user}")
            if await cards.was_sent(session, "remind:", user, BETWEEN):
                return
            put = await outbox.do_put_once(session, _again(letter), f"remind:{key}")
        if put is not None:
            job = {"lane": letter.lane}
            await self._enqueue(session, SEND_JOB, job, tenant=tenant_id, dedupe=put, priority=PRIORITY)

    async def _link(self, tenant: Tenant, call_id: str) -> str:
        """Return the address of where it was asked; empty where that is no thread, or Slack does not say."""
        async with self._database.tenant(tenant.id) as session:
            call = await calls.get_call(session, call_id)
        lane = lane_of(call.thread) if call else None
        team = await self._teams.find(lane.team_id) if lane else None
        if lane is None or lane.direct or team is None or team.tenant_id != tenant.id:
            return ""
        try:
            link = await self._calls.permalink(team.token, lane.channel, lane.thread_ts)
        except CallError as error:
            log.warning("slack.no_permalink", reason=error.reason)
            return ""
        return link if len(link) <= MOST_JOB else ""


def _letter(
    direct: Direct,
    tenant: Tenant,
    call: Call,
    asking: Asking,
    user_id: str,
    link: str,
    *,
    tells: bool,
) -> outbox.Letter:  # fmt: skip - as wide as it is
    """Return the card of one person; where direct messages may not show it, only that there is one."""
    payload: dict[str, Any] = {"text": HUSHED}
    if tells:
        about = {"blocks": list(parts.context(_above(link)))}
        face = Face(asks=True)
        made = drawing.redrawn(about, asking.waiting, tenant.zone, face, agreed=asking.agreed_names)
        mark = mark_of("asked", asking.waiting.version, asking.agreed)
        payload = {**made, "card": call.id, "asks": user_id, "mark": mark}
    return outbox.Letter(
        lane=direct.lane,
        team_id=direct.team.team_id,
        channel=direct.channel,
        payload=payload,
        user=direct.user,
        card=call.id if tells else None,
    )


def _above(link: str) -> str:
    """Say what this is, and where it was asked; it stays true when the call is decided."""
    where = f" in <{mrkdwn.escape(link)}|this thread>" if mrkdwn.linkable(link) else ""
    return f"Your yes was asked for{where}."


def _again(letter: outbox.Letter) -> outbox.Letter:
    """Return the same card, as a reminder."""
    blocks = letter.payload.get("blocks")
    if not blocks:
        return letter
    begins = [*parts.context(STILL), *blocks]
    return replace(
        letter, payload={**letter.payload, "text": f"{STILL}\n{letter.payload['text']}", "blocks": begins}
    )
