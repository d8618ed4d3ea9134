"""The things the evaluation's questions speak of, and the people who ask: no database behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import plugins
from bot.contract.action import Action
from bot.contract.entity import Entity, Match
from bot.contract.people import User
from bot.host.loader import find_plugins, load_plugins

LOADED = load_plugins(find_plugins(plugins))
VIEW = LOADED.registry.view(frozenset(LOADED.registry.plugins))
ACTIONS, ENTITIES = VIEW.all(Action), VIEW.all(Entity)


@dataclass(frozen=True)
class Thing:
    """Something that can be found by its key, its label whole, or any of `also`."""

    kind: str
    key: str
    label: str
    also: tuple[str, ...] = ()


def mail(name: str, last: str) -> str:
    short = name in {"Ada", "Bisi", "Ngozi", "Zed"}
    return f"{name.lower()}@acme.example" if short else f"{name.lower()}.{last.lower()}@acme.example"


THINGS = (
    Thing("customer", "100234", "Amina Bello", ("amina@acme.example", "08012345678", "0801 234 5678", "10.20.0.7", "00:1a:2b:3c:4d:5e", "hwtc12ab34cd", "svc-100234-1")),
    Thing("customer", "100999", "Grace Adeyemi", ("grace@acme.example",)),
    Thing("customer", "100777", "John Smith"),
    Thing("customer", "100778", "John Smith"),
    Thing("customer", "100118", "Peter Kamau", ("peter@kamau.example", "peter.kamau", "0700100118", "10.40.3.17", "aa:bb:cc:00:01:18", "hwtcaabbccdd")),
    Thing("customer", "100203", "Zainab Mwakio"),
    Thing("customer", "100555", "Coral Dialysis Centre"),
    Thing("plan", "HF-50", "Home Fibre 50"),
    Thing("plan", "HF-100", "Home Fibre 100"),
    Thing("ticket", "TCK-10234", "No light"),
    Thing("ticket", "TCK-11574", "Slow access"),
    Thing("ticket", "TCK-11578", "Centre without internet"),
    Thing("invoice", "INV-2026-021438", "INV-2026-021438"),
    Thing("device", "olt-cst-02-1", "olt-cst-02-1"),
    Thing("device", "olt-ctr-01-1", "olt-ctr-01-1"),
    Thing("device", "bng-ctr-1", "bng-ctr-1"),
    Thing("site", "CTR-01", "Westlands"),
    Thing("site", "CST-02", "Bamburi"),
    Thing("outage", "OUT-0040", "Feeder of olt-cst-02-1 cut"),
    Thing("ticket", "TCK-10235", "Slow in the evening"),
    Thing("template", "outage_notice", "outage_notice", ("outage", "outage notice")),
    Thing("template", "payment_reminder", "payment_reminder", ("payment reminder", "reminder")),
    Thing("message", "EM-1001", "EM-1001"),
    Thing("mailing", "ML-1001", "ML-1001"),
    Thing("invoice", "INV-2026-000123", "INV-2026-000123"),
    Thing("device", "olt-ikj-01-1", "olt-ikj-01-1"),
    Thing("device", "bng-ikj-1", "bng-ikj-1"),
    Thing("site", "IKJ", "Ikeja"),
    Thing("site", "SUR", "Surulere"),
    Thing("port", "olt-ikj-01-1 PON 1/3", "olt-ikj-01-1 PON 1/3"),
    Thing("outage", "OUT-77", "Fibre cut at Ikeja"),
    Thing("service", "SVC-100234-1", "Fibre 100", ("amina@acme.example", "10.20.0.7")),
    Thing("customer", "100305", "Mary Wanjiku"),
    Thing("customer", "100931", "Mary Wanjiku"),
    Thing("customer", "100640", "Baraka Hardware"),
    Thing("payment", "PAY-0004512", "PAY-0004512"),
    Thing("credit_note", "CN-000087", "CN-000087"),
    Thing("promise", "PTP-1023", "PTP-1023"),
    Thing("visit", "VIS-2041", "VIS-2041"),
    Thing("reminder", "REM-88", "REM-88"),
    Thing("maintenance", "MNT-12", "MNT-12"),
    *(Thing("oncall_team", name, name) for name in ("noc", "support", "billing")),
    *(Thing(kind, mail(name, last), f"{name} {last}", (name.lower(),))
      for kind in ("agent", "staff", "person", "colleague")
      for name, last in (("Ada", "Obi"), ("Bisi", "Ojo"), ("Ngozi", "Eze"), ("Zed", "Musa"), ("Bea", "Muthoni"), ("Halima", "Said"), ("Kevin", "Oloo"), ("Sam", "Ochieng"))),
)  # fmt: skip


SHAPED = {
    "serial": re.compile(r"(?=(?:.*\d){2})(?=.*[a-z])[a-z0-9]{8,32}"),
    "prefix": re.compile(r"(?:\d{1,3}\.){3}\d{1,3}/\d{1,2}"),
    "model": re.compile(r"[a-z]{1,4}\d{3,5}[a-z]{0,3}\d{0,2}[a-z]?"),
}
"""What is known by how it looks alone."""


async def find(kind: str, text: str) -> list[Match]:
    """Find by whole identifier or name; by parts of the name less surely."""
    low = " ".join(text.lower().split())
    bare = re.sub(r"[\s.\-]", "", low)
    bare = "0" + bare.removeprefix("+254") if bare.startswith("+254") else bare
    out = []
    typed = low if kind == "prefix" else bare
    if kind in SHAPED and SHAPED[kind].fullmatch(typed):
        key = typed.upper()
        return [Match(key=key, label=key, record=Thing(kind, key, key), exact=True)]
    for thing in THINGS:
        if thing.kind != kind:
            continue
        exact = low in {thing.key.lower(), thing.label.lower(), *thing.also} or bare in thing.also
        near = set(low.split()) & set(thing.label.lower().split())
        if exact or near:
            score = 1.0 if exact else 0.4 + 0.2 * len(near)
            out.append(Match(key=thing.key, label=thing.label, record=thing, exact=exact, score=score))
    return sorted(out, key=lambda m: -m.score)


def person(role: str) -> User:
    """Somebody who holds one built-in role, by what the plugins say of it."""
    infos = LOADED.registry.plugins.values()
    held = frozenset(p for info in infos for p in info.roles.get(role, frozenset()))
    made = User.with_permissions(f"id-{role}", "Ada Obi", held)
    return User(
        id=made.id, name=made.name, email="ada@acme.example", roles=frozenset({role}), rights=made.rights
    )
