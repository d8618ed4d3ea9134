"""Puts the rotations of a simulated provider into its on-call roster, beginning before its world does."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.core.journal import note
from bot.core.surroundings import Surroundings
from bot.db import users
from bot.demo.people import BY
from bot.demo.world.isp import Isp
from bot.demo.world.staff import find_emails
from plugins.oncall.kept import TEAM, era_to_json
from plugins.oncall.rotation import Rotation
from plugins.oncall.team import Era

PLUGIN = "oncall"
TURNS = {"noc": timedelta(days=7), "support": timedelta(days=1), "billing": timedelta(days=7)}
"""How long a turn of each team lasts; its people take turns as they stand in the list of staff."""
HANDOVER = time(8)
BACK = timedelta(days=400)


async def add_rotations(around: Surroundings, isp: Isp, now: datetime) -> int:
    """Start a rotation for each team that has none and people for it; return how many were started."""
    if PLUGIN not in (await around.view()).enabled:
        return 0
    monday = (now - BACK).astimezone(around.tenant.zone)
    start = datetime.combine(monday.date() - timedelta(days=monday.weekday()), HANDOVER)
    made = 0
    for team, length in TURNS.items():
        async with around.database.tenant(around.tenant.id) as session:
            found = [await users.get_person_by_email(session, one) for one in find_emails(isp, team)]
        people = tuple(one.id for one in found if one is not None)
        if not people:
            continue
        rotation = Rotation(people=people, length=length, start=start)
        era = Era(since=start.replace(tzinfo=around.tenant.zone).astimezone(UTC), rotation=rotation, by=BY)
        made += await around.store(PLUGIN).swap(f"{TEAM}{team}", None, {"eras": [era_to_json(era)]})
    if made:
        async with around.database.tenant(around.tenant.id) as session:
            text = f"started {made} on-call rotations of {isp.name}"
            await note(session, event="oncall.started", by=BY, text=text, facts={"count": made})
    return made
