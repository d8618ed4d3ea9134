"""A button that changes something does it once: who presses it a second time is asked first."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from bot.contract.people import Tenant, User
from bot.contract.reply import ActionCall, Button, Reply, Tone
from bot.core.cells import moment
from bot.core.question import Question
from bot.db import calls, presses
from bot.db.calls import Call
from bot.db.database import Database
from bot.db.presses import Pressed
from bot.slack.event import Heard
from bot.slack.teams import Team

NOTHING_CAME = frozenset({"failed", "denied", "cancelled", "expired", "undone"})
"""How a call ends of which nothing stays: pressing again asks anew."""
AGAIN = "Do it again"

Press = Callable[[], Awaitable[Reply]]


class Presses:
    """Knows which press of a button counts, whichever process works it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def once(
        self, team: Team, heard: Heard, question: Question, call: ActionCall, press: Press
    ) -> Reply:
        """Press, or say what became of the press before; a press worked anew after a crash goes on."""
        pressed = _pressed(team, heard)
        if pressed is None:
            return await press()
        async with self._database.tenant(team.tenant_id) as session:
            counts = await presses.do_claim(session, pressed, question.key)
            if counts != question.key:
                earlier = await calls.get_call_by_key(session, counts)
                if earlier is not None and earlier.state not in NOTHING_CAME:
                    return _said(earlier, question.user, question.tenant, call)
                await presses.do_replace(session, pressed, old=counts, new=question.key)
        return await press()


def _pressed(team: Team, heard: Heard) -> Pressed | None:
    """Return which button it was; None when that cannot be told."""
    message, sealed = str(heard.told.get("message", "")), str(heard.told.get("sealed", ""))
    if not message or not sealed:
        return None
    button = hashlib.sha256(sealed.encode()).hexdigest()[:32]
    return Pressed(team_id=team.team_id, channel=heard.channel, message=message, button=button)


def _said(earlier: Call, user: User, tenant: Tenant, call: ActionCall) -> Reply:
    """Say how the earlier press stands, and offer to do it again where it was done."""
    who = "You" if earlier.asked_by == user.id else earlier.asked_name
    at = moment(earlier.ended_at or earlier.asked_at, tenant.zone)
    if earlier.state == "done":
        return _asked(f"{who} did this already at {at}. Shall I do it again?", call)
    if earlier.state == "unknown":
        text = f"{who} pressed this already at {at}, and nobody knows whether it happened. Look first."
        return _asked(f"{text} Shall I do it again?", call)
    now = "it waits for a yes" if earlier.state == "asked" else "it is being done right now"
    return Reply(f"{who} pressed this already at {at}: {now}.", tone=Tone.WARN, error="Conflict")


def _asked(text: str, call: ActionCall) -> Reply:
    again = Button(AGAIN, call.action_id, call.args)
    return Reply(text, tone=Tone.ASK, buttons=(again,), error="Conflict")
