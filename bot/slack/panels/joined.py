"""The panels as part of the room: their handlers, and what the worker does for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.slack.calls import Calls
from bot.slack.deeds import Deeds
from bot.slack.home import Home
from bot.slack.members import Members
from bot.slack.panels.asker import Asker
from bot.slack.panels.blocks import PANEL
from bot.slack.panels.cards import Cards
from bot.slack.panels.deed import PanelDeeds
from bot.slack.panels.hearing import hear_closed, hear_pressed, hear_sent
from bot.slack.panels.ports import Backoffice
from bot.slack.panels.registry import OFFERED
from bot.slack.panels.sealing import States
from bot.slack.panels.walk import Panels
from bot.slack.people import People
from bot.slack.ports import Counter, Enqueue, FindTenant, Picks
from bot.slack.routes import Route, Routes


class Room(Protocol):
    """The parts of the room that panels use."""

    calls: Calls
    deeds: Deeds
    home: Home
    members: Members
    people: People
    routes: Routes


@dataclass(frozen=True)
class Shared:
    """What the room itself was given."""

    office: Backoffice
    counter: Counter
    database: Database
    cipher: Cipher
    find_tenant: FindTenant
    enqueue: Enqueue
    picks: Picks


def add_panels(room: Room, given: Shared) -> None:
    """Handle what is done in panels, and offer them on the Home tab."""
    for one in OFFERED:
        room.home.panels.add(one.name, one.label, one.permission)
    cards = Cards(database=given.database, calls=room.calls, enqueue=given.enqueue, picks=given.picks)
    panels = Panels(
        office=given.office,
        asker=Asker(room.people, room.members, given.find_tenant),
        calls=room.calls,
        states=States(given.cipher),
        cards=cards,
    )
    room.routes.add(f"click:{PANEL}", Route(keep=hear_pressed, beside=panels.click))
    room.routes.add(f"submit:{PANEL}", Route(keep=hear_sent, now=panels.submit))
    room.routes.add(f"closed:{PANEL}", Route(keep=hear_closed))
    room.routes.add(f"options:{PANEL}", Route(now=panels.suggest))
    deed = PanelDeeds(counter=given.counter, office=given.office, panels=panels, home=room.home)
    room.deeds.add(PANEL, deed.do)
