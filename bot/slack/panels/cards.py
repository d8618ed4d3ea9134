"""What a panel cannot show is brought to the person directly: the card of a change others decide, a no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.contract.reply import Reply
from bot.db.database import Database
from bot.db.letters import Letter
from bot.db.outbox import do_put_once
from bot.slack.calls import CallError, Calls
from bot.slack.panels.screen import Visit
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue, Picks
from bot.slack.render import compose
from bot.slack.teams import Team

TOO_LATE = "Slack gave me no time to open that. Press the button on the Home tab again."

log = structlog.get_logger(__name__)


class Cards:
    """Puts a card into the person's direct conversation; each call's once."""

    def __init__(self, *, database: Database, calls: Calls, enqueue: Enqueue, picks: Picks) -> None:
        self._database, self._calls, self._enqueue, self._picks = database, calls, enqueue, picks

    async def bring(self, visit: Visit, user: str, reply: Reply) -> None:
        """Bring it; where Slack opens no conversation it is left to the list of what waits."""
        tenant = visit.question.tenant
        try:
            channel = await self._calls.open_direct(visit.team.token, user)
        except CallError as error:
            log.warning("slack.no_direct_channel", reason=error.reason)
            return
        made = compose(reply, tenant.zone, self._picks(reply), None)
        letters = [_letter(visit.team, channel, user, message) for message in made.messages]
        await self._put(tenant.id, letters, f"panel:{reply.call_id}")

    async def tell_late(self, team: Team, user: str, once: str) -> None:
        """Tell somebody whose panel did not open what to do; each press once."""
        try:
            channel = await self._calls.open_direct(team.token, user)
        except CallError as error:
            log.warning("slack.no_direct_channel", reason=error.reason)
            return
        letter = _letter(team, channel, user, {"text": TOO_LATE})
        await self._put(team.tenant_id, [letter], f"panel:{user}:{once}")

    async def _put(self, tenant_id: str, letters: Sequence[Letter], key: str) -> None:
        async with self._database.tenant(tenant_id) as session:
            for at, letter in enumerate(letters):
                if put := await do_put_once(session, letter, f"{key}:{at}"):
                    job = {"lane": letter.lane}
                    await self._enqueue(
                        session, SEND_JOB, job, tenant=tenant_id, dedupe=put, priority=PRIORITY
                    )


def _letter(team: Team, channel: str, user: str, message: Mapping[str, Any]) -> Letter:
    return Letter(
        lane=f"{team.team_id}:{channel}:",
        team_id=team.team_id,
        channel=channel,
        payload=dict(message),
        user=user,
        card=message.get("card"),
    )
