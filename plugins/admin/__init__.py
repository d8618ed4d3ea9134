"""The workspace's own affairs: who I am, people and roles, plugins, the audit, what waits for a yes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, PluginInfo, hookimpl
from plugins.admin import (
    allowing,
    channels,
    forms,
    groups,
    leaving,
    may,
    me,
    people,
    plugs,
    policies,
    records,
    revoking,
    roles,
    trying,
)
from plugins.admin.nouns import ABOUT, GLASS, SELF

ALL = frozenset(ABOUT)


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who this is."""
    return PluginInfo(
        name="admin",
        about="People, roles, plugins and the audit of this workspace.",
        permissions=ABOUT,
        roles={
            "admin": ALL,
            "support": frozenset({SELF}),
            "billing": frozenset({SELF}),
            "noc": frozenset({SELF, GLASS}),
            "field": frozenset({SELF}),
        },
        on_by_default=True,
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """Give the verbs."""
    return [
        *me.ACTIONS,
        *people.ACTIONS,
        *leaving.ACTIONS,
        *roles.ACTIONS,
        *allowing.ACTIONS,
        *revoking.ACTIONS,
        *may.ACTIONS,
        *policies.ACTIONS,
        *channels.ACTIONS,
        *plugs.ACTIONS,
        *forms.ACTIONS,
        *groups.ACTIONS,
        *trying.ACTIONS,
        *records.ACTIONS,
    ]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Say how a name or an e-mail address becomes a person."""
    return [people.PERSON]
