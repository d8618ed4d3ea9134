"""A glance at a thing as Slack's work object, and as plain blocks where Slack takes no work objects."""

from __future__ import annotations

from typing import Any

from bot.core.glance import Glance
from bot.slack.links import Linked

INCIDENT, ITEM = "slack#/entities/incident", "slack#/entities/item"
INCIDENTS = frozenset({"ticket", "outage"})
OWN = frozenset({"status", "priority", "service"})
"""What an incident has a field of its own for."""
MOST_MORE = 20
COLOURS = {"active": "red", "open": "yellow", "urgent": "red", "resolved": "green", "closed": "green"}

Entity = dict[str, Any]


def ref_of(linked: Linked) -> str:
    """Return what Slack knows a thing by."""
    return f"{linked.kind}:{linked.key}"


def entity_of(linked: Linked, seen: Glance, *, whole: bool = False) -> Entity:
    """Return the work object; `whole`: with all that showing the thing tells, for one reader."""
    incident = linked.kind in INCIDENTS
    fields: Entity = {}
    if incident:
        fields = {name: _text(value) for name, value in seen.facts.items() if name in OWN}
        if who := seen.facts.get("assigned_to"):
            fields["assigned_to"] = {"type": "slack#/types/user", "user": {"text": who}}
        if seen.since:
            fields["date_created"] = {"value": int(seen.since.timestamp())}
    others = {_label(name): value for name, value in seen.facts.items() if name not in fields}
    if not incident and seen.since:
        others["Since"] = f"{seen.since:%Y-%m-%d}"
    if whole:
        others |= dict(list(seen.more.items())[:MOST_MORE])
    payload: Entity = {
        "attributes": {
            "title": {"text": seen.title},
            "display_id": linked.key,
            "display_type": linked.kind.replace("_", " ").capitalize(),
            "product_name": seen.source or "Backhaul",
        },
        "custom_fields": [
            {"key": f"f{at}", "label": label, "value": value, "type": "string"}
            for at, (label, value) in enumerate(others.items())
        ],
    }
    return {
        "entity_type": INCIDENT if incident else ITEM,
        "entity_payload": payload | ({"fields": fields} if fields else {}),
        "external_ref": {"id": ref_of(linked)},
        "url": linked.url,
        "app_unfurl_url": linked.url,
    }


def blocks_of(seen: Glance) -> list[dict[str, Any]]:
    """Return the same in plain text: what it says was written by others, and is no markup."""
    facts = [f"{_label(name)}: {value}" for name, value in seen.facts.items()]
    if seen.since:
        facts.append(f"Since: {seen.since:%Y-%m-%d %H:%M} UTC")
    blocks = [{"type": "section", "text": _plain(seen.title)}]
    return (
        [*blocks, {"type": "context", "elements": [_plain(" · ".join(facts)[:2_000])]}] if facts else blocks
    )


def _text(value: str) -> Entity:
    colour = COLOURS.get(value.casefold())
    return {"value": value, **({"tag_color": colour} if colour else {})}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
