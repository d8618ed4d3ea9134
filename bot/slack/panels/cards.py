"""The card of a change that others have to agree to, brought to whoever asked for it in a panel."""

from __future__ import annotations

import structlog

from bot.contract.reply import Reply
from bot.db.database import Database
from bot.db.letters import Letter
from bot.db.outbox import do_put_once
from bot.slack.calls import CallError, Calls
from bot.slack.panels.screen import Visit
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue, Picks
from bot.slack.render import compose

log = structlog.get_logger(__name__)


class Cards:
    """Puts a card into the person's direct conversation; each call's once."""

    def __init__(self, *, database: Database, calls: Calls, enqueue: Enqueue, picks: Picks) -> None:
        self._database, self._calls, self._enqueue, self._picks = database, calls, enqueue, picks

    async def bring(self, visit: Visit, user: str, reply: Reply) -> None:
        """Bring it; where Slack opens no conversation it is left to the list of what waits."""
        team, tenant = visit.team, visit.question.tenant
        try:
            channel = await self._calls.open_direct(team.token, user)
        except CallError as error:
            log.warning("slack.no_direct_channel", reason=error.reason)
            return
        made = compose(reply, tenant.zone, self._picks(reply), None, judged=False)
        async with self._database.tenant(tenant.id) as session:
            for at, message in enumerate(made.messages):
                letter = Letter(
                    lane=f"{team.team_id}:{channel}:",
                    team_id=team.team_id,
                    channel=channel,
                    payload=dict(message),
                    user=user,
                    card=message.get("card"),
                )
                if put := await do_put_once(session, letter, f"panel:{reply.call_id}:{at}"):
                    job = {"lane": letter.lane}
                    await self._enqueue(
                        session, SEND_JOB, job, tenant=tenant.id, dedupe=put, priority=PRIORITY
                    )
