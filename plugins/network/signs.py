"""What the far ends of the lines say, and lines that stand out: the nouns of watching and of acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugins.network.nouns import Device, Ont


@dataclass(frozen=True, kw_only=True)
class PonSigns:
    """How the ONTs of one PON are, by count: up, without light, without power, silent."""

    port: str
    onts: int
    los: int = 0
    gasp: int = 0
    silent: int = 0

    @property
    def dark(self) -> int:
        """Return how many are not up, for whatever reason."""
        return self.los + self.gasp + self.silent


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What tells causes apart below a place: its PONs, and the devices in and above it that are down."""

    pons: tuple[PonSigns, ...] = ()
    down: tuple[Device, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """When a state began that is asked for: at or after one moment, at or before another; None is any."""

    after: datetime | None = None
    before: datetime | None = None

    def fits(self, since: datetime | None) -> bool:
        """Say whether a state that began then is one of those; None began before all times."""
        if since is None:
            return self.after is None
        return (self.after is None or since >= self.after) and (self.before is None or since <= self.before)


EVER = Begun()


@dataclass(frozen=True, kw_only=True)
class OntLine:
    """An ONT on a PON and whose it is."""

    ont: Ont
    port: str
    service: str | None = None
    customer: str | None = None
    name: str | None = None
    online: bool | None = None


@dataclass(frozen=True, kw_only=True)
class OntPage:
    """The first ONTs that fit, and how many fit in all."""

    lines: tuple[OntLine, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Offline:
    """A service without a session: since when (None: it never had one), where it hangs."""

    customer: str
    name: str
    service: str
    kind: str
    tier: str
    phone: str | None = None
    since: datetime | None = None
    port: str | None = None


@dataclass(frozen=True, kw_only=True)
class OfflinePage:
    """The services that went offline last, how many are, and of how many."""

    lines: tuple[Offline, ...]
    total: int
    services: int


@dataclass(frozen=True, kw_only=True)
class Sinking:
    """A PON whose mean level went from `before` to `now` (dBm)."""

    port: str
    before: float
    now: float
    since: datetime
    at: datetime
    lines: int = 0

    @property
    def fell(self) -> float:
        """Return how many dB it lost."""
        return self.before - self.now


@dataclass(frozen=True, kw_only=True)
class Drops:
    """A line whose session ended several times: how often, when last, and why most often."""

    customer: str
    name: str
    service: str
    drops: int
    last: datetime
    nas: str | None = None
    port: str | None = None
    cause: str | None = None
    online: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DropsPage:
    """The lines that drop most, and how many fit in all."""

    lines: tuple[Drops, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who had an address, from when until when (None: still)."""

    customer: str
    name: str
    service: str
    username: str
    started_at: datetime
    ended_at: datetime | None = None
    ipv4: str | None = None
    mac: str | None = None
    nas: str | None = None


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What a device was told to do. `simulated`: nothing left our own records."""

    target: str
    at: datetime
    simulated: bool = False
    back_within: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class NewOutage:
    """An outage to declare, at a port, device or site."""

    title: str
    cause: str = ""
    note: str = ""
    site: str | None = None
    device: str | None = None
    port: str | None = None
    eta: datetime | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OutageChange:
    """What to change on an outage; None leaves it. `status`: active, resolved or withdrawn."""

    status: str | None = None
    note: str | None = None
    cause: str | None = None
    eta: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NewMaintenance:
    """Planned work at a port, device or site."""

    title: str
    starts_at: datetime
    ends_at: datetime
    site: str | None = None
    device: str | None = None
    port: str | None = None
