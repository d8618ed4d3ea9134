"""What a mail server said, as one sentence and what to do about it: again later, or never."""

from __future__ import annotations

import re
import socket
import ssl

from aiosmtplib import SMTPAuthenticationError, SMTPResponseException, SMTPTimeoutError

from plugins.email.port import Delivery, Outcome

NO_SUCH = re.compile(r"\b5\.1\.[0-9]+\b")
POLICY = re.compile(r"\b5\.[2-7]\.[0-9]+\b")
UNKNOWN_USER = frozenset((550, 551, 553))
PERMANENT, TOO_BIG, LOGIN_FIRST, CLOSING = 500, 552, 530, 421
LONGEST = 200
TOO_MUCH = "It is too big for the mail server or the mailbox"
SPACES = re.compile(r"[\x00-\x20\x7f-\x9f]+")
SENTENCES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ssl.SSLCertVerificationError, "The certificate of {host} is not to be trusted: {words}."),
    (ssl.SSLError, "{where} does not speak TLS as set: {words}."),
    (socket.gaierror, "The name {host} is not known (DNS)."),
    (SMTPAuthenticationError, "{host} does not accept the user name or password: {words}."),
    ((SMTPTimeoutError, TimeoutError), "{where} did not answer in time."),
    (ConnectionRefusedError, "{where} refused the connection."),
    (SMTPResponseException, "{host} turned us away: {words}."),
)


def quoted(words: str) -> str:
    """Return what the server said on one short line: it is somebody else's text."""
    plain = SPACES.sub(" ", words).strip()
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} …"


def why_no_line(error: Exception, host: str, port: int) -> str:
    """Return why the server cannot be spoken to, in a sentence."""
    where, cause = f"{host}:{port}", _root(error)
    words = quoted(str(_words(cause)))
    if isinstance(cause, SMTPResponseException):
        words = f"{cause.code} {words}"
    for kinds, sentence in SENTENCES:
        if isinstance(cause, kinds):
            return sentence.format(host=host, where=where, words=words)
    if "STARTTLS" in words:
        return f"{where} offers no STARTTLS, and nothing is sent unencrypted."
    return f"{where} ended the connection: {words or type(cause).__name__}."


def _words(cause: BaseException) -> object:
    """Return what an error says; a certificate's has a sentence of its own."""
    for name in ("verify_message", "message", "reason"):
        if words := getattr(cause, name, ""):
            return words
    return cause


def _root(error: BaseException) -> BaseException:
    """Return the error that says most: an SMTP error often wraps it."""
    seen = error
    for _ in range(5):
        telling = seen.__cause__ or seen.__context__
        if isinstance(seen, ssl.SSLError | socket.gaierror | SMTPAuthenticationError) or telling is None:
            break
        if not isinstance(telling, ssl.SSLError | OSError):
            break
        seen = telling
    return seen


def refused(error: SMTPResponseException, what: str) -> Delivery:
    """Return what follows from an answer that was no."""
    said = f"{what}: {error.code} {quoted(error.message)}"
    if error.code in {CLOSING, LOGIN_FIRST}:
        return Delivery(outcome=Outcome.LATER, said=said, trouble=True)
    if error.code < PERMANENT:
        return Delivery(outcome=Outcome.LATER, said=said)
    if error.code == TOO_BIG:
        return Delivery(
            outcome=Outcome.FAILED, said=f"It is too big for the mail server or the mailbox: {said}"
        )
    return Delivery(outcome=Outcome.FAILED, said=said)


def recipient_refused(error: SMTPResponseException, to: str) -> Delivery:
    """Return what follows from a recipient that was refused: an address that does not exist bounces."""
    usual = refused(error, f"The mail server does not take mail for {to}")
    gone = NO_SUCH.search(error.message) or (error.code in UNKNOWN_USER and not POLICY.search(error.message))
    if usual.outcome is Outcome.FAILED and gone:
        return Delivery(outcome=Outcome.BOUNCED, said=usual.said)
    return usual
