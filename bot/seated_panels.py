"""The core as the panels of admins ask it: through the gate, by the rights of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.app import App
from bot.contract.action import Action
from bot.contract.people import User
from bot.contract.reply import Reply
from bot.contract.settings_sheet import SettingsSheet
from bot.core import settings_sheet
from bot.core.desk import Desk
from bot.core.findings import Finding, find_findings
from bot.core.question import Question
from bot.core.settings import model_of
from bot.slack.panels.ports import Parked


class SeatedPanels:
    """Reads and changes for admins; what no action tells is told to who may use the action next to it."""

    def __init__(self, app: App) -> None:
        self._app = app

    def now(self) -> datetime:
        """Return the present instant, aware."""
        return self._app.clock()

    async def read(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Make a call that changes nothing."""
        return await self._call(*await self._seat(question), question, action_id, args)

    async def ask(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Parked:
        """Ask for a change; the same `question.key` asks for it once."""
        desk, person = await self._seat(question)
        reply = await self._call(desk, person, question, action_id, args)
        if reply.waiting is None:
            return Parked(reply=reply)
        mine = await desk.gate.waiting(person, place=question.place)
        return Parked(
            reply=reply, own=any(one.call_id == reply.waiting.call_id and one.may_agree for one in mine)
        )

    async def withdraw(self, question: Question, call_id: str) -> None:
        """Let a change go that waits for one's own yes."""
        desk, person = await self._seat(question)
        await desk.gate.decide(person, call_id, yes=False, thread=question.thread, place=question.place)

    async def sheet(self, question: Question, section: str) -> SettingsSheet:
        """Return a section of settings as a form."""
        await self.read(question, "admin_settings", {"plugin": section})
        state = await self._app.around(question.tenant).state()
        return settings_sheet.sheet_of(self._app.registry, section, state.saved.get(section))

    async def sections(self, question: Question, plugin: str) -> Sequence[str]:
        """Return the sections of settings a plugin has; none for who may not see settings."""
        _, person = await self._seat(question)
        return settings_sheet.sections_of(self._app.registry, plugin) if person.may("admin:settings") else []

    async def faults(
        self, question: Question, section: str, changes: Mapping[str, str | None]
    ) -> Mapping[str, str]:
        """Return setting -> what is wrong with what was typed."""
        await self.read(question, "admin_settings", {"plugin": section})
        state = await self._app.around(question.tenant).state()
        model = model_of(self._app.registry, section)
        return settings_sheet.find_faults(model, state.saved.get(section), changes)

    async def findings(self, question: Question) -> Sequence[Finding]:
        """Return what there is to say of how the tenant is set up."""
        await self.read(question, "admin_plugins", {})
        return await find_findings(self._app.around(question.tenant))

    async def actions(self, question: Question) -> Mapping[str, bool]:
        """Return the ids of the actions that are on here, and whether each changes something."""
        desk, _ = await self._seat(question)
        return {one.id: not one.item.reads_only for one in desk.view.all(Action)}

    async def _seat(self, question: Question) -> tuple[Desk, User]:
        return await self._app.seat(question.tenant, question.user)

    async def _call(
        self, desk: Desk, person: User, question: Question, action_id: str, args: Mapping[str, Any]
    ) -> Reply:
        key = question.key if not desk.view.action(action_id).item.reads_only else None
        return await desk.gate.call(
            person, action_id, args, key=key or None, thread=question.thread, place=question.place
        )
