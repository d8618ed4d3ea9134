"""Rows of people, roles and plugins as the port `platform` shows them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contract.platform import Allowed, GrantCard, PluginCard, RoleCard
from bot.contract.roster import Roster
from bot.core.grants import as_words
from bot.db.grants import Grant
from bot.db.roles import Role
from bot.host.registry import Registry


def role_card(registry: Registry, role: Role) -> RoleCard:
    """Return a role with what its permissions mean in their plugins' own words."""
    meanings = {
        name: meaning for info in registry.plugins.values() for name, meaning in info.permissions.items()
    }
    return RoleCard(
        name=role.name,
        about=role.about,
        built_in=role.built_in,
        permissions=tuple(
            Allowed(
                permission=p.permission,
                meaning=meanings.get(p.permission, ""),
                max_amount=p.max_amount,
                max_count=p.max_count,
            )
            for p in role.permissions
        ),
    )


def grant_card(one: Grant, names: Mapping[str, str]) -> GrantCard:
    """Return a grant for people; its id by the letters they need to type."""
    return GrantCard(
        id=one.id[:8],
        person=one.user,
        role=one.role,
        area=as_words(one.area),
        reason=one.reason,
        break_glass=one.break_glass,
        granted_by=names.get(one.granted_by, one.granted_by),
        granted_at=one.granted_at,
        expires_at=one.expires_at,
        by_glass=one.under is not None,
    )


def plugin_cards(registry: Registry, enabled: frozenset[str], tried: Mapping[str, str]) -> list[PluginCard]:
    """Return every plugin there is, those set aside last."""
    rosters = {one.plugin for one in registry.view(frozenset(registry.plugins)).all(Roster)}
    there = [
        PluginCard(
            name=name,
            about=info.about,
            on=name in enabled,
            needs=info.needs,
            permissions=dict(info.permissions),
            trial=tried.get(name, ""),
            rosters=name in rosters,
        )
        for name, info in registry.plugins.items()
    ]
    aside = [PluginCard(name=name, about="", on=False, broken=why) for name, why in registry.broken.items()]
    return there + aside
