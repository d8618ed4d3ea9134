"""Network: how lines, devices and sites are, what is out, who is hit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import Action, Entity, PluginInfo, hookimpl
from plugins.network.entities import find_devices, find_outages, find_ports, find_sites
from plugins.network.equipment import device, devices, sessions, site
from plugins.network.history import session_history, signal_history
from plugins.network.hits import affected, affected_list
from plugins.network.lines import line
from plugins.network.trouble import maintenance, outage, outages

READ = frozenset({"network:read"})


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="network",
        about="How lines, devices and sites are, which outages are active, who is hit.",
        permissions={"network:read": "See lines, devices, sites, sessions and outages"},
        roles=dict.fromkeys(("support", "noc", "field", "admin"), READ),
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """One line, then the equipment, then trouble."""
    return [
        line,
        signal_history,
        device,
        site,
        devices,
        sessions,
        session_history,
        outages,
        outage,
        maintenance,
        affected,
        affected_list,
    ]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Sites, devices, ports, outages."""
    return [
        Entity(
            name="device",
            title="Device",
            permission="network:read",
            find=find_devices,
            patterns=(re.compile(r"\b(?:olt|bng|ap|sw|rtr|cr)-[a-z]{2,5}(?:-[a-z0-9]+)+\b", re.IGNORECASE),),
            words=("device", "olt", "bng", "router", "switch", "nas"),
        ),
        Entity(
            name="port",
            title="Port",
            permission="network:read",
            find=find_ports,
            words=("port", "pon", "sector"),
        ),
        Entity(
            name="site",
            title="Site",
            permission="network:read",
            find=find_sites,
            words=("site", "pop", "tower"),
        ),
        Entity(
            name="outage",
            title="Outage",
            permission="network:read",
            find=find_outages,
            patterns=(re.compile(r"\bOUT-\d+\b", re.IGNORECASE),),
            words=("outage",),
        ),
    ]
