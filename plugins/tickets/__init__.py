"""Tickets: find them, see whose SLA clock runs out, open, assign, escalate, merge, link to outages, close."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, Panel, PluginInfo, hookimpl
from plugins.tickets.breaking import breakdown
from plugins.tickets.closing import close, reopen
from plugins.tickets.filing import attach, files, find_files, get_file, remove_file
from plugins.tickets.linking import link_all, link_outage, of_outage, unlink_all, unlink_outage
from plugins.tickets.merging import merge, unmerge
from plugins.tickets.missing import breaching, missed
from plugins.tickets.opening import cancel, create
from plugins.tickets.overview import categories, queues, waiting
from plugins.tickets.panels import PANEL
from plugins.tickets.reading import my_queue, search, show
from plugins.tickets.reply import FILE_NUMBERS, NUMBERS, find_agents, find_staff, find_tickets
from plugins.tickets.replying import draft_reply
from plugins.tickets.sla import SlaSettings
from plugins.tickets.sorting import set_category
from plugins.tickets.summing import summary
from plugins.tickets.teams import TEAM, set_team
from plugins.tickets.volume import volume
from plugins.tickets.working import answer, assign, comment, escalate, set_priority, set_status, unassign

ALL = frozenset({"tickets:read", "tickets:write"})


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="tickets",
        about="Find, open, assign, escalate and close tickets; watch their SLA clocks.",
        permissions={"tickets:read": "See tickets", "tickets:write": "Open and change tickets"},
        roles=dict.fromkeys(("support", "billing", "noc", "field", "admin"), ALL),
        settings=SlaSettings,
        needs=("customers",),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """Read first, then write."""
    return [
        search,
        show,
        summary,
        draft_reply,
        my_queue,
        breaching,
        missed,
        waiting,
        of_outage,
        volume,
        breakdown,
        queues,
        categories,
        create,
        comment,
        answer,
        assign,
        unassign,
        set_team,
        escalate,
        set_priority,
        set_status,
        set_category,
        link_outage,
        unlink_outage,
        link_all,
        unlink_all,
        merge,
        unmerge,
        close,
        reopen,
        cancel,
        files,
        get_file,
        attach,
        remove_file,
    ]


@hookimpl
def register_panels() -> Sequence[Panel]:
    """Show the reader's tickets on the Home tab."""
    return [PANEL]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Tickets by number or words, colleagues by name or e-mail, teams by name."""
    return [
        TEAM,
        Entity(
            name="ticket",
            title="Ticket",
            permission="tickets:read",
            find=find_tickets,
            patterns=NUMBERS,
            words=("ticket", "case", "issue"),
        ),
        Entity(
            name="ticket_file",
            title="File",
            permission="tickets:read",
            find=find_files,
            patterns=FILE_NUMBERS,
        ),
        Entity(
            name="agent",
            title="Colleague",
            permission="tickets:read",
            find=find_agents,
            words=("colleague", "agent"),
            scoped=False,
        ),
        Entity(
            name="staff",
            title="Colleague, or who was one",
            permission="tickets:read",
            find=find_staff,
            scoped=False,
        ),
    ]
