"""Groups of people elsewhere, such as Slack's user groups, that give roles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GroupWish:
    """A group that is to give a role: its workspace, its id there, and how people call it."""

    team_id: str
    group_id: str
    handle: str
    role: str


@dataclass(frozen=True, kw_only=True)
class GroupCard:
    """A group that gives a role; `members` is how many people were in it when last asked."""

    team_id: str
    group_id: str
    handle: str
    role: str
    members: int | None = None
