"""What goes wrong with an IMAP server, in a sentence that says what to do."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl

from plugins.connectors.imap.line import RefusedError

LONGEST = 200
BYTES = re.compile(r"""\bb(['"])(.*?)\1""")
"""What imaplib shows of the server's own words."""
SPACES = re.compile(r"[\x00-\x20\x7f-\x9f]+")
SENTENCES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ssl.SSLCertVerificationError, "The certificate of {host} is not to be trusted: {words}."),
    (ssl.SSLError, "{where} does not speak TLS as set: {words}."),
    (socket.gaierror, "The name {host} is not known (DNS)."),
    (TimeoutError, "{where} did not answer in time."),
    (ConnectionRefusedError, "{where} refused the connection."),
    (RefusedError, "{host} does not let us read {folder}: {words}."),
)


def why(error: BaseException, host: str, port: int, folder: str) -> str:
    """Return why the mailbox cannot be read."""
    where, words = f"{host}:{port}", quoted(str(getattr(error, "verify_message", "") or error))
    for kinds, sentence in SENTENCES:
        if isinstance(error, kinds):
            return sentence.format(host=host, where=where, words=words, folder=folder)
    if "STARTTLS" in words or "TLS not supported" in words:
        return f"{where} offers no STARTTLS, and nothing is read unencrypted."
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        return f"{host} does not let us in: {words}."
    return f"{where} ended the connection: {words or type(error).__name__}."


def quoted(words: str) -> str:
    """Return what the server said on one short line: it is somebody else's text."""
    plain = SPACES.sub(" ", BYTES.sub(r"\2", words)).strip().rstrip(".")
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} …"
