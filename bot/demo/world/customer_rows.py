"""Customers, their notes, plans and services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.bills import Bills
from bot.demo.world.chunk import Chunk
from bot.demo.world.lines import Lines
from bot.demo.world.seeded import HOUR, Ints, blank, days, instants, pick
from bot.demo.world.staff import find_emails
from bot.demo.world.subscribers import ACTIVE, CHURNED, NEVER, PROSPECT, STATUSES, SUSPENDED, TIERS
from bot.demo.world.world import World

SERVICE_STATUSES = ("pending", "active", "suspended", "terminated")
MACS, SERIALS, PHONES = 2**24, 2**32, 10**8
OUIS = {"Huawei": "00e0fc", "ZTE": "d476ea", "Ubiquiti": "788a20", "Cambium": "000456"}
SERIAL_HEADS = {"Huawei": "HWTC", "ZTE": "ZTEG", "Ubiquiti": "UBNT", "Cambium": "CMBM"}
MODELS = {"Huawei": "HG8145V5", "ZTE": "F670L", "Ubiquiti": "LiteBeam 5AC", "Cambium": "Force 300-16"}
NOTES = (
    "Prefers to be called after 17:00.",
    "Gate is locked; call the caretaker before a visit.",
    "Dog in the compound. Ring first.",
    "Asked for an upgrade offer when the new plans come.",
    "Speaks Swahili only; the daughter translates.",
    "Router is in the ceiling above the shop door, bring a ladder.",
    "Promised to pay at the end of the month, agreed with billing.",
    "Moved the router himself; Wi-Fi advice sent.",
    "Very polite, long-standing customer.",
    "Wants paper invoices for the tax office.",
    "Landlord has to agree to any drilling.",
)
TAGS = ("paperless", "autopay", "promise-to-pay", "vip", "sms-only", "landlord-managed")


def plan_rows(world: World) -> Batch:
    """Return the price list."""
    plans = world.isp.plans
    return Batch.of(
        "isp_plans",
        {
            "code": [p.code for p in plans],
            "name": [p.name for p in plans],
            "kind": [p.kind for p in plans],
            "down_kbps": [p.down_mbps * 1_000 for p in plans],
            "up_kbps": [p.up_mbps * 1_000 for p in plans],
            "price_minor": [p.price_minor for p in plans],
            "currency": [world.isp.currency] * len(plans),
            "active": [p.weight > 0 for p in plans],
        },
    )


def customer_rows(chunk: Chunk, bills: Bills) -> Iterator[Batch]:
    """Return customers, then their notes."""
    subs, world, size = chunk.world.subs, chunk.world, len(chunk)
    status, rng = chunk.slice(subs.status), chunk.rng("customers")
    prospect = status == PROSPECT
    since = np.where(prospect, world.calendar.today, chunk.slice(subs.since))
    phones, alts = _phones(chunk)
    towns = [world.isp.regions[site.region].towns[site.town] for site in chunk.sites]
    yield Batch.of(
        "isp_customers",
        {
            "id": chunk.ids,
            "number": chunk.numbers,
            "kind": ["business" if b else "individual" for b in chunk.slice(subs.business).tolist()],
            "name": [name for name, _ in chunk.names],
            "contact": [contact for _, contact in chunk.names],
            "email": chunk.emails,
            "phone": phones,
            "alt_phone": alts,
            "street": _streets(chunk, rng),
            "city": [town.name for town in towns],
            "postcode": [town.postcode for town in towns],
            "region": [world.isp.regions[site.region].name for site in chunk.sites],
            "site": [site.code for site in chunk.sites],
            "partner": [site.partner for site in chunk.sites],
            "status": [STATUSES[k] for k in status.tolist()],
            "tier": [TIERS[k] for k in chunk.slice(subs.tier).tolist()],
            "language": [language for _, _, language in chunk.people],
            "since": days(since, prospect),
            "churned_on": days(chunk.slice(subs.churned), chunk.slice(subs.churned) == NEVER),
            "tags": _tags(chunk, bills, rng),
            "created_at": instants(since * 86_400 + 5 * HOUR),
        },
    )
    yield _notes(chunk, rng, size)


def _streets(chunk: Chunk, rng: np.random.Generator) -> list[str]:
    draws, found = rng.random((len(chunk), 3)).tolist(), []
    for port, site, (a, b, c) in zip(chunk.ports, chunk.sites, draws, strict=True):
        roads = chunk.world.isp.regions[site.region].towns[site.town].roads
        road = port.road if a < 0.8 else roads[int(b * len(roads))]  # most live in the port's street
        letter = "" if b < 0.6 else "ABCDEF"[int(c * 997) % 6]
        found.append(f"{1 + int(c * 160)}{letter} {road}")
    return found


def _phones(chunk: Chunk) -> tuple[list[str], list[str | None]]:
    prefix = chunk.world.isp.phone_prefix
    phones = [f"{prefix}{k:08d}" for k in chunk.scattered(PHONES, len(chunk), chunk.low)]
    alts: list[str | None] = [
        f"{prefix[:-1]}11{k % 10**7:07d}" if k % 9 < 2 else None  # two in nine
        for k in chunk.scattered(PHONES, len(chunk), chunk.low + PHONES // 2)
    ]
    for i, member in chunk.cast.items():
        phones[i - chunk.low] = member.phone or phones[i - chunk.low]
    return phones, alts


def _tags(chunk: Chunk, bills: Bills, rng: np.random.Generator) -> list[list[str]]:
    draws, auto = rng.random(len(chunk)).tolist(), bills.auto.tolist()
    late = (bills.overdue.sum(axis=1) > 0) & chunk.slice(chunk.world.subs.status == ACTIVE)
    return [
        [
            tag
            for tag, there in zip(
                TAGS, (d < 0.3, a, owes and d > 0.7, d > 0.985, d < 0.02, 0.4 < d < 0.42), strict=True
            )
            if there
        ]  # shares
        for d, a, owes in zip(draws, auto, late.tolist(), strict=True)
    ]


def _notes(chunk: Chunk, rng: np.random.Generator, size: int) -> Batch:
    world = chunk.world
    who = np.flatnonzero((rng.random(size) < 0.16) & (chunk.slice(world.subs.status) != PROSPECT))  # share
    by = find_emails(world.isp, "support")
    first = np.maximum(chunk.slice(world.subs.since)[who], world.calendar.today - 700)
    last = np.where(
        chunk.slice(world.subs.status)[who] == CHURNED,
        chunk.slice(world.subs.churned)[who],
        world.calendar.today - 1,
    )
    day = first + (rng.random(len(who)) * np.maximum(last - first, 1)).astype(np.int64)
    return Batch.of(
        "isp_notes",
        {
            "id": world.ids.many("note", (who + chunk.low).tolist()),
            "customer_id": [chunk.ids[k] for k in who.tolist()],
            "at": instants(day * 86_400 + rng.integers(6 * HOUR, 15 * HOUR, len(who))),
            "by": [by[k % len(by)] for k in rng.integers(0, 99, len(who)).tolist()],
            "body": [NOTES[k] for k in pick(rng, [1] * len(NOTES), len(who)).tolist()],
        },
    )


def vendors(world: World, services: Ints) -> list[str]:
    """Return who made the device each service hangs on."""
    made = {device.name: device.vendor for device in world.network.devices}
    return [made[world.network.ports[p].device] for p in world.subs.port[services].tolist()]


def serials(chunk: Chunk) -> list[str]:
    """Return the serial each service's CPE has (or would have)."""
    scattered = _by_service(chunk, SERIALS)
    return [
        f"{SERIAL_HEADS[v]}{k:08X}"
        for v, k in zip(vendors(chunk.world, chunk.services), scattered, strict=True)
    ]


