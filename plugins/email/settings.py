"""What each workspace may choose about its e-mails."""

from __future__ import annotations

import re

from pydantic import ValidationInfo, field_validator

from bot.api import BaseModel, Field

EVERYBODY = ("name", "number", "isp", "today")
"""What there is for every customer, so that no letter fails for what stands around it."""


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

    @field_validator("greeting", "closing", "subject")
    @classmethod
    def known_places(cls, value: str, info: ValidationInfo) -> str:
        """Refuse a name that nobody could fill in: else every letter would fail, for whoever writes one."""
        known = (*EVERYBODY, "about") if info.field_name == "subject" else EVERYBODY
        if unknown := sorted(set(re.findall(r"\{([^{}]*)\}", value)) - set(known)):
            said = ", ".join(f"{{{name}}}" for name in unknown)
            raise ValueError(
                f"{said} is nothing I know here; there is {', '.join(f'{{{k}}}' for k in known)}"
            )
        return value

    returns_days: int = Field(
        90,
        ge=1,
        le=3_650,
        description="Days for which mail that came back about no message of ours is remembered.",
    )
