"""The buttons of the administration on the Home tab: whoever adds a panel says who may see its button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.contract.people import User

PANEL = "panel"
"""First part of a button's action_id: `panel:plugins` opens the panel `plugins`."""
NAME = re.compile(r"[a-z][a-z_]{0,40}")


@dataclass(frozen=True, kw_only=True)
class PanelButton:
    """One panel; its button is shown to whoever holds the permission, which is checked again when pressed."""

    name: str
    label: str
    permission: str

    @property
    def action_id(self) -> str:
        """What its press is known by."""
        return f"{PANEL}:{self.name}"


class Panels:
    """The panels by name, in the order in which they were added."""

    def __init__(self) -> None:
        self._panels: dict[str, PanelButton] = {}

    def add(self, name: str, label: str, permission: str) -> None:
        """Show one more button; ValueError when the name is none, or taken."""
        if not NAME.fullmatch(name) or name in self._panels:
            raise ValueError(f"“{name}” is no name for a panel, or is taken")
        self._panels[name] = PanelButton(name=name, label=label, permission=permission)

    def find(self, user: User) -> Sequence[PanelButton]:
        """Return those whose button this person sees."""
        return [each for each in self._panels.values() if user.may(each.permission)]
