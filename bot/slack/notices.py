"""What happens to a call that waits: its cards change, and whoever asked for it is told, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.contract.action import Approval, Via
from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply, Tone
from bot.core.gate_rows import in_words, needs_text
from bot.core.here import Rules
from bot.core.on_call import missing
from bot.db import calls, channels, decisions, outbox, reach
from bot.db.calls import Call
from bot.db.database import Database
from bot.db.decisions import Decision
from bot.db.letters import INSIDE
from bot.slack.answering import SOON, Answer, answer_to
from bot.slack.asks import Asks
from bot.slack.calls import CallError, RefusedError
from bot.slack.cards import Readers, settled
from bot.slack.directs import Directs
from bot.slack.lanes import Lane, account_of, lane_of
from bot.slack.later import Later, is_final
from bot.slack.looks import Looks
from bot.slack.place import SURFACE
from bot.slack.ports import NOTICE_JOB, PRIORITY, SEND_JOB, Enqueue, FindTenant
from bot.slack.redraw import Redraw
from bot.slack.render import render
from bot.slack.teams import Teams

log = structlog.get_logger(__name__)

CARD, HEAL = "card", "heal"
"""The events that only bring a call's cards up to date; the second looks anew at who may decide."""
WAITS = frozenset({"asked", "remind"})
TONES = {
    "expired": Tone.WARN,
    "denied": Tone.WARN,
    "done": Tone.GOOD,
    "undone": Tone.WARN,
    "failed": Tone.BAD,
    "unknown": Tone.BAD,
}
"""The ends that are told, by the call's state."""
SHOWN_ID, MOST_SUMMARY, MOST_SAID = 8, 500, 600
HUSHED = (
    "There is news of something asked for here, which this channel may not show. "
    "Ask me `waiting` in a direct message, or look in the audit."
)


