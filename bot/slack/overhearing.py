"""What somebody says in a thread without a mention: taken when it is clearly for the bot, else let pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core.question import Question
from bot.db import inbox, slack_follows
from bot.db.inbox import Taken
from bot.db.session import Session
from bot.errors import UserError
from bot.slack.between import spoke_between
from bot.slack.calls import CallError, Calls
from bot.slack.deeds import Asked, Deeds, Done, Write
from bot.slack.event import FOLLOW, QUIET, Heard
from bot.slack.following import UNASKED, do_let_pass, spot_of
from bot.slack.people import People
from bot.slack.place import SURFACE
from bot.slack.places import Places
from bot.slack.ports import Counter, FindUser
from bot.slack.teams import Team
from bot.slack.words import plain
from bot.trouble import incident

log = structlog.get_logger(__name__)

Quiet = Callable[[Team, Tenant, Heard, Taken], Awaitable[Write]]
"""Looks at what nobody said to the bot; returns what is written with the end of the work."""
HUSHED = "I answer nobody in this thread any more until somebody mentions me."


class Overhearing:
    """Asks the core whether it is meant; whoever may not ask here, and whatever fails, is let pass."""

    def __init__(
        self,
        counter: Counter,
        calls: Calls,
        people: People,
        places: Places,
        find_user: FindUser,
        deeds: Deeds,
    ) -> None:
        self._counter, self._calls, self._people = counter, calls, people
        self._places, self._find_user = places, find_user
        self._deeds, self._quiet = deeds, dict[str, Quiet]()
        deeds.add(QUIET, _hush)

    def add(self, deed: str, quiet: Quiet) -> None:
        """Know one more deed that is answered with no word."""
        self._deeds.add(deed, _unspoken)
        self._quiet[deed] = quiet

    async def passes(self, team: Team, tenant: Tenant, heard: Heard, taken: Taken) -> Write | None:
        """Return what is written when it is not for the bot; None when it is."""
        if (quiet := self._quiet.get(heard.deed)) is not None:
            return await quiet(team, tenant, heard, taken)
        if heard.deed == QUIET and heard.told.get(UNASKED):
            if await self._may_ask(team, tenant, heard, taken):
                return None
        elif heard.deed != FOLLOW or await self._is_meant(team, tenant, heard, taken):
            return None

        async def write(session: Session) -> None:
            await inbox.do_blank(session, taken)  # what people say to each other is not kept
            await do_let_pass(session, team.team_id, heard)

        return write

    async def _may_ask(self, team: Team, tenant: Tenant, heard: Heard, taken: Taken) -> bool:
        """Say whether it is somebody who may ask at all: a guest or a stranger is not even told."""
        try:
            profile, account = await self._people.profile(team, heard.user), f"{team.team_id}:{heard.user}"
            await self._find_user(tenant, SURFACE, account, profile.email)
        except (UserError, CallError):
            return False
        except Exception as error:  # noqa: BLE001 - nobody is told that it went wrong
            incident("slack.not_overheard", error, inbox=taken.id)
            return False
        return True

    async def _is_meant(self, team: Team, tenant: Tenant, heard: Heard, taken: Taken) -> bool:
        told = heard.told
        try:
            profile, account = await self._people.profile(team, heard.user), f"{team.team_id}:{heard.user}"
            user = await self._find_user(tenant, SURFACE, account, profile.email)
            place = await self._places.get(team, heard.channel, heard.kind)
            words = plain(heard.text, team.bot_user_id, {})
            asked = Question(
                tenant=tenant, user=user, words=words, thread=taken.lane, surface=SURFACE, place=place
            )
            engaged, alone, files = (bool(told.get(each)) for each in ("engaged", "alone", "files"))
            meant = await self._counter.heeds(asked, engaged=engaged, alone=alone, files=files)
            if not (meant and engaged and await self._is_interrupted(team, heard)):
                return meant
            return await self._counter.heeds(asked, engaged=False, alone=False, files=files)
        except (UserError, CallError):
            return False
        except Exception as error:  # noqa: BLE001 - nobody may have asked anything, so nobody is told
            incident("slack.not_overheard", error, inbox=taken.id)
            return False

    async def _is_interrupted(self, team: Team, heard: Heard) -> bool:
        """Say whether a "yes" may be for somebody whose words Slack had not delivered when it was heard."""
        try:
            since = str(heard.told.get("since") or heard.thread)
            return await spoke_between(self._calls, team, heard, since)
        except CallError as error:
            log.warning("slack.thread_not_known", reason=error.reason)
            return True


async def _hush(asked: Asked) -> Done:
    """Be quiet in a thread."""
    heard, team_id = asked.heard, asked.team.team_id

    async def write(session: Session) -> None:
        if spot := spot_of(team_id, heard):
            await slack_follows.do_hush(session, spot)

    return Done(reply=Reply(HUSHED), also=write)


async def _unspoken(_asked: Asked) -> Done:
    """Say nothing."""
    return Done(reply=None)
