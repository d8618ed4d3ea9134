"""Threads in which the bot was mentioned: what is said there without a mention may be for it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace

from bot.contract.channel import Who
from bot.db import inbox, slack_follows
from bot.db.database import Database
from bot.db.session import Session
from bot.db.slack_follows import Spot
from bot.slack.event import FOLLOW, QUIET, WORDS, Heard
from bot.slack.teams import Team
from bot.slack.words import plain

UNASKED = "unasked"
"""Told with QUIET: it was said without a mention, so whoever may not ask is let pass without a word."""
FRESH = 2.0
"""Seconds for which it is trusted that a channel has no thread to listen to; nobody answers so soon."""
MOST = 1_000
LONGEST = 300
TO_OTHERS = re.compile(r"<@[UW]|<!(?:subteam\^|here|channel|everyone)")
HUSH = re.compile(
    r"(?P<bot>@?(?:backhaul|bot)[\s,:!.]+)?(?:please |pls )?"
    r"(?:(?P<plain>stop (?:following|listening)(?: (?:this(?: thread)?|us|along|me|here|in here))?)|"
    r"(?:be |stay |keep )?quiet|hush|shush|shut up|leave us alone)"
    r"(?P<after>[\s,]+(?:bot|backhaul))?(?:[\s,]+(?:please|pls|now|here|thanks|thank you))*[\s.!]*",
    re.IGNORECASE,
)


def hushes(text: str, *, mentioned: bool, asker: bool = False) -> bool:
    """Say whether words tell the bot to be quiet.

    Where it is not named, only what nobody tells a person, and only from an `asker` of the thread.
    """
    found = HUSH.fullmatch(text)
    if found is None:
        return False
    return bool(mentioned or found["bot"] or found["after"] or (asker and found["plain"]))


def spot_of(team_id: str, heard: Heard) -> Spot | None:
    """Return the thread in which something was said; in a direct conversation all is for the bot anyway."""
    if heard.direct or not heard.thread or heard.only_them:
        return None
    return Spot(team_id=team_id, channel=heard.channel, thread=heard.thread)


class Following:
    """Which of what is said without a mention is kept, and what is remembered of its threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._channels: dict[str, tuple[float, set[tuple[str, str]]]] = {}

    async def may_be(self, team: Team, heard: Heard) -> bool:
        """Say whether there is any thread to listen to in a channel; asked of the database now and then."""
        known = self._channels.get(team.tenant_id)
        if known is None or known[0] < time.monotonic():
            async with self._database.tenant(team.tenant_id, ahead=True) as session:
                known = time.monotonic() + FRESH, await slack_follows.find_channels(session)
            if len(self._channels) >= MOST:
                self._channels.clear()
            self._channels[team.tenant_id] = known
        return (team.team_id, heard.channel) in known[1]

    def weigh(self, team: Team, heard: Heard) -> Heard:
        """Return what was said to the bot as it is to be kept."""
        spot = spot_of(team.team_id, heard)
        in_thread = heard.deed == WORDS and spot is not None and heard.thread != heard.ts
        hush = in_thread and hushes(plain(heard.text, team.bot_user_id, {}), mentioned=True)
        return replace(heard, deed=QUIET) if hush else heard

    async def do_weigh(self, session: Session, team: Team, heard: Heard) -> Heard | None:
        """Return what was heard without a mention as it is to be kept; None: nobody said it to the bot.

        Whatever is said to others in a thread ends the talk of the bot with the people there.
        """
        spot = spot_of(team.team_id, heard)
        found = await slack_follows.get_following(session, spot, heard.user) if spot else None
        if spot is None or found is None:
            return None
        if TO_OTHERS.search(heard.text) or len(heard.text) > LONGEST:
            await slack_follows.do_interrupt(session, spot)
            return None
        await slack_follows.do_interrupt(session, spot, besides=heard.user)
        if hushes(plain(heard.text, team.bot_user_id, {}), mentioned=False, asker=found.asker):
            return replace(heard, deed=QUIET, told={UNASKED: True})
        if not found.asker and found.who is not Who.EVERYBODY:
            return None
        told = {**heard.told, "engaged": found.engaged, "alone": found.alone}
        if found.engaged:
            told["since"] = await inbox.get_last_said(session, heard.lane(team.team_id), heard.user, heard.ts)
        return replace(heard, told=told)

    async def do_follow(self, session: Session, told: Sequence[tuple[Team, Heard]]) -> None:
        """Listen from now on to those who mentioned the bot in a channel."""
        begun, known = set[tuple[Spot, str]](), list[tuple[Spot, str]]()
        for team, heard in told:
            spot = spot_of(team.team_id, heard)
            if heard.deed != WORDS or "message" in heard.told or spot is None:  # a press is no talk
                continue
            if heard.thread == heard.ts:
                begun.add((spot, heard.user))
            else:
                known.append((spot, heard.user))
            if channels := self._channels.get(team.tenant_id):
                channels[1].add((spot.team_id, spot.channel))
        if begun:
            await slack_follows.do_begin(session, sorted(begun))
        for spot, account in sorted(known):  # in one order: many speak at once
            await slack_follows.do_follow(session, spot, account)


async def do_answered(session: Session, team_id: str, heard: Heard) -> None:
    """Note that the bot has answered somebody in a thread."""
    if heard.deed in {WORDS, FOLLOW} and (spot := spot_of(team_id, heard)):
        await slack_follows.do_engage(session, spot, heard.user)


async def do_let_pass(session: Session, team_id: str, heard: Heard) -> None:
    """Note that somebody spoke, and not to the bot."""
    if spot := spot_of(team_id, heard):
        await slack_follows.do_disengage(session, spot, heard.user)
