"""Sites, devices, ports, outages and planned work as rows; and the CPE of each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.customer_rows import MODELS, serials, vendors
from bot.demo.world.lines import GASP, LOS, OFF, ONT_STATES, UP
from bot.demo.world.outages import planned_work
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Ints, blank, instants
from bot.demo.world.topology import Device, port_ids
from bot.demo.world.world import World

CAUSES = {UP: None, OFF: "power off", LOS: "loss of signal", GASP: "dying gasp"}


def network_rows(world: World) -> Iterator[Batch]:
    """Return sites, devices and ports, parents first."""
    sites, regions = world.network.sites, world.isp.regions
    yield Batch.of(
        "isp_sites",
        {
            "code": [s.code for s in sites],
            "name": [s.name for s in sites],
            "region": [regions[s.region].name for s in sites],
            "partner": [s.partner for s in sites],
            "kind": [s.kind for s in sites],
            "lat": [s.lat for s in sites],
            "lon": [s.lon for s in sites],
        },
    )
    yield _devices(world)
    yield _ports(world)
    yield _outages(world)
    yield _maintenance(world)


def _since(world: World, count: int, topic: str) -> Ints:
    return world.calendar.now - world.rng(topic).integers(3 * DAY, 300 * DAY, count)


def _devices(world: World) -> Batch:
    devices, now = world.network.devices, world.calendar.now
    hit = [d.name == world.plants.cut_olt for d in devices]
    since = np.where(hit, world.plants.cut_at, _since(world, len(devices), "devices"))
    return Batch.of(
        "isp_devices",
        {
            "name": [d.name for d in devices],
            "kind": [d.kind for d in devices],
            "vendor": [d.vendor for d in devices],
            "model": [d.model for d in devices],
            "ip": [_address(k, d, world) for k, d in enumerate(devices)],
            "site": [world.network.sites[d.site].code for d in devices],
            "parent": [d.parent for d in devices],
            "status": ["degraded" if h else "up" for h in hit],
            "status_since": instants(since),
            "seen_at": instants(now - np.arange(len(devices)) % 60),
        },
    )


def _address(place: int, device: Device, world: World) -> str:
    return f"10.{10 + world.network.sites[device.site].region}.{place >> 8}.{place & 255}"


def _ports(world: World) -> Batch:
    ports, plants = world.network.ports, world.plants
    places = np.arange(len(ports))
    cut, power = plants.of_port(plants.cut_ports, places), plants.of_port(plants.power_ports, places)
    since = np.where(cut, plants.cut_at, np.where(power, plants.power_at, _since(world, len(ports), "ports")))
    return Batch.of(
        "isp_ports",
        {
            "id": port_ids(world.ids, len(ports)),
            "device": [p.device for p in ports],
            "name": [p.name for p in ports],
            "kind": [p.kind for p in ports],
            "status": np.where(cut, "down", np.where(power, "degraded", "up")).tolist(),
            "status_since": instants(since),
            "capacity": [p.capacity for p in ports],
        },
    )


def _outages(world: World) -> Batch:
    found, sites = world.outages, world.network.sites
    single = [len(o.ports) == 1 for o in found]
    return Batch.of(
        "isp_outages",
        {
            "number": [o.number for o in found],
            "title": [o.title for o in found],
            "cause": [o.cause for o in found],
            "note": [o.note for o in found],
            "status": ["resolved" if o.ended else "active" for o in found],
            "site": [sites[o.site].code for o in found],
            "device": [o.device for o in found],
            "port_id": [
                world.ids.of("port", int(o.ports[0])) if one else None
                for o, one in zip(found, single, strict=True)
            ],
            "started_at": instants([o.started for o in found]),
            "eta": instants([o.eta or 0 for o in found], [o.eta is None for o in found]),
            "ended_at": instants([o.ended or 0 for o in found], [o.ended is None for o in found]),
        },
    )


def _maintenance(world: World) -> Batch:
    plan = planned_work(world.network, world.calendar)
    return Batch.of(
        "isp_maintenance",
        {
            "number": [w["number"] for w in plan],
            "title": [w["title"] for w in plan],
            "site": [w["site"] for w in plan],
            "device": [w["device"] for w in plan],
            "starts_at": instants([w["starts"] for w in plan]),
            "ends_at": instants([w["ends"] for w in plan]),
            "status": [w["status"] for w in plan],
        },
    )


def ont_rows(chunk: Chunk) -> Batch:
    """Return the ONT or radio of each line that has one."""
    world, services, lines = chunk.world, chunk.services, chunk.world.lines
    rng, size = chunk.rng("onts"), len(services)
    state, wireless = lines.state[services], lines.wireless[services]
    since = _state_since(chunk, rng, state)
    tx = np.round(np.where(wireless, rng.normal(24, 0.8, size), rng.normal(2.3, 0.35, size)), 2)
    dark = np.isin(state, (OFF, LOS, GASP))
    columns: dict[str, list[Any]] = {
        "serial": serials(chunk),
        "port_id": world.ids.many("port", world.subs.port[services].tolist()),
        "service_id": world.ids.many("service", services.tolist()),
        "model": [MODELS[v] for v in vendors(world, services)],
        "status": [ONT_STATES[k] for k in state.tolist()],
        "status_since": instants(since),
        "rx_dbm": blank(lines.rx[services].tolist(), state == LOS),
        "tx_dbm": tx.tolist(),
        "distance_m": lines.distance[services].tolist(),
        "last_down_cause": _last_causes(rng, state),
        "seen_at": instants(np.where(dark, since, world.calendar.now - rng.integers(5, 290, size))),
    }
    return Batch.of("isp_onts", columns).where(lines.mounted[services].tolist())


def _state_since(chunk: Chunk, rng: np.random.Generator, state: Ints) -> Ints:
    world, services, size = chunk.world, chunk.services, len(state)
    up = world.calendar.now - np.clip(rng.lognormal(13.2, 1.1, size), HOUR, 120 * DAY).astype(np.int64)
    down = world.calendar.now - np.clip(rng.lognormal(9.8, 1.2, size), 4 * MINUTE, 9 * DAY).astype(np.int64)
    since = np.where(state == UP, up, down)
    since = np.where(world.lines.cut[services], world.plants.cut_at + services % 9, since)
    return np.where(world.lines.power[services], world.plants.power_at + services % 4, since).astype(np.int64)


def _last_causes(rng: np.random.Generator, state: Ints) -> list[str | None]:
    """Return why each went down last; those up now remember an old reason."""
    old = rng.choice(
        np.array(["power off", "dying gasp", "loss of signal", "reboot"]),
        len(state),
        p=[0.5, 0.3, 0.12, 0.08],
    )
    never = rng.random(len(state)) < 0.3  # share that never went down
    up = blank(old.tolist(), never)
    return [up[k] if s == UP else CAUSES[s] for k, s in enumerate(state.tolist())]
