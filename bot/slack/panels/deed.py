"""What the worker does of what was done in a panel: says yes, lets go, brings a file."""

from __future__ import annotations

from contextlib import suppress

from bot.contract.reply import Reply
from bot.errors import UserError
from bot.slack.deeds import Asked, Done
from bot.slack.home import Home
from bot.slack.panels.audit import bring_file
from bot.slack.panels.confirm import noted
from bot.slack.panels.hearing import FILE, NO, YES
from bot.slack.panels.ports import Backoffice
from bot.slack.panels.screen import State
from bot.slack.panels.walk import Panels
from bot.slack.ports import Counter


class PanelDeeds:
    """Kept in the inbox before it is acknowledged, so it is done once, whoever dies meanwhile."""

    def __init__(self, *, counter: Counter, office: Backoffice, panels: Panels, home: Home) -> None:
        self._counter, self._office, self._panels, self._home = counter, office, panels, home

    async def do(self, asked: Asked) -> Done:
        """Do it, show it in the panel if that is still open, and write to them how it went."""
        told = asked.heard.told
        state = self._panels.open_state(asked.team, asked.heard.user, str(told["sealed"]))
        if told["how"] == FILE:
            visit = await self._panels.visit(asked.team, asked.heard.user)
            return Done(reply=await bring_file(visit.at(**state)))
        call = str(state.get("call", ""))
        if told["how"] == NO:
            with suppress(UserError):  # it may be over by now
                await self._office.withdraw(asked.question, call)
            # the tab is behind what was closed, and may show still that it waits
            await self._home.opened(asked.team, {"user": {"id": asked.heard.user}})
            return Done(reply=None)
        if told["how"] != YES or not call:
            return Done(reply=None)
        version = str(state.get("version", ""))
        reply = await self._counter.decide(asked.question, call, yes=True, version=version)
        await self._show(asked, state, reply)
        return Done(reply=reply)

    async def _show(self, asked: Asked, state: State, reply: Reply) -> None:
        team, user, view = asked.team, asked.heard.user, str(asked.heard.told["view"])
        back = state.get("back", {})
        await self._panels.show(team, view, await self._panels.again(team, user, back, noted(reply)))
