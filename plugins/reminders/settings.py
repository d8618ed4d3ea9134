"""How a workspace reminds its people, and the hours in which it leaves them alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.api import BaseModel, Context, Field

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Settings(BaseModel):
    """What is said again, how often, when not, and who else is told in the end."""

    again_minutes: int = Field(
        30, ge=5, le=1440, description="Until it is done, somebody is reminded again after so many minutes."
    )
    times: int = Field(4, ge=1, le=20, description="How often somebody is reminded of one thing at most.")
    quiet_from: ClockTime = Field(
        "20:00", description="From then on nobody is reminded again; what falls due itself is still said."
    )
    quiet_until: ClockTime = Field("07:00", description="Until then nobody is reminded again.")
    morning: ClockTime = Field("08:00", description="When a day is named without an hour, it is this hour.")
    escalate_minutes: int = Field(
        240, ge=15, le=10_080, description="What is so many minutes late is told to the role below."
    )
    escalate_role: str = Field("admin", max_length=41, description="Who is told what is late; empty: nobody.")


Ctx = Context[Settings]


def after_quiet(at: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """Return the instant itself, or the end of the quiet hours it falls into."""
    begin, end = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    local = at.astimezone(zone)
    now = local.timetz().replace(tzinfo=None)
    quiet = begin <= now < end if begin <= end else now >= begin or now < end
    if begin == end or not quiet:
        return at
    day = local.date() + timedelta(days=1 if now >= end else 0)
    return datetime.combine(day, end, zone)


def at_work(at: datetime, settings: Settings, zone: ZoneInfo) -> datetime:
    """Return the instant; a day without an hour, which reads as midnight, begins in the morning."""
    local = at.astimezone(zone)
    if local.time() != time():
        return at
    return datetime.combine(local.date(), time.fromisoformat(settings.morning), zone)
