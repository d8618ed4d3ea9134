"""Modals and Home tabs: what each person has open, and the rules of opening, pushing and updating."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slackd.apps import Install
from tests.slackd.errors import SlackError
from tests.slackd.stamps import stamp
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

MOST_STACKED = 3
GIVEN = (
    *("type", "title", "submit", "close", "private_metadata", "callback_id", "external_id"),
    *("clear_on_close", "notify_on_close"),
)


@dataclass
class View:
    """One view as Slack keeps it; `content` is what the app gave, with complete blocks."""

    id: str
    team: Workspace
    install: Install
    user: str
    content: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    stack: list[View] = field(default_factory=list, repr=False)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.content["blocks"]
        return found

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    def shown(self, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """As the Web API and interactions give it."""
        plain = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None}
        flags = {"clear_on_close": False, "notify_on_close": False, "close": None, "submit": None}
        return copy.deepcopy(
            {
                **plain,
                **flags,
                **self.content,
                "id": self.id,
                "team_id": self.team.id,
                "state": {"values": values or {}},
                "hash": self.hash,
                "root_view_id": self.root_id,
                "previous_view_id": self.previous_id,
                "app_id": self.install.app.id,
                "app_installed_team_id": self.team.id,
                "bot_id": self.install.bot_id,
            }
        )


class Views:
    """Of one workspace: the modal stack of each person for each app, and the Home tabs."""

    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.stacks: dict[tuple[str, str, str], list[View]] = {}
        """(team, user, app) -> bottom to top."""
        self.homes: dict[tuple[str, str, str], View] = {}

    def stack(self, team: Workspace, user: str, app_id: str) -> list[View]:
        return self.stacks.setdefault((team.id, user, app_id), [])

    def find(self, team: Workspace, app_id: str, *, view_id: str = "", external_id: str = "") -> View:
        """An open view of the app; SlackError not_found when it is closed or never was."""
        stacked = [
            view for key, stack in self.stacks.items() if key[::2] == (team.id, app_id) for view in stack
        ]
        homes = [view for key, view in self.homes.items() if key[::2] == (team.id, app_id)]
        for view in [*stacked, *homes]:
            if view_id == view.id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def open(self, team: Workspace, install: Install, user: str, content: dict[str, Any]) -> View:
        """A first modal; what was open before is gone."""
        self._check_external(team, install, content)
        stack = self.stack(team, user, install.app.id)
        self._close(stack)
        view = self._make(team, install, user, content)
        stack.append(view)
        return view

    def push(self, team: Workspace, install: Install, user: str, content: dict[str, Any]) -> View:
        stack = self.stack(team, user, install.app.id)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        self._check_external(team, install, content)
        view = self._make(team, install, user, content)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, content: dict[str, Any], known_hash: str = "") -> View:
        """`known_hash`: what the app believes it changes."""
        if known_hash and known_hash != view.hash:
            raise SlackError("hash_conflict")
        if content["type"] != view.content["type"]:
            raise SlackError(
                "invalid_arguments", "[ERROR] the type of a view cannot change [json-pointer:/view/type]"
            )
        if content.get("external_id") != view.content.get("external_id"):
            self._check_external(view.team, view.install, content)
        view.content, view.hash = self._kept(content), self._hash()
        return view

    def publish(
        self, team: Workspace, install: Install, user: str, content: dict[str, Any], known_hash: str = ""
    ) -> View:
        """The Home tab of one person."""
        key = (team.id, user, install.app.id)
        if key in self.homes:
            return self.update(self.homes[key], content, known_hash)
        self._check_external(team, install, content)
        self.homes[key] = self._make(team, install, user, content)
        return self.homes[key]

    def pop(self, view: View) -> None:
        """One view goes, and what was under it is on top again."""
        stack = self.stack(view.team, view.user, view.install.app.id)
        if view in stack:
            stack.remove(view)
            self._close([view])

    def clear(self, view: View) -> list[View]:
        """The whole stack goes; returns it."""
        stack = self.stack(view.team, view.user, view.install.app.id)
        gone = list(stack)
        self._close(stack)
        return gone

    def _close(self, stack: list[View]) -> None:
        for view in stack:
            self.slack.forms.forget((view.id,))
        stack.clear()

    def _make(self, team: Workspace, install: Install, user: str, content: dict[str, Any]) -> View:
        name = self.slack.world.next_id("V")
        return View(name, team, install, user, self._kept(content), self._hash(), name)

    def _kept(self, content: dict[str, Any]) -> dict[str, Any]:
        kept = {name: content[name] for name in GIVEN if name in content}
        return {**copy.deepcopy(kept), "blocks": stamp(self.slack.world, content["blocks"])}

    def _hash(self) -> str:
        return f"{int(self.slack.clock.now())}.{self.slack.world.next_id('')}"

    def _check_external(self, team: Workspace, install: Install, content: dict[str, Any]) -> None:
        name = content.get("external_id")
        if not name:
            return
        try:
            self.find(team, install.app.id, external_id=name)
        except SlackError:
            return
        raise SlackError("duplicate_external_id")
