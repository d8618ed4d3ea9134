"""Where a question or a change is: the narrowest device, port or site that is named, or an outage's."""

from __future__ import annotations

from bot.api import BadInput, NotFound
from plugins.network.port import (
    Device,
    DeviceRef,
    Outage,
    OutageRef,
    Place,
    Port,
    PortRef,
    Site,
    SiteRef,
    narrowest,
)


def place_of(
    device: DeviceRef | None, port: PortRef | None, site: SiteRef | None, outage: OutageRef | None = None
) -> Place:
    """Return the narrowest place that is named; BadInput when none is."""
    if device and site and device.site != site.code:
        raise BadInput(f"{device.name} is not at {site.code}, but at {device.site}. Name one of the two.")
    if outage:
        if (below := narrowest(outage)) is None:
            raise NotFound(f"{outage.number} names no device, port or site, so nobody can tell who is hit.")
        return _part_of(outage, below, device, port, site)
    if port:
        return Place(kind="port", key=port.key)
    if device:
        return Place(kind="device", key=device.name)
    if site:
        return Place(kind="site", key=site.code)
    raise BadInput("Say where: a device, a port, a site or an outage.")


def _part_of(
    outage: Outage, below: Place, device: Device | None, port: Port | None, site: Site | None
) -> Place:
    """Return the part of an outage that is named besides it; BadInput where that is no part of it."""
    if port and port.key != below.key:
        if port.device == below.key:
            return Place(kind="port", key=port.key)
        raise _no_part(outage, port.key)
    if device and below.kind != "port" and device.name != below.key:
        if below.kind == "site" and device.site == below.key:
            return Place(kind="device", key=device.name)
        raise _no_part(outage, device.name)
    if site and outage.site and outage.site != site.code:
        raise _no_part(outage, site.code)
    return below


def _no_part(outage: Outage, named: str) -> BadInput:
    return BadInput(
        f"{outage.number} is at {outage.where}, and {named} is no part of that. Ask for one of the two."
    )


def place_to_change(device: DeviceRef | None, port: PortRef | None, site: SiteRef | None) -> Place:
    """Return where a change is: one that names a port of another device would hit somebody else."""
    if port and device and port.device != device.name:
        raise BadInput(f"{port.key} is no port of {device.name}. Say which of the two you mean.")
    return place_of(device, port, site)
