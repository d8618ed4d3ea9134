"""Who reads a card at this moment: asked of Slack and the core before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.db.letters import Card
from bot.errors import NotAllowed
from bot.slack.calls import CallError
from bot.slack.members import Members
from bot.slack.place import SURFACE
from bot.slack.places import Places
from bot.slack.ports import Counter
from bot.slack.teams import Teams


class Sight(StrEnum):
    """Whether who was sent a card alone may still read it; in doubt it stays as it is for now."""

    OPEN = "open"
    SHUT = "shut"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class Look:
    """Where a card stands now, and whether its reader may read it; `error`: why that is not known."""

    place: Place
    sight: Sight = Sight.OPEN
    error: CallError | None = None


class Looks:
    """Looks at cards, and at those to whom something is told."""

    def __init__(self, teams: Teams, places: Places, members: Members, counter: Counter) -> None:
        self._teams, self._places, self._members, self._counter = teams, places, members, counter

    async def at(self, tenant: Tenant, call_id: str, cards: Sequence[Card]) -> Mapping[str, Look]:
        """Return how things are with each card of a call, by the card's id."""
        asked = {str(card.payload["asks"]) for card in cards if card.payload.get("asks")}
        concerned = await self._counter.find_concerned(tenant, call_id, asked) if asked else set()
        return {card.id: await self._look(tenant, card, concerned) for card in cards}

    async def place(self, tenant: Tenant, team_id: str, channel: str) -> Place:
        """Return who reads in a channel; of a workspace that is not connected, people from outside may."""
        team = await self._teams.find(team_id)
        if team is None or team.tenant_id != tenant.id:
            return Place(surface=SURFACE, channel=channel, kind=PlaceKind.SHARED)
        return await self._places.get(team, channel)

    async def is_member(self, tenant: Tenant, account: str) -> bool:
        """Say whether an account is a member's; CallError where Slack does not say."""
        try:
            await self._members.check(tenant, account)
        except NotAllowed:
            return False
        return True

    async def _look(self, tenant: Tenant, card: Card, concerned: set[str]) -> Look:
        place = await self.place(tenant, card.team_id, card.channel)
        if place.kind is not PlaceKind.DIRECT:
            return Look(place=place)
        asks = card.payload.get("asks")
        if asks and asks not in concerned:
            return Look(place=place, sight=Sight.SHUT)
        try:
            there = not card.user or await self.is_member(tenant, f"{card.team_id}:{card.user}")
        except CallError as error:
            return Look(place=place, sight=Sight.UNSURE, error=error)
        return Look(place=place, sight=Sight.OPEN if there else Sight.SHUT)
