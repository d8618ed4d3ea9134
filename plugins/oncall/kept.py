"""What is kept of teams and covers: one value each, changed only as it was read, so that no edit is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.api import BaseModel, Conflict, Context, Field, NotFound, Staff, platform
from plugins.oncall.covers import Cover, Piece
from plugins.oncall.rotation import Rotation
from plugins.oncall.team import Era, Plan, Team

TEAM, COVER, SWAP = "team:", "cover:", "swap:"
KEPT = timedelta(days=400)
"""How long what is over is kept: a policy is tried on the calls of a year."""


class Settings(BaseModel):
    """When turns change hands where nobody says otherwise, and whether a swap needs the other's yes."""

    handover: str = Field(
        "08:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="The time of day at which a new rotation hands over, unless its start says another.",
    )
    swaps_ask: bool = Field(
        True, description="A swap holds only once the other said yes; if off, at once, and they are told."
    )


Ctx = Context[Settings]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Everything at one moment: the teams, the covers, the swaps that wait for a yes, and whom they name."""

    teams: dict[str, Team]
    covers: tuple[Cover, ...]
    people: dict[str, platform.Member]
    raw: dict[str, Any] = field(repr=False)
    offered: tuple[Cover, ...] = ()

    @property
    def gone(self) -> frozenset[str]:
        """Those who are named and not active here any more."""
        named = {
            one
            for team in self.teams.values()
            for era in team.eras
            if era.rotation
            for one in era.rotation.people
        }
        named |= {one for cover in self.covers for one in cover.people}
        return frozenset(one for one in named if one not in self.people or not self.people[one].active)

    def plan(self, ctx: Ctx) -> Plan:
        """Return what turns depend on beside the rotations."""
        return Plan(zone=ctx.tenant.zone, covers=self.covers, gone=self.gone)

    def name(self, person: str) -> str:
        """Return a person's name; nobody for none."""
        if not person:
            return "nobody"
        return self.people[person].name if person in self.people else "somebody who is not here any more"

    @property
    def standing(self) -> list[Team]:
        """The teams that have a rotation, by name."""
        return [self.teams[name] for name in sorted(self.teams) if self.teams[name].last is not None]


def _stands(swap: Cover, now: datetime) -> bool:
    """Say whether a swap can still be agreed to: the turn given is not over, the one taken has not begun."""
    give, take = swap.pieces
    return give.until > now and take.since > now


async def read(ctx: Ctx) -> Kept:
    """Return everything that is kept."""
    raw = await ctx.store.items()
    teams = {
        key.removeprefix(TEAM): team_of(key, value) for key, value in raw.items() if key.startswith(TEAM)
    }
    covers = tuple(cover_of(key, value) for key, value in raw.items() if key.startswith(COVER))
    named = {
        one for team in teams.values() for era in team.eras if era.rotation for one in era.rotation.people
    }
    done = {one.id for one in covers}
    swaps = [cover_of(key, value) for key, value in raw.items() if key.startswith(SWAP)]
    offered = tuple(one for one in swaps if one.id not in done and _stands(one, ctx.now))
    named |= {one for cover in (*covers, *offered) for one in cover.people}
    people = {one.id: one for one in await ctx.port(Staff).get_all(named)}
    return Kept(teams=teams, covers=covers, people=people, raw=raw, offered=offered)


def get_team(kept: Kept, name: str) -> Team:
    """Return a team that has a rotation; NotFound names those there are."""
    found = kept.teams.get(name)
    if found is not None and found.last is not None:
        return found
    there = ", ".join(one.name for one in kept.standing)
    hint = f"There are: {there}." if there else "There is none yet; `oncall set_rotation` makes one."
    raise NotFound(f"No team “{name[:40]}” has a rotation. {hint}")


async def do_keep_team(ctx: Ctx, kept: Kept, team: Team) -> None:
    """Keep a team as changed from what was read; Conflict when somebody changed it at the same moment."""
    key, since = f"{TEAM}{team.name}", ctx.now - KEPT
    eras = [
        one for at, one in enumerate(team.eras) if at + 1 == len(team.eras) or team.eras[at + 1].since > since
    ]
    if not await ctx.store.swap(key, kept.raw.get(key), {"eras": [era_to_json(one) for one in eras]}):
        raise Conflict(
            f"Somebody changed the rotation of {team.name} at the same moment. Look, and try again."
        )


