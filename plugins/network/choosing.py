"""Which box it is where only a model was said: the serial is on the label, and the record needs it."""

from __future__ import annotations

from bot.api import Ambiguous, Choice, NotFound
from plugins.network.entities import Ctx
from plugins.network.port import CpeQuery, Network
from plugins.network.serials import Serial
from plugins.tickets.port import Agent

FEW = 5


async def check_chosen(
    ctx: Ctx, serial: Serial | None, technician: Agent | None, model: str, count: int | None
) -> Serial:
    """Return the serial number that was said; Ambiguous lists boxes of the model that are in stock."""
    if serial is not None:
        return serial
    called = " ".join(model.split())
    page = await ctx.port(Network).cpes(ctx.scope, CpeQuery(state="in stock", model=called), FEW)
    if not page.boxes:
        raise NotFound(f"No {called or 'ONT or radio'} is in stock. `network stock` shows what there is.")
    who = f"does {technician.name}" if technician else "do you"
    to = f" technician={technician.email}" if technician else ""
    each = f", one after the other for all {count}" if count and count > 1 else ""
    raise Ambiguous(
        f"Which {called or 'one'} {who} take? Say the serial number on its label{each}; in stock "
        f"{'is' if page.total == 1 else 'are'} {page.total:,}:",
        [
            Choice(
                " ".join(filter(None, (box.serial, box.model, f"at {box.site}" if box.site else ""))),
                f"network issue_ont {box.serial}{to}",
            )
            for box in page.boxes
        ],
    )
