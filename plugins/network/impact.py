"""What the network port answers about a place: how it is, and who hangs below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.api import Money
from plugins.network.nouns import Device, Maintenance, Outage, Port, Site


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point of the topology whose customers are asked for; an outage names one too."""

    kind: Literal["site", "device", "port", "splitter"]
    key: str


def narrowest(named: Outage | Maintenance) -> Place | None:
    """Return the narrowest place that an outage or planned work names; None when it names none."""
    if named.port:
        return Place(kind="port", key=named.port)
    if named.device:
        return Place(kind="device", key=named.device)
    return Place(kind="site", key=named.site) if named.site else None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A customer's service below a place. `online`: its session is up; None if nobody knows."""

    customer: str
    name: str
    kind: str
    tier: str
    service: str
    online: bool | None
    phone: str | None = None
    street: str | None = None
    price: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """Who hangs below a place: counts over all, and the first hits, critical and business first."""

    place: Place
    customers: int
    services: int
    critical: int
    premium: int
    business: int
    online: int
    monthly: Money
    streets: tuple[tuple[str, int], ...]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True)
class DeviceStatus:
    """A device with its ports, what hangs on it, and what is known to be wrong."""

    device: Device
    site: Site
    ports: tuple[Port, ...]
    children: tuple[Device, ...]
    services: int
    online: int
    outages: tuple[Outage, ...]
    maintenance: tuple[Maintenance, ...]


@dataclass(frozen=True, kw_only=True)
class SiteStatus:
    """A site with its devices and what is known to be wrong."""

    site: Site
    devices: tuple[Device, ...]
    services: int
    online: int
    outages: tuple[Outage, ...]
    maintenance: tuple[Maintenance, ...]


@dataclass(frozen=True, kw_only=True)
class NasSessions:
    """Live sessions on one BNG or NAS, with the newest accounting update."""

    nas: str
    live: int
    started_hour: int
    ended_hour: int
    updated_at: datetime | None = None