async def do_keep_cover(ctx: Ctx, kept: Kept, cover: Cover) -> None:
    """Keep a new cover, or one as changed from what was read; forget those long over."""
    key = f"{COVER}{cover.id}"
    if not await ctx.store.swap(key, kept.raw.get(key), cover_to_json(cover)):
        raise Conflict(f"Somebody changed cover {cover.number} at the same moment. Look, and try again.")
    for old in kept.covers:
        if old.until < ctx.now - KEPT:
            await ctx.store.pop(f"{COVER}{old.id}")


async def do_drop_cover(ctx: Ctx, kept: Kept, cover: Cover) -> None:
    """Forget a cover that has not begun."""
    key = f"{COVER}{cover.id}"
    if not await ctx.store.swap(key, kept.raw.get(key), None):
        raise Conflict(f"Somebody changed cover {cover.number} at the same moment. Look, and try again.")


async def do_keep_swap(ctx: Ctx, kept: Kept, swap: Cover) -> None:
    """Keep a swap that waits for a yes; forget those that nobody can agree to any more."""
    await ctx.store.set(f"{SWAP}{swap.id}", cover_to_json(swap))
    standing = {one.id for one in kept.offered}
    for key in kept.raw:
        if key.startswith(SWAP) and key.removeprefix(SWAP) not in standing:
            await ctx.store.pop(key)


async def do_drop_swap(ctx: Ctx, swap: Cover) -> None:
    """Forget a swap that waited for a yes."""
    await ctx.store.pop(f"{SWAP}{swap.id}")


def era_to_json(one: Era) -> dict[str, Any]:
    """Return an era as the store keeps it."""
    value: dict[str, Any] = {
        "since": one.since.isoformat(),
        "by": one.by,
        "by_id": one.by_id,
        "made_at": one.made_at.isoformat() if one.made_at else None,
        "key": one.key,
    }
    if one.rotation is not None:
        hours = int(one.rotation.length.total_seconds()) // 3600
        value |= {
            "people": list(one.rotation.people),
            "hours": hours,
            "start": one.rotation.start.isoformat(),
        }
    return value


def team_of(key: str, value: dict[str, Any]) -> Team:
    """Return a team as the store keeps it."""
    return Team(name=key.removeprefix(TEAM), eras=tuple(_era(one) for one in value["eras"]))


def _era(value: dict[str, Any]) -> Era:
    rotation = (
        Rotation(
            people=tuple(value["people"]),
            length=timedelta(hours=value["hours"]),
            start=datetime.fromisoformat(value["start"]),
        )
        if "people" in value
        else None
    )
    made_at = value.get("made_at")
    return Era(
        since=datetime.fromisoformat(value["since"]),
        rotation=rotation,
        by=value["by"],
        by_id=value.get("by_id", ""),
        made_at=datetime.fromisoformat(made_at) if made_at else None,
        key=value["key"],
    )


def cover_to_json(one: Cover) -> dict[str, Any]:
    """Return a cover as the store keeps it."""
    return {
        "number": one.number,
        "team": one.team,
        "by": one.by,
        "by_id": one.by_id,
        "made_at": one.made_at.isoformat(),
        "pieces": [
            {
                "person": piece.person,
                "since": piece.since.isoformat(),
                "until": piece.until.isoformat(),
                "instead": piece.instead,
            }
            for piece in one.pieces
        ],
    }


def cover_of(key: str, value: dict[str, Any]) -> Cover:
    """Return a cover as the store keeps it."""
    return Cover(
        id=key.partition(":")[2],
        number=value["number"],
        team=value["team"],
        by=value["by"],
        by_id=value["by_id"],
        made_at=datetime.fromisoformat(value["made_at"]),
        pieces=tuple(_pieces(value["pieces"])),
    )


def _pieces(values: Iterable[dict[str, Any]]) -> Iterable[Piece]:
    for one in values:
        since, until = (datetime.fromisoformat(one[name]) for name in ("since", "until"))
        yield Piece(person=one["person"], since=since, until=until, instead=one["instead"])
