"""What each workspace may choose about its e-mails."""

from __future__ import annotations

from bot.api import BaseModel, Field


class EmailSettings(BaseModel):
    """How e-mails look, and how long what comes back is remembered."""

    html: bool = Field(
        True, description="Send each text also as HTML, drawn from the text: paragraphs and links."
    )
    greeting: str = Field(
        "Dear {name},",
        max_length=200,
        description="Begins what is written freely, unless it greets itself; empty for none.",
    )
    closing: str = Field(
        "Kind regards\n{isp}", max_length=500, description="Ends what is written freely; empty for nothing."
    )
    subject: str = Field(
        "{isp}: {about}",
        max_length=100,
        description="Subject where none is given; {about} becomes the first words of the text.",
    )
    returns_days: int = Field(
        90,
        ge=1,
        le=3_650,
        description="Days for which mail that came back about no message of ours is remembered.",
    )
