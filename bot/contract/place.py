"""Where somebody speaks to the bot: which surface, which channel, and who else reads along there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class PlaceKind(StrEnum):
    """Who reads along: nobody, some colleagues, all, guests too, or also people of other organisations."""

    DIRECT = "direct"
    PRIVATE = "private"
    PUBLIC = "public"
    GUESTS = "guests"
    SHARED = "shared"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place; the channel rules of the tenant say what may be asked and done in it.

    Without anything known it counts as a channel that has no rule of its own.
    """

    surface: str = ""
    channel: str = ""
    kind: PlaceKind = PlaceKind.PRIVATE

    def __str__(self) -> str:
        return "" if self == SOMEWHERE else ":".join(filter(None, (self.surface, self.channel, self.kind)))

    @property
    def direct(self) -> bool:
        """Say whether nobody else reads along."""
        return self.kind is PlaceKind.DIRECT

    @property
    def outsiders(self) -> bool:
        """Say whether somebody reads along who is no member: a guest, or people of other organisations."""
        return self.kind in {PlaceKind.GUESTS, PlaceKind.SHARED}

    def wire(self) -> dict[str, str]:
        """Return it as it is kept with a call.

        A version of the bot that knows nothing of guests reads them as people of other organisations.
        """
        kind = PlaceKind.SHARED if self.kind is PlaceKind.GUESTS else self.kind
        told = {"surface": self.surface, "channel": self.channel, "kind": str(kind)}
        return told if kind is self.kind else {**told, "who": str(self.kind)}

    @classmethod
    def of(cls, kept: Mapping[str, str] | None) -> Self:
        """Return what `wire` kept; of a call that knows none, a place without a rule of its own."""
        if not kept:
            return cls()
        return cls(
            surface=kept["surface"], channel=kept["channel"], kind=PlaceKind(kept.get("who", kept["kind"]))
        )


SOMEWHERE = Place()
"""A place nothing is known of."""
