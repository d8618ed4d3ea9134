"""How fast a ticket must be answered and solved, by priority; each tenant sets its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import BaseModel, Field
from plugins.tickets.port import Priority

MINUTES = 60 * 24 * 60


class SlaSettings(BaseModel):
    """Minutes to the first answer the customer sees, and to the solution; the teams that share queues."""

    urgent_respond_minutes: int = Field(30, ge=1, le=MINUTES, description="First answer to an urgent ticket")
    urgent_resolve_minutes: int = Field(240, ge=1, le=MINUTES, description="Solution of an urgent ticket")
    high_respond_minutes: int = Field(120, ge=1, le=MINUTES, description="First answer to a high ticket")
    high_resolve_minutes: int = Field(720, ge=1, le=MINUTES, description="Solution of a high ticket")
    normal_respond_minutes: int = Field(480, ge=1, le=MINUTES, description="First answer to a normal ticket")
    normal_resolve_minutes: int = Field(2880, ge=1, le=MINUTES, description="Solution of a normal ticket")
    low_respond_minutes: int = Field(1440, ge=1, le=MINUTES, description="First answer to a low ticket")
    low_resolve_minutes: int = Field(7200, ge=1, le=MINUTES, description="Solution of a low ticket")

    teams: str = Field(
        "support, billing, noc, field",
        max_length=400,
        description="The teams that have a queue of tickets, parted by commas",
    )

    @property
    def team_names(self) -> tuple[str, ...]:
        """The teams by name, as they are kept."""
        names = (" ".join(one.casefold().split()) for one in self.teams.split(","))
        return tuple(dict.fromkeys(name for name in names if name))

    def respond_by(self, priority: Priority, opened: datetime) -> datetime:
        """Return when the first answer is due."""
        return opened + timedelta(minutes=getattr(self, f"{priority.value}_respond_minutes"))

    def resolve_by(self, priority: Priority, opened: datetime) -> datetime:
        """Return when the solution is due."""
        return opened + timedelta(minutes=getattr(self, f"{priority.value}_resolve_minutes"))
