"""What a file is that was handed in: told by its bytes, never by its name or what somebody calls it."""

from __future__ import annotations

import re
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contract.handed import LARGEST, Upload, size_said
from bot.core.photo_data import without_hidden
from bot.errors import BadInput

TAKEN = "I take photos (JPEG, PNG, GIF, WebP), PDF, plain text and CSV."
LONGEST_NAME = 120
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/csv": ("csv",),
    "text/plain": ("txt", "log", "text"),
}
"""The name endings of each kind; the first is given to a file that has another one."""
REFUSED = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"PK", "a ZIP archive or an Office document"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"#!", "a script"),
)
HEIC = re.compile(rb"^....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1|avif)", re.DOTALL)
FILM = re.compile(rb"^....ftyp", re.DOTALL)
MARKUP = re.compile(r"^\s*<(?:!doctype|\?xml|html|head|body|svg|script)\b|^\s*<\?php", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""Escapes may stand in a log with colours; nothing else that steers a terminal or ends a text does."""


@dataclass(frozen=True, kw_only=True)
class Vetted:
    """A file that may be kept: its name tidied, its hidden data gone (`cleaned` says there was some)."""

    name: str
    media_type: str
    content: bytes
    cleaned: bool = False


def vetted(upload: Upload) -> Vetted:
    """Return a file as it may be kept; BadInput says in a sentence why it may not."""
    name, content = tidy_name(upload.name), upload.content
    check_size(name, len(content))
    kind = kind_of(name, content)
    try:
        clean = without_hidden(kind, content)
    except (ValueError, IndexError, struct.error):
        raise BadInput(f"{name} is damaged or not whole. Send it again.") from None
    return Vetted(name=_named(name, kind), media_type=kind, content=clean, cleaned=clean != content)


def check_size(name: str, size: int) -> None:
    """Raise BadInput for an empty file and for one that is too large."""
    if size == 0:
        raise BadInput(f"{name} is empty. Send it again.")
    if size > LARGEST:
        raise BadInput(
            f"{name} is {size_said(size)} large; up to {size_said(LARGEST)} fit. "
            "Make it smaller, or send a part of it."
        )


def tidy_name(name: str) -> str:
    """Return the last part of a name, without what could lead elsewhere or turn the reading around."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" or c in '<>:"|?*`“”[]' else c for c in last)
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot else plain
    return (short if len(short) <= LONGEST_NAME else plain[:LONGEST_NAME]) or "file"


def kind_of(name: str, content: bytes) -> str:
    """Return the media type of what a file really is; BadInput names what cannot be taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if HEIC.match(content):
        raise BadInput(
            f"{name} is a HEIC photo, which most screens here cannot show. Send it as JPEG: on an iPhone "
            "under Settings, Camera, Formats, choose “Most Compatible”."
        )
    for begin, what in REFUSED:
        if content.startswith(begin):
            raise BadInput(f"{name} is {what}, whatever its name says, and was not kept. {TAKEN}")
    if FILM.match(content):
        raise BadInput(f"{name} is a film, and was not kept. {TAKEN}")
    return _kind_of_text(name, content)


def _kind_of_text(name: str, content: bytes) -> str:
    """Return `text/plain` or `text/csv`; BadInput where it is no text, or text that a program would run."""
    text, ending = _text(content), _ending(name)
    other = BadInput(f"{name} is of a kind I do not know, and was not kept. {TAKEN}")
    if text is None or CONTROL.search(text):
        raise other
    if MARKUP.match(text):
        raise BadInput(f"{name} is a web page or drawing that can hold programs, and was not kept. {TAKEN}")
    if ending and ending not in {*ENDINGS["text/plain"], *ENDINGS["text/csv"]}:
        raise other
    return "text/csv" if ending in ENDINGS["text/csv"] else "text/plain"


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):  # what spreadsheets write, and older Windows
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _named(name: str, kind: str) -> str:
    """Return a name that ends as its kind does."""
    endings = ENDINGS[kind]
    if _ending(name) in endings:
        return name
    known = {one for more in ENDINGS.values() for one in more}
    stem = name.rpartition(".")[0] if _ending(name) in known else name
    return f"{stem}.{endings[0]}"
