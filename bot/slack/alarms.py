"""What admins are told when something of Slack's was given up: in the audit, and once a day by message."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.contract.reply import Reply, Tone
from bot.core.gate_reply import keep_reply
from bot.core.journal import note
from bot.db import grants, nudges
from bot.db.inbox import Taken as Arrival
from bot.db.letters import Taken as Letter
from bot.db.session import Session

ADMIN = "admin"
ANSWER_LOST = (
    "An answer could not be delivered in Slack ({why}). `backhaul slack dead` lists what waits there."
)
QUESTION_LOST = (
    "A question from Slack had to be given up ({why}). `backhaul slack dead` lists what waits there."
)
MOST_WHY = 200


async def tell_of_letter(session: Session, letter: Letter, why: str) -> None:
    """Tell of a letter that was given up, in the transaction that does so."""
    facts = {"letter": letter.id, "channel": letter.channel, "reason": why[:MOST_WHY]}
    await _tell(session, "slack.answer_lost", ANSWER_LOST.format(why=why[:MOST_WHY]), facts)


async def tell_of_arrival(session: Session, arrival: Arrival, why: str) -> None:
    """Tell of a question that was given up, in the transaction that does so."""
    facts = {"arrival": arrival.id, "lane": arrival.lane, "reason": why[:MOST_WHY]}
    await _tell(session, "slack.question_lost", QUESTION_LOST.format(why=why[:MOST_WHY]), facts)


async def _tell(session: Session, event: str, text: str, facts: dict[str, str]) -> None:
    """Write it down, and say it to the admins; once a day, for trouble comes in numbers."""
    now = datetime.now(UTC)
    admins = sorted({one.user_id for one in await grants.find_grants(session, now, role=ADMIN)})
    key = f"{event}:{now:%Y-%m-%d}"
    await nudges.do_put(session, admins, key, keep_reply(Reply(text, tone=Tone.WARN)))
    await note(session, event=event, by="slack", text=text, facts=dict(facts), at=now)
