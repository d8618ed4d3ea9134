"""When technicians work here, and how long a visit takes unless somebody says otherwise."""

from __future__ import annotations

from bot.api import BaseModel, Context, Field


class Settings(BaseModel):
    """Working hours, and when a technician is told of a visit."""

    first_hour: int = Field(8, ge=0, le=22, description="Hour in which the first visit of a day may begin.")
    last_hour: int = Field(17, ge=1, le=24, description="Hour by which the last visit of a day is over.")
    minutes: int = Field(
        90, ge=15, le=480, description="Minutes a visit takes unless somebody says otherwise."
    )
    sundays: bool = Field(default=False, description="Whether free times on Sundays are offered.")
    tell_minutes: int = Field(
        60, ge=5, le=1440, description="A technician is told of a visit so many minutes before it begins."
    )
    ask_hour: int = Field(
        15,
        ge=0,
        le=23,
        description="From this hour on who planned a visit of the next day is asked to tell the customer.",
    )


Ctx = Context[Settings]
