"""Long text in pieces that fit, broken where people would break it."""

from __future__ import annotations

BREAKS = ("\n\n", "\n", ". ", " ")
FENCE = "```"


def pieces(text: str, most: int) -> list[str]:
    """Return the text in pieces of at most `most` characters; code fences are closed and reopened."""
    found: list[str] = []
    rest, fenced = text, False
    while rest:
        room = most - 2 * (len(FENCE) + 1)
        piece, rest = (rest, "") if len(rest) <= room else _cut(rest, room)
        opened = f"{FENCE}\n{piece}" if fenced else piece
        fenced ^= piece.count(FENCE) % 2 == 1
        found.append(f"{opened}\n{FENCE}" if fenced and rest else opened)
    return found


def _cut(text: str, room: int) -> tuple[str, str]:
    for mark in BREAKS:
        at = text.rfind(mark, room // 2, room)
        if at > 0:
            return text[:at].rstrip("\n"), text[at + len(mark) :] if mark != ". " else text[at + 1 :].lstrip()
    at = room
    # Not inside an entity: "&am" would show.
    if (start := text.rfind("&", room - 6, room)) > 0 and ";" not in text[start:room]:
        at = start
    return text[:at], text[at:]
