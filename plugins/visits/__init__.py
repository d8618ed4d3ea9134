"""Visits: technicians' appointments with customers, planned, driven and told of."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, Job, Panel, PluginInfo, hookimpl
from plugins.visits.asking import ASK
from plugins.visits.doing import TELL, back, cancel, done, missed, notice, on_site, on_the_way
from plugins.visits.late import late
from plugins.visits.listing import board, route, show
from plugins.visits.moving import move
from plugins.visits.offering import free
from plugins.visits.panels import PANEL
from plugins.visits.planning import assign, schedule
from plugins.visits.said import NUMBERS, READ, WRITE, find_visits
from plugins.visits.settings import Settings


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="visits",
        about="Technicians' visits at customers: free times, appointments, the day's route.",
        permissions={READ: "See technicians' visits", WRITE: "Schedule and change technicians' visits"},
        roles=dict.fromkeys(("support", "noc", "field", "admin"), frozenset({READ, WRITE})),
        settings=Settings,
        needs=("customers", "tickets", "network"),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """See, plan, go."""
    return [
        route,
        board,
        show,
        free,
        schedule,
        move,
        assign,
        on_the_way,
        on_site,
        late,
        done,
        missed,
        cancel,
        back,
        notice,
    ]


@hookimpl
def register_panels() -> Sequence[Panel]:
    """Show today's visits on the Home tab."""
    return [PANEL]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """A visit by its number or customer."""
    return [
        Entity(
            name="visit",
            title="Visit",
            permission=READ,
            find=find_visits,
            patterns=NUMBERS,
            words=("visit", "appointment"),
        )
    ]


@hookimpl
def register_jobs() -> Sequence[Job]:
    """Technicians are told in the background, and whoever planned a visit is asked about the customer."""
    return [TELL, ASK]
