"""Who was on call when the calls were asked for on which a policy is tried."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contract.roster import Duty
from bot.core.rosters import Rosters
from bot.errors import UserError


@dataclass(frozen=True)
class Past:
    """Who was on call for one team, from each edge up to the next one."""

    edges: Sequence[datetime]
    people: Sequence[frozenset[str]]

    @classmethod
    def of(cls, duties: Iterable[Duty]) -> Past:
        """Cut duties, which may overlap, into stretches."""
        known = list(duties)
        edges = sorted({at for one in known for at in (one.since, one.until)})
        people = [frozenset(one.person for one in known if one.since <= at < one.until) for at in edges]
        return cls(edges, people)

    def at(self, moment: datetime) -> frozenset[str]:
        """Return who was on call at a moment."""
        index = bisect_right(self.edges, moment) - 1
        return self.people[index] if index >= 0 else frozenset()


@dataclass(frozen=True, kw_only=True)
class Pasts:
    """The same for several teams; `unread` says why they could not be read."""

    teams: Mapping[str, Past]
    unread: str = ""

    def anybody(self, teams: Iterable[str], at: datetime, able: frozenset[str]) -> bool:
        """Say whether for each of these teams one of those who were able to say yes was on call."""
        return all(self.teams[team].at(at) & able for team in teams)


async def read_pasts(
    rosters: Rosters | None, teams: Iterable[str], since: datetime, until: datetime
) -> Pasts:
    """Return who was on call for these teams, as their rosters have it today."""
    found: dict[str, Past] = {}
    for team in sorted(teams):
        if rosters is None:
            return Pasts(teams={}, unread="the rosters were not asked.")
        try:
            found[team] = Past.of(await rosters.find_named_duties(team, since, until))
        except UserError as error:
            return Pasts(teams={}, unread=str(error))
    return Pasts(teams=found)
