"""Speaking to the SMTP server: one line for many messages, and an exact word on what became of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.api import BadInput, Conflict, ConnectorContext, Unavailable
from plugins.connectors.smtp.mime import as_bytes, ascii_address, make_mime, needs_utf8
from plugins.connectors.smtp.refusals import recipient_refused, refused, why_no_line
from plugins.connectors.smtp.settings import SmtpSettings
from plugins.email.port import Delivery, HandOver, Outcome, Outgoing, Sender, Tls, trust

ASK_ADMIN = "An admin sets it: `plugins settings smtp {field}=…`."
NO_ANSWER = "The connection ended before the server said whether it took the message: it may have arrived."
NO_UTF8 = "has letters before the @ that this mail server cannot carry."


class SmtpMailer:
    """Sends through the server that the settings name."""

    def __init__(self, context: ConnectorContext) -> None:
        if not isinstance(context.settings, SmtpSettings):
            raise Unavailable("E-mail is not set up here: an admin turns the plugin smtp on.")
        self._settings = context.settings
        self._name = context.settings.from_name or context.tenant.name
        self._now = context.now

    def sender(self) -> Sender:
        """Return who messages come from; Unavailable says what is not set."""
        known = self._settings
        for field, value in (("host", known.host), ("from_address", known.from_address)):
            if not value:
                raise Unavailable(f"The mail server's {field} is not set. {ASK_ADMIN.format(field=field)}")
        if known.tls is Tls.NONE and known.password.get_secret_value() and not known.loopback:
            raise Unavailable(
                f"A password is not sent to {known.host} over a plain line. {ASK_ADMIN.format(field='tls')}"
            )
        try:
            address = ascii_address(known.from_address)
            reply_to = ascii_address(known.reply_to) if known.reply_to else ""
            bounces = ascii_address(known.bounce_address) if known.bounce_address else ""
        except BadInput as error:
            raise Unavailable(f"{error} {ASK_ADMIN.format(field='from_address')}") from None
        return Sender(
            address=address,
            name=self._name,
            reply_to=reply_to,
            per_minute=known.per_minute,
            bounces=bounces,
            tagged=known.bounce_tags,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """Return a line that connects with its first message."""
        line = Line(self.client, self._settings, self._name, self._now)
        try:
            yield line
        finally:
            await line.close()

    async def greet(self) -> str:
        """Connect, and say what answered; Unavailable says why nothing did."""
        self.sender()
        client, where = self.client(), f"{self._settings.host}:{self._settings.port}"
        try:
            await client.connect()
        except (OSError, SMTPException) as error:
            raise Unavailable(why_no_line(error, self._settings.host, self._settings.port)) from error
        await _end(client)
        return f"{where} lets us in"

    def client(self) -> SMTP:
        """Return a client that is not connected yet."""
        known = self._settings
        secure = known.tls is not Tls.NONE
        start: bool | None = known.tls is Tls.STARTTLS
        if start and known.loopback:
            start = None  # taken when offered
        password = known.password.get_secret_value()
        return SMTP(
            hostname=known.host,
            port=known.port,
            username=known.username or None,
            password=password or None,
            local_hostname=known.from_address.rpartition("@")[2] or None,
            timeout=known.timeout_seconds,
            use_tls=known.tls is Tls.TLS,
            start_tls=start,
            tls_context=trust(known.ca_certificate) if secure else None,
        )


class Line:
    """A connection to the server, made when there is something to send and again after it was lost."""

    def __init__(
        self,
        make_client: Callable[[], SMTP],
        settings: SmtpSettings,
        name: str,
        now: Callable[[], datetime],
    ) -> None:
        self._make_client = make_client
        self._settings = settings
        self._name = name
        self._now = now
        self._client: SMTP | None = None

    async def send(self, message: Outgoing, hand_over: HandOver) -> Delivery:
        """Send one message; its fate is exact: what the server never had is not in doubt."""
        try:
            to, mime = ascii_address(message.to), make_mime(message, self._name, self._now())
        except (BadInput, ValueError) as error:
            return Delivery(outcome=Outcome.FAILED, said=str(error))
        try:
            client = await self._connected()
        except (OSError, SMTPException, ValueError) as error:
            self._client = None
            why = why_no_line(error, self._settings.host, self._settings.port)
            return Delivery(outcome=Outcome.LATER, said=why, trouble=True)
        utf8 = needs_utf8(to)
        if utf8 and not client.supports_extension("smtputf8"):
            return Delivery(outcome=Outcome.FAILED, said=f"{message.to} {NO_UTF8}")
        return await self._transact(client, message, to, as_bytes(mime, utf8=utf8), hand_over)

    async def _transact(
        self, client: SMTP, message: Outgoing, to: str, body: bytes, hand_over: HandOver
    ) -> Delivery:
        utf8 = needs_utf8(to)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        encoding = "utf-8" if utf8 else "ascii"
        try:
            await client.mail(message.envelope or message.sender, options=options, encoding=encoding)
        except SMTPResponseException as error:
            return await self._again(refused(error, "The mail server refuses the sender"))
        except (OSError, SMTPException) as error:
            return self._lost(error)
        try:
            await client.rcpt(to, encoding=encoding)
        except SMTPResponseException as error:
            return await self._again(recipient_refused(error, to))
        except (OSError, SMTPException) as error:
            return self._lost(error)
        return await self._data(client, body, hand_over)

    async def _data(self, client: SMTP, body: bytes, hand_over: HandOver) -> Delivery:
        """Hand the text over; only from its last byte on is silence a doubt."""
        try:
            await hand_over()
        except Conflict:
            await self._reset()
            raise
        left = _watch(client)
        try:
            await client.data(body)
        except SMTPResponseException as error:
            left()
            return await self._again(refused(error, "The mail server refuses the message"))
        except (OSError, SMTPException) as error:
            if not left():
                return self._lost(error)
            self._client = None
            return Delivery(outcome=Outcome.UNKNOWN, said=NO_ANSWER)
        left()
        return Delivery(outcome=Outcome.SENT)

    async def _connected(self) -> SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = self._make_client()
            await self._client.connect()
        return self._client

    async def _again(self, delivery: Delivery) -> Delivery:
        await self._reset()
        return delivery

    async def _reset(self) -> None:
        """Be ready for the next message after one was refused, or did not leave after all."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (OSError, SMTPException):
                self._client = None

    def _lost(self, error: Exception) -> Delivery:
        self._client = None
        why = why_no_line(error, self._settings.host, self._settings.port)
        return Delivery(outcome=Outcome.LATER, said=why, trouble=True)

    async def close(self) -> None:
        """Say goodbye."""
        if self._client is not None and self._client.is_connected:
            await _end(self._client)


async def _end(client: SMTP) -> None:
    try:
        await client.quit()
    except (OSError, SMTPException):
        client.close()


def _watch(client: SMTP) -> Callable[[], bool]:
    """Return whether more than the word DATA has left: before that, the server has no message to take."""
    protocol: Any = client.protocol
    sent: list[bool] = []
    write = protocol.write

    def noting(data: bytes) -> None:
        if data != b"DATA\r\n":
            sent.append(True)
        write(data)

    protocol.write = noting

    def left() -> bool:
        protocol.write = write
        return bool(sent)

    return left
