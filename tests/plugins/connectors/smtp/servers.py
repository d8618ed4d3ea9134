"""Mail servers on loopback: a real one (aiosmtpd), and one that says what a test wants to hear."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What the real server took in; `answers` are said to RCPT in turn before it says yes again."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    sessions: int = 0
    taken: Callable[[], None] = lambda: None

    async def handle_EHLO(  # noqa: N802 - as aiosmtpd names it
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd names it
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd names it
        if self.data:
            return self.data.pop(0)
        self.envelopes.append(envelope)
        self.mails.append(message_from_bytes(envelope.content or b"", policy=policy.default))
        self.taken()
        return "250 queued"


@asynccontextmanager
async def real_server(
    *, tls: ssl.SSLContext | None = None, port: int = 0, **how: Any
) -> AsyncIterator[Mailbox]:
    """Run aiosmtpd in this loop."""
    box = Mailbox()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        box.logins.append(login.login.decode())
        return AuthResult(success=login.password == b"right")

    how = {"enable_SMTPUTF8": True, "hostname": "mx.example", "authenticator": authenticate, **how}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, tls_context=tls, loop=loop, auth_require_tls=False, **how), "127.0.0.1", port
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


HELLO = ("220 nasty", "250 nasty")


@asynccontextmanager
async def nasty_server(*answers: str | None, ends: bool = True) -> AsyncIterator[tuple[int, list[str]]]:
    """Say these lines in turn, one for each line heard, the first at once; None is silence. Then hang up.

    What was heard is kept; a text after DATA counts as one line, up to its final dot.
    """
    heard: list[str] = []
    silent = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = ""
        for place, answer in enumerate(answers):
            if place:
                line = await (reader.readuntil(b"\r\n.\r\n") if said.startswith("354") else reader.readline())
                heard.append(line.decode(errors="replace").strip())
            if answer is None:
                await silent.wait()
                return
            said = answer
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
        if ends:
            end = reader.readuntil(b"\r\n.\r\n") if said.startswith("354") else reader.readline()
            heard.append((await end).decode(errors="replace").strip())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        silent.set()
        server.close()
        await asyncio.sleep(0)


def certificate(folder: Path, names: Sequence[str] = ("127.0.0.1",)) -> tuple[ssl.SSLContext, str]:
    """Make a server's certificate that signs itself; return its context and what to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives: list[x509.GeneralName] = [
        x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names
    ]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, pem.decode()
