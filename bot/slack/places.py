"""Who reads along in a channel now: told by events, else asked of Slack; in doubt, people from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.contract.place import Place, PlaceKind
from bot.core.journal import note
from bot.db import channels, outbox
from bot.db.channels import Known
from bot.db.database import Database
from bot.slack.calls import CallError, Calls, made
from bot.slack.event import CHANNEL, Heard, fits
from bot.slack.guests import Guests
from bot.slack.place import SURFACE
from bot.slack.routes import Route, Routes
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""How long it is relied on what a channel was, when no event tells of a change."""
SHARED, UNSHARED, MOVED = "channel_shared", "channel_unshared", "channel_id_changed"
RENAMED = ("channel_rename", "group_rename")
EVENTS = (SHARED, UNSHARED, MOVED, *RENAMED)
MOST_NAME, MOST_LEARNT = 80, 3
TYPED = re.compile(r"(?<![\w<&/#])#[a-z][\w-]|\bthis channel\b", re.IGNORECASE)
"""A channel that was typed, of which Slack made no link, or the one it is said in."""
BARE = re.compile(r"<#([CG][A-Z0-9]{1,40})\|?>")


class Places:
    """Knows each channel's kind, for every process through the tables."""

    def __init__(self, database: Database, calls: Calls, routes: Routes) -> None:
        """Hear of channels by these routes."""
        self._database, self._calls = database, calls
        self._guests = Guests(database, calls, routes)
        for kind in EVENTS:
            routes.add(f"event:{kind}", Route(now=self.heed, must=True))

    async def get(self, team: Team, channel: str, kind: str = "") -> Place:
        """Return a place; `kind` is what the event at hand said, empty for clicks and commands.

        A channel whose kind is not known now counts as one where people of other organisations read. So
        does one that became so since the event. One with a guest in it is told apart from the others.
        """
        if not kind and channel.startswith("D"):
            kind = PlaceKind.DIRECT
        if kind not in {PlaceKind.DIRECT, PlaceKind.SHARED}:
            known = await self._known(team, channel)
            if not kind or (known and known.kind == PlaceKind.SHARED):
                kind = await self._kind(team, channel, known)
            if kind not in {PlaceKind.DIRECT, PlaceKind.SHARED} and await self._guests.are_in(
                team, channel, known
            ):
                kind = PlaceKind.GUESTS
        return Place(surface=SURFACE, channel=channel, kind=PlaceKind(kind))

    async def has_outsiders(self, team: Team, heard: Heard) -> bool:
        """Say whether somebody from outside reads along where something was heard, or may."""
        if heard.outsiders or heard.direct:
            return heard.outsiders
        place = await self.get(team, heard.channel, heard.kind)
        return place.kind in {PlaceKind.SHARED, PlaceKind.GUESTS}

    async def came(self, team: Team, channel: str) -> bool:
        """Say whether a guest came into a channel, where that is in doubt; CallError: Slack does not tell."""
        return await self._guests.came(team, channel)

    async def learn(self, team: Team, channel: str, words: str) -> None:
        """Ask what the channels are called that words name without saying it: `#noc` typed in it, `<#C1>`."""
        found = BARE.findall(words)
        if TYPED.search(words) and not channel.startswith("D"):
            found.append(channel)
        for one in found[:MOST_LEARNT]:
            known = await self._known(team, one)
            if known and known.name:
                continue
            try:
                asked = await self._ask(team, one)
            except CallError as error:
                log.info("slack.channel_not_named", channel=one, reason=error.reason)
                continue
            async with self._database.tenant(team.tenant_id) as session:
                await channels.do_know(session, replace(asked, kind="", name=asked.name.lower()))

    async def heed(self, team: Team, body: Mapping[str, Any]) -> None:
        """Take in what happened to a channel, before it is acknowledged."""
        event: Mapping[str, Any] = body["event"]
        what, channel = event["type"], event.get("channel")
        if what == MOVED:
            await self._moved(team, event.get("old_channel_id"), event.get("new_channel_id"))
            return
        if what in RENAMED and isinstance(channel, Mapping):
            await self._named(team, channel.get("id"), channel.get("name"))
            return
        if not fits(CHANNEL, channel):
            return
        async with self._database.tenant(team.tenant_id) as session:
            if what == SHARED or event.get("is_ext_shared") is True:
                known = Known(surface=SURFACE, channel=str(channel), kind=PlaceKind.SHARED)
                await channels.do_know(session, known)
                await outbox.do_divert(session, str(channel))
            else:
                await channels.do_doubt(session, SURFACE, str(channel))

    async def _kind(self, team: Team, channel: str, known: Known | None) -> str:
        if known and known.kind and known.checked_at and datetime.now(UTC) - known.checked_at < FRESH:
            return known.kind
        try:
            now = await self._ask(team, channel)
        except CallError as error:
            log.warning("slack.channel_not_known", channel=channel, reason=error.reason)
            return PlaceKind.SHARED
        async with self._database.tenant(team.tenant_id) as session:
            await channels.do_know(session, now)
            if now.kind == PlaceKind.SHARED and known and known.kind != PlaceKind.SHARED:
                await outbox.do_divert(session, channel)
        return now.kind

    async def _known(self, team: Team, channel: str) -> Known | None:
        async with self._database.tenant(team.tenant_id) as session:
            return await channels.get_known(session, SURFACE, channel)

    async def _ask(self, team: Team, channel: str) -> Known:
        client = self._calls.client(team.token)
        found = await made("conversations.info", lambda: client.conversations_info(channel=channel))
        about: Mapping[str, Any] = found.get("channel") or {}
        name = str(about.get("name") or "")[:MOST_NAME]
        return Known(
            surface=SURFACE,
            channel=channel,
            name=name,
            kind=kind_of(about, everywhere=team.team_id.startswith("E")),
        )

    async def _named(self, team: Team, channel: object, name: object) -> None:
        if fits(CHANNEL, channel) and isinstance(name, str) and name:
            async with self._database.tenant(team.tenant_id) as session:
                known = Known(surface=SURFACE, channel=str(channel), name=name[:MOST_NAME].lower())
                await channels.do_know(session, known)

    async def _moved(self, team: Team, old: object, new: object) -> None:
        """A channel has another id: its rule, and what waits for it, go with it."""
        if not (fits(CHANNEL, old) and fits(CHANNEL, new)):
            return
        async with self._database.tenant(team.tenant_id) as session:
            await channels.do_move(session, SURFACE, str(old), str(new))
            await channels.do_doubt(session, SURFACE, str(new))
            text = f"Slack gave the channel {old} the id {new}; its rule went with it"
            facts = {"old": str(old), "new": str(new)}
            await note(session, event="channel.moved", by="slack", text=text, facts=facts)


def kind_of(about: Mapping[str, Any], *, everywhere: bool = False) -> PlaceKind:
    """Return what Slack's own description of a channel says; what it does not say makes it no more open.

    `everywhere`: the bot is installed for the whole organisation. Where it is not, people of the
    organisation's other workspaces, who may not ask it, read along in a channel that they share.
    """
    if about.get("is_org_shared") is True and not everywhere:
        return PlaceKind.SHARED
    if about.get("is_ext_shared") is not False:
        return PlaceKind.DIRECT if about.get("is_im") is True else PlaceKind.SHARED
    return PlaceKind.PUBLIC if about.get("is_private") is False else PlaceKind.PRIVATE
