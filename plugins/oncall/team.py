"""A team and its rotations over time: who is, was and will be on call, with covers and those who left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.api import FOREVER
from plugins.oncall.covers import Cover, covered
from plugins.oncall.rotation import Rotation, Turn, joined

DAY = timedelta(days=1)
AHEAD = timedelta(days=90)
"""How far it is looked ahead for whoever comes next, and people are told of their turns."""


@dataclass(frozen=True, kw_only=True)
class Era:
    """From `since` on the team goes by this rotation; without one it has none. `key` is what made it."""

    since: datetime
    rotation: Rotation | None
    by: str = ""
    by_id: str = ""
    made_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """Who arranged that somebody is on call, and when; `given` when it was a turn of their own."""

    by: str
    at: datetime
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team that takes turns being on call, by its eras, the oldest first."""

    name: str
    eras: tuple[Era, ...] = ()

    def era(self, at: datetime) -> Era | None:
        """Return the era of a moment."""
        return next((one for one in reversed(self.eras) if one.since <= at), None)

    def rotation(self, at: datetime) -> Rotation | None:
        """Return what the team goes by at a moment."""
        era = self.era(at)
        return era.rotation if era else None

    @property
    def last(self) -> Rotation | None:
        """What the team goes by in the end; None for one that was removed."""
        return self.eras[-1].rotation if self.eras else None

    def then(self, era: Era) -> Team:
        """Return the team with an era that replaces everything from its beginning on."""
        return Team(name=self.name, eras=(*(one for one in self.eras if one.since < era.since), era))

    def turns(self, plan: Plan, since: datetime, until: datetime) -> list[Turn]:
        """Return who is on call in a stretch, in whole turns; a gap is a turn of nobody."""
        longest = max((one.rotation.length for one in self.eras if one.rotation), default=DAY)
        first, last = since - max(2 * longest, DAY), until + max(2 * longest, DAY)
        found: list[Turn] = []
        for number, era in enumerate(self.eras):
            end = self.eras[number + 1].since if number + 1 < len(self.eras) else last
            begin = max(era.since, first)
            if begin < min(end, last):
                found += _turns(plan, self.name, era, begin, min(end, last))
        whole = joined(_filled(found, first, last))
        return [one for one in whole if one.since < until and since < one.until]

    def duties(self, plan: Plan, since: datetime, until: datetime) -> list[Turn]:
        """Return the turns of a stretch, the last one without an end where nobody comes after it."""
        found = self.turns(plan, since, until + AHEAD)
        if found and found[-1].person:
            found[-1] = replace(found[-1], until=FOREVER)
        return [one for one in found if one.since < until]


def made(team: Team, plan: Plan, at: datetime) -> tuple[Made, ...]:
    """Return who arranged, each for themselves, that whoever is on call at a moment is so."""
    person, found = _by_rotation(team, plan, at)
    covers = (one for one in plan.covers if one.team == team.name)
    for cover in sorted(covers, key=lambda one: (one.made_at, one.number)):
        holds = [
            one.person
            for one in cover.pieces
            if one.since <= at < one.until and one.person not in plan.gone and one.instead in ("", person)
        ]
        if not holds:
            continue
        theirs = any(one.by != cover.by_id or one.at < cover.made_at - DAY for one in found)
        given = holds[-1] != person == cover.by_id and theirs
        found = [*(found if holds[-1] == person else []), Made(by=cover.by_id, at=cover.made_at, given=given)]
        person = holds[-1]
    return tuple(found)


def _by_rotation(team: Team, plan: Plan, at: datetime) -> tuple[str, list[Made]]:
    """Return whose turn it is by the rotation, and who set it so: a change that kept them changed nothing."""
    person, found = "", list[Made]()
    for era in reversed([one for one in team.eras if one.since <= at]):
        whose = "" if era.rotation is None else era.rotation.at(at, plan.zone, plan.gone)
        if not whose or (person and whose != person):
            break
        person = whose
        found.append(Made(by=era.by_id, at=era.made_at or era.since))
    return person, found


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What turns depend on beside the rotation: the zone, the covers, and who is not active any more."""

    zone: ZoneInfo
    covers: Sequence[Cover] = ()
    gone: Collection[str] = ()


def _turns(plan: Plan, team: str, era: Era, begin: datetime, end: datetime) -> list[Turn]:
    """Return the turns of one era, cut to it."""
    if era.rotation is None:
        return []
    turns = [
        Turn(since=max(one.since, begin), until=min(one.until, end), person=one.person)
        for one in era.rotation.turns(begin, end, plan.zone, plan.gone)
    ]
    return covered(turns, (one for one in plan.covers if one.team == team), plan.gone)


def _filled(turns: Iterable[Turn], since: datetime, until: datetime) -> list[Turn]:
    """Return the turns with those of nobody where none is."""
    found: list[Turn] = []
    at = since
    for one in turns:
        if at < one.since:
            found.append(Turn(since=at, until=one.since))
        found.append(one)
        at = one.until
    return [*found, Turn(since=at, until=until)] if at < until else found
