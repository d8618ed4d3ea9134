"""Photos without what cameras hide in them: where one was taken, when, with which device."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sized

START, SCAN, RESTARTS = 0xD8, 0xDA, range(0xD0, 0xD9)
HIDES = frozenset({0xE1, 0xED, 0xFE})
"""JPEG segments for Exif and XMP, for IPTC, and for comments."""
PRIVATE = range(0xE3, 0xF0)
"""Those of camera makers; in some lies a whole second photo. Of them one is needed: Adobe's, for colours."""
ADOBE = 0xEE
MOST_PARTS = 20_000
PNG = b"\x89PNG\r\n\x1a\n"
PNG_HIDES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
WEBP_HIDES = frozenset({b"EXIF", b"XMP "})
WEBP_FLAGS = 0b0000_1100
"""The bits of a WebP's head that announce Exif and XMP."""
ORIENTATION = 0x0112
PLAYED = frozenset({b"NETSCAPE", b"ANIMEXTS"})
"""Additions to a GIF that say how often it is played."""
TRAILER, IMAGE, EXTENSION, COMMENT, APPLICATION = 0x3B, 0x2C, 0x21, 0xFE, 0xFF


def without_hidden(media_type: str, content: bytes) -> bytes:
    """Return a picture without its hidden data, pixel for pixel the same and the same way up.

    Raises ValueError (or IndexError, struct.error) when it is not whole.
    """
    readers = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}
    reader = readers.get(media_type)
    return reader(content) if reader else content


def _check_parts(kept: Sized) -> None:
    """Raise ValueError for more parts than any camera or program makes."""
    if len(kept) > MOST_PARTS:
        raise ValueError("it has too many parts")


def _jpeg(content: bytes) -> bytes:
    """Return a JPEG up to the end of its picture: behind that phones put previews, depths and films."""
    kept, at, turned = [content[:2]], 2, 1
    for mark, begin, at in _segments(content):
        part = content[begin:at]
        if mark == 0xE1 and part[4:10] == b"Exif\0\0":  # noqa: PLR2004 - the segment of Exif
            turned = _orientation(part[10:]) or turned
        dropped = mark in HIDES or (mark in PRIVATE and mark != ADOBE) or _is_index(mark, part)
        kept += [] if dropped else [part]
        _check_parts(kept)
    if turned != 1:
        kept.insert(1, _upright(turned))
    end = _end_of(content, at)
    if end < 0:
        raise ValueError("its end is missing")
    return b"".join([*kept, content[at : end + 2]])


def _is_index(mark: int, part: bytes) -> bool:
    """Say whether a segment tells where further photos lie behind this one."""
    return mark == 0xE2 and part[4:8] == b"MPF\0"  # noqa: PLR2004 - the segment of profiles and such indexes


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield mark, begin and end of each segment before the picture's own data, the scan's head the last."""
    at = 2
    while True:
        begin = at
        if content[at] != 0xFF:  # noqa: PLR2004 - what begins every segment
            raise ValueError("a segment does not begin where it should")
        while content[at] == 0xFF:  # noqa: PLR2004 - padding before the mark
            at += 1
        mark = content[at]
        length = struct.unpack_from(">H", content, at + 1)[0]
        at += 1 + length
        if length < 2 or at > len(content) or mark in RESTARTS:  # noqa: PLR2004 - a length counts itself
            raise ValueError("a segment is not whole")
        if mark == SCAN:
            yield SCAN, begin, begin
            return
        yield mark, begin, at


def _end_of(content: bytes, at: int) -> int:
    """Return where a picture ends: in its data FF is followed by 00 or a restart, else by a segment."""
    while (at := content.find(b"\xff", at)) >= 0:
        mark = content[at + 1]
        if mark == 0xD9:  # noqa: PLR2004 - the end
            return at
        if mark in {0x00, 0xFF} or mark in RESTARTS:
            at += 1 if mark == 0xFF else 2  # noqa: PLR2004 - padding
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    return -1


def _orientation(exif: bytes) -> int:
    """Return which way up it was taken, 1 to 8; 0 when it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    try:
        at = struct.unpack_from(f"{order}I", exif, 4)[0] if order else 0
        for entry in range(struct.unpack_from(f"{order}H", exif, at)[0] if order else 0):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * entry)
            if (tag, kind, count) == (ORIENTATION, 3, 1) and 1 <= value <= 8:  # noqa: PLR2004 - eight ways
                return int(value)
    except struct.error:
        return 0
    return 0


def _upright(turned: int) -> bytes:
    """Return an Exif segment that says which way up, and nothing else."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _png(content: bytes) -> bytes:
    kept, at = [PNG], len(PNG)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("a part is not whole")
        kept += [] if name in PNG_HIDES else [content[at:end]]
        _check_parts(kept)
        at = end
        if name == b"IEND":
            return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at, end = [b"WEBP"], 12, 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content):
        raise ValueError("it is not whole")
    while at < end:
        name, length = struct.unpack_from("<4sI", content, at)
        part = content[at : at + 8 + length + length % 2]
        if at + 8 + length > end:
            raise ValueError("a part is not whole")
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & ~WEBP_FLAGS]) + part[9:]
        kept += [] if name in WEBP_HIDES else [part]
        _check_parts(kept)
        at += 8 + length + length % 2
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(content: bytes) -> bytes:
    """Return a GIF without its comments and without what programs add, but how often it is played."""
    at = 13 + _colours(content[10])
    kept = [content[:at]]
    while content[at] != TRAILER:
        begin, hides = at, False
        if content[at] == IMAGE:
            at = _blocks(content, at + 11 + _colours(content[at + 9]))
        elif content[at] == EXTENSION:
            adds = content[at + 1] == APPLICATION and content[at + 3 : at + 11] not in PLAYED
            hides = adds or content[at + 1] == COMMENT
            at = _blocks(content, at + 2)
        else:
            raise ValueError("a part does not begin where it should")
        kept += [] if hides else [content[begin:at]]
        _check_parts(kept)
    return b"".join([*kept, bytes([TRAILER])])


def _colours(packed: int) -> int:
    """Return how many bytes the table of colours takes that these bits announce."""
    return 3 << (1 + (packed & 7)) if packed & 0x80 else 0


def _blocks(content: bytes, at: int) -> int:
    """Return where a row of blocks ends, each with its length before it and an empty one as the last."""
    while content[at]:
        at += 1 + content[at]
    return at + 1