def macs(chunk: Chunk) -> list[str]:
    """Return the hardware address of each service's CPE."""
    scattered = _by_service(chunk, MACS)
    return [f"{OUIS[v]}{k:06x}" for v, k in zip(vendors(chunk.world, chunk.services), scattered, strict=True)]


def addresses(world: World, services: Ints) -> list[str]:
    """Return IPv4 addresses: carrier-grade NAT for homes, a public-looking range for businesses."""
    home, business = 100 << 24 | 64 << 16, 198 << 24 | 18 << 16
    flags = world.subs.business[world.subs.owner[services]].tolist()
    found = []
    for s, b in zip(services.tolist(), flags, strict=True):
        k = (business if b else home) + 256 + s
        found.append(f"{k >> 24}.{k >> 16 & 255}.{k >> 8 & 255}.{k & 255}")
    return found


def _by_service(chunk: Chunk, space: int) -> list[int]:
    main = chunk.scattered(space, len(chunk), chunk.low)
    return main + [chunk.scattered(space, 1, s)[0] for s in chunk.services[len(chunk) :].tolist()]


def service_rows(chunk: Chunk, bills: Bills, lines: Lines) -> Batch:
    """Return services; a terminated one gave its port, address and CPE back."""
    world, services = chunk.world, chunk.services
    subs, owner = world.subs, world.subs.owner[services]
    status, here = subs.status[owner], owner - chunk.low
    gone, mounted = status == CHURNED, lines.mounted[services]
    suspended = bills.suspended_on[here]
    numbers = [
        f"SVC-{chunk.numbers[k]}-{1 + (s >= subs.n)}"
        for k, s in zip(here.tolist(), services.tolist(), strict=True)
    ]
    columns: dict[str, list[Any]] = {
        "id": world.ids.many("service", services.tolist()),
        "number": numbers,
        "customer_id": [chunk.ids[k] for k in here.tolist()],
        "plan_code": [world.isp.plans[k].code for k in subs.plan[services].tolist()],
        "kind": ["wireless" if w else "fiber" for w in lines.wireless[services].tolist()],
        "status": [SERVICE_STATUSES[k] for k in status.tolist()],
        "username": chunk.usernames,
        "ipv4": blank(addresses(world, services), ~mounted),
        "ipv6_prefix": blank(
            [f"2001:db8:{s >> 8:x}:{(s & 255) << 8:x}::/56" for s in services.tolist()],
            ~mounted | (services % 5 < 2),
        ),  # two in five
        "vlan": blank((100 + subs.port[services] % 3_000).tolist(), gone),
        "cpe_mac": blank(macs(chunk), ~mounted),
        "ont_serial": blank(serials(chunk), ~mounted),
        "port_id": blank(world.ids.many("port", subs.port[services].tolist()), gone),
        "activated_on": days(subs.since[owner], status == PROSPECT),
        "suspended_at": instants(world.calendar.at(0, 8.0) + suspended * 86_400, status != SUSPENDED),
        "suspend_reason": ["non-payment" if k == SUSPENDED else None for k in status.tolist()],
        "terminated_on": days(subs.churned[owner], ~gone),
    }
    return Batch.of("isp_services", columns)
