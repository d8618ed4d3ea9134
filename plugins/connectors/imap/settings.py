"""Which mailbox takes what comes back, and how it is read."""

from __future__ import annotations

from bot.api import BaseModel, Field, SecretStr
from plugins.email.port import Tls, is_here

PRINTABLE = r"^[\x20-\x7e]*$"


class ImapSettings(BaseModel):
    """The mailbox of each workspace. Nothing is read before host and username are set."""

    host: str = Field("", max_length=253, description="Name of the IMAP server.")
    port: int = Field(993, ge=1, le=65_535, description="Its port: 993 for tls, 143 for starttls.")
    tls: Tls = Field(Tls.TLS, description="none: nothing is encrypted; this very machine only.")
    ca_certificate: str = Field("", description="PEM text of a certificate authority of your own.")
    username: str = Field("", max_length=254, pattern=PRINTABLE, description="Whose mailbox it is.")
    password: SecretStr = Field(SecretStr(""), description="Sent over an encrypted line only.")
    folder: str = Field(
        "INBOX", min_length=1, max_length=200, pattern=PRINTABLE, description="The folder that is read."
    )
    timeout_seconds: int = Field(20, ge=1, le=120, description="How long an answer is waited for.")

    @property
    def loopback(self) -> bool:
        """Whether the server is this very machine."""
        return is_here(self.host)