class Notices:
    """Works the gate's `call_notice` jobs; a repeated one puts no second letter out."""

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        directs: Directs,
        redraw: Redraw,
        asks: Asks,
        looks: Looks,
        find_tenant: FindTenant,
        enqueue: Enqueue,
    ) -> None:
        self._database, self._teams, self._directs = database, teams, directs
        self._redraw, self._asks, self._looks = redraw, asks, looks
        self._find_tenant, self._enqueue = find_tenant, enqueue
        self._later = Later(database, teams, enqueue)

    async def handle(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Change the cards of a call, ask who may decide it, and tell whoever asked for it."""
        try:
            await self._work(tenant_id, payload)
        except CallError as error:
            await self._later.put(tenant_id, NOTICE_JOB, payload, error)

    async def _work(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        call_id, event = str(payload["call"]), str(payload["event"])
        tenant = await self._find_tenant(tenant_id)
        brought = await self._redraw.bring(tenant, call_id, anew=event != CARD)
        if event not in {CARD, HEAL}:
            await self._tell(tenant, call_id, event, brought.lanes)
        if brought.doubt is not None:
            raise brought.doubt

    async def _tell(self, tenant: Tenant, call_id: str, event: str, shown: frozenset[str]) -> None:
        if event in WAITS:
            await self._asks.plan(tenant, call_id, event)
        async with self._database.tenant(tenant.id) as session:
            call = await calls.get_call(session, call_id)
            said = (await decisions.find_decisions(session, [call.id]))[call.id] if call else []
            answer = await answer_to(session, call, event) if call else Answer.TOLD
            if answer is Answer.OPEN:
                job = {"call": call_id, "event": event}
                await self._enqueue(session, NOTICE_JOB, job, tenant=tenant.id, after=SOON, priority=PRIORITY)
        if call is None or answer is not Answer.NONE:
            return
        if (lane := lane_of(call.thread)) is None:
            await self._tell_alone(tenant, call, said, event)
            return
        # Slack tells nobody that a card changed, but of a reply in their thread; the card says the rest.
        brief = event not in WAITS and call.thread in shown
        await self._tell_in(lane, tenant, call, said, event, brief=brief)
        if not lane.direct and (alone := _for_them_alone(call, event)):  # which a channel does not read
            await self._tell_alone(tenant, call, said, event, alone)

    async def _tell_in(
        self, lane: Lane, tenant: Tenant, call: Call, said: Sequence[Decision], event: str, *, brief: bool
    ) -> None:
        """Tell it in the thread where it was asked for."""
        place = await self._looks.place(tenant, lane.team_id, lane.channel)
        async with self._database.tenant(tenant.id) as session:
            tells = Rules(await channels.find_rules(session)).tells(place, call.action_id)
            account = await reach.get_account(session, SURFACE, call.asked_by) or ""
        team = await self._teams.find(lane.team_id)
        reply = told(call, said, event, direct=lane.direct)
        if reply is not None and brief:
            reply = replace(reply, text=f"{call.asked_name}: {reply.text}", facts={})
        if reply is not None and not tells:
            reply = Reply(HUSHED, facts={"No.": call.id[:SHOWN_ID]}, tone=Tone.WARN)
        if reply is None or team is None or team.tenant_id != tenant.id:
            return
        letter = outbox.Letter(
            lane=call.thread,
            team_id=lane.team_id,
            channel=lane.channel,
            thread_ts=lane.thread_ts,
            payload={**render(reply, tenant.zone)[0], **({} if place.outsiders else {INSIDE: True})},
            user=account.removeprefix(f"{lane.team_id}:") if account.startswith(f"{lane.team_id}:") else None,
        )
        await self._put(tenant, letter, call, event)

    async def _tell_alone(
        self, tenant: Tenant, call: Call, said: Sequence[Decision], event: str, key: str = ""
    ) -> None:
        """Tell it to who asked by a command, or elsewhere: directly, if they have an account here."""
        reply = told(call, said, event, direct=True)
        if reply is None or (event == "remind" and not account_of(call.thread)):
            return
        async with self._database.tenant(tenant.id) as session:
            account = await reach.get_account(session, SURFACE, call.asked_by)
            rules = Rules(await channels.find_rules(session))
        if not account or not await self._looks.is_member(tenant, account):
            return
        try:
            direct = await self._directs.open(tenant.id, account)
        except RefusedError as error:
            if not is_final(error):
                raise
            log.warning("slack.not_told", call=call.id, reason=error.reason)
            return
        if direct is None:
            return
        place = Place(surface=SURFACE, channel=direct.channel, kind=PlaceKind.DIRECT)
        letter = outbox.Letter(
            lane=direct.lane,
            team_id=direct.team.team_id,
            channel=direct.channel,
            payload={"text": HUSHED},
            user=direct.user,
        )
        if rules.tells(place, call.action_id):
            letter = replace(letter, **_told_whole(call, said, reply, event, tenant.zone))
        await self._put(tenant, letter, call, key or event)

    async def _put(self, tenant: Tenant, letter: outbox.Letter, call: Call, event: str) -> None:
        async with self._database.tenant(tenant.id) as session:
            put = await outbox.do_put_once(session, letter, f"{call.id}:{event}")
            if put is not None:
                job = {"lane": letter.lane}
                await self._enqueue(session, SEND_JOB, job, tenant=tenant.id, dedupe=put, priority=PRIORITY)
        log.info("slack.notice", call=call.id, told=event, again=put is None)


def _for_them_alone(call: Call, event: str) -> str:
    """Return the key of what only who asked reads: why it was denied, or what came of it; else nothing."""
    if event == "denied" and call.reason:
        return "reason"
    return "result" if event == call.state == "done" and _result(call) else ""


def _told_whole(
    call: Call, said: Sequence[Decision], reply: Reply, event: str, zone: ZoneInfo
) -> dict[str, Any]:
    """Return what a letter to the asker alone holds: of an end a card, with its Undo, that stays true."""
    if event in WAITS:
        return {"payload": render(reply, zone)[0]}
    now = datetime.now(UTC)
    made = settled({}, call, said, zone, Readers(reason=True, result=True), now=now)
    return {"payload": {**made, "card": call.id, "tells": True}, "card": call.id}


def told(call: Call, said: Sequence[Decision], event: str, *, direct: bool) -> Reply | None:
    """Return what to say of an event; None when it is over by now, or the asker saw it happen.

    Others read a channel: there it names only what was shown there before. `direct`: the asker's own.
    """
    facts: dict[str, Any] = {"What": _what(call, direct=direct), "Asked by": call.asked_name}
    if event in WAITS:
        text, tone = _waits(call, said, event), Tone.ASK
        facts |= {"Until": call.expires_at} if call.expires_at else {}
    elif call.state in TONES and event == {"undone": "done"}.get(call.state, call.state):
        text, tone = _ended(call, said, direct=direct), TONES[call.state]
    else:
        return None
    return Reply(text, facts={**facts, "No.": call.id[:SHOWN_ID]}, tone=tone) if text else None


def _waits(call: Call, said: Sequence[Decision], event: str) -> str:
    """Say who may still decide; what a person asked was answered in the thread already."""
    watched = event == "asked" and call.via in {Via.PERSON, Via.MODEL} and not _inner(call)
    if call.state != "asked" or watched:
        return ""
    still, start = "still " if event == "remind" else "", call.id[:SHOWN_ID]
    yes = [one for one in said if one.yes]
    teams = " and for ".join(sorted(missing(call, yes)))
    return (
        f"This {still}waits for {needs_text(call, len(yes), f'on call for {teams}' if teams else '')}. "
        f"Tell me `approve {start}` or `deny {start} because …`."
    )


def _ended(call: Call, said: Sequence[Decision], *, direct: bool) -> str:
    """Say how it ended and through whom; reasons and results only where the asker alone reads them."""
    yes = " and ".join(one.name for one in said if one.yes)
    agreed = f"{yes} said yes, and this" if yes else "This"
    result = _result(call) if direct else ""
    ends = {
        "expired": "Nobody said yes in time, so nothing was done. Ask again if it is still needed.",
        "denied": _denied(call, said, direct=direct),
        "done": f"{agreed} is done.{result}",
        "undone": f"{agreed} was done, and then taken back.",
        "failed": f"{agreed} failed.{result if direct else ' An admin finds why in the audit.'}",
        "unknown": f"{agreed} ended, and nobody knows whether it happened. Look before you ask again.",
    }
    return ends[call.state]


def _denied(call: Call, said: Sequence[Decision], *, direct: bool) -> str:
    by = next((one.name for one in said if not one.yes), "Somebody")
    why = f" Reason: {call.reason}" if direct else f" {by} gave a reason, which {call.asked_name} has."
    return f"{by} said no, so nothing was done.{why if call.reason else ''}"


def _result(call: Call) -> str:
    """Return what was said at its end."""
    text = str((call.reply or {}).get("text", ""))
    return f"\n{_cut(text, MOST_SAID)}" if text else ""


def _what(call: Call, *, direct: bool) -> str:
    """Return the call in one line: whole where that was shown, else only what kind of thing it does."""
    words = in_words(call)
    shown = direct or (call.needs > Approval.NONE and not _inner(call))
    return _cut(words if shown else words.split(": ", maxsplit=1)[0], MOST_SUMMARY)


def _inner(call: Call) -> bool:
    """Say whether an action made this call itself, so that perhaps nobody was shown it."""
    return "/" in call.key


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
