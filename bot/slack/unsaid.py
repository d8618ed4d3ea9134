"""What is said where somebody asked, when their answer could not be given to them alone."""

from __future__ import annotations

from bot.db import origins, outbox
from bot.db.letters import Kind, Letter, Taken
from bot.db.session import Session
from bot.slack.clicks import FORM
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue

UNSAID = (
    "I could not give you your answer, for it is for you alone and Slack does not let me write to you "
    "directly. An admin finds it with `backhaul slack dead`."
)


async def do_say_unsaid(session: Session, enqueue: Enqueue, tenant_id: str, lost: Taken) -> None:
    """Tell who asked, once and for them alone, that a letter of their own was given up.

    Nothing of the letter is said. Who asked in their direct conversation, or on Home, has no other place.
    """
    posted = lost.kind in {Kind.POST, Kind.STREAM, Kind.UPLOAD}
    alone = lost.kind is Kind.RESPOND or (posted and lost.channel[:1] in {"", "D"})
    asked = await origins.get_origin(session, lost.id) if alone else None
    if asked is None or lost.user is None:
        return
    channel, thread = str(asked.payload.get("channel", "")), str(asked.payload.get("thread", ""))
    if channel[:1] in {"", "D"}:
        return
    if (
        asked.payload.get("deed") == FORM
    ):  # nothing else was said there, and Slack shows it in no thread of one
        thread = ""
    letter = Letter(
        lane=f"{lost.team_id}:{channel}:{thread}",
        team_id=lost.team_id,
        channel=channel,
        thread_ts=thread or None,
        payload={"text": UNSAID},
        kind=Kind.EPHEMERAL,
        user=lost.user,
    )
    if put := await outbox.do_put_once(session, letter, f"unsaid:{asked.id}"):
        job = {"lane": letter.lane}
        await enqueue(session, SEND_JOB, job, tenant=tenant_id, dedupe=put, priority=PRIORITY)
