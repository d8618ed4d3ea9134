"""Forms as the room composes them: what opens one, what a menu in it offers, what is sent."""

from __future__ import annotations

from bot.db.database import Database
from bot.slack.calls import Calls
from bot.slack.clicks import FORM
from bot.slack.deeds import Deeds
from bot.slack.forms import late
from bot.slack.forms.ask import ASK, Ask
from bot.slack.forms.askers import Askers
from bot.slack.forms.elements import ENTITY
from bot.slack.forms.late import LATE, Late
from bot.slack.forms.opening import Opener
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.sending import Sending
from bot.slack.ports import Enqueue
from bot.slack.routes import COMMAND, Route, Routes
from bot.slack.sealed import Seals

TICKET = "ticket"
"""The shortcut `Make a ticket of this`."""


class Forms:
    """The handlers of forms; each press and each send is answered by the rights of that moment."""

    def __init__(
        self,
        database: Database,
        calls: Calls,
        askers: Askers,
        desk: FormDesk,
        seals: Seals,
        enqueue: Enqueue,
    ) -> None:
        self.opener = Opener(calls, askers, desk, seals)
        self._sending = Sending(database, askers, desk, seals, enqueue)
        self._ask, self._late = Ask(calls, self.opener, desk), Late(desk, seals)

    def add_to(self, routes: Routes, deeds: Deeds) -> None:
        """Handle what opens forms and what comes of them; commands that ask for none stay words."""
        opener, sending, ask = self.opener, self._sending, self._ask
        routes.change(COMMAND, Route(first=opener.typed, keep=late.hear_typed))
        routes.add(f"click:{FORM}", Route(first=opener.clicked, keep=late.hear_click))
        routes.add(f"options:{ENTITY}", Route(now=sending.suggest))
        routes.add(f"submit:{FORM}", Route(first=sending.check, hear=sending.hear))
        routes.add(f"message:{TICKET}", Route(first=opener.of_message, keep=late.hear_message))
        routes.add(f"shortcut:{ASK}", Route(first=ask.open, keep=late.hear_ask))
        routes.add(f"submit:{ASK}", Route(keep=ask.hear, now=ask.looking))
        deeds.add(FORM, sending.do)
        deeds.add(LATE, self._late.do)
        deeds.add(ASK, ask.do)
