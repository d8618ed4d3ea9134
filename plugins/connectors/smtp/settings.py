"""Which server sends, how it is spoken to, and how fast."""

from __future__ import annotations

from bot.api import BaseModel, Field, SecretStr
from plugins.email.port import Tls, is_here


class SmtpSettings(BaseModel):
    """The server of each workspace. Nothing is sent before host and from_address are set."""

    host: str = Field("", max_length=253, description="Name of the SMTP server.")
    port: int = Field(587, ge=1, le=65_535, description="Its port: 587 for starttls, 465 for tls.")
    tls: Tls = Field(
        Tls.STARTTLS,
        description="starttls must be offered, except by this very machine; none: nothing is encrypted.",
    )
    ca_certificate: str = Field("", description="PEM text of a certificate authority of your own.")
    username: str = Field("", description="Empty: the server asks for none.")
    password: SecretStr = Field(SecretStr(""), description="Sent over an encrypted line only.")
    from_address: str = Field("", max_length=254, description="What messages come from.")
    from_name: str = Field("", max_length=80, description="The name beside it; empty: the workspace's.")
    reply_to: str = Field("", max_length=254, description="Where answers go, if elsewhere.")
    bounce_address: str = Field(
        "",
        max_length=254,
        description="Where servers send back what cannot be delivered; read it with the plugin imap.",
    )
    bounce_tags: bool = Field(
        True, description="Write it as name+number@…, so that each bounce tells its message."
    )
    per_minute: int = Field(60, ge=1, le=100_000, description="The most messages that leave in a minute.")
    timeout_seconds: int = Field(30, ge=1, le=120, description="How long an answer is waited for.")

    @property
    def loopback(self) -> bool:
        """Whether the server is this very machine."""
        return is_here(self.host)
