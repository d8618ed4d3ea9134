"""The prompts at the top of the conversation with the agent: what this person might ask at this moment."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog

from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Choice
from bot.core.prompting import prompts
from bot.core.question import Question
from bot.errors import UserError
from bot.slack import mrkdwn
from bot.slack.agent import calls as slack
from bot.slack.agent.lacks import PROMPTS, Lacks
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError
from bot.slack.event import CHANNEL, USER, fits
from bot.slack.people import People
from bot.slack.place import SURFACE
from bot.slack.ports import Counter, FindTenant, FindUser
from bot.slack.routes import Body, Route, Routes
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

OPENED = "event:app_home_opened:messages"
TITLE = "What can I do for you?"
MOST_TITLE, MOST_WORDS = 75, 500
FRESH = 600.0
"""Seconds for which the same prompts are not put up again."""
MOST_KEPT = 10_000


class Prompts:
    """Puts them up when somebody opens the conversation. Who is not linked keeps those of the manifest."""

    def __init__(
        self,
        calls: Calls,
        people: People,
        lacks: Lacks,
        counter: Counter,
        find_user: FindUser,
        find_tenant: FindTenant,
    ) -> None:
        self._calls, self._people, self._lacks = calls, people, lacks
        self._counter, self._find_user, self._find_tenant = counter, find_user, find_tenant
        self._shown: dict[tuple[str, str], tuple[float, tuple[Choice, ...]]] = {}

    def join(self, routes: Routes) -> None:
        """Hear that somebody opened the conversation."""
        routes.add(OPENED, Route(beside=self.opened))

    async def opened(self, team: Team, body: Body) -> None:
        """Put up what fits this person now; whatever is in the way, the conversation works without."""
        event = body.get("event")
        user, channel = (event.get("user"), event.get("channel")) if isinstance(event, Mapping) else ("", "")
        if not (fits(USER, user) and fits(CHANNEL, channel)) or not await self._lacks.has(team, PROMPTS):
            return
        try:
            found = await self._find(team, str(user))
            if found and self._is_new(team, str(user), found):
                await self._put_up(team, str(channel), found)
        except UserError as error:
            log.info("slack.no_prompts", team=team.team_id, why=type(error).__name__)
        except RefusedError as error:
            await self._lacks.note(team, PROMPTS, error)
        except LimitedError as error:
            await self._lacks.pause(team, error)
        except CallError as error:
            log.info("slack.no_prompts", team=team.team_id, why=error.reason)

    async def _find(self, team: Team, user_id: str) -> tuple[Choice, ...]:
        tenant = await self._find_tenant(team.tenant_id)
        profile = await self._people.profile(team, user_id)
        user = await self._find_user(tenant, SURFACE, f"{team.team_id}:{user_id}", profile.email)
        place = Place(surface=SURFACE, kind=PlaceKind.DIRECT)
        asked = Question(tenant=tenant, user=user, words="", surface=SURFACE, place=place)
        return prompts(await self._counter.home(asked))

    def _is_new(self, team: Team, user_id: str, found: tuple[Choice, ...]) -> bool:
        key, now = (team.team_id, user_id), time.monotonic()
        until, shown = self._shown.get(key, (0.0, ()))
        if now < until and shown == found:
            return False
        if len(self._shown) >= MOST_KEPT:
            self._shown.clear()
        self._shown[key] = now + FRESH, found
        return True

    async def _put_up(self, team: Team, channel: str, found: tuple[Choice, ...]) -> None:
        if not await self._lacks.has_turn(team, slack.PROMPTS, every=0.6, burst=40):
            return
        offered = [
            {"title": mrkdwn.cell(each.label)[:MOST_TITLE], "message": mrkdwn.cell(each.words)[:MOST_WORDS]}
            for each in found
        ]
        await slack.suggest(self._calls, team.token, channel=channel, prompts=offered, title=TITLE)
