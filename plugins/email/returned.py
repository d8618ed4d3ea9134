"""What passes between the mailbox that takes what comes back, and the log of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol


class Back(StrEnum):
    """What came back.

    `bounced`: the address does not exist or takes no mail. `refused`: the message came back, the address
    lives (a full mailbox, a spam filter). `delayed`: it is still being tried. `unsubscribed`: they answered a
    mailing so, or reported a message as spam. `reply`: an absence notice or another machine's answer.
    `stranger`: a report about nothing we can prove to have sent. `other`: anything else.
    """

    BOUNCED = "bounced"
    REFUSED = "refused"
    DELAYED = "delayed"
    UNSUBSCRIBED = "unsubscribed"
    REPLY = "reply"
    STRANGER = "stranger"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message of the mailbox, as it lies there; only its beginning if it is long.

    `raw` is None for one that could not be fetched, and `trouble` says why.
    """

    uid: int
    raw: bytes | None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Return:
    """What one message of the mailbox turned out to be; `number` is the e-mail of ours it is about.

    A message is known by the mailbox, its validity and its uid, and by the `digest` of its text wherever it
    lies.
    """

    mailbox: str
    validity: int
    uid: int
    digest: str
    back: Back
    number: str | None = None
    said: str = ""


class OpenBox(Protocol):
    """The mailbox, open for reading. `validity` changes when the server counts its messages anew."""

    name: str
    validity: int

    async def read(self, after: int, most: int) -> Sequence[Letter]:
        """Return the next messages with a higher uid, lowest first; nothing in the mailbox changes.

        `most` that could be fetched, with those between them that could not. Unavailable when the mailbox
        cannot be spoken to.
        """
        ...


class Returns(Protocol):
    """The mailbox that takes what comes back: an IMAP folder."""

    port_name: ClassVar[str] = "returns"

    def check(self) -> None:
        """Raise Unavailable, which says what an admin has to set, unless there is a mailbox to read."""
        ...

    def open(self) -> AbstractAsyncContextManager[OpenBox]:
        """Open it; Unavailable says what an admin has to set, or why the server cannot be spoken to."""
        ...
