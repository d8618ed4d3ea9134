"""The network port: how the lines are and what hangs on what; its nouns are in `nouns.py` and `impact.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from bot.api import Scope
from plugins.network.impact import DeviceStatus, Hit, Impact, NasSessions, Place, SiteStatus
from plugins.network.measured import Measured
from plugins.network.nouns import (
    Device,
    DeviceRef,
    Line,
    Maintenance,
    Ont,
    Outage,
    OutageRef,
    Port,
    PortRef,
    Session,
    Site,
    SiteRef,
)

__all__ = [
    "Device",
    "DeviceRef",
    "DeviceStatus",
    "Hit",
    "Impact",
    "Line",
    "Maintenance",
    "Measured",
    "NasSessions",
    "Network",
    "Ont",
    "Outage",
    "OutageRef",
    "Place",
    "Port",
    "PortRef",
    "Session",
    "Site",
    "SiteRef",
    "SiteStatus",
]


class Network(Protocol):
    """How the lines are and what hangs on what. Searches see only rows inside `scope`."""

    port_name: ClassVar[str] = "network"

    async def lines(self, scope: Scope, customer: str) -> Sequence[Line]:
        """Return a customer's lines that are in use, from session to site."""
        ...

    async def find_sites(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Site]:
        """Find sites by code or part of the name."""
        ...

    async def find_devices(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Device]:
        """Find devices by name, part of it, or IP."""
        ...

    async def find_ports(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Port]:
        """Find ports by `device name` or by the parts of it."""
        ...

    async def devices(self, scope: Scope, status: str = "", limit: int = 50) -> Sequence[Device]:
        """Return the devices in a status (`down`, `degraded`), or all; not up first, newest change first."""
        ...

    async def device(self, scope: Scope, name: str) -> DeviceStatus | None:
        """Return how a device and what hangs on it is."""
        ...

    async def site(self, scope: Scope, code: str) -> SiteStatus | None:
        """Return how a site and its devices are."""
        ...

    async def outages(self, scope: Scope, *, active_only: bool = True, limit: int = 20) -> Sequence[Outage]:
        """Return outages, newest first, with how many services hang below each."""
        ...

    async def get_outage(self, scope: Scope, number: str) -> Outage | None:
        """Return one outage."""
        ...

    async def maintenance(self, scope: Scope, until: datetime, limit: int = 20) -> Sequence[Maintenance]:
        """Return planned work that runs now or starts before an instant, next first."""
        ...

    async def impact(self, scope: Scope, place: Place, limit: int = 15) -> Impact:
        """Return who hangs below a site, device or port."""
        ...

    async def sessions(self, scope: Scope, nas: str = "") -> Sequence[NasSessions]:
        """Return how many sessions are up on one NAS, or on each."""
        ...

    async def levels(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        """Return the received level of a customer's lines over time, of the PON where only that is known."""
        ...

    async def site_history(self, scope: Scope, site: str, metric: str, since: datetime) -> Measured | None:
        """Return a metric of a site over time (`sessions`, `mbps_in`); None when nobody measured it."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
