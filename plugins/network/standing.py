"""How a box that hangs on no line stood, what of it stays, and the call that puts it back there."""

from __future__ import annotations

from bot.api import ActionCall, Conflict
from plugins.network.port import Cpe, CpePut
from plugins.network.serials import Serial
from plugins.network.stocked import said_of

NOTE, NO_NOTE, GOOD = 120, "-", frozenset({"in stock", "with technician"})


def check_other(before: Cpe | None, put: CpePut) -> None:
    """Refuse what would change nothing."""
    if before is None or before.state != put.state:
        return
    if put.site == before.site and put.model in {"", before.model or ""} and put.note == before.note:
        raise Conflict(f"ONT {before.serial} is {said_of(before)} already.")


def noted_of(before: Cpe | None, note: str) -> str:
    """Return the note of a box: as it is said, none for a dash; else what was noted of a good one stays."""
    said = " ".join(note.split())[:NOTE]
    if said:
        return "" if said == NO_NOTE else said
    return before.note if before is not None and before.state in GOOD else ""


def back_to(before: Cpe | None, serial: Serial | None = None, put: CpePut | None = None) -> ActionCall | None:
    """Return the call that puts a box back to how it stood; none takes away the site or model it got."""
    number = before.serial if before else serial.number if serial else ""
    args = {"serial": number}
    if before is None or before.state == "to collect":
        return ActionCall(action_id="network_forget_ont", args=args)
    if put is not None and ((put.site and not before.site) or (put.model and not before.model)):
        return None
    if before.state == "with technician":
        args |= {
            "technician": before.holder or "",
            "model": before.model or "",
            "note": before.note or NO_NOTE,
        }
        return ActionCall(action_id="network_issue_ont", args=args)
    at = {"site": before.site} if before.site else {}
    note = {"note": before.note or NO_NOTE}
    if before.state == "in stock":
        return ActionCall(
            action_id="network_stock_ont", args={**args, **at, "model": before.model or "", **note}
        )
    return ActionCall(action_id="network_return_ont", args={**args, **at, "state": before.state, **note})
