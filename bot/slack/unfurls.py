"""Showing what links lead to: to all who read there what its rules allow, and more to who opens it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from bot.contract.people import Tenant
from bot.core.glance import Glance
from bot.core.question import Question
from bot.db import outbox, slack_links
from bot.db.database import Database
from bot.db.inbox import Taken
from bot.db.letters import Kind, Letter
from bot.db.session import Session
from bot.errors import UserError
from bot.slack.calls import CallError, Calls
from bot.slack.calls_out import present
from bot.slack.deeds import Write
from bot.slack.entities import blocks_of, entity_of, ref_of
from bot.slack.event import LINKS, USER, Heard, fits
from bot.slack.forms.askers import Askers
from bot.slack.links import Linked, find_linked, hear_links, urls_of
from bot.slack.overhearing import Overhearing
from bot.slack.ports import PRIORITY, SEND_JOB, Counter, Enqueue
from bot.slack.routes import Route, Routes
from bot.slack.teams import Team
from bot.slack.waits import PERSON, may_wait, waiting_for
from bot.trouble import incident

log = structlog.get_logger(__name__)

Seen = list[tuple[Linked, Glance]]
LONGEST = 30.0
NOTHING = "There is nothing here that I can show you: it is not there, or it is not for you."
NOT_NOW = "I could not look this up just now. Please open it again in a moment."


class Unfurls:
    """Looks links up as who posted them; whoever may not ask there, and whatever fails, shows nothing."""

    def __init__(
        self,
        database: Database,
        calls: Calls,
        askers: Askers,
        counter: Counter,
        enqueue: Enqueue,
        public_url: str,
    ) -> None:
        self._database, self._calls, self._askers = database, calls, askers
        self._counter, self._enqueue, self._public_url = counter, enqueue, public_url

    def join(self, routes: Routes, overhearing: Overhearing) -> None:
        """Hear of links, and of who opens what is shown of one."""
        routes.add("event:link_shared", Route(keep=hear_links))
        routes.add("event:entity_details_requested", Route(beside=self.present))
        overhearing.add(LINKS, self.show)

    async def show(self, team: Team, tenant: Tenant, heard: Heard, taken: Taken) -> Write:
        """Return what puts out what is shown of a message's links: nothing, or one letter."""
        seen: Seen = []
        try:
            async with asyncio.timeout(LONGEST):
                seen = await self._seen(team, tenant, heard)
        except UserError as error:
            log.info("slack.link_not_shown", inbox=taken.id, why=type(error).__name__)
        except CallError as error:
            if may_wait(error, taken, PERSON):
                raise waiting_for(error) from error
        except Exception as error:  # noqa: BLE001 - nobody asked anything, so nobody is told
            incident("slack.link_not_shown", error, inbox=taken.id)

        async def write(session: Session) -> None:
            if seen:
                [put] = await outbox.do_put(session, [_letter(team, heard, taken, seen)])
                job = {"lane": _lane(team, heard)}
                await self._enqueue(session, SEND_JOB, job, tenant=tenant.id, dedupe=put, priority=PRIORITY)

        return write

    async def present(self, team: Team, body: Mapping[str, Any]) -> None:
        """Show who opened a work object all that they may read of it; nobody else reads that."""
        event: Mapping[str, Any] = body["event"]
        url, ref = event.get("app_unfurl_url") or event.get("entity_url"), event.get("external_ref")
        entity, why = None, NOTHING
        try:
            if fits(USER, event.get("user")) and isinstance(ref, Mapping):
                entity = await self._opened(team, str(event["user"]), urls_of([{"url": url}]), ref.get("id"))
        except UserError as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, they read that it went wrong
            incident("slack.details_failed", error)
            why = NOT_NOW
        trigger = str(event.get("trigger_id", ""))
        try:
            await present(self._calls, team.token, trigger_id=trigger, entity=entity, error=why)
        except CallError as error:
            log.warning("slack.details_not_shown", reason=error.reason)

    async def _opened(self, team: Team, user: str, urls: list[str], ref: object) -> dict[str, Any] | None:
        asked = await self._askers.question(team, user)
        linked = next(iter(await self._linked(asked.tenant, urls)), None)
        if linked is None or ref_of(linked) != ref:
            return None
        seen = await self._counter.glance(asked, linked.kind, linked.key)
        return entity_of(linked, seen, whole=True) if seen else None

    async def _seen(self, team: Team, tenant: Tenant, heard: Heard) -> Seen:
        links = await self._linked(tenant, list(heard.told["urls"]))
        if not links:
            return []
        asked = await self._askers.question(team, heard.user, channel=heard.channel, kind=heard.kind)
        return [(one, seen) for one in links if (seen := await self._glance(asked, one))]

    async def _glance(self, asked: Question, linked: Linked) -> Glance | None:
        try:
            return await self._counter.glance(asked, linked.kind, linked.key)
        except UserError:
            return None

    async def _linked(self, tenant: Tenant, urls: list[str]) -> list[Linked]:
        async with self._database.tenant(tenant.id) as session:
            pages = await slack_links.find_pages(session)
        return find_linked(urls, pages, tenant, self._public_url)


def _lane(team: Team, heard: Heard) -> str:
    """Return a lane of its own: the answers in the thread do not wait for it."""
    return f"{team.team_id}:{heard.channel}:{heard.thread}/links"


def _letter(team: Team, heard: Heard, taken: Taken, seen: Seen) -> Letter:
    payload = {
        "entities": [entity_of(linked, one) for linked, one in seen],
        "unfurls": {linked.url: {"blocks": blocks_of(one)} for linked, one in seen},
    }
    return Letter(
        lane=_lane(team, heard),
        team_id=team.team_id,
        channel=heard.channel,
        thread_ts=heard.thread,
        payload=payload,
        inbox_id=taken.id,
        kind=Kind.UNFURL,
        target=heard.ts,
    )
