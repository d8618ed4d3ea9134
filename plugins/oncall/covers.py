"""Who stands in for whom: covers laid over the turns of a rotation, the later made on top."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from plugins.oncall.rotation import Turn


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch in which `person` is on call: in place of `instead`, or of whoever it would be."""

    person: str
    since: datetime
    until: datetime
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A cover of one piece, or a swap of several that hold together; `number` is how people name it."""

    id: str
    number: int
    team: str
    pieces: tuple[Piece, ...]
    by: str
    by_id: str
    made_at: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    @property
    def since(self) -> datetime:
        """When its first piece begins."""
        return min(one.since for one in self.pieces)

    @property
    def until(self) -> datetime:
        """When its last piece is over."""
        return max(one.until for one in self.pieces)

    @property
    def people(self) -> frozenset[str]:
        """Everybody it is about."""
        return frozenset(name for one in self.pieces for name in (one.person, one.instead) if name)


def covered(turns: Sequence[Turn], covers: Iterable[Cover], gone: Collection[str] = ()) -> list[Turn]:
    """Return the turns with the covers laid over them, in the order they were made.

    A piece in place of somebody holds only while it would be theirs; one of a person who is gone does not.
    """
    found = list(turns)
    for cover in sorted(covers, key=lambda one: (one.made_at, one.number)):
        before = found
        for piece in cover.pieces:
            if piece.person not in gone:
                found = _laid(found, piece, before)
    return found


def _laid(turns: Sequence[Turn], piece: Piece, before: Sequence[Turn]) -> list[Turn]:
    """Return the turns with one piece over them.

    The pieces of a swap are held against what was `before` all of it, so that one does not undo the other.
    """
    old = [one for one in before if one.since < piece.until and piece.since < one.until]
    edges = sorted({piece.since, piece.until, *(one.since for one in old)})
    found: list[Turn] = []
    for turn in turns:
        if turn.until <= piece.since or piece.until <= turn.since:
            found.append(turn)
            continue
        cuts = [turn.since, *(at for at in edges if turn.since < at < turn.until), turn.until]
        for since, until in pairwise(cuts):
            whose = next((one.person for one in old if one.since <= since < one.until), "")
            holds = piece.since <= since < piece.until and piece.instead in ("", whose)
            found.append(Turn(since=since, until=until, person=piece.person if holds else turn.person))
    return found
