"""Keeping what arrives: what comes while a transaction is under way is kept together in the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.db import inbox_many, inbox_twins
from bot.db.database import Database
from bot.db.inbox import Arrival
from bot.db.session import Session, after_commit
from bot.slack.at_once import AtOnce
from bot.slack.event import Heard
from bot.slack.following import Following
from bot.slack.lately import Lately
from bot.slack.place import Learning
from bot.slack.ports import EVENT_JOB, PRIORITY
from bot.slack.teams import Team
from bot.slack.together import Together

LEASE = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """Something heard that is not kept yet."""

    team: Team
    heard: Heard
    new: Arrival


class Arrivals:
    """Keeps arrivals, a tenant's one transaction after the other; an idle one waits for nothing."""

    def __init__(
        self,
        database: Database,
        at_once: AtOnce,
        following: Following,
        lease: timedelta = LEASE,
    ) -> None:
        self._database, self._at_once, self._following, self._lease = database, at_once, following, lease
        self._keeping = Together(self._keep)
        self._seen, self._learning = Lately(), Learning()

    async def keep(self, team: Team, heard: Heard, new: Arrival) -> str | None:
        """Return the id under which it is kept; None when it, or its twin, is here already.

        Raises what kept it from being kept.
        """
        if self._is_known(team, new):
            return None
        return await self._keeping(team.tenant_id, Fresh(team=team, heard=heard, new=new))

    async def do_keep_one(self, session: Session, team: Team, heard: Heard, new: Arrival) -> str | None:
        """Keep one in the caller's transaction."""
        one = Fresh(team=team, heard=heard, new=new)
        return (await self.do_keep(session, team.tenant_id, [one]))[0]

    async def stop(self) -> None:
        """Keep what was received."""
        await self._keeping.stop()

    def _is_known(self, team: Team, new: Arrival) -> bool:
        """Say whether this process has just kept it, or its twin; one with files may bring more."""
        if new.payload["told"].get("files"):
            return False
        return any(self._seen.has((team.tenant_id, key)) for key in (new.event_key, new.message_key))

    async def _keep(self, tenant_id: str, fresh: Sequence[Fresh]) -> list[str | None]:
        async with self._database.tenant(tenant_id, ahead=True) as session:
            return await self.do_keep(session, tenant_id, fresh)

    async def do_keep(self, session: Session, tenant_id: str, fresh: Sequence[Fresh]) -> list[str | None]:
        """Keep them in the caller's transaction, with what follows from them."""
        news = [one.new for one in fresh]
        places = self._at_once.places(EVENT_JOB)
        received = await inbox_many.do_receive_all(session, news, most=places, lease=self._lease)
        rows: list[str | None] = []
        for one, got in zip(fresh, received, strict=True):
            row = got.id if got else await self._do_add_files(session, one)
            rows.append(row)
            if got is not None and got.taken is not None:
                self._at_once.begin(session, EVENT_JOB, tenant_id, one.new.lane, got.taken)
            elif row is not None:
                job = {"lane": one.new.lane}
                await self._at_once(session, EVENT_JOB, job, tenant=tenant_id, dedupe=row, priority=PRIORITY)
        told = [(one.team, one.heard) for one, row in zip(fresh, rows, strict=True) if row]
        # In the order of `do_weigh`, which changes the thread before any channel: else two may wait for each
        # other.
        await self._following.do_follow(session, told)
        await self._learning.do_learn(session, tenant_id, [heard for _, heard in told])
        after_commit(session, lambda: self._note(tenant_id, news))
        return rows

    async def _do_add_files(self, session: Session, one: Fresh) -> str | None:
        if one.new.message_key and one.heard.told.get("files"):
            return await inbox_twins.do_add_files(session, one.new)
        return None

    def _note(self, tenant_id: str, news: Sequence[Arrival]) -> None:
        for one in news:
            self._seen.note((tenant_id, one.event_key))
            if one.message_key:
                self._seen.note((tenant_id, one.message_key))
