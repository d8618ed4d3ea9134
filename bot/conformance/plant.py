"""The small ISP's network: two sites with fibre in the north, a mast in the south."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.conformance.records import FarEnd, Online, Reading
from plugins.network.port import Cpe, Device, Maintenance, Ont, Outage, Pool, Port, Session, Site, Splitter

BNG, OLT, AP = "bng1", "olt-nth-03-1", "ap-sth-01-a"
PON, DARK, SECTOR = f"{OLT} PON 1/1", f"{OLT} PON 1/2", f"{AP} sector A"
FIRST, SECOND, LAST = "SPL-NTH-03-1A", "SPL-NTH-03-1B", "SPL-NTH-03-2A"
SPLITTERS = (
    Splitter(name=FIRST, port=PON, ratio=4),
    Splitter(name=SECOND, port=PON, ratio=16, parent=FIRST),
    Splitter(name=LAST, port=DARK, ratio=8),
)
Names = dict[str, str]
SITES = (
    Site(code="NTH-01", name="North Core", region="north", kind="pop", lat=-4.05, lon=39.66),
    Site(code="NTH-03", name="Harbour", region="north", kind="pop"),
    Site(code="STH-01", name="South Hill", region="south", kind="tower", partner="coastnet"),
)


def names(numbers: Callable[[str, int], str]) -> Names:
    """Return the numbers of outages and works, by what the checks call them."""
    return {
        "outage": numbers("outage", 42),
        "old outage": numbers("outage", 7),
        "work": numbers("maintenance", 7),
    }


def parts(n: Names, now: datetime) -> dict[str, Any]:
    """Return the parts of the world that are about the network."""
    return {
        "wires": {
            n["amina/1"]: PON,
            n["kano/1"]: PON,
            n["bola/1"]: DARK,
            n["dayo/1"]: DARK,
            n["grace/1"]: SECTOR,
        },
        "sites": SITES,
        "devices": _devices(now),
        "ports": _ports(now),
        "onts": _onts(n, now),
        "sessions": _sessions(n, now),
        "outages": (
            Outage(
                number=n["outage"],
                title="PON 1/2 dark",
                status="active",
                port=DARK,
                started_at=now - timedelta(minutes=12),
                eta=now + timedelta(hours=1),
                cause="backhoe",
            ),
            Outage(
                number=n["old outage"],
                title="Mast down",
                status="resolved",
                site="STH-01",
                started_at=now - timedelta(days=9),
                ended_at=now - timedelta(days=8),
            ),
        ),
        "maintenance": (
            Maintenance(
                number=n["work"],
                title="BNG upgrade",
                device=BNG,
                status="planned",
                starts_at=now + timedelta(hours=9),
                ends_at=now + timedelta(hours=11),
            ),
        ),
        "readings": _readings(n, now),
        "pools": _pools(),
        "cpes": _cpes(now),
        "splitters": SPLITTERS,
        "behind": {n["amina/1"]: FIRST, n["kano/1"]: SECOND, n["bola/1"]: LAST},
    }


def _devices(now: datetime) -> tuple[Device, ...]:
    def device(name: str, kind: str, site: str, **more: Any) -> Device:
        usual: dict[str, Any] = {"status": "up", "status_since": now - timedelta(days=9), "seen_at": now}
        return Device(name=name, kind=kind, site=site, **(usual | more))

    half_an_hour = now - timedelta(minutes=30)
    return (
        device(BNG, "bng", "NTH-01", vendor="Juniper", model="MX204"),
        device(OLT, "olt", "NTH-03", parent=BNG, ip="10.9.0.3", status="degraded", status_since=half_an_hour),
        device(AP, "ap", "STH-01"),
    )


def _ports(now: datetime) -> tuple[Port, ...]:
    def port(device: str, name: str, kind: str, **more: Any) -> Port:
        usual: dict[str, Any] = {"status": "up", "status_since": now - timedelta(days=9)}
        return Port(device=device, name=name, kind=kind, **(usual | more))

    return (
        port(OLT, "PON 1/1", "pon", capacity=64),
        port(OLT, "PON 1/2", "pon", capacity=64, status="down", status_since=now - timedelta(minutes=12)),
        port(AP, "sector A", "sector", capacity=1),
    )


def _onts(n: Names, now: datetime) -> tuple[FarEnd, ...]:
    def far(name: str, port: str, serial: str, **more: Any) -> FarEnd:
        usual: dict[str, Any] = {
            "status": "online",
            "status_since": now - timedelta(days=2),
            "seen_at": now - timedelta(seconds=40),
        }
        return FarEnd(ont=Ont(serial=serial, **(usual | more)), port=port, service=n[f"{name}/1"])

    return (
        far("amina", PON, "HWTC1A2B3C4D", rx_dbm=-27.5, distance_m=2_300, last_down_cause="LOS"),
        far("kano", PON, "HWTC00000002", rx_dbm=-19.5),
        far("bola", DARK, "HWTC00000003", status="los", status_since=now - timedelta(minutes=12)),
    )


def _sessions(n: Names, now: datetime) -> tuple[Online, ...]:
    def session(name: str, begun: timedelta, ended: timedelta | None = None, **more: Any) -> Online:
        ended_at = None if ended is None else now - ended
        return Online(
            service=n[f"{name}/1"],
            session=Session(
                username=f"{name}1@isp",
                started_at=now - begun,
                ended_at=ended_at,
                updated_at=ended_at or now - timedelta(minutes=1),
                terminate_cause="Lost-Carrier" if ended else None,
                **more,
            ),
        )

    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    return (
        session("amina", 6 * hour, nas=BNG, ipv4="100.64.0.9", mac="aa:bb:cc:dd:ee:0f", bytes_in=10**10),
        session("amina", 60 * hour, 50 * hour, nas=BNG, ipv4="100.64.0.7"),
        session("bola", 20 * hour, 10 * hour, nas=BNG, ipv4="100.64.0.10"),
        session("bola", 9 * hour, 5 * hour, nas=BNG, ipv4="100.64.0.11"),
        session("bola", 4 * hour, 11 * minute, nas=BNG, ipv4="100.64.0.7"),
        session("grace", 5 * minute, nas=AP, ipv4="100.65.0.1"),
    )


def _readings(n: Names, now: datetime) -> tuple[Reading, ...]:
    def points(*values: float) -> tuple[tuple[datetime, float], ...]:
        return tuple((now - timedelta(days=len(values) - nr), value) for nr, value in enumerate(values))

    return (
        Reading(kind="ont", key="HWTC1A2B3C4D", metric="rx_dbm", points=points(-24.0, -26.0, -27.5)),
        Reading(
            kind="port", key=PON, metric="rx_dbm", points=points(-20, -20, -20, -21, -23, -23.5, -24, -24.5)
        ),
        Reading(kind="port", key=DARK, metric="rx_dbm", points=points(*[-21.0] * 8)),
        Reading(kind="site", key="NTH-03", metric="sessions", points=points(3, 2, 1)),
        Reading(kind="service", key=n["amina/1"], metric="mbps_down", points=points(94.0, 61.5)),
    )


def _pools() -> tuple[Pool, ...]:
    return (
        Pool(name="small", prefix="100.64.0.8/30", size=4, used=1, purpose="CGNAT", site="NTH-03"),
        Pool(name="hill", prefix="100.65.0.0/24", size=256, used=1, site="STH-01"),
        Pool(name="spare", prefix="100.66.0.0/16", size=65_536, used=0),
    )


def _cpes(now: datetime) -> tuple[Cpe, ...]:
    def box(serial: str, state: Any, model: str, days: int, **more: Any) -> Cpe:
        return Cpe(serial=serial, state=state, model=model, since=now - timedelta(days=days), **more)

    has: dict[str, Any] = {"holder": "chipo@acme.example", "holder_name": "Chipo Dube"}
    return (
        box("ZTEG0000AA01", "in stock", "F660", 3, site="NTH-03"),
        box("ZTEG0000AA02", "with technician", "F660", 1, site="NTH-03", **has),
        box("HWTC0000BB01", "faulty", "HG8145V5", 2, site="STH-01", note="no power"),
        box("HWTC0000BB02", "in stock", "HG8145V5", 4),
    )
