"""Network: how lines, devices and sites are, what is out, who is hit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import Action, Entity, Job, Panel, PluginInfo, hookimpl
from plugins.network.addresses import holders
from plugins.network.declaring import declare, update
from plugins.network.degrading import degrading
from plugins.network.diagnosing import diagnose
from plugins.network.entities import find_devices, find_outages, find_ports, find_sites, find_works
from plugins.network.equipment import device, devices, sessions, site
from plugins.network.farends import onts
from plugins.network.fullness import full_pons
from plugins.network.history import session_history, signal_history
from plugins.network.hits import affected, affected_list
from plugins.network.installing import install_ont, remove_ont
from plugins.network.lines import line
from plugins.network.live import FOLLOW
from plugins.network.livewatching import stop_watching, watch_level, watched
from plugins.network.moving import move_maintenance
from plugins.network.panels import PANEL
from plugins.network.pons import pons
from plugins.network.pooling import add_pool, remove_pool
from plugins.network.pools import free_addresses, pools
from plugins.network.prefixes import find_prefixes
from plugins.network.resolving import reopen, resolve, withdraw
from plugins.network.restarting import disconnect, reboot
from plugins.network.serials import find_models, find_serials
from plugins.network.settings import Settings
from plugins.network.speeds import slow_lines, speed_tests
from plugins.network.splitters import behind_splitter, find_splitters, splitters
from plugins.network.stocked import ont, stock
from plugins.network.stocking import forget_ont, issue_ont, return_ont, stock_ont
from plugins.network.swapping import swap_ont
from plugins.network.trouble import outage, outages
from plugins.network.watching import flapping, weak_signals
from plugins.network.whereabouts import offline, sites
from plugins.network.windows import cancel_maintenance, plan, restore_maintenance
from plugins.network.works import maintenance, work

READ, WRITE, REBOOT, SWAP = "network:read", "network:write", "network:reboot", "network:swap"
STOCK = "network:stock"
LINES_AND_PLACES = (
    line,
    diagnose,
    signal_history,
    speed_tests,
    device,
    site,
    sites,
    devices,
    sessions,
    offline,
    session_history,
)
TROUBLE = (
    outages,
    outage,
    maintenance,
    work,
    affected,
    affected_list,
    onts,
    pons,
    full_pons,
    splitters,
    behind_splitter,
    weak_signals,
    degrading,
    flapping,
    watched,
    slow_lines,
    holders,
    pools,
    free_addresses,
    stock,
    ont,
)
CHANGES = (
    watch_level,
    stop_watching,
    disconnect,
    reboot,
    swap_ont,
    install_ont,
    remove_ont,
    issue_ont,
    return_ont,
    stock_ont,
    forget_ont,
    declare,
    update,
    resolve,
    reopen,
    withdraw,
    plan,
    move_maintenance,
    cancel_maintenance,
    restore_maintenance,
    add_pool,
    remove_pool,
)
NO_SITE = (
    "tck|mnt|out|vis|rem|svc|inv|pay|crn|spl|ref|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    "mon|tue|wed|thu|fri|sat|sun|pon|olt|bng"
)
"""What looks like the code of a site and is something else."""
ENTITIES = (
    Entity(
        name="port",
        title="Port",
        permission="network:read",
        find=find_ports,
        patterns=(
            re.compile(
                r"\b(?:olt|bng|ap|sw|rtr|cr)-[a-z]{2,5}(?:-[a-z0-9]+)+ "
                r"(?:pon ?\d+(?:/\d+)+|sector [a-z0-9]+|(?:ge|xe|eth|port) ?\d+(?:/\d+)*)\b",
                re.IGNORECASE,
            ),
            re.compile(
                r"\b(?:pon ?\d+(?:/\d+)+|sector [a-z0-9]+)(?: (?:of|on|at)(?: the)?)? "
                r"(?:olt|ap)-[a-z]{2,5}(?:-[a-z0-9]+)+\b",
                re.IGNORECASE,
            ),
        ),
        words=("port", "pon", "pons", "sector", "onts"),
    ),
    Entity(
        name="serial",
        title="Serial number",
        permission="network:read",
        find=find_serials,
        patterns=(re.compile(r"\b[A-Z]{4}(?=[0-9A-F]*\d)[0-9A-F]{8}\b", re.IGNORECASE),),
        scoped=False,
    ),
    Entity(
        name="prefix",
        title="Prefix",
        permission="network:read",
        find=find_prefixes,
        patterns=(re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}/\d{1,2}\b"),),
        scoped=False,
    ),
    Entity(
        name="splitter",
        title="Splitter",
        permission="network:read",
        find=find_splitters,
        patterns=(re.compile(r"\bSPL-[A-Z0-9]+(?:-[A-Z0-9]+)*\b", re.IGNORECASE),),
        words=("splitter",),
    ),
    Entity(
        name="model",
        title="Model",
        permission="network:read",
        find=find_models,
        patterns=(
            re.compile(r"\b(?:F|HG|EG|HS|ZXHN|XC|TL|LTU)\d{3,5}[A-Z]{0,3}\d{0,2}[A-Z]?\b", re.IGNORECASE),
        ),
        scoped=False,
    ),
    Entity(
        name="device",
        title="Device",
        permission="network:read",
        find=find_devices,
        patterns=(re.compile(r"\b(?:olt|bng|ap|sw|rtr|cr)-[a-z]{2,5}(?:-[a-z0-9]+)+\b", re.IGNORECASE),),
        words=("device", "olt", "bng", "router", "switch", "nas"),
    ),
    Entity(
        name="site",
        title="Site",
        permission="network:read",
        find=find_sites,
        patterns=(re.compile(rf"(?<![\w-])(?!(?:{NO_SITE})-)[A-Z]{{3}}-\d{{2}}(?![\w-])", re.IGNORECASE),),
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
    Entity(
        name="maintenance",
        title="Maintenance",
        permission="network:read",
        find=find_works,
        patterns=(re.compile(r"\bMNT-\d+\b", re.IGNORECASE),),
        words=("maintenance", "work"),
    ),
)


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="network",
        about="How lines, devices and sites are, who is hit by what; outages, maintenance, restarts.",
        permissions={
            READ: "See lines, devices, sites, sessions and outages",
            WRITE: "Declare outages, plan maintenance, disconnect sessions",
            REBOOT: "Reboot ONTs and radios of customers",
            SWAP: "Replace ONTs and radios of customers",
            STOCK: "Keep the stock of ONTs and radios: issue, take back, install, collect",
        },
        roles={
            "support": frozenset({READ}),
            "field": frozenset({READ, REBOOT, SWAP, STOCK}),
            **dict.fromkeys(("noc", "admin"), frozenset({READ, WRITE, REBOOT, SWAP, STOCK})),
        },
        settings=Settings,
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """One line, then the equipment, then trouble, then what changes something."""
    return [*LINES_AND_PLACES, *TROUBLE, *CHANGES]


@hookimpl
def register_jobs() -> Sequence[Job]:
    """A level that somebody watches is read in the background."""
    return [FOLLOW]


@hookimpl
def register_panels() -> Sequence[Panel]:
    """Show on the Home tab what is down."""
    return [PANEL]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Ports before the devices whose names theirs begin with, then sites, outages, planned work."""
    return ENTITIES
