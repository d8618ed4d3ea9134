"""Sites, devices and ports: a tree from the core router down to every PON and sector."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bot.demo.world.isp import Isp, Region
from bot.demo.world.seeded import Idents, Ints, stream

PON_FILL, PON_MAX = 42, 64
SECTOR_FILL, SECTOR_MAX = 24, 40
ROOM = 4
"""Places left free on each port, so that the fixed cast fits anywhere."""
PONS_PER_OLT, SECTORS_PER_AP = 16, 3
SERVICES_PER_BNG = 20_000


@dataclass(frozen=True, kw_only=True)
class Site:
    """A POP or a tower."""

    code: str
    name: str
    region: int
    town: int
    kind: str
    partner: str | None
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True)
class Device:
    """A box at a site; `parent` is the device it hangs on."""

    name: str
    kind: str
    vendor: str
    model: str
    site: int
    parent: str | None


@dataclass(frozen=True, kw_only=True)
class Port:
    """A PON, a sector or an uplink; `road` is the street most of its lines are in."""

    device: str
    name: str
    kind: str
    site: int
    capacity: int
    road: str


@dataclass
class Topology:
    """Everything the lines hang on. `fiber[r]` and `wireless[r]` are the port numbers of region r."""

    sites: list[Site] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    fiber: list[list[int]] = field(default_factory=list)
    wireless: list[list[int]] = field(default_factory=list)

    def subject(self, port: int) -> str:
        """Return the name measurements of a port are kept under."""
        return f"port:{self.ports[port].device} {self.ports[port].name}"

    def site_of(self) -> Ints:
        """Return the site number of every port."""
        return np.array([port.site for port in self.ports], dtype=np.int64)

    def bng_of(self, region: int, port: int) -> str:
        """Return the BNG that terminates the sessions of a port."""
        names = self._bngs[region]
        return names[port % len(names)]

    @cached_property
    def _bngs(self) -> dict[int, list[str]]:
        """The BNGs of each region, once all of them stand: every chunk asks for those of every port."""
        found: dict[int, list[str]] = {}
        for device in self.devices:
            if device.kind == "bng":
                found.setdefault(self.sites[device.site].region, []).append(device.name)
        return found


def build_topology(isp: Isp, fiber: list[int], wireless: list[int], seed: int) -> Topology:
    """Return a network with room for these many fibre and wireless lines per region."""
    tree = Topology()
    for number, region in enumerate(isp.regions):
        _Builder(isp, tree, number, region, seed).build(fiber[number], wireless[number])
    return tree


@dataclass
class _Builder:
    isp: Isp
    tree: Topology
    number: int
    region: Region
    seed: int

    def build(self, fiber: int, wireless: int) -> None:
        """Add this region's POPs with OLTs, then its towers with access points."""
        self.tree.fiber.append([])
        self.tree.wireless.append([])
        self.rng = stream(self.seed, "topology", self.region.code)
        self.base = len(self.tree.sites)
        pons = max(4, math.ceil(fiber / PON_FILL)) if fiber else 0
        olts = max(2, math.ceil(pons / PONS_PER_OLT)) if pons else 0
        pons_each = math.ceil(pons / max(olts, 1))
        self.pops = max(1, math.ceil(olts / max(1, math.ceil(olts / 16))))
        for place in range(self.pops):
            self._pop(place, fiber + wireless)
        for olt in range(olts):
            self._olt(olt, min(pons_each, pons - olt * pons_each))
        sectors = max(SECTORS_PER_AP, math.ceil(wireless / SECTOR_FILL)) if wireless else 0
        for tower in range(math.ceil(sectors / SECTORS_PER_AP)):
            self._tower(tower)

    def _site(self, place: int, kind: str) -> int:
        towns = self.region.towns
        town = towns[place % len(towns)]
        again = place // len(towns)
        label = f"{town.name} {again + 1}" if again else town.name
        jitter = self.rng.normal(0, 0.012, 2)
        self.tree.sites.append(
            Site(
                code=f"{self.region.code.upper()}-{len(self.tree.sites) - self.base + 1:02d}",
                name=f"{label} {'POP' if kind == 'pop' else 'tower'}",
                region=self.number,
                town=place % len(towns),
                kind=kind,
                partner=self.region.partner if kind == "tower" and place % 4 == 3 else None,  # every fourth
                lat=round(town.lat + float(jitter[0]), 5),
                lon=round(town.lon + float(jitter[1]), 5),
            )
        )
        return len(self.tree.sites) - 1

    def _device(self, name: str, kind: str, made: tuple[str, str], site: int, parent: str | None) -> None:
        self.tree.devices.append(
            Device(name=name, kind=kind, vendor=made[0], model=made[1], site=site, parent=parent)
        )

    def _stem(self, site: int) -> str:
        return self.tree.sites[site].code.lower()

    def _pop(self, place: int, services: int) -> None:
        site, code = self._site(place, "pop"), self.region.code
        if place == 0:
            self._device(f"core-{code}-1", "router", ("Juniper", "MX204"), site, None)
            for k in range(math.ceil(services / SERVICES_PER_BNG)):
                self._device(f"bng-{code}-{k + 1}", "bng", ("Juniper", "MX480"), site, f"core-{code}-1")
        parent = f"core-{code}-1"
        self._device(f"agg-{self._stem(site)}", "switch", ("Huawei", "S6730-H"), site, parent)

    def _olt(self, number: int, pons: int) -> None:
        site = self.base + number % self.pops
        name = f"olt-{self._stem(site)}-{number // self.pops + 1}"
        made = ("Huawei", "MA5800-X7") if number % 3 else ("ZTE", "C320")
        self._device(name, "olt", made, site, f"agg-{self._stem(site)}")
        roads = self.region.towns[self.tree.sites[site].town].roads
        for pon in range(pons):
            self.tree.fiber[self.number].append(len(self.tree.ports))
            self._port(name, f"PON 1/{pon + 1}", "pon", site, (PON_MAX, roads[pon % len(roads)]))
        self._port(name, "uplink 1", "ethernet", site, (10_000, ""))

    def _tower(self, number: int) -> None:
        site = self._site(number + self.pops, "tower")
        pop = self._stem(self.base + number % self.pops)
        stem = self._stem(site)
        self._device(f"rtr-{stem}", "router", ("MikroTik", "CCR2116"), site, f"agg-{pop}")
        made = ("Ubiquiti", "Rocket Prism 5AC") if number % 3 else ("Cambium", "ePMP 3000")
        self._device(f"ap-{stem}-1", "ap", made, site, f"rtr-{stem}")
        roads = self.region.towns[self.tree.sites[site].town].roads
        for sector in range(SECTORS_PER_AP):
            self.tree.wireless[self.number].append(len(self.tree.ports))
            road = roads[(sector + number) % len(roads)]
            self._port(f"ap-{stem}-1", f"sector {'ABC'[sector]}", "sector", site, (SECTOR_MAX, road))

    def _port(self, device: str, name: str, kind: str, site: int, rest: tuple[int, str]) -> None:
        self.tree.ports.append(
            Port(device=device, name=name, kind=kind, site=site, capacity=rest[0], road=rest[1])
        )


def fill_ports(rng: np.random.Generator, ports: list[int], kind: str, lines: int) -> Ints:
    """Spread lines over ports unevenly, as life does, and never past what a port can hold."""
    mean, most = (PON_FILL, PON_MAX) if kind == "fiber" else (SECTOR_FILL, SECTOR_MAX)
    room = np.clip(np.rint(mean * rng.uniform(0.55, 1.45, len(ports))), 4, most - ROOM).astype(np.int64)
    while (short := lines - int(room.sum())) > 0:
        spare = most - ROOM - room
        add = np.minimum(spare, -(-short // len(ports)))
        if not add.any():
            raise ValueError(f"{lines} lines do not fit on {len(ports)} {kind} ports")
        room += add
    places = np.repeat(np.array(ports, dtype=np.int64), room)
    return rng.permutation(places)[:lines]


def port_ids(ids: Idents, count: int) -> list[str]:
    """Return the identifiers of the first `count` ports."""
    return ids.many("port", range(count))
