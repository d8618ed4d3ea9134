"""Four splitters on each PON, and the lines behind each: which one follows from the number of the line."""

from __future__ import annotations

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.topology import port_ids
from bot.demo.world.world import World

LETTERS = "ABCD"
RATIO = 16


def splitter_rows(world: World) -> Batch:
    """Return the splitters of all PONs."""
    ports = world.network.ports
    ids = port_ids(world.ids, len(ports))
    rows = [
        (_name(port.device, port.name, letter), ids[nr], RATIO)
        for nr, port in enumerate(ports)
        if port.kind == "pon"
        for letter in LETTERS
    ]
    return Batch("isp_splitters", ("name", "port_id", "ratio"), rows)


def splitter_line_rows(chunk: Chunk) -> Batch:
    """Return behind which splitter each line is that has an ONT."""
    world, services = chunk.world, chunk.services
    fibre = world.lines.mounted[services] & ~world.lines.wireless[services]
    places = services[np.asarray(fibre, dtype=bool)].tolist()
    ports = [world.network.ports[int(world.subs.port[place])] for place in places]
    names = [
        _name(port.device, port.name, LETTERS[place % len(LETTERS)])
        for place, port in zip(places, ports, strict=True)
    ]
    return Batch.of(
        "isp_splitter_lines", {"service_id": world.ids.many("service", places), "splitter": names}
    )


def _name(device: str, port: str, letter: str) -> str:
    """Return `SPL-CST-02-1-5A` for the first splitter of `olt-cst-02-1 PON 1/5`."""
    return f"SPL-{device.removeprefix('olt-').upper()}-{port.rpartition('/')[2]}{letter}"
