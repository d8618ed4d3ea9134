"""Numbers over time: receive power by PON and day, sessions and traffic by site and hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.customer_rows import serials
from bot.demo.world.plants import DRIFT_DAYS, DRIFT_DB_PER_DAY
from bot.demo.world.seeded import DAY, HOUR, Floats, instants
from bot.demo.world.world import World

RX_DAYS, SITE_DAYS = 60, 14
BUSY = np.array(
    [
        0.42,
        0.3,
        0.22,
        0.18,
        0.17,
        0.2,
        0.3,
        0.42,
        0.5,
        0.54,
        0.55,
        0.56,
        0.6,
        0.58,
        0.57,
        0.58,
        0.62,
        0.7,
        0.84,
        0.97,
        1.0,
        0.98,
        0.82,
        0.6,
    ]
)
"""Traffic by local hour, as a share of the busiest."""
BUSY_MBPS = 2.1
COLUMNS = ("subject", "metric", "at", "value")


def _rows(
    subject: str, metric: str, at: list[datetime | None], values: Floats
) -> list[tuple[str, str, datetime | None, float]]:
    return [(subject, metric, moment, value) for moment, value in zip(at, values.tolist(), strict=True)]


def site_rows(world: World) -> Iterator[Batch]:
    """Return hourly sessions and incoming traffic of each site for two weeks."""
    rng, calendar = world.rng("site-measurements"), world.calendar
    hours = np.arange(calendar.now // HOUR - SITE_DAYS * 24 + 1, calendar.now // HOUR + 1) * HOUR
    local = (hours + calendar.offset) // HOUR
    hour, weekend = local % 24, ((local // 24 + 3) % 7) >= 5  # Saturday and Sunday
    at, site = instants(hours), world.network.site_of()[world.subs.port]
    sites = len(world.network.sites)
    mounted = np.bincount(site[world.lines.live | world.lines.cut | world.lines.power], minlength=sites)
    cut = np.bincount(site[world.lines.cut], minlength=sites)
    power = np.bincount(site[world.lines.power], minlength=sites)
    shape = 1 - 0.012 * np.cos((hour - 20) / 24 * 2 * np.pi + np.pi)
    rhythm = BUSY[hour] * np.where(weekend & (hour > 8) & (hour < 18), 1.22, 1.0)  # daytime
    for k, place in enumerate(world.network.sites):
        lost = cut[k] * (hours >= world.plants.cut_at) + power[k] * (hours >= world.plants.power_at)
        sessions = np.rint(mounted[k] * shape * (1 + rng.normal(0, 0.004, len(hours))) - lost).clip(0)
        mbps = sessions * BUSY_MBPS * rhythm * (1 + rng.normal(0, 0.05, len(hours)))
        subject = f"site:{place.code}"
        yield Batch(
            "isp_measurements",
            COLUMNS,
            _rows(subject, "sessions", at, sessions) + _rows(subject, "mbps_in", at, mbps.round(1)),
        )


def _drift(days: int) -> Floats:
    """Return how far the drifting PON has sunk on each of the last days."""
    ago = np.arange(days - 1, -1, -1, dtype=np.float64)
    return -np.clip(DRIFT_DAYS - ago, 0, None) * DRIFT_DB_PER_DAY


def port_rows(world: World) -> Iterator[Batch]:
    """Return the daily mean receive power of each PON and sector for sixty days."""
    rng, calendar, lines = world.rng("port-measurements"), world.calendar, world.lines
    days = np.arange(calendar.today - RX_DAYS + 1, calendar.today + 1)
    moments = np.minimum(calendar.at(0, 3.0) + days * DAY, calendar.now)
    at, ports = instants(moments), world.network.ports
    lines_of = np.bincount(world.subs.port[lines.mounted], minlength=len(ports))
    power = np.bincount(world.subs.port[lines.mounted], weights=lines.rx[lines.mounted], minlength=len(ports))
    drifting = set(world.plants.drift_ports.tolist())
    for k, port in enumerate(ports):
        if port.kind == "ethernet" or not lines_of[k]:
            continue
        noise = rng.normal(0, 0.1 if port.kind == "pon" else 0.5, RX_DAYS)
        mean = power[k] / lines_of[k] + noise
        if k in drifting:
            mean = mean - _drift(RX_DAYS)[-1] + _drift(RX_DAYS)
        yield Batch("isp_measurements", COLUMNS, _rows(world.network.subject(k), "rx_dbm", at, mean.round(2)))


def ont_rx_rows(chunk: Chunk) -> Batch:
    """Return daily receive power of the ONTs worth a look: the drifting PON, the weak, the cast."""
    world, services = chunk.world, chunk.services
    calendar, lines, rng = world.calendar, world.lines, chunk.rng("ont-measurements")
    days = np.arange(calendar.today - RX_DAYS + 1, calendar.today + 1)
    at = instants(np.minimum(calendar.at(0, 3.0) + days * DAY, calendar.now))
    cast = {m.index for m in chunk.cast.values()}
    weak = lines.mounted[services] & ~lines.wireless[services] & (lines.rx[services] < -26)  # dBm
    rows: list[tuple[str, str, datetime | None, float]] = []
    for k, (s, serial) in enumerate(zip(services.tolist(), serials(chunk), strict=True)):
        if not lines.mounted[s] or not (weak[k] or lines.drift[s] or s in cast):
            continue
        values = lines.rx[s] + rng.normal(0, 0.08, RX_DAYS)
        if lines.drift[s]:
            values = values - _drift(RX_DAYS)[-1] + _drift(RX_DAYS)
        rows += _rows(f"ont:{serial}", "rx_dbm", at, values.round(2))
    return Batch("isp_measurements", COLUMNS, rows)
