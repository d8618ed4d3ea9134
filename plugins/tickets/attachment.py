"""Files on tickets as nouns: what one is, where it lies, what may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from bot.api import Ref, size_said

MOST = 20
"""Files of one ticket."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file on a ticket, without its bytes. `number` is the key; it lies where its ticket lies.

    `size` is in bytes, `sha256` in hexadecimal. `media_type` was told from the bytes when the file came in,
    never from its name. `note` is what was said with it: the line of the ticket's history it came with.
    """

    number: str
    ticket: str
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    at: datetime
    note: str = ""
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def said(self) -> str:
        """Return `splice.jpg (1.2 MB)`."""
        return f"{self.name} ({size_said(self.size)})"

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


AttachmentRef = Annotated[Attachment, Ref("ticket_file")]


@dataclass(frozen=True, kw_only=True)
class NewAttachment:
    """A file to put on a ticket; the caller has looked at what it is."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)
