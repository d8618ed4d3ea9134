"""“Share in channel” under the answer to a command: only where the channel's rules let it be seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply, Tone
from bot.contract.scope import Area
from bot.core.here import Rules
from bot.db import channels, outbox
from bot.db.database import Database
from bot.db.letters import INSIDE, Kind, Letter
from bot.db.session import Session
from bot.db.shown_once import find_shown
from bot.slack.clicks import SHARE
from bot.slack.deeds import Asked, Done
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue

OPEN = frozenset({PlaceKind.PRIVATE, PlaceKind.PUBLIC})
"""Places whose readers are known to be of the tenant."""
CHANGED = (
    "What may be shown here, or what you may see, has changed since you asked. Ask me in the channel itself."
)
GONE = "I do not have that answer any more. Ask me in the channel itself."
MOST_BLOCKS = 50


def may_share(reply: Reply) -> bool:
    """Say whether a reply is one that was looked up: a change, a question or an error is theirs alone."""
    theirs = reply.error or reply.private or reply.waiting or reply.call_id or reply.undo or reply.choices
    return not theirs and reply.tone is not Tone.ASK


async def mark_of(session: Session, place: Place, user: User) -> str:
    """Return what stands for the rules of a place and for somebody's rights at this moment.

    Empty where nothing may be shared. Who may see less by then shares nothing they saw before.
    """
    if place.kind not in OPEN:
        return ""
    rule = Rules(await channels.find_rules(session)).rule_for(place)
    return hashlib.sha256(repr((place.kind, rule, _rights(user))).encode()).hexdigest()[:12]


def _rights(user: User) -> list[Any]:
    """Return what somebody may do, so that equal rights are equal in every process."""
    return sorted(
        (name, sorted(map(_area, right.scope.areas)), right.max_amount, right.max_count)
        for name, right in user.rights.items()
    )


def _area(area: Area) -> str:
    return repr([(name, sorted(found) if found else found) for name, found in sorted(vars(area).items())])


def with_button(letters: Sequence[Letter], inbox_id: str, mark: str) -> list[Letter]:
    """Return the letters with the button under the last that has room for it."""
    found = list(letters)
    for at in reversed(range(len(found))):
        blocks = list(found[at].payload.get("blocks") or ())
        if found[at].kind is Kind.RESPOND and 0 < len(blocks) < MOST_BLOCKS:
            payload = {**found[at].payload, "blocks": [*blocks, _button(inbox_id, mark)]}
            found[at] = replace(found[at], payload=payload)
            return [replace(each, payload={**each.payload, "share": True}) for each in found]
    return found


def _button(inbox_id: str, mark: str) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": f"{SHARE}:1",
        "text": {"type": "plain_text", "text": "Share in channel", "emoji": False},
        "value": f"{inbox_id} {mark}",
    }
    return {"type": "actions", "block_id": SHARE, "elements": [button]}


class Sharing:
    """Posts the very messages that were shown, once, in the channel where the command was typed."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        self._database, self._enqueue = database, enqueue

    async def share(self, asked: Asked) -> Done:
        """Do so, if it is theirs and the channel's rules are still those under which it was answered."""
        heard, team, asks = asked.heard, asked.team, asked.question
        inbox_id, mark = str(heard.told["inbox"]), str(heard.told["mark"])
        async with self._database.tenant(team.tenant_id) as session:
            now = await mark_of(session, asks.place, asks.user)
            shown = await find_shown(
                session, inbox_id, team_id=team.team_id, channel=heard.channel, user=heard.user
            )
        if not now or now != mark:
            return Done(reply=Reply(CHANGED, tone=Tone.WARN, error="NotAllowed"))
        if not shown:
            return Done(reply=Reply(GONE, tone=Tone.WARN, error="NotFound"))
        lane = f"{team.team_id}:{heard.channel}:"
        made_for = {} if asks.place.outsiders else {INSIDE: True}
        letters = [
            Letter(
                lane=lane,
                team_id=team.team_id,
                channel=heard.channel,
                payload=_public(each, asks.user.name if at == 0 else "") | made_for,
                user=heard.user,
            )
            for at, each in enumerate(shown)
        ]

        async def post(session: Session) -> None:
            for at, letter in enumerate(letters):
                put = await outbox.do_put_once(session, letter, f"share:{inbox_id}:{at}")
                if put is not None:
                    job = {"lane": lane}
                    await self._enqueue(
                        session, SEND_JOB, job, tenant=team.tenant_id, dedupe=put, priority=PRIORITY
                    )

        return Done(reply=Reply("Shared in this channel.", tone=Tone.GOOD), also=post)


def _public(shown: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a message without what was for its first reader only: the button, and how it was sent."""
    kept = [each for each in shown.get("blocks") or () if each.get("block_id") != SHARE]
    if name:
        said = {"type": "plain_text", "text": f"{name} asked me this and shares the answer.", "emoji": False}
        kept = [{"type": "context", "elements": [said]}, *kept]
    extras = {"replace", "until", "delete", "in_channel", "blocks", "share"}
    return {**{key: value for key, value in shown.items() if key not in extras}, "blocks": kept}
