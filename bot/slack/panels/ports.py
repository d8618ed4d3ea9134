"""What the panels are given by whoever puts the bot together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.contract.reply import Reply
from bot.contract.settings_sheet import SettingsSheet
from bot.core.findings import Finding
from bot.core.question import Question


@dataclass(frozen=True, kw_only=True)
class Parked:
    """What became of a change that was asked for; `own`: it waits for the yes of whoever asked."""

    reply: Reply
    own: bool = False


class Backoffice(Protocol):
    """The core as the panels ask it, by the rights the person has at that moment; raises UserErrors."""

    def now(self) -> datetime:
        """Return the present instant, aware."""

    async def read(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Make a call that changes nothing."""

    async def ask(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Parked:
        """Ask for a change; the same `question.key` asks for it once."""

    async def withdraw(self, question: Question, call_id: str) -> None:
        """Let a change go that waits for one's own yes."""

    async def sheet(self, question: Question, section: str) -> SettingsSheet:
        """Return a section of settings as a form."""

    async def sections(self, question: Question, plugin: str) -> Sequence[str]:
        """Return the sections of settings a plugin has."""

    async def faults(
        self, question: Question, section: str, changes: Mapping[str, str | None]
    ) -> Mapping[str, str]:
        """Return setting -> what is wrong with what was typed."""

    async def findings(self, question: Question) -> Sequence[Finding]:
        """Return what there is to say of how the tenant is set up."""

    async def actions(self, question: Question) -> Mapping[str, bool]:
        """Return the ids of the actions that are on here, and whether each changes something."""
