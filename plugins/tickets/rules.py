"""What holds for every change of a ticket: still open, words that fit, a way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.api import ActionCall, BadInput, Conflict, Reply
from plugins.tickets.port import Ticket
from plugins.tickets.reply import words

SOON = timedelta(minutes=10)
UNDO = timedelta(minutes=30)
SUBJECT, BODY = 200, 8_000


def undoable(reply: Reply, undo: ActionCall, within: timedelta) -> Reply:
    """Offer to take it back for a while."""
    return replace(reply, undo=undo, undo_within=within)


def back_to(ticket: Ticket) -> dict[str, str]:
    """Return what reopens an open ticket, once it is done, as it stands now."""
    return {"ticket": ticket.number, "status": ticket.status.value}


def check_open(ticket: Ticket) -> None:
    """Raise Conflict when nobody works on the ticket any more."""
    if not ticket.open:
        raise Conflict(f"{ticket.number} is {words(ticket.status)}. Reopen it first.")


def checked(text: str, what: str, longest: int) -> str:
    """Return words that may stand in a ticket; BadInput says why they may not."""
    text = " ".join(text.split()) if what == "subject" else text.strip()
    if not text:
        raise BadInput(f"The {what} is empty. Say what it is about.")
    if len(text) > longest:
        raise BadInput(f"The {what} has {len(text):,} letters; {longest:,} fit. Shorten it.")
    return text
