"""Outages, past and present, and planned work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.demo.world.calendar import Calendar
from bot.demo.world.plants import Plants
from bot.demo.world.seeded import DAY, HOUR, Ints, stream
from bot.demo.world.topology import Topology

PAST = 9
CAUSES = (
    ("Fibre cut by road works", "Trench crew of the county hit the feeder; spliced."),
    (
        "Power failure at the site, batteries empty",
        "Utility outage longer than the batteries; generator brought.",
    ),
    ("OLT card failure", "Line card replaced from the spares in the regional store."),
    (
        "Upstream carrier outage",
        "Carrier reported a submarine segment fault; traffic moved to the second carrier.",
    ),
    ("Switch reboot after software fault", "Upgraded to the fixed release."),
    ("Vandalised cabinet", "Cabinet rebuilt, lock changed, police report filed."),
)


@dataclass(frozen=True, kw_only=True)
class Outage:
    """One outage; `ports` are the ports it took down, `ended` is None while it lasts."""

    number: str
    title: str
    cause: str
    note: str
    site: int
    device: str
    ports: Ints
    started: int
    eta: int | None
    ended: int | None


def draw_outages(network: Topology, plants: Plants, calendar: Calendar, seed: int) -> list[Outage]:
    """Return past outages in order, and last the one in progress if it was planted."""
    rng = stream(seed, "outages")
    starts = np.sort(calendar.now - rng.integers(9 * DAY, 360 * DAY, PAST))
    devices = [d for d in network.devices if d.kind in {"olt", "ap"}]
    found = []
    for k, start in enumerate(starts.tolist()):
        device = devices[int(rng.integers(0, len(devices)))]
        cause, note = CAUSES[int(rng.integers(0, len(CAUSES)))]
        found.append(
            Outage(
                number=f"OUT-{31 + k:04d}",
                title=f"{network.sites[device.site].name}: {device.name} down",
                cause=cause,
                note=note,
                site=device.site,
                device=device.name,
                ports=np.array([p for p, port in enumerate(network.ports) if port.device == device.name]),
                started=start,
                eta=start + 4 * HOUR,
                ended=start + int(rng.lognormal(9.3, 0.6)),
            )
        )
    if plants.cut_olt:
        found.append(_current(network, plants))
    return found


def _current(network: Topology, plants: Plants) -> Outage:
    site = network.ports[int(plants.cut_ports[0])].site
    road = network.ports[int(plants.cut_ports[0])].road
    return Outage(
        number=f"OUT-{31 + PAST:04d}",
        title=f"{network.sites[site].name}: feeder of {plants.cut_olt} cut, all PONs dark",
        cause="Fibre cut",
        note=f"All ONTs lost light within two minutes, the OLT answers: cut near {road}. Splicing begins.",
        site=site,
        device=plants.cut_olt,
        ports=plants.cut_ports,
        started=plants.cut_at,
        eta=plants.cut_eta,
        ended=None,
    )


def planned_work(network: Topology, calendar: Calendar) -> list[dict[str, Any]]:
    """Return maintenance windows: done, tonight and next week."""
    olts = [d for d in network.devices if d.kind == "olt"]
    routers = [d for d in network.devices if d.kind == "router"]
    plan = (
        (-20, "Replace rectifier", None, olts[0].site, "done", 2),
        (-6, "Firmware upgrade", olts[-1], olts[-1].site, "done", 2),
        (-3, "Tower climb: realign sectors", routers[-1], routers[-1].site, "cancelled", 3),
        (1, "Firmware upgrade", olts[0], olts[0].site, "planned", 2),
        (2, "Battery test", None, olts[len(olts) // 2].site, "planned", 1),
        (8, "Move uplinks to the new core router", routers[0], routers[0].site, "planned", 4),
    )
    return [
        {
            "number": f"MNT-{12 + k:04d}",
            "title": f"{title} at {network.sites[site].name}" + (f" ({device.name})" if device else ""),
            "site": network.sites[site].code,
            "device": device.name if device else None,
            "starts": calendar.at(calendar.today + day, 1.0),
            "ends": calendar.at(calendar.today + day, 1.0 + hours),
            "status": status,
        }
        for k, (day, title, device, site, status, hours) in enumerate(plan)
    ]
