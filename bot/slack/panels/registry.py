"""All screens of all panels, and which of them Home offers to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.panels import audit, channels, groups, health, limits, people, plugs, roles, settings
from bot.slack.panels.screen import Screen, Suggest

SCREENS: Mapping[str, Screen] = {
    **plugs.SCREENS,
    **settings.SCREENS,
    **people.SCREENS,
    **roles.SCREENS,
    **groups.SCREENS,
    **channels.SCREENS,
    **limits.SCREENS,
    **health.SCREENS,
    **audit.SCREENS,
}
SUGGESTS: Mapping[str, Suggest] = {**people.SUGGESTS, **roles.SUGGESTS, **limits.SUGGESTS}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A panel on the Home tab: its first screen, what its button says, and the permission it takes."""

    name: str
    label: str
    permission: str


OFFERED = (
    Offered(name="plugins", label="Plugins", permission="admin:health"),
    Offered(name="people", label="People", permission="admin:people_read"),
    Offered(name="roles", label="Roles", permission="admin:people_read"),
    Offered(name="groups", label="Slack groups", permission="admin:grants"),
    Offered(name="channels", label="Channel rules", permission="admin:channels"),
    Offered(name="limits", label="Limits and approvals", permission="admin:policies"),
    Offered(name="health", label="Health", permission="admin:health"),
    Offered(name="audit", label="Audit", permission="admin:audit"),
)
