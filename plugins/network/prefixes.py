"""Address pools: prefixes that lines get their IPv4 addresses from, and how full they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A prefix, e.g. `100.64.4.0/22`, that lines get addresses from; `name` is unique.

    `size` is how many addresses it has, all of them, as PPPoE hands every one out. `used` are those that a
    service still in use keeps, or a session that is up has. Without a `site` nobody sees it who may see only
    a part of the network.
    """

    name: str
    prefix: str
    size: int
    used: int
    purpose: str = ""
    site: str | None = None
    region: str | None = None
    partner: str | None = None

    @property
    def free(self) -> int:
        """Return how many addresses nobody has."""
        return self.size - self.used

    @property
    def share(self) -> float:
        """Return how full it is, from 0 to 1."""
        return self.used / self.size


@dataclass(frozen=True, kw_only=True)
class NewPool:
    """A pool to keep on record; its prefix overlaps no other."""

    name: str
    prefix: str
    purpose: str = ""
    site: str | None = None
