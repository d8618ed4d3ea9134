"""What each workspace may choose about its e-mails."""

from __future__ import annotations

from bot.api import BaseModel, Field


class EmailSettings(BaseModel):
    """How e-mails look, and how long what comes back is remembered."""

    html: bool = Field(
        True, description="Send each text also as HTML, drawn from the text: paragraphs and links."
    )
    returns_days: int = Field(
        90,
        ge=1,
        le=3_650,
        description="Days for which mail that came back about no message of ours is remembered.",
    )
