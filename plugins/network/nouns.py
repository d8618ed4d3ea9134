"""The nouns of the network: sites, devices, ports, ONTs, sessions, outages, lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.api import Ref, ago, moment, span

OVERLOAD, WEAK, SENSITIVITY = -8.0, -25.0, -27.0
"""Optical power at an ONT in dBm. ITU-T G.984.2 Amd. 1, class B+: it hears from -27 (sensitivity) to
-8 (overload); within 2 dB of the limit a bend or a dirty connector takes the line down."""
RADIO_WEAK, RADIO_LOST = -70.0, -80.0
"""The same for the radio of a wireless line."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A POP or tower. `code` is the key."""

    code: str
    name: str
    region: str
    kind: str
    partner: str | None = None
    lat: float | None = None
    lon: float | None = None

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.code, "partner": self.partner}


SiteRef = Annotated[Site, Ref("site")]


@dataclass(frozen=True, kw_only=True)
class Device:
    """A BNG, router, switch, OLT or AP. `name` is the key; `site` is a site's code."""

    name: str
    kind: str
    site: str
    status: str
    status_since: datetime
    seen_at: datetime
    vendor: str | None = None
    model: str | None = None
    ip: str | None = None
    parent: str | None = None
    region: str | None = None
    partner: str | None = None

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


DeviceRef = Annotated[Device, Ref("device")]


@dataclass(frozen=True, kw_only=True)
class Port:
    """A PON, a sector or an Ethernet port. `key` is device and name: `olt-nth-03-1 PON 1/3`."""

    device: str
    name: str
    kind: str
    status: str
    status_since: datetime
    capacity: int | None = None
    lines: int = 0
    offline: int = 0
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def key(self) -> str:
        """Return the name that is unique in the tenant."""
        return f"{self.device} {self.name}"

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


PortRef = Annotated[Port, Ref("port")]


@dataclass(frozen=True, kw_only=True)
class Ont:
    """The subscriber's end of a line: an ONT, or the radio of a wireless one."""

    serial: str
    status: str
    status_since: datetime
    seen_at: datetime
    model: str | None = None
    rx_dbm: float | None = None
    tx_dbm: float | None = None
    distance_m: int | None = None
    last_down_cause: str | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A PPPoE or IPoE session; `ended_at` None means it is up."""

    username: str
    started_at: datetime
    updated_at: datetime
    ipv4: str | None = None
    mac: str | None = None
    nas: str | None = None
    nas_port: str | None = None
    ended_at: datetime | None = None
    terminate_cause: str | None = None
    bytes_in: int = 0
    bytes_out: int = 0

    @property
    def up(self) -> bool:
        """Whether it is still there."""
        return self.ended_at is None

    def said(self, now: datetime, zone: ZoneInfo) -> str:
        """Return `up since 09:12 (7 h 43 min), 100.64.7.9 on bng1`, or since when and why it is down."""
        if self.ended_at is not None:
            why = f", {self.terminate_cause}" if self.terminate_cause else ""
            return f"down since {moment(self.ended_at, now, zone)} ({ago(self.ended_at, now)}{why})"
        where = f" on {self.nas}" if self.nas else ""
        address = f", {self.ipv4}{where}" if self.ipv4 else where
        return f"up since {moment(self.started_at, now, zone)} ({span(now - self.started_at)}){address}"


@dataclass(frozen=True, kw_only=True)
class Outage:
    """Something is down for several customers. `number` is the key."""

    number: str
    title: str
    status: str
    started_at: datetime
    cause: str | None = None
    note: str | None = None
    site: str | None = None
    device: str | None = None
    port: str | None = None
    eta: datetime | None = None
    ended_at: datetime | None = None
    services: int | None = None
    region: str | None = None
    partner: str | None = None

    @property
    def where(self) -> str:
        """Return the narrowest place it names."""
        return self.port or self.device or self.site or ""

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


OutageRef = Annotated[Outage, Ref("outage")]


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """Planned work. `number` is the key; `status` planned, active, done or cancelled."""

    number: str
    title: str
    starts_at: datetime
    ends_at: datetime
    status: str
    site: str | None = None
    device: str | None = None
    port: str | None = None
    region: str | None = None
    partner: str | None = None

    @property
    def where(self) -> str:
        """Return the narrowest place it names."""
        return self.port or self.device or self.site or ""

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


MaintenanceRef = Annotated[Maintenance, Ref("maintenance")]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One service of a customer as the network sees it, from session to site.

    `outages` are active ones on its port, device, device's parents or site; `maintenance` is
    running or starts within a day. `serial` is the box on record, also where no OLT was read and `ont` is not
    known.
    """

    service: str
    customer: str
    kind: str
    status: str
    username: str | None = None
    session: Session | None = None
    ont: Ont | None = None
    serial: str | None = None
    port: Port | None = None
    device: Device | None = None
    site: Site | None = None
    outages: tuple[Outage, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()

    @property
    def box(self) -> str:
        """The serial number of its ONT or radio; empty if none is on record."""
        return (self.ont.serial if self.ont else self.serial) or ""

    @property
    def signal(self) -> str:
        """What the received level means: `good`, `weak` or `critical`; empty if nobody measured it."""
        level = self.ont.rx_dbm if self.ont else None
        if level is None:
            return ""
        fiber = self.kind == "fiber"
        if level < (SENSITIVITY if fiber else RADIO_LOST) or (fiber and level > OVERLOAD):
            return "critical"
        return "weak" if level < (WEAK if fiber else RADIO_WEAK) else "good"

    @property
    def level(self) -> str:
        """Return `-19.5 dBm, good`, or empty if nobody measured it."""
        if self.ont is None or self.ont.rx_dbm is None:
            return ""
        known = f"{self.ont.rx_dbm:.1f} dBm, {self.signal}"
        if self.kind != "fiber" or self.signal == "good":
            return known
        if self.ont.rx_dbm > OVERLOAD:
            return f"{known} (an ONT takes {OVERLOAD:.0f} dBm at most)"
        return f"{known} (an ONT needs {SENSITIVITY:.0f} dBm)"
