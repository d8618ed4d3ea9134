"""What happened to a call that waited: told once in the thread where it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.contract.action import Approval, Via
from bot.contract.people import Tenant
from bot.contract.reply import Reply, Tone
from bot.core.gate_rows import in_words, needs_text
from bot.core.here import Rules
from bot.core.on_call import missing
from bot.db import calls, channels, decisions, outbox
from bot.db.calls import Call
from bot.db.database import Database
from bot.db.decisions import Decision
from bot.slack.cards import redrawn, settled
from bot.slack.event import CHANNEL, TS
from bot.slack.place import get_place
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue, FindTenant
from bot.slack.render import render
from bot.slack.teams import TEAM_ID, Teams

log = structlog.get_logger(__name__)

CARD = "card"
"""The event that only brings a call's cards up to date."""
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


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A thread of a workspace, as the reader names it for the core."""

    team_id: str
    channel: str
    thread_ts: str

    @property
    def direct(self) -> bool:
        """Say whether only the asker reads it."""
        return self.channel.startswith("D")


def lane_of(thread: str) -> Lane | None:
    """Return the Slack thread of a call; None when it was asked for elsewhere."""
    parts = thread.split(":")
    if len(parts) != 3:  # noqa: PLR2004 - workspace, channel, thread
        return None
    fits = all(p.fullmatch(part) for p, part in zip((TEAM_ID, CHANNEL, TS), parts, strict=True))
    return Lane(team_id=parts[0], channel=parts[1], thread_ts=parts[2]) if fits else None


class Notices:
    """Works the gate's `call_notice` jobs; a repeated one puts no second letter out."""

    def __init__(
        self, *, database: Database, teams: Teams, find_tenant: FindTenant, enqueue: Enqueue
    ) -> None:
        self._database, self._teams = database, teams
        self._find_tenant, self._enqueue = find_tenant, enqueue

    async def handle(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Tell of one event of one call, unless it is over, was told, or was asked for elsewhere."""
        call_id, event = str(payload["call"]), str(payload["event"])
        tenant = await self._find_tenant(tenant_id)
        shown = await self._refresh(tenant, call_id)
        if event == CARD:
            return
        async with self._database.tenant(tenant_id) as session:
            call = await calls.get_call(session, call_id)
            said = (await decisions.find_decisions(session, [call.id]))[call.id] if call else []
            lane = lane_of(call.thread) if call else None
            if call is None or lane is None or (call.thread in shown and event not in WAITS):
                return  # who asked sees it on the card in their own conversation
            place = await get_place(session, lane.channel, "")
            tells = Rules(await channels.find_rules(session)).tells(place, call.action_id)
        team = await self._teams.find(lane.team_id)
        reply = told(call, said, event, direct=lane.direct)
        if reply is not None and not tells:
            reply = Reply(HUSHED, facts={"No.": call.id[:SHOWN_ID]}, tone=Tone.WARN)
        if reply is None or team is None or team.tenant_id != tenant_id:
            return
        letter = outbox.Letter(
            lane=call.thread,
            team_id=lane.team_id,
            channel=lane.channel,
            thread_ts=lane.thread_ts,
            payload=render(reply, tenant.zone)[0],
        )
        async with self._database.tenant(tenant_id) as session:
            put = await outbox.do_put_once(session, letter, f"{call.id}:{event}")
            if put is not None:
                await self._enqueue(
                    session, SEND_JOB, {"lane": letter.lane}, tenant=tenant_id, dedupe=put, priority=PRIORITY
                )
        log.info("slack.notice", call=call.id, told=event, again=put is None)

    async def _refresh(self, tenant: Tenant, call_id: str) -> frozenset[str]:
        """Bring the cards of a call up to date, once per state; return the conversations they are in."""
        async with self._database.tenant(tenant.id) as session:
            call = await calls.get_call(session, call_id)
            cards = await outbox.find_cards(session, call.id) if call else []
            if call is None or not cards:
                return frozenset()
            said = (await decisions.find_decisions(session, [call.id]))[call.id]
            rules = Rules(await channels.find_rules(session))
            for card in cards:
                tells = rules.tells(await get_place(session, card.channel, ""), call.action_id)
                message = shown_now(card, call, said, tenant.zone, tells=tells)
                if message is None:
                    continue
                key = f"{card.id}:{call.state}:{call.version}:{sum(one.yes for one in said)}"
                letter = outbox.Letter(
                    lane=card.lane,
                    team_id=card.team_id,
                    channel=card.channel,
                    thread_ts=card.thread_ts,
                    kind=outbox.Kind.UPDATE,
                    of_letter=card.id,
                    payload=message,
                )
                if (put := await outbox.do_put_once(session, letter, key)) is not None:
                    await self._enqueue(
                        session,
                        SEND_JOB,
                        {"lane": card.lane},
                        tenant=tenant.id,
                        dedupe=put,
                        priority=PRIORITY,
                    )
        return frozenset(card.lane for card in cards)


def shown_now(
    card: outbox.Card, call: Call, said: Sequence[Decision], zone: ZoneInfo, *, tells: bool
) -> dict[str, Any] | None:
    """Return a card as it has to be now; None when it is so."""
    if call.state == "asked":
        return redrawn(card.payload, call, zone, yes=sum(one.yes for one in said)) if tells else None
    whole = tells and card.channel.startswith("D")
    return settled(card.payload, call, said, zone, whole=whole, now=datetime.now(UTC))


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
    why = f" Reason: {call.reason}" if direct else f" {by} gave a reason: ask them."
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
