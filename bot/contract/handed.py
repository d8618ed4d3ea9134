"""Files that somebody hands in with their words: what they are, and how an action reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from pydantic import Field

from bot.errors import Unavailable

MEGABYTE = 1_000_000
LARGEST = 10 * MEGABYTE
"""Bytes of one file."""
MOST_AT_ONCE = 10
"""Files that go with one message."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as a surface got it, not looked at yet: its name is what somebody called it, no more."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A file that was handed in and looked at; `media_type` is what it is, whatever its name says.

    `size` is in bytes, `sha256` in hexadecimal, both of what is kept: of a photo without the hidden data in
    which cameras write where it was taken (`cleaned` says that there was some).
    """

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    cleaned: bool = False

    @property
    def said(self) -> str:
        """Return `splice.jpg (1.2 MB)`."""
        return f"{self.name} ({size_said(self.size)})"


class HandedIn:
    """Marks an argument as the files that were handed in with the words; see `GivenFiles`."""


GivenFiles = Annotated[list[str], HandedIn(), Field(max_length=MOST_AT_ONCE)]
"""An argument for files: their ids. People never type it: they hand files in, and the bot fills it in."""


class HandedFiles(Protocol):
    """The files whoever asks has handed in, and nobody else's."""

    async def about(self, ids: Sequence[str]) -> Sequence[Handed]:
        """Return what they are, in this order; NotFound when one is not theirs, or was not kept so long."""
        ...

    async def read(self, file: Handed) -> bytes:
        """Return what is in one."""
        ...


class NoFiles:
    """Where nobody hands anything in."""

    async def about(self, ids: Sequence[str]) -> Sequence[Handed]:
        """Refuse."""
        del ids
        raise Unavailable("No file can be handed in here.")

    async def read(self, file: Handed) -> bytes:
        """Refuse."""
        raise Unavailable(f"{file.name} cannot be read from here.")


NO_FILES: HandedFiles = NoFiles()


def size_said(size: int) -> str:
    """Return `1.2 MB`, `340 kB` or `12 bytes`."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    if size >= 1000:  # noqa: PLR2004 - bytes of a kB
        return f"{size / 1000:.0f} kB"
    return "1 byte" if size == 1 else f"{size} bytes"
