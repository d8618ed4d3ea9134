"""The port `returns` on an IMAP folder: opened for a while, read in order, and left as it was."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.api import ConnectorContext, Unavailable
from plugins.connectors.imap.line import Line, RefusedError
from plugins.connectors.imap.settings import ImapSettings
from plugins.connectors.imap.tokens import TokenRefusedError, forget_token, get_token, issuer
from plugins.connectors.imap.troubles import why
from plugins.email.port import Letter, Tls

ASK_ADMIN = "An admin sets it: `plugins settings imap {field}=…`."
TROUBLES = (OSError, imaplib.IMAP4.error, RefusedError, UnicodeError)


class ImapBox:
    """The mailbox that the settings name."""

    def __init__(self, context: ConnectorContext) -> None:
        if not isinstance(context.settings, ImapSettings):
            raise Unavailable("No mailbox is read here: an admin turns the plugin imap on.")
        self._context, self._settings = context, context.settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[OpenFolder]:
        """Open it; Unavailable says what is not set, or why the server cannot be spoken to."""
        self.check()
        known = self._settings
        try:
            token = await get_token(known, self._context) if known.token_url else ""
            line = await asyncio.to_thread(Line, known, token)
        except TokenRefusedError as error:
            where = issuer(known)
            raise Unavailable(f"{where} gave no access token for {known.username}: {error}.") from error
        except TROUBLES as error:
            forget_token(known)
            raise self.trouble(error) from error
        try:
            yield OpenFolder(line, self)
        finally:
            await asyncio.to_thread(line.close)

    async def look(self) -> str:
        """Open it, and say so."""
        async with self.open():
            return f"{self._settings.folder} of {self._settings.username} can be read"

    @property
    def name(self) -> str:
        """What a mailbox is known by: other settings, another mailbox."""
        return f"{self._settings.username}@{self._settings.host}/{self._settings.folder}"

    async def applied(self, key: str) -> bool | None:
        """Say of no effect that it happened: nothing is written here."""
        del key
        return False

    def check(self) -> None:
        """Raise Unavailable, which says what an admin has to set, unless there is a mailbox to read."""
        known = self._settings
        wanted = [("host", known.host), ("username", known.username)]
        wanted += [("client_id", known.client_id)] if known.token_url else []
        for field, value in wanted:
            if not value:
                raise Unavailable(f"The mailbox's {field} is not set. {ASK_ADMIN.format(field=field)}")
        if known.tls is Tls.NONE and not known.loopback:
            raise Unavailable(
                f"Mail of {known.host} is not read over a plain line. {ASK_ADMIN.format(field='tls')}"
            )

    def trouble(self, error: BaseException) -> Unavailable:
        """Return what is wrong, in a sentence."""
        return Unavailable(why(error, self._settings.host, self._settings.port, self._settings.folder))


class OpenFolder:
    """A folder that is open for reading."""

    def __init__(self, line: Line, box: ImapBox) -> None:
        self._line, self._box = line, box
        self.name, self.validity = box.name, line.validity

    async def read(self, after: int, most: int) -> Sequence[Letter]:
        """Return the next messages above a uid, lowest first."""
        try:
            return await asyncio.to_thread(self._line.read, after, most)
        except TROUBLES as error:
            raise self._box.trouble(error) from error
