"""What a tenant sets of the network plugin: how a level is watched while somebody splices."""

from __future__ import annotations

from datetime import timedelta

from bot.api import BaseModel, Context, Field


class Settings(BaseModel):
    """How often a watched level is read, for how long, and what of it is worth a word."""

    watch_seconds: int = Field(
        10, ge=5, le=300, description="A level that somebody watches is read every so many seconds."
    )
    watch_minutes: int = Field(
        10, ge=1, le=60, description="Watching a level ends by itself after so many minutes."
    )
    watch_db: float = Field(
        0.5, ge=0.1, le=10, description="A watched level is told of when it moved by so many dB."
    )

    @property
    def every(self) -> timedelta:
        """How long it is from one reading to the next."""
        return timedelta(seconds=self.watch_seconds)


WatchCtx = Context[Settings]
