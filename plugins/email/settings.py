"""What each workspace may choose about its e-mails."""

from __future__ import annotations

from bot.api import BaseModel, Field


class EmailSettings(BaseModel):
    """How e-mails look."""

    html: bool = Field(
        True, description="Send each text also as HTML, drawn from the text: paragraphs and links."
    )
