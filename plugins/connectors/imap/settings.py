"""Which mailbox takes what comes back, and how it is read."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.api import BaseModel, Field, SecretStr
from plugins.email.port import Tls, is_here

PRINTABLE = r"^[\x20-\x7e]*$"
PATH = r"[\x21-\x3f\x41-\x5b\x5d-\x7e]"
HERE = r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
ISSUER = rf"^(https://{PATH}+|http://{HERE}(/{PATH}*)?)?$"
"""Secrets go there: nothing plain leaves this machine, and nothing but a host stands before the path.

An `@` makes a user's name of what is before it: `http://localhost:x@elsewhere` is elsewhere.
"""


class ImapSettings(BaseModel):
    """The mailbox of each workspace. Nothing is read before host and username are set."""

    host: str = Field("", max_length=253, description="Name of the IMAP server.")
    port: int = Field(993, ge=1, le=65_535, description="Its port: 993 for tls, 143 for starttls.")
    tls: Tls = Field(Tls.TLS, description="none: nothing is encrypted; this very machine only.")
    ca_certificate: str = Field("", description="PEM text of a certificate authority of your own.")
    username: str = Field("", max_length=254, pattern=PRINTABLE, description="Whose mailbox it is.")
    password: SecretStr = Field(SecretStr(""), description="Sent over an encrypted line only.")
    token_url: str = Field(
        "",
        max_length=500,
        pattern=ISSUER,
        description="Where the provider gives access tokens (OAuth 2.0); empty: the password is used.",
    )
    client_id: str = Field("", max_length=300, pattern=PRINTABLE, description="The client registered there.")
    client_secret: SecretStr = Field(SecretStr(""), description="Its secret, if it has one.")
    refresh_token: SecretStr = Field(
        SecretStr(""),
        description="Got by signing in for the mailbox once, renewed by the bot where the provider gives a "
        "new one; empty: the client asks as itself.",
    )
    token_scope: str = Field(
        "", max_length=500, pattern=PRINTABLE, description="What is asked for, if the provider wants it said."
    )
    folder: str = Field(
        "INBOX", min_length=1, max_length=200, pattern=PRINTABLE, description="The folder that is read."
    )
    timeout_seconds: int = Field(20, ge=1, le=120, description="How long an answer is waited for.")

    @property
    def loopback(self) -> bool:
        """Whether the server is this very machine."""
        return is_here(self.host)

    @property
    def token_is_here(self) -> bool:
        """Whether tokens come from this very machine, to which no proxy leads."""
        return is_here(urlsplit(self.token_url).hostname or "")
