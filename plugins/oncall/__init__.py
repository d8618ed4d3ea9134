"""On call: who takes turns for a team, who is on call now or then, covers and swaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.api import Action, Duty, Entity, Panel, PluginInfo, Roster, hookimpl
from plugins.oncall.covering import cover, end_cover
from plugins.oncall.joining import join, leave
from plugins.oncall.kept import Ctx, Settings, read
from plugins.oncall.looking import mine, turns, who
from plugins.oncall.nouns import COLLEAGUE, OWN, READ, TEAM, WRITE
from plugins.oncall.panels import PANEL
from plugins.oncall.setting import remove_rotation, set_rotation
from plugins.oncall.swapping import agree, swap
from plugins.oncall.team import Made, made

NOT_KNOWN = Made(by="", at=datetime.min.replace(tzinfo=UTC))
STAFF = ("support", "billing", "noc", "field", "admin")
MAY_SET = ("noc", "admin")


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="oncall",
        about="Who is on call: rotations, covers and swaps, and a yes only they can give.",
        permissions={
            READ: "See who is on call",
            OWN: "Give away and swap your own turns on call",
            WRITE: "Set rotations and arrange anybody's turns on call",
        },
        roles={
            name: frozenset({READ, OWN, WRITE}) if name in MAY_SET else frozenset({READ, OWN})
            for name in STAFF
        },
        settings=Settings,
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """Looking first, then covers, then rotations."""
    return [who, mine, turns, cover, swap, agree, end_cover, set_rotation, join, leave, remove_rotation]


@hookimpl
def register_panels() -> Sequence[Panel]:
    """Say on the Home tab who is on call."""
    return [PANEL]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Say how words become a team or a colleague."""
    return [TEAM, COLLEAGUE]


async def find_teams(ctx: Ctx) -> list[str]:
    """Return the teams that have a rotation."""
    return [one.name for one in (await read(ctx)).standing]


async def find_duties(ctx: Ctx, team: str, since: datetime, until: datetime) -> list[Duty] | None:
    """Return who was, is and will be on call for a team; None for one that never had a rotation."""
    kept = await read(ctx)
    if team not in kept.teams:
        return None
    there, plan = kept.teams[team], kept.plan(ctx)
    return [
        Duty(
            person=one.person,
            since=one.since,
            until=one.until,
            by=how.by,
            made_at=how.at,
            given=how.given,
        )
        for one in there.duties(plan, since, until)
        if one.person
        for how in made(there, plan, max(one.since, since)) or (NOT_KNOWN,)
    ]


@hookimpl
def register_rosters() -> Sequence[Roster]:
    """Tell the core who is on call."""
    return [
        Roster(name="turns", about="The rotations kept here", teams=find_teams, duties=find_duties),
    ]
