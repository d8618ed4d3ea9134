"""Trigger ids: what a person did lets the app open one view for them, within three seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.slackd.errors import SlackError

if TYPE_CHECKING:
    from tests.slackd.world import World

LIFE = 3.0
FORMAT = re.compile(r"\d+\.\d+\.[0-9a-f]+")


@dataclass
class Trigger:
    """`view_id`: the modal it came from, if any."""

    user: str
    team_id: str
    app_id: str
    until: float
    view_id: str | None = None
    is_used: bool = False


class Triggers:
    def __init__(self, world: World) -> None:
        self.world = world
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, team_id: str, app_id: str, *, view_id: str | None = None) -> str:
        number = len(self._issued) + 1
        name = f"{number}.{7890123 + number}.{number:032x}"
        until = self.world.clock.monotonic() + LIFE
        self._issued[name] = Trigger(user, team_id, app_id, until, view_id)
        return name

    def use(self, name: str, app_id: str) -> Trigger:
        """Take it; SlackError as rule I1 has it."""
        if not FORMAT.fullmatch(name):
            raise SlackError("invalid_trigger_id")
        trigger = self._issued.get(name)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if trigger.until < self.world.clock.monotonic():
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger
