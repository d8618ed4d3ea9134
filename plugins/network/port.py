"""The network port: how the lines are and what hangs on what; its nouns are in `nouns.py` and `impact.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from bot.api import Effect, Scope
from plugins.network.impact import DeviceStatus, Hit, Impact, NasSessions, Place, SiteStatus, narrowest
from plugins.network.listing import Listing
from plugins.network.measured import Measured, SlowLine, SlowPage
from plugins.network.nouns import (
    Device,
    DeviceRef,
    Line,
    Maintenance,
    MaintenanceRef,
    Ont,
    Outage,
    OutageRef,
    Port,
    PortRef,
    Session,
    Site,
    SiteRef,
)
from plugins.network.polling import Polling
from plugins.network.prefixes import NewPool, Pool, Pooling
from plugins.network.signs import (
    EVER,
    Acted,
    Begun,
    Drops,
    DropsPage,
    Holder,
    NewMaintenance,
    NewOutage,
    Offline,
    OfflinePage,
    OntLine,
    OntPage,
    OutageChange,
    PonSigns,
    Signs,
    Sinking,
)
from plugins.network.splitting import Splitter, SplitterRef, Splitting
from plugins.network.stock import Cpe, CpeCount, CpePage, CpePut, CpeQuery, Off, Stocking
from plugins.network.upkeep import Upkeep

__all__ = [
    "EVER",
    "Acted",
    "Begun",
    "Cpe",
    "CpeCount",
    "CpePage",
    "CpePut",
    "CpeQuery",
    "Device",
    "DeviceRef",
    "DeviceStatus",
    "Drops",
    "DropsPage",
    "Hit",
    "Holder",
    "Impact",
    "Line",
    "Maintenance",
    "MaintenanceRef",
    "Measured",
    "NasSessions",
    "Network",
    "NewMaintenance",
    "NewOutage",
    "NewPool",
    "Off",
    "Offline",
    "OfflinePage",
    "Ont",
    "OntLine",
    "OntPage",
    "Outage",
    "OutageChange",
    "OutageRef",
    "Place",
    "PonSigns",
    "Pool",
    "Port",
    "PortRef",
    "Session",
    "Signs",
    "Sinking",
    "Site",
    "SiteRef",
    "SiteStatus",
    "SlowLine",
    "SlowPage",
    "Splitter",
    "SplitterRef",
    "narrowest",
]


class Network(Listing, Polling, Pooling, Splitting, Stocking, Upkeep, Protocol):
    """How the lines are and what hangs on what. Searches see only rows inside `scope`.

    `reaches_devices` says whether disconnecting and rebooting really reach a device. A device that does
    not answer raises Unavailable, and nothing has happened; OutcomeUnknown when nobody can tell. Levels
    are in dBm, speeds in Mbit/s. Numbers of outages and works are compared without regard to case.
    `area` narrows to what stands at sites of a region, or whose code it is; where nothing is called so, at
    those with a word in their name that begins so. No `area` fits nothing, but for the empty one: everywhere.
    """

    port_name: ClassVar[str] = "network"
    reaches_devices: ClassVar[bool]

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

    async def sites(self, scope: Scope, area: str = "", limit: int = 50) -> Sequence[Site]:
        """Return the sites of an area, or all, by code."""
        ...

    async def devices(
        self,
        scope: Scope,
        status: str = "",
        limit: int = 50,
        *,
        area: str = "",
        kind: str = "",
        vendor: str = "",
    ) -> Sequence[Device]:
        """Return the devices in a status (`down`, `degraded`, `up`, `not up`), or all.

        Not up first, newest change first; of an area, a kind (`olt`) or a vendor, whatever the case.
        """
        ...

    async def device(self, scope: Scope, name: str) -> DeviceStatus | None:
        """Return how a device and what hangs on it is."""
        ...

    async def site(self, scope: Scope, code: str) -> SiteStatus | None:
        """Return how a site and its devices are."""
        ...

    async def outages(
        self, scope: Scope, *, active_only: bool = True, area: str = "", limit: int = 20
    ) -> Sequence[Outage]:
        """Return outages, active ones and the newest first, with how many services hang below each.

        Those withdrawn are left out; `get_outage` still knows them.
        """
        ...

    async def get_outage(self, scope: Scope, number: str) -> Outage | None:
        """Return one outage."""
        ...

    async def impact(
        self, scope: Scope, place: Place, limit: int = 15, *, kind: str = "", tier: str = ""
    ) -> Impact:
        """Return who hangs below a place: active services, whose customer is inside `scope`.

        A device's are those on it and on all that hangs on it, and those with a session on it. The counts
        are of all, also with `limit` 0; a place that is not there has nobody. With a kind (`business`,
        `individual`) or a tier (`critical`, `premium`, `standard`) only customers of these.
        """
        ...

    async def sessions(self, scope: Scope, nas: str = "", area: str = "") -> Sequence[NasSessions]:
        """Return how many sessions are up on one NAS, or on each of an area."""
        ...

    async def levels(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        """Return the received level of a customer's lines over time, of the PON where only that is known."""
        ...

    async def site_history(self, scope: Scope, site: str, metric: str, since: datetime) -> Measured | None:
        """Return a metric of a site over time (`sessions`, `mbps_in`); None when nobody measured it."""
        ...

    async def signs(self, scope: Scope, place: Place) -> Signs:
        """Return how the ONTs below a place are, by PON, and which devices below or above it are down."""
        ...

    async def sinking(self, scope: Scope, since: datetime, fell: float, limit: int = 20) -> Sequence[Sinking]:
        """Return the PONs whose mean level sank by at least so many dB, the worst first."""
        ...

    async def speed_tests(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        """Return the speed tests of a customer's lines (`mbps_down`); empty where nobody measures them."""
        ...

    async def slow_lines(
        self, scope: Scope, site: str, since: datetime, share: float, limit: int = 30
    ) -> SlowPage:
        """Return a site's active lines whose median speed test is below a share of the plan, slowest first.

        A line stands where its port does; one without a port, where its customer is.
        """
        ...

    async def holders(
        self, scope: Scope, address: str, since: datetime, until: datetime, limit: int = 10
    ) -> Sequence[Holder]:
        """Return who had an IP or MAC address within a time, newest first."""
        ...

    async def declare(self, effect: Effect, new: NewOutage) -> Outage:
        """Keep a new outage; NotFound when its place is not there."""
        ...

    async def change_outage(self, effect: Effect, number: str, change: OutageChange) -> Outage:
        """Change an outage; Conflict when it has that status already."""
        ...

    async def disconnect(self, effect: Effect, service: str) -> Acted:
        """End the session of a service; Conflict when none is up."""
        ...

    async def reboot(self, effect: Effect, serial: str) -> Acted:
        """Restart an ONT."""
        ...

    async def swap_ont(
        self, effect: Effect, serial: str, new: str, model: str = "", off: Off | None = None
    ) -> Acted:
        """Put another in its place, with none of its levels; the old one is `returned`, or as `off` says.

        Conflict, not saying where, when the new one hangs somewhere, or is faulty.
        """
        ...

    async def has_ont(self, serial: str) -> bool:
        """Say whether a serial hangs anywhere: on whose line is not said, they may be out of reach."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
