"""One connection to an IMAP server (RFC 3501), spoken in a thread of its own: read, and change nothing."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from plugins.connectors.imap.settings import ImapSettings, Tls
from plugins.email.port import Letter

LONGEST = 256 << 10
"""How much of a message is fetched: reports say what they say at their beginning."""
UID = re.compile(rb"\bUID (\d+)")
FOUND = "OK"


class RefusedError(Exception):
    """The server said no, and this is what it said."""


class Line:
    """A connection that is logged in, with the folder open for reading only."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self.validity = 0
        self._server = _connect(settings)
        with ExitStack() as undone:
            undone.callback(self.close)
            self._log_in()
            self._open_folder()
            undone.pop_all()

    def read(self, after: int, most: int) -> Sequence[Letter]:
        """Return the next messages above a uid, lowest first."""
        said = self._asked(*self._server.uid("SEARCH", f"UID {after + 1}:*"))
        # `n:*` always names the last message too, however low it is
        listed = b" ".join(part for part in said if isinstance(part, bytes)).split()
        uids = sorted(uid for uid in map(int, listed) if uid > after)[:most]
        return [letter for uid in uids for letter in self._fetch(uid)]

    def _fetch(self, uid: int) -> Sequence[Letter]:
        """Return one message, or none when it was deleted meanwhile."""
        said = self._asked(*self._server.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LONGEST}>)"))
        for part in said:
            if isinstance(part, tuple) and (found := UID.search(part[0])) and int(found[1]) == uid:
                return [Letter(uid=uid, raw=part[1])]
        return []

    def close(self) -> None:
        """Say goodbye; whatever goes wrong with that does not matter any more."""
        try:
            self._server.logout()
        except (OSError, imaplib.IMAP4.error):
            _hang_up(self._server)

    def _log_in(self) -> None:
        known, server = self._settings, self._server
        user, password = known.username, known.password.get_secret_value()
        if "AUTH=PLAIN" in server.capabilities:
            self._asked(*server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode()))
        else:
            self._asked(*server.login(_quoted(user), password))

    def _open_folder(self) -> None:
        self._asked(*self._server.select(_quoted(self._settings.folder), readonly=True))
        _, said = self._server.response("UIDVALIDITY")
        if not said or not said[0]:
            raise RefusedError("it does not say how it counts its messages (UIDVALIDITY)")
        self.validity = int(said[0])

    @staticmethod
    def _asked(answer: str, said: Sequence[object]) -> Sequence[object]:
        if answer != FOUND:
            words = b" ".join(part for part in said if isinstance(part, bytes))
            raise RefusedError(words.decode("utf-8", "replace"))
        return said


def _connect(known: ImapSettings) -> imaplib.IMAP4:
    wait = float(known.timeout_seconds)
    if known.tls is Tls.TLS:
        return imaplib.IMAP4_SSL(
            known.host, known.port, ssl_context=_trust(known.ca_certificate), timeout=wait
        )
    server = imaplib.IMAP4(known.host, known.port, timeout=wait)
    if known.tls is Tls.STARTTLS:
        with ExitStack() as undone:
            undone.callback(_hang_up, server)
            server.starttls(_trust(known.ca_certificate))
            undone.pop_all()
    return server


def _hang_up(server: imaplib.IMAP4) -> None:
    """Let go of a line; one that broke while it was being encrypted is closed already."""
    with suppress(OSError):
        server.shutdown()


def _trust(pem: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if pem.strip():
        context.load_verify_locations(cadata=pem)
    return context


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
