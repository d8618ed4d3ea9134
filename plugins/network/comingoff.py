"""Where an ONT or radio goes that comes off a line: as it was said, or back to where it was."""

from __future__ import annotations

from typing import Literal

from bot.api import BadInput
from plugins.network.nouns import Site
from plugins.network.stock import Cpe, CpePut, Off
from plugins.tickets.port import Agent

Left = Literal["returned", "in stock", "faulty", "with technician", "nowhere"]
NOTE = 120


def off_of(state: Left | None, technician: Agent | None, site: Site | None, note: str) -> Off | None:
    """Return how a box stands that comes off a line; None where nothing was said, then it is returned."""
    if state is None and technician is None and site is None and not note.strip():
        return None
    if state == "nowhere":
        return "nowhere"
    at, noted = site.code if site else None, " ".join(note.split())[:NOTE]
    if technician is not None and state in {None, "with technician"}:
        who = {"holder": technician.email, "holder_name": technician.name}
        return CpePut(state="with technician", site=at, note=noted, **who)
    if state == "with technician":
        raise BadInput("Say which technician has it then, by name or e-mail address.")
    return CpePut(state=state or "returned", site=at, note=noted)


def said_of_off(off: Off | None) -> str:
    """Return `returned, to be tested`, or how else it stands then."""
    if off == "nowhere":
        return "on no record any more"
    if off is None or off.state == "returned":
        return "returned, to be tested"
    return f"with {off.holder_name or off.holder}" if off.state == "with technician" else off.state


def where_it_was(box: Cpe | None) -> dict[str, str]:
    """Return the arguments that put a box back to where it was before it came on a line."""
    if box is None or box.state in {"to collect", "installed"}:
        return {"state": "nowhere"}
    args = {"state": box.state, "note": box.note}
    args |= {"site": box.site} if box.site else {}
    return args | ({"technician": box.holder} if box.holder else {})
