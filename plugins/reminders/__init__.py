"""Reminders: what our own people promised by a time, told to them until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, Job, PluginInfo, hookimpl
from plugins.reminders.adding import add
from plugins.reminders.changing import cancel, done, hand, move, reopen
from plugins.reminders.listing import mine, team
from plugins.reminders.nagging import NAG
from plugins.reminders.said import NUMBERS, OWN, TEAM, find_reminders
from plugins.reminders.settings import Settings


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="reminders",
        about="What people here promised by a time: told to them when it is due, and until it is done.",
        permissions={
            OWN: "Be reminded of what you promised",
            TEAM: "See and change what colleagues promised",
        },
        roles={
            **dict.fromkeys(("support", "billing", "field"), frozenset({OWN})),
            **dict.fromkeys(("noc", "admin"), frozenset({OWN, TEAM})),  # who is there at night keeps the rest
        },
        settings=Settings,
        needs=("customers", "tickets"),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """Make one, see them, end them."""
    return [add, mine, team, done, move, hand, cancel, reopen]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """A reminder by its number or words."""
    return [
        Entity(
            name="reminder",
            title="Reminder",
            permission=OWN,
            find=find_reminders,
            patterns=NUMBERS,
            words=("reminder", "promise", "callback"),
        )
    ]


@hookimpl
def register_jobs() -> Sequence[Job]:
    """People are reminded in the background."""
    return [NAG]
