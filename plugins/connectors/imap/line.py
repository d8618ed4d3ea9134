"""One connection to an IMAP server (RFC 3501), spoken in a thread of its own: read, and change nothing."""

from __future__ import annotations

import imaplib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress

from plugins.connectors.imap.settings import ImapSettings
from plugins.email.port import Letter, Tls, trust

LONGEST = 256 << 10
"""How much of a message is fetched: reports say what they say at their beginning."""
LISTED = 100
"""How many uids are asked for at once: however many messages there are, no answer is long."""
LOST = 500
"""Messages of one read that could not be fetched, after which it is the server that is at fault."""
RECONNECTS = 3
UID = re.compile(rb"\bUID (\d+)")
FOUND = "OK"


class RefusedError(Exception):
    """The server said no, and this is what it said."""


class Line:
    """A connection that is logged in, with the folder open for reading only."""

    def __init__(self, settings: ImapSettings, token: str = "") -> None:
        self._settings, self._token = settings, token
        self.validity = 0
        self._count = 0
        self._connect()

    def read(self, after: int, most: int) -> Sequence[Letter]:
        """Return the next messages above a uid, lowest first, so many of them that could be fetched."""
        self._look_again()
        letters, good, reconnects = list[Letter](), 0, 0
        for uid in self._uids_above(after):
            try:
                letter = self._fetch(uid)
            except (imaplib.IMAP4.abort, ConnectionError) as error:
                reconnects += 1
                if reconnects > RECONNECTS:
                    raise
                self._connect_again()
                letter = Letter(uid=uid, raw=None, trouble=f"the line broke: {error}")
            letters.append(letter)
            good += letter.raw is not None
            if good >= most or len(letters) - good >= LOST:
                break
        return letters

    def _uids_above(self, after: int) -> Iterator[int]:
        """Return uids, lowest first.

        They rise with the place in the folder, so the first is found by halving. A search over a folder of
        150,000 messages answers in one line of a megabyte, which imaplib does not take.
        """
        if self._count == 0 or self._uid_at(self._count) <= after:
            return
        first = 1 + bisect_right(range(1, self._count + 1), after, key=self._uid_at)
        for place in range(first, self._count + 1, LISTED):
            yield from self._uids_at(place, min(place + LISTED - 1, self._count))

    def _uid_at(self, place: int) -> int:
        uids = self._uids_at(place, place)
        if not uids:
            raise RefusedError(f"it counts {self._count} messages and has none at {place}")
        return uids[0]

    def _uids_at(self, first: int, last: int) -> Sequence[int]:
        said = self._asked(*self._server.fetch(f"{first}:{last}", "(UID)"))
        return sorted(int(uid[1]) for part in said if isinstance(part, bytes) and (uid := UID.search(part)))

    def _fetch(self, uid: int) -> Letter:
        """Return one message; without its text when the server does not hand it out, or it was deleted."""
        try:
            said = self._asked(*self._server.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LONGEST}>)"))
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, RefusedError) as error:
            return Letter(uid=uid, raw=None, trouble=str(error))
        for part in said:
            if isinstance(part, tuple) and (found := UID.search(part[0])) and int(found[1]) == uid:
                return Letter(uid=uid, raw=part[1])
        return Letter(uid=uid, raw=None, trouble="the server sent nothing")

    def close(self) -> None:
        """Say goodbye; whatever goes wrong with that does not matter any more."""
        try:
            self._server.logout()
        except (OSError, imaplib.IMAP4.error):
            _hang_up(self._server)

    def _connect(self) -> None:
        self._server = _connect(self._settings)
        with ExitStack() as undone:
            undone.callback(self.close)
            self._log_in()
            self._open_folder()
            undone.pop_all()

    def _connect_again(self) -> None:
        """Go on over a new line; what was counted on the old one has to hold."""
        known = self.validity
        _hang_up(self._server)
        self._connect()
        self._same(known)

    def _look_again(self) -> None:
        """Learn what has come since, and what was deleted."""
        known = self.validity
        self._open_folder()
        self._same(known)

    def _same(self, known: int) -> None:
        if self.validity != known:
            raise RefusedError("it counts its messages anew")

    def _log_in(self) -> None:
        known, server = self._settings, self._server
        user, password = known.username, known.password.get_secret_value()
        if self._token:
            self._show_token(user)
        elif "AUTH=PLAIN" in server.capabilities:
            self._asked(*server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode()))
        else:
            self._asked(*server.login(_quoted(user), password))

    def _show_token(self, user: str) -> None:
        """Log in with an access token; the reason of a refusal is asked for by an empty answer."""
        if "AUTH=XOAUTH2" not in self._server.capabilities:
            raise RefusedError("it offers no signing in by a token (XOAUTH2)")
        answers = iter((f"user={user}\x01auth=Bearer {self._token}\x01\x01".encode(),))
        self._asked(*self._server.authenticate("XOAUTH2", lambda _: next(answers, b"")))

    def _open_folder(self) -> None:
        (count, *_) = self._asked(*self._server.select(_quoted(self._settings.folder), readonly=True))
        self._count = int(count) if isinstance(count, bytes) else 0
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
            known.host, known.port, ssl_context=trust(known.ca_certificate), timeout=wait
        )
    server = imaplib.IMAP4(known.host, known.port, timeout=wait)
    if known.tls is Tls.STARTTLS:
        with ExitStack() as undone:
            undone.callback(_hang_up, server)
            server.starttls(trust(known.ca_certificate))
            undone.pop_all()
    return server


def _hang_up(server: imaplib.IMAP4) -> None:
    """Let go of a line; one that broke while it was being encrypted is closed already."""
    with suppress(OSError):
        server.shutdown()


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
