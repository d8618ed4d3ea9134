"""The network port over dicts: what hangs on what is walked each time it is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from statistics import median
from typing import Any, TypeVar

from bot.api import EVERYWHERE, Conflict, Effect, Money, NotFound, Scope, Unavailable
from bot.conformance import Reading
from plugins.customers.port import Customer, Service, ServiceStatus
from plugins.network.port import (
    EVER,
    Acted,
    Begun,
    Cpe,
    CpeCount,
    CpePage,
    CpePut,
    CpeQuery,
    Device,
    DeviceStatus,
    Drops,
    DropsPage,
    Hit,
    Holder,
    Impact,
    Line,
    Maintenance,
    Measured,
    NasSessions,
    NewMaintenance,
    NewOutage,
    NewPool,
    Off,
    Offline,
    OfflinePage,
    Ont,
    OntLine,
    OntPage,
    Outage,
    OutageChange,
    Place,
    PonSigns,
    Pool,
    Port,
    Session,
    Signs,
    Sinking,
    Site,
    SiteStatus,
    SlowLine,
    SlowPage,
    Splitter,
)
from tests.plugins.connectors.memory import words
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.store import HOUR, Books, Row, first

W = TypeVar("W", Outage, Maintenance)
DAY = timedelta(days=1)


class MemoryNetwork:
    reaches_devices = True

    def __init__(self, books: Books) -> None:
        self.books = books
        self.applied = books.applied
        self.people = MemoryCustomers(books)

    # things

    def _sites(self, scope: Scope = EVERYWHERE) -> dict[str, Site]:
        return {s.code: s for s in self.books.all(Site, "sites") if scope.covers(s.area)}

    def _devices(self, scope: Scope = EVERYWHERE) -> dict[str, Device]:
        sites = self._sites(scope)
        return {
            d.name: replace(d, region=sites[d.site].region, partner=sites[d.site].partner)
            for d in self.books.all(Device, "devices")
            if d.site in sites
        }

    def _ports(self, scope: Scope = EVERYWHERE) -> dict[str, Port]:
        devices = self._devices(scope)
        found = {}
        for port in self.books.all(Port, "ports"):
            if device := devices.get(port.device):
                on = {line.number for line in self._on({port.key})}
                down = [
                    o
                    for o in self.books.find("onts", port=port.key)
                    if o["service"] in on and o["status"] != "online"
                ]
                found[port.key] = replace(port, lines=len(on), offline=len(down), region=device.region,
                                          site=device.site, partner=device.partner)  # fmt: skip
        return found

    def _on(self, ports: set[str]) -> list[Service]:
        numbers = {wire["service"] for wire in self.books.rows("wires") if wire["port"] in ports}
        rows = [row for row in self.books.rows("services") if row["number"] in numbers]
        return [line for line in map(self.people._service, rows) if line.status is ServiceStatus.ACTIVE]

    def _below(self, place: Place) -> tuple[list[str], set[str]]:
        """Devices and ports below a place, by walking from child to child."""
        all_ = self._devices()
        if place.kind == "splitter":
            return [], set()
        if place.kind == "port":
            return [], {place.key} & {f"{p['device']} {p['name']}" for p in self.books.rows("ports")}
        waits = [d.name for d in all_.values() if place.key == (d.name if place.kind == "device" else d.site)]
        found: list[str] = []
        while waits:
            name = waits.pop()
            if name not in found:
                found.append(name)
                waits += [d.name for d in all_.values() if d.parent == name]
        return found, {f"{p['device']} {p['name']}" for p in self.books.rows("ports") if p["device"] in found}

    def _above(self, device: str | None) -> list[Device]:
        all_, chain = self._devices(), []
        while device in all_ and len(chain) < 20:
            chain.append(all_[device])
            device = all_[device].parent
        return chain

    def _sessions(self, service: str) -> list[Session]:
        rows = self.books.find("sessions", service=service)
        return sorted((self.books.as_(Session, row) for row in rows), key=lambda s: s.started_at)

    def _up(self, service: str) -> bool | None:
        told = self._sessions(service)
        return told[-1].up if told else None

    # finding

    async def find_sites(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Site]:
        return self._found(self._sites(scope).values(), text, limit, lambda s: (s.code, s.name))

    async def find_devices(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Device]:
        sites = self._sites()
        return self._found(
            self._devices(scope).values(),
            text,
            limit,
            lambda d: (d.name, d.ip or "", d.site, sites[d.site].name),
        )

    async def find_ports(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Port]:
        return self._found(self._ports(scope).values(), text, limit, lambda p: (p.key,))

    @staticmethod
    def _found(things: Any, text: str, limit: int, names: Callable[[Any], tuple[str, ...]]) -> list[Any]:
        typed = text.replace("\0", " ").lower().split()
        fitting = [t for t in things if typed and all(w in " ".join(names(t)).lower() for w in typed)]
        whole = text.strip().lower()
        exact = [t for t in fitting if whole in {name.lower() for name in names(t)}]
        return (exact or fitting)[:limit]

    def _in(self, area: str, site: str | None) -> bool:
        at = self._sites().get(site or "")
        low, called = area.lower(), {w for s in self._sites().values() for w in (s.region, s.code.lower())}
        if not area or at is None or low in called:
            return not area or (at is not None and low in {at.region, at.code.lower()})
        wanted, name = (" ".join(re.findall(r"\w+", each.lower())) for each in (low, at.name))
        return bool(wanted) and f" {wanted}" in f" {name}"

    async def sites(self, scope: Scope, area: str = "", limit: int = 50) -> Sequence[Site]:
        return first(
            [s for s in self._sites(scope).values() if self._in(area, s.code)], limit, lambda s: s.code
        )

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
        found = [
            d
            for d in self._devices(scope).values()
            if status in {"", d.status} or (status == "not up" and d.status != "up")
            if kind.lower() in {"", d.kind} and vendor.lower() in {"", (d.vendor or "").lower()}
            if self._in(area, d.site)
        ]
        return first(found, limit, lambda d: (d.status == "up", -d.status_since.timestamp()))

    async def dark_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        found = [
            p
            for p in self._ports(scope).values()
            if (p.offline or p.status != "up") and device in ("", p.device) and self._in(area, p.site)
        ]
        return first(found, limit, lambda p: (-p.offline, p.status == "up", p.device, p.name))

    async def full_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        found = [
            p
            for p in self._ports(scope).values()
            if p.kind in {"pon", "sector"}
            and p.capacity
            and device in ("", p.device)
            and self._in(area, p.site)
        ]
        return first(found, limit, lambda p: (-p.lines / (p.capacity or 1), p.device, len(p.name), p.name))

    async def device(self, scope: Scope, name: str) -> DeviceStatus | None:
        device = self._devices(scope).get(name)
        if device is None:
            return None
        impact = await self.impact(scope, Place(kind="device", key=name), 10_000)
        return DeviceStatus(
            device=device,
            site=self._sites()[device.site],
            ports=tuple(p for p in self._ports(scope).values() if p.device == name),
            children=tuple(d for d in self._devices(scope).values() if d.parent == name),
            services=impact.services,
            online=impact.online,
            outages=tuple(
                o
                for o in await self.outages(scope)
                if name == o.device or (o.site == device.site and not o.device)
            ),
            maintenance=tuple(
                m for m in await self.maintenance(scope, self.books.now() + DAY) if m.device == name
            ),
        )

    async def site(self, scope: Scope, code: str) -> SiteStatus | None:
        site = self._sites(scope).get(code)
        if site is None:
            return None
        impact = await self.impact(scope, Place(kind="site", key=code), 10_000)
        return SiteStatus(
            site=site,
            devices=tuple(d for d in self._devices(scope).values() if d.site == code),
            services=impact.services,
            online=impact.online,
            outages=tuple(o for o in await self.outages(scope) if o.site == code),
            maintenance=tuple(
                m for m in await self.maintenance(scope, self.books.now() + DAY) if m.site == code
            ),
        )

    async def lines(self, scope: Scope, customer: str) -> Sequence[Line]:
        found = []
        for service in await self.people.services(scope, customer):
            if service.status is ServiceStatus.TERMINATED:
                continue
            wire = next((w["port"] for w in self.books.find("wires", service=service.number)), None)
            onts = self.books.find("onts", service=service.number)
            port = self._ports().get(wire or "")
            above = self._above(port.device) if port else []
            whose = self.books.one("customers", customer) or {}
            site = self._sites().get(above[0].site if above else whose["site"])
            told = self._sessions(service.number)
            names = {d.name for d in above} | {told[-1].nas if told else None}
            codes = {d.site for d in above} or {whose["site"]}
            found.append(
                Line(
                    service=service.number,
                    customer=customer,
                    kind=service.kind,
                    status=service.status.value,
                    username=service.username,
                    session=told[-1] if told else None,
                    ont=self.books.as_(Ont, onts[0]) if onts else None,
                    serial=onts[0]["serial"] if onts else service.ont_serial,
                    port=port,
                    device=above[0] if above else None,
                    site=site,
                    outages=tuple(
                        sorted(
                            (
                                o
                                for o in self._known_outages()
                                if o.status == "active" and _hits(o, wire, names, codes)
                            ),
                            key=lambda o: o.started_at,
                        )
                    ),
                    maintenance=tuple(
                        m
                        for m in self._works()
                        if self._soon(m, self.books.now() + DAY) and _hits(m, wire, names, codes)
                    ),
                )
            )
        return found

    async def impact(
        self, scope: Scope, place: Place, limit: int = 15, *, kind: str = "", tier: str = ""
    ) -> Impact:
        devices, ports = self._below(place)
        behind = self._behind(place.key) if place.kind == "splitter" else self._on(ports)
        lines = {line.number: line for line in behind}
        for row in self.books.rows("sessions"):
            if row["nas"] in devices and row["ended_at"] is None:
                line = self.people._line(EVERYWHERE, row["service"])
                lines[line.number] = line
        hits = []
        for line in lines.values():
            c = self.books.as_(Customer, self.books.one("customers", line.customer) or {})
            if scope.covers(c.area) and kind in ("", c.kind) and tier in ("", c.tier):
                hits.append(
                    Hit(customer=c.number, name=c.name, kind=c.kind, tier=c.tier, service=line.number, phone=c.phone,
                        street=c.street, price=line.plan.price, online=self._up(line.number))
                )  # fmt: skip
        tiers = {"critical": 0, "premium": 1}
        hits.sort(key=lambda h: (tiers.get(h.tier, 2), h.kind != "business", h.online is True, h.name))
        people = {hit.customer: hit for hit in hits}
        roads = Counter((hit.street or "").lstrip("0123456789 ") for hit in people.values())
        return Impact(
            place=place,
            customers=len(people),
            services=len(hits),
            critical=sum(h.tier == "critical" for h in people.values()),
            premium=sum(h.tier == "premium" for h in people.values()),
            business=sum(h.kind == "business" for h in people.values()),
            online=sum(h.online is True for h in hits),
            monthly=Money(sum(h.price.minor for h in hits if h.price), self.books.tenant.currency),
            streets=tuple(roads.most_common(3)),
            hits=tuple(hits[:limit]),
        )

    async def offline(
        self,
        scope: Scope,
        place: Place | None = None,
        area: str = "",
        limit: int = 30,
        *,
        kind: str = "",
        tier: str = "",
        begun: Begun = EVER,
    ) -> OfflinePage:
        found: list[Offline] = []
        if place:
            lines = [
                self.people._line(EVERYWHERE, h.service)
                for h in (await self.impact(scope, place, 9_999)).hits
            ]
        else:
            all_ = map(self.people._service, self.books.rows("services"))
            lines = [line for line in all_ if line.status is ServiceStatus.ACTIVE]
        seen = 0
        for line in lines:
            c = self.books.as_(Customer, self.books.one("customers", line.customer) or {})
            at_home = place or self._in(area, c.site) or area.lower() == c.region
            if not (at_home and scope.covers(c.area) and kind in ("", c.kind) and tier in ("", c.tier)):
                continue
            seen += 1
            if not self._up(line.number):
                told = self._sessions(line.number)
                port = next((w["port"] for w in self.books.find("wires", service=line.number)), None)
                found.append(
                    Offline(customer=c.number, name=c.name, service=line.number, kind=c.kind, tier=c.tier,
                            phone=c.phone, since=told[-1].ended_at if told else None, port=port)
                )  # fmt: skip
        found = [one for one in found if begun.fits(one.since)]
        found.sort(key=lambda o: -o.since.timestamp() if o.since else 0.0)
        return OfflinePage(lines=tuple(found[:limit]), total=len(found), services=seen)

    async def sessions(self, scope: Scope, nas: str = "", area: str = "") -> Sequence[NasSessions]:
        now, found = self.books.now(), []
        told = [self.books.as_(Session, row) for row in self.books.rows("sessions")]
        there = {name for name, d in self._devices(scope).items() if self._in(area, d.site)}
        for name in sorted({s.nas for s in told if s.nas and nas in {"", s.nas}} & there):
            live = [s for s in told if s.nas == name and s.up]
            gone = [s for s in told if s.nas == name and s.ended_at and s.ended_at > now - HOUR]
            newest = max((s.updated_at for s in live), default=None)
            started = sum(s.started_at > now - HOUR for s in live)
            found.append(
                NasSessions(
                    nas=name, live=len(live), started_hour=started, ended_hour=len(gone), updated_at=newest
                )
            )
        return found

    # measurements

    def _measured(self, kind: str, key: str, metric: str, since: datetime, subject: str) -> Measured | None:
        for reading in self.books.all(Reading, "readings", kind=kind, key=key, metric=metric):
            points = tuple((at, value) for at, value in reading.points if at >= since)
            if points:
                return Measured(subject=subject, metric=metric, points=points)
        return None

    async def levels(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        found = []
        for line in await self.lines(scope, customer):
            serial, port = line.ont.serial if line.ont else "", line.port.key if line.port else ""
            own = self._measured("ont", serial, "rx_dbm", since, f"ONT {serial}")
            mean = self._measured("port", port, "rx_dbm", since, f"{port} (mean)")
            known = self.books.find("readings", kind="ont", key=serial)
            found += [m for m in (own or (mean if not known else None),) if m]
        return found

    async def site_history(self, scope: Scope, site: str, metric: str, since: datetime) -> Measured | None:
        if site not in self._sites(scope):
            return None
        return self._measured("site", site, metric, since, f"site {site}")

    async def speed_tests(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        lines = await self.lines(scope, customer)
        told = [
            self._measured("service", one.service, "mbps_down", since, f"service {one.service}")
            for one in lines
        ]
        return [m for m in told if m]

    async def slow_lines(
        self, scope: Scope, site: str, since: datetime, share: float, limit: int = 30
    ) -> SlowPage:
        tested = []
        for c in self.books.all(Customer, "customers"):
            if not scope.covers(c.area):
                continue
            plans = {s.number: s.plan.down_kbps / 1_000 for s in await self.people.services(scope, c.number)}
            for line in await self.lines(EVERYWHERE, c.number):
                told = self._measured("service", line.service, "mbps_down", since, "")
                if told and line.status == "active" and line.site and line.site.code == site:
                    values = [value for _, value in told.points]
                    tested.append(
                        SlowLine(customer=c.number, name=c.name, service=line.service, plan=plans[line.service],
                                 median=median(values), tests=len(values), last=told.points[-1][0])
                    )  # fmt: skip
        slow = sorted((s for s in tested if s.share < share), key=lambda s: (s.share, s.service))
        return SlowPage(lines=tuple(slow[:limit]), total=len(slow), tested=len(tested))

    async def signs(self, scope: Scope, place: Place) -> Signs:
        devices, ports = self._below(place)
        pons = []
        for key in sorted(ports & {k for k, p in self._ports(scope).items() if p.kind == "pon"}):
            count = Counter(row["status"] for row in self.books.find("onts", port=key))
            if count:
                pons.append(PonSigns(port=key, onts=count.total(), los=count["los"], gasp=count["dying_gasp"],
                                     silent=count["offline"]))  # fmt: skip
        start = place.key.split(" ")[0] if place.kind == "port" else ""
        near = set(devices) | {d.name for name in (*devices, start) for d in self._above(name)}
        down = tuple(d for d in self._devices(scope).values() if d.name in near and d.status == "down")
        return Signs(pons=tuple(pons), down=down)

    def _far(self, scope: Scope, ports: set[str]) -> list[OntLine]:
        found = []
        for row in self.books.rows("onts"):
            line = self.people._line(EVERYWHERE, row["service"])
            if row["port"] in ports & set(self._ports(scope)) and self.books.sees(scope, line.customer):
                name = (self.books.one("customers", line.customer) or {})["name"]
                found.append(OntLine(ont=self.books.as_(Ont, row), port=row["port"], service=line.number,
                                     customer=line.customer, name=name, online=self._up(line.number)))  # fmt: skip
        return sorted(found, key=lambda o: (o.ont.status == "online", o.ont.rx_dbm or -99.0, o.ont.serial))

    async def onts(
        self,
        scope: Scope,
        place: Place | None,
        limit: int = 100,
        *,
        status: str = "",
        area: str = "",
        model: str = "",
        begun: Begun = EVER,
    ) -> OntPage:
        ports = self._below(place)[1] if place else set(self._ports())
        known = self._ports()
        found = [
            o
            for o in self._far(scope, ports)
            if status in {"", o.ont.status} or (status == "not up" and o.ont.status != "online")
            if self._in(area, known[o.port].site) and begun.fits(o.ont.status_since)
            if model.lower() in (o.ont.model or "").lower()
        ]
        return OntPage(lines=tuple(found[:limit]), total=len(found))

    async def weak(
        self,
        scope: Scope,
        below: float,
        place: Place | None = None,
        limit: int = 30,
        *,
        area: str = "",
        model: str = "",
    ) -> OntPage:
        known = self._ports()
        ports = self._below(place)[1] if place else set(self._ports())
        found = [
            o
            for o in self._far(scope, ports)
            if o.ont.status == "online" and o.ont.rx_dbm and o.ont.rx_dbm < below
            if self._in(area, known[o.port].site) and model.lower() in (o.ont.model or "").lower()
        ]
        return OntPage(lines=tuple(found[:limit]), total=len(found))

    async def sinking(self, scope: Scope, since: datetime, fell: float, limit: int = 20) -> Sequence[Sinking]:
        found = []
        for port in self._ports(scope).values():
            told = self._measured("port", port.key, "rx_dbm", since, "")
            if told and port.kind == "pon" and len(told.points) >= 6:
                values = [value for _, value in told.points]
                before, now = sum(values[:3]) / 3, sum(values[-3:]) / 3
                if before - now >= fell:
                    found.append(Sinking(port=port.key, before=before, now=now, since=told.points[0][0],
                                         at=told.points[-1][0], lines=port.lines))  # fmt: skip
        return first(found, limit, lambda s: s.fell, reverse=True)

    async def ont_now(self, scope: Scope, service: str) -> Ont | None:
        far = [o.ont for o in self._far(scope, set(self._ports())) if o.service == service]
        return max(far, key=lambda ont: ont.seen_at, default=None)

    async def drops(
        self, scope: Scope, customer: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Session]:
        lines, last = await self.people.services(scope, customer), until or self.books.now()
        ended = [
            s
            for line in lines
            for s in self._sessions(line.number)
            if s.ended_at and since <= s.ended_at <= last
        ]
        return sorted(ended, key=lambda s: s.ended_at or since, reverse=True)

    async def flapping(
        self, scope: Scope, since: datetime, least: int, limit: int = 30, until: datetime | None = None
    ) -> DropsPage:
        found: list[Drops] = []
        to = until or self.books.now()
        for c in self.books.all(Customer, "customers"):
            for line in await self.lines(scope, c.number):
                ended = [s for s in self._sessions(line.service) if s.ended_at and since <= s.ended_at <= to]
                if line.status == "active" and len(ended) >= least:
                    found.append(
                        Drops(customer=c.number, name=c.name, service=line.service, drops=len(ended),
                              last=max(s.ended_at for s in ended if s.ended_at), cause=ended[-1].terminate_cause,
                              port=line.port.key if line.port else None, online=self._up(line.service))
                    )  # fmt: skip
        found.sort(key=lambda d: (d.drops, d.last), reverse=True)
        return DropsPage(lines=tuple(found[:limit]), total=len(found))

    async def holders(
        self, scope: Scope, address: str, since: datetime, until: datetime, limit: int = 10
    ) -> Sequence[Holder]:
        found, mac = [], words.mac(address)
        for row in self.books.rows("sessions"):
            session, line = self.books.as_(Session, row), self.people._line(EVERYWHERE, row["service"])
            theirs = mac and mac == words.mac(line.cpe_mac or "")
            within = session.started_at <= until and (session.ended_at or until) >= since
            if (
                (theirs or (address and session.ipv4 == address))
                and within
                and self.books.sees(scope, line.customer)
            ):
                name = (self.books.one("customers", line.customer) or {})["name"]
                found.append(Holder(customer=line.customer, name=name, service=line.number, username=session.username,
                                    started_at=session.started_at, ended_at=session.ended_at, ipv4=session.ipv4,
                                    mac=session.mac, nas=session.nas))  # fmt: skip
        return first(found, limit, lambda h: h.started_at, reverse=True)

    # address pools

    def _taken(self, prefix: str) -> set[IPv4Address]:
        kept = map(self.people._service, self.books.rows("services"))
        used = [s.ipv4 for s in kept if s.status is not ServiceStatus.TERMINATED]
        used += [row["ipv4"] for row in self.books.find("sessions", ended_at=None)]
        return {IPv4Address(ip) for ip in used if ip and IPv4Address(ip) in IPv4Network(prefix)}

    async def pools(self, scope: Scope, text: str = "", limit: int = 50) -> Sequence[Pool]:
        found, whole = [], " ".join(text.lower().split())
        for row in self.books.rows("pools"):
            site = self._sites(scope).get(row["site"] or "")
            if site is None and (row["site"] or not scope.everywhere):
                continue
            pool = replace(
                self.books.as_(Pool, row), region=site and site.region, partner=site and site.partner
            )
            try:
                within = ip_address(whole) in ip_network(pool.prefix)
            except ValueError:
                within = False
            names = {
                "",
                pool.name.lower(),
                pool.prefix,
                *((site.code.lower(), site.name.lower()) if site else ()),
            }
            if within or whole in names:
                found.append(replace(pool, used=len(self._taken(pool.prefix))))
        return sorted(found, key=lambda p: (-p.share, p.name))[:limit]

    async def free_addresses(self, scope: Scope, pool: str, limit: int = 10) -> Sequence[str]:
        known = [p for p in await self.pools(scope, pool) if p.name == pool]
        taken = {ip for p in known for ip in self._taken(p.prefix)}
        all_ = [
            ip
            for p in known
            for ip in IPv4Network(p.prefix)
            if ip not in taken and ip.packed[3] not in {0, 255}
        ]
        return [str(ip) for ip in all_[:limit]]

    # outages and works

    def _placed(self, kind: type[W], row: Row) -> W:
        one = self.books.as_(kind, row)
        device = one.device or (one.port.split(" ")[0] if one.port else None)
        site = self._sites().get(self._devices()[device].site if device else one.site or "")
        return replace(
            one,
            device=device,
            site=site and site.code,
            region=site and site.region,
            partner=site and site.partner,
        )

    def _known_outages(self) -> list[Outage]:
        return [self._placed(Outage, row) for row in self.books.rows("outages")]

    def _works(self) -> list[Maintenance]:
        return [self._placed(Maintenance, row) for row in self.books.rows("maintenance")]

    async def _counted(self, scope: Scope, outage: Outage) -> Outage:
        kind = "port" if outage.port else "device" if outage.device else "site"
        impact = await self.impact(scope, Place(kind=kind, key=outage.where), 10_000)
        return replace(outage, services=impact.services)

    async def outages(
        self, scope: Scope, *, active_only: bool = True, area: str = "", limit: int = 20
    ) -> Sequence[Outage]:
        wanted = {"active"} if active_only else {"active", "resolved"}
        seen = [
            o
            for o in self._known_outages()
            if scope.covers(o.area) and o.status in wanted and self._in(area, o.site)
        ]
        chosen = first(seen, limit, lambda o: (o.status != "active", -o.started_at.timestamp()))
        return [await self._counted(scope, one) for one in chosen]

    async def get_outage(self, scope: Scope, number: str) -> Outage | None:
        row = self.books.one("outages", number)
        outage = self._placed(Outage, row) if row else None
        return await self._counted(scope, outage) if outage and scope.covers(outage.area) else None

    def _soon(self, work: Maintenance, until: datetime) -> bool:
        return (
            work.status in {"planned", "active"}
            and work.starts_at < until
            and work.ends_at > self.books.now()
        )

    async def maintenance(
        self, scope: Scope, until: datetime, limit: int = 20, *, since: datetime | None = None, area: str = ""
    ) -> Sequence[Maintenance]:
        seen = [
            w
            for w in self._works()
            if scope.covers(w.area) and self._in(area, w.site)
            if self._soon(w, until)
            or (since and w.status != "cancelled" and w.ends_at > since and w.starts_at < until)
        ]
        return first(seen, limit, lambda w: w.starts_at)

    async def get_maintenance(self, scope: Scope, number: str) -> Maintenance | None:
        row = self.books.one("maintenance", number)
        work = self._placed(Maintenance, row) if row else None
        return work if work and scope.covers(work.area) else None

    def _check_place(self, new: NewOutage | NewMaintenance) -> None:
        for wanted, known in (
            (new.site, self._sites()),
            (new.device, self._devices()),
            (new.port, self._ports()),
        ):
            if wanted is not None and wanted not in known:
                raise NotFound(f"There is no {wanted}.")

    async def declare(self, effect: Effect, new: NewOutage) -> Outage:
        def write() -> str:
            self._check_place(new)
            number = self.books.next("outages", "o{nr}")
            given = {**vars(new), "started_at": new.started_at or self.books.now()}
            self.books.add("outages", Outage(number=number, status="active", **given))
            return number

        return await self._outage(await self.books.once(effect, write))

    async def _outage(self, number: str) -> Outage:
        found = await self.get_outage(EVERYWHERE, number)
        if found is None:
            raise NotFound(f"There is no outage {number}.")
        return found

    async def change_outage(self, effect: Effect, number: str, change: OutageChange) -> Outage:
        def write() -> None:
            row = self.books.one("outages", number, "outage") or {}
            if change.status == row["status"]:
                raise Conflict(f"{number} is {change.status} already.")
            self.books.put(row, **{name: value for name, value in vars(change).items() if value is not None})
            if change.status:
                self.books.put(row, ended_at=None if change.status == "active" else self.books.now())

        await self.books.once(effect, write)
        return await self._outage(number)

    async def plan(self, effect: Effect, new: NewMaintenance) -> Maintenance:
        def write() -> str:
            self._check_place(new)
            number = self.books.next("maintenance", "w{nr}")
            self.books.add("maintenance", Maintenance(number=number, status="planned", **vars(new)))
            return number

        return self._work(await self.books.once(effect, write))

    def _work(self, number: str) -> Maintenance:
        return self._placed(Maintenance, self.books.one("maintenance", number, "maintenance") or {})

    async def set_maintenance(self, effect: Effect, number: str, status: str) -> Maintenance:
        def write() -> None:
            row = self.books.one("maintenance", number, "maintenance") or {}
            if row["status"] in {status, "done"}:
                raise Conflict(f"{number} is {row['status']} already.")
            row["status"] = status

        await self.books.once(effect, write)
        return self._work(number)

    async def move_maintenance(
        self, effect: Effect, number: str, starts_at: datetime, ends_at: datetime
    ) -> Maintenance:
        def write() -> None:
            row = self.books.one("maintenance", number, "maintenance") or {}
            if row["status"] in {"cancelled", "done"}:
                raise Conflict(f"{number} is {row['status']} already.")
            self.books.put(row, starts_at=starts_at, ends_at=ends_at)

        await self.books.once(effect, write)
        return self._work(number)

    async def add_pool(self, effect: Effect, new: NewPool) -> Pool:
        def write() -> None:
            for row in self.books.rows("pools"):
                if row["name"] == new.name or ip_network(row["prefix"]).overlaps(ip_network(new.prefix)):
                    raise Conflict(f"{new.prefix} overlaps {row['name']}, {row['prefix']}.")
            if new.site and new.site not in self._sites():
                raise NotFound(f"There is no site {new.site}.")
            size = IPv4Network(new.prefix).num_addresses
            self.books.add("pools", Pool(**vars(new), size=size, used=0))

        await self.books.once(effect, write)
        return next(p for p in await self.pools(EVERYWHERE, new.name))

    async def remove_pool(self, effect: Effect, name: str) -> None:
        def write() -> None:
            row = next((r for r in self.books.rows("pools") if r["name"] == name), None)
            if row is None:
                raise NotFound(f"There is no address pool {name}.")
            self.books.rows("pools").remove(row)

        await self.books.once(effect, write)

    # devices

    async def disconnect(self, effect: Effect, service: str) -> Acted:
        def write() -> Acted:
            self.books.one("services", service, "service")
            live = self.books.find("sessions", service=service, ended_at=None)
            if not live:
                raise Conflict(f"{service} has no session that is up.")
            at = self.books.now()
            self.books.put(live[-1], ended_at=at, updated_at=at, terminate_cause="Admin-Reset")
            return Acted(target=live[-1]["username"], at=at)

        return await self.books.once(effect, write)

    async def reboot(self, effect: Effect, serial: str) -> Acted:
        def write() -> Acted:
            found = self.books.find("onts", serial=serial)
            if not found:
                raise NotFound(f"There is no ONT {serial}.")
            if found[0]["status"] != "online":
                raise Unavailable(f"ONT {serial} does not answer.")
            self.books.put(found[0], status_since=self.books.now(), last_down_cause="reboot")
            return Acted(target=serial, at=self.books.now())

        return await self.books.once(effect, write)

    async def swap_ont(
        self, effect: Effect, serial: str, new: str, model: str = "", off: Off | None = None
    ) -> Acted:
        def write() -> Acted:
            found = self.books.find("onts", serial=serial)
            if not found:
                raise NotFound(f"There is no ONT {serial}.")
            if self._has_ont(new):
                raise Conflict(f"ONT {new} is known already. Look at the label once more.")
            for row in self.books.find("services", number=found[0]["service"]):
                row["ont_serial"] = new
            at = self.books.now()
            gone = {"rx_dbm": None, "tx_dbm": None, "last_down_cause": None}
            known = self._leave(new)
            site = self._ports()[found[0]["port"]].site
            self._returned(serial, found[0]["model"], site, found[0]["service"], off)
            model_now = model or known or None
            self.books.put(found[0], serial=new, model=model_now, status_since=at, seen_at=at, **gone)
            return Acted(target=new, at=at)

        return await self.books.once(effect, write)

    # splitters

    def _under(self, name: str) -> set[str]:
        found, waits = set(), [name]
        while waits:
            if (one := waits.pop()) not in found:
                found.add(one)
                waits += [row["name"] for row in self.books.find("splitters", parent=one)]
        return found

    def _behind(self, name: str) -> list[Service]:
        under = self._under(name)
        lines = [row["service"] for row in self.books.rows("behind") if row["splitter"] in under]
        known = [self.people._line(EVERYWHERE, number) for number in lines]
        return [line for line in known if line.status is ServiceStatus.ACTIVE]

    def _splitters(self, scope: Scope) -> list[Splitter]:
        found = []
        for row in self.books.rows("splitters"):
            port, lines = self._ports(scope).get(row["port"]), self._behind(row["name"])
            if port is None:
                continue
            lines = [line for line in lines if self.books.sees(scope, line.customer)]
            onts = [ont for line in lines for ont in self.books.find("onts", service=line.number)]
            found.append(
                replace(self.books.as_(Splitter, row), lines=len(lines), site=port.site, region=port.region,
                        partner=port.partner, offline=sum(ont["status"] != "online" for ont in onts))
            )  # fmt: skip
        return found

    async def find_splitters(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Splitter]:
        return self._found(self._splitters(scope), text, limit, lambda s: (s.name, s.port))

    async def splitters(
        self,
        scope: Scope,
        *,
        port: str = "",
        device: str = "",
        area: str = "",
        service: str = "",
        limit: int = 50,
    ) -> Sequence[Splitter]:
        its = {row["splitter"] for row in self.books.find("behind", service=service)}
        found = [
            one
            for one in self._splitters(scope)
            if not service or one.name in its
            if port in ("", one.port) and device in ("", one.port.split(" ")[0]) and self._in(area, one.site)
        ]
        return first(found, limit, lambda s: (-s.offline, s.name))

    # the stock

    def _boxes(self) -> list[Cpe]:
        sites = self._sites()
        kept = []
        for row in self.books.rows("cpes"):
            box, site = self.books.as_(Cpe, row), sites.get(row["site"] or "")
            kept.append(replace(box, region=site and site.region, partner=site and site.partner))
        names = {box.serial for box in kept}
        live = {}
        for line in sorted(map(self.people._service, self.books.rows("services")), key=lambda s: s.number):
            onts = self.books.find("onts", service=line.number)
            ended = line.status is ServiceStatus.TERMINATED
            serial = words.serial(line.ont_serial or ("" if ended or not onts else onts[0]["serial"]))
            if not serial or (ended and (serial in names or serial in live)):
                continue
            c = self.books.as_(Customer, self.books.one("customers", line.customer) or {})
            live[serial] = Cpe(
                serial=serial, state="to collect" if ended else "installed", model=onts[0]["model"] if onts else None,
                site=c.site, service=line.number, customer=c.number, customer_name=c.name, region=c.region,
                partner=c.partner,
            )  # fmt: skip
        return [*kept, *live.values()]

    def _chosen(self, scope: Scope, query: CpeQuery) -> list[Cpe]:
        return [
            box
            for box in self._boxes()
            if scope.covers(box.area) and query.state in ("", box.state)
            if query.model.lower() in (box.model or "").lower() and query.holder in ("", box.holder)
            if query.since is None or (box.since is not None and box.since >= query.since)
            if self._in(query.area, box.site)
        ]

    async def cpes(self, scope: Scope, query: CpeQuery, limit: int = 50) -> CpePage:
        found = self._chosen(scope, query)
        found.sort(key=lambda box: (-box.since.timestamp() if box.since else 1.0, box.serial))
        return CpePage(boxes=tuple(found[:limit]), total=len(found))

    async def cpe_counts(self, scope: Scope, query: CpeQuery) -> Sequence[CpeCount]:
        alike = Counter(
            (box.state, box.model or "", box.holder_name or box.site or "")
            for box in self._chosen(scope, query)
        )
        return [
            CpeCount(state=state, model=model, place=place, count=count)
            for (state, model, place), count in sorted(alike.items(), key=lambda one: (-one[1], one[0]))
        ]

    async def get_cpe(self, scope: Scope, serial: str) -> Cpe | None:
        found = [box for box in self._boxes() if box.serial == words.serial(serial)]
        return next((box for box in found if scope.covers(box.area)), None)

    async def put_cpe(self, effect: Effect, serial: str, put: CpePut) -> Cpe:
        key = words.serial(serial)

        def write() -> None:
            if any(box.serial == key and box.state == "installed" for box in self._boxes()):
                raise Conflict(f"{key} hangs on a line.")
            if put.site and put.site not in self._sites():
                raise NotFound(f"There is no site {put.site}.")
            self._put(key, put)

        await self.books.once(effect, write)
        return next(box for box in self._boxes() if box.serial == key)

    def _put(self, key: str, put: CpePut) -> None:
        old = next(iter(self.books.find("cpes", serial=key)), None)
        if old:
            self.books.rows("cpes").remove(old)
        kept = vars(put) | {"model": put.model or (old or {}).get("model"), "since": self.books.now()}
        self.books.add("cpes", Cpe(serial=key, **{**kept, "site": put.site or (old or {}).get("site")}))

    def _leave(self, serial: str) -> str:
        row = next(iter(self.books.find("cpes", serial=words.serial(serial))), None)
        if row is None:
            return ""
        if row["state"] == "faulty":
            raise Conflict(f"{serial} is faulty.")
        self.books.rows("cpes").remove(row)
        return row["model"] or ""

    def _returned(
        self, serial: str, model: str | None, site: str | None, service: str, off: Off | None = None
    ) -> None:
        if off == "nowhere":
            return
        put = off or CpePut(state="returned", note=f"off {service}")
        put = replace(put, model=put.model or model or "", site=put.site or site)
        self._put(words.serial(serial), put)

    async def drop_cpe(self, effect: Effect, serial: str) -> None:
        def write() -> None:
            row = next(iter(self.books.find("cpes", serial=words.serial(serial))), None)
            if row is None:
                raise NotFound(f"{serial} is not in the stock.")
            self.books.rows("cpes").remove(row)

        await self.books.once(effect, write)

    async def install_ont(self, effect: Effect, service: str, serial: str, model: str = "") -> Acted:
        def write() -> Acted:
            line = self.books.one("services", service, "service") or {}
            if (
                line["status"] == "TERMINATED"
                or line["ont_serial"]
                or self.books.find("onts", service=service)
            ):
                raise Conflict(f"{service} has an ONT, or has ended.")
            if self._has_ont(serial):
                raise Conflict(f"ONT {serial} is known already.")
            known, at = self._leave(serial), self.books.now()
            line["ont_serial"] = serial
            if wires := self.books.find("wires", service=service):
                ont = Ont(
                    serial=serial, status="offline", status_since=at, seen_at=at, model=model or known or None
                )
                self.books.add("onts", ont, port=wires[0]["port"], service=service)
            return Acted(target=serial, at=at)

        return await self.books.once(effect, write)

    async def remove_ont(self, effect: Effect, service: str, off: Off | None = None) -> Acted:
        def write() -> Acted:
            line = self.books.one("services", service, "service") or {}
            onts = self.books.find("onts", service=service)
            serial = onts[0]["serial"] if onts else line["ont_serial"]
            if not serial:
                raise Conflict(f"{service} has no ONT.")
            site = (self.books.one("customers", line["customer"]) or {})["site"]
            self.books.tables["onts"] = [row for row in self.books.rows("onts") if row["service"] != service]
            line["ont_serial"] = None
            self._returned(serial, onts[0]["model"] if onts else None, site, service, off)
            return Acted(target=words.serial(serial), at=self.books.now())

        return await self.books.once(effect, write)

    async def has_ont(self, serial: str) -> bool:
        return self._has_ont(serial)

    def _has_ont(self, serial: str) -> bool:
        return any(row["serial"].lower() == serial.lower() for row in self.books.rows("onts"))


def _hits(known: Outage | Maintenance, port: str | None, devices: set[str | None], sites: set[str]) -> bool:
    """Whether what is known to be wrong, or planned, lies above a line."""
    if known.port:
        return known.port == port
    return known.device in devices if known.device else known.site in sites
