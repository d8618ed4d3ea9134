"""Shifts: hand over to the next one in one reply, and leave it notes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, PluginInfo, hookimpl
from plugins.shifts.handing import handover
from plugins.shifts.kept import Settings
from plugins.shifts.noting import READ, WRITE, drop_note, note, notes, tick, untick

STAFF = ("support", "billing", "noc", "field", "admin")


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="shifts",
        about="Hand over a shift in one reply, and leave notes for the next one.",
        permissions={
            READ: "See the hand-over of a shift and its notes",
            WRITE: "Leave and tick off notes for the next shift",
        },
        roles=dict.fromkeys(STAFF, frozenset({READ, WRITE})),
        settings=Settings,
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """The hand-over, then the notes."""
    return [handover, note, notes, tick, untick, drop_note]
