"""The network port on our own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.api import Scope
from plugins.connectors.local import queries_impact as impact
from plugins.connectors.local import queries_network as queries
from plugins.connectors.local.network_storing import Storing
from plugins.connectors.local.queries_below import sort_of
from plugins.connectors.local.queries_effects import get_applied
from plugins.connectors.local.queries_history import find_levels, get_site_history
from plugins.connectors.local.queries_lines import SOON, find_lines
from plugins.connectors.local.queries_scope import Session
from plugins.network.port import (
    Device,
    DeviceStatus,
    Impact,
    Line,
    Maintenance,
    Measured,
    NasSessions,
    Outage,
    Place,
    Port,
    Site,
    SiteStatus,
)

HOUR = timedelta(hours=1)
MANY = 200


class LocalNetwork(Storing):
    """Topology, sessions and outages in the `isp_*` tables."""

    reaches_devices = False

    async def lines(self, scope: Scope, customer: str) -> Sequence[Line]:
        """Return a customer's lines that are in use, from session to site."""
        async with self._sql() as session:
            return await find_lines(session, scope, customer, self._now())

    async def find_sites(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Site]:
        """Find sites by code or part of the name."""
        async with self._sql() as session:
            return await queries.find_sites(session, scope, text, limit)

    async def find_devices(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Device]:
        """Find devices by name, part of it, or IP."""
        async with self._sql() as session:
            return await queries.find_devices(session, scope, text, limit)

    async def find_ports(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Port]:
        """Find ports by `device name` or by the parts of it."""
        async with self._sql() as session:
            return await queries.find_ports(session, scope, text, limit)

    async def sites(self, scope: Scope, area: str = "", limit: int = 50) -> Sequence[Site]:
        """Return the sites of an area, or all, by code."""
        async with self._sql() as session:
            return await queries.find_sites_of(session, scope, area, limit)

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
        """Return the devices in a status, or all; those not up first."""
        wanted = {"area": area, "kind": kind, "vendor": vendor}
        async with self._sql() as session:
            return await queries.find_listed(session, scope, status, limit, **wanted)

    async def dark_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        """Return the ports that are not up or have lines offline, most offline first."""
        async with self._sql() as session:
            return await queries.find_dark_ports(session, scope, area, device, limit)

    async def full_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        """Return the PONs and sectors with a capacity, the fullest first."""
        async with self._sql() as session:
            return await queries.find_full_ports(session, scope, area, device, limit)

    async def device(self, scope: Scope, name: str) -> DeviceStatus | None:
        """Return how a device and what hangs on it is."""
        async with self._sql() as session:
            if (device := await queries.get_device(session, scope, name)) is None:
                return None
            if (site := await queries.get_site(session, scope, device.site)) is None:
                return None
            services, online = await self._up(session, scope, Place(kind="device", key=name))
            return DeviceStatus(
                device=device,
                site=site,
                ports=tuple(await queries.find_ports_of(session, scope, name)),
                children=tuple(await queries.find_below(session, scope, device=name)),
                services=services,
                online=online,
                outages=tuple(
                    o for o in await self._outages_at(session, scope, site) if o.device in {None, name}
                ),
                maintenance=tuple(
                    m for m in await self._works_at(session, scope, site) if m.device in {None, name}
                ),
            )

    async def site(self, scope: Scope, code: str) -> SiteStatus | None:
        """Return how a site and its devices are."""
        async with self._sql() as session:
            if (site := await queries.get_site(session, scope, code)) is None:
                return None
            services, online = await self._up(session, scope, Place(kind="site", key=code))
            return SiteStatus(
                site=site,
                devices=tuple(await queries.find_below(session, scope, site=code)),
                services=services,
                online=online,
                outages=tuple(await self._outages_at(session, scope, site)),
                maintenance=tuple(await self._works_at(session, scope, site)),
            )

    async def _outages_at(self, session: Session, scope: Scope, site: Site) -> list[Outage]:
        return list(await impact.find_outages(session, scope, active=True, site=site.code, limit=MANY))

    async def _works_at(self, session: Session, scope: Scope, site: Site) -> list[Maintenance]:
        now = self._now()
        return list(await impact.find_maintenance(session, scope, now, now + SOON, MANY, site=site.code))

    async def outages(
        self, scope: Scope, *, active_only: bool = True, area: str = "", limit: int = 20
    ) -> Sequence[Outage]:
        """Return outages, newest first, with how many services hang below each."""
        async with self._sql() as session:
            return await impact.find_outages(session, scope, active=active_only, area=area, limit=limit)

    async def get_outage(self, scope: Scope, number: str) -> Outage | None:
        """Return one outage."""
        if not number.strip():
            return None
        async with self._sql() as session:
            found = await impact.find_outages(session, scope, number=number.strip(), limit=1)
            return found[0] if found else None

    async def maintenance(
        self,
        scope: Scope,
        until: datetime,
        limit: int = 20,
        *,
        since: datetime | None = None,
        area: str = "",
    ) -> Sequence[Maintenance]:
        """Return planned work that runs now or starts before an instant, next first."""
        now = self._now()
        async with self._sql() as session:
            return await impact.find_maintenance(session, scope, now, until, limit, since=since, area=area)

    async def impact(
        self, scope: Scope, place: Place, limit: int = 15, *, kind: str = "", tier: str = ""
    ) -> Impact:
        """Return who hangs below a site, device or port."""
        async with self._sql() as session:
            return await impact.get_impact(
                session,
                scope,
                place,
                currency=self._currency,
                now=self._now(),
                limit=limit,
                sort=sort_of(kind, tier),
            )

    async def _up(self, session: Session, scope: Scope, place: Place) -> tuple[int, int]:
        return await impact.get_up(session, scope, place, self._now())

    async def sessions(self, scope: Scope, nas: str = "", area: str = "") -> Sequence[NasSessions]:
        """Return how many sessions are up on one NAS, or on each of an area."""
        async with self._sql() as session:
            return await impact.find_sessions(session, scope, nas, self._now() - HOUR, area)

    async def levels(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        """Return the received level of a customer's lines over time."""
        async with self._sql() as session:
            return await find_levels(session, scope, customer, since)

    async def site_history(self, scope: Scope, site: str, metric: str, since: datetime) -> Measured | None:
        """Return a metric of a site over time."""
        async with self._sql() as session:
            return await get_site_history(session, scope, site, metric, since)

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)
