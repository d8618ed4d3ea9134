"""ONTs from the store to a technician and back: kept through the port, after a yes, with a way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.api import (
    EVERYWHERE,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    NotFound,
    Preview,
    Reply,
    action,
)
from plugins.network.choosing import check_chosen
from plugins.network.entities import Ctx
from plugins.network.port import Cpe, CpePut, Network, SiteRef
from plugins.network.serials import Serial, SerialRef
from plugins.network.standing import back_to, check_other, noted_of
from plugins.network.stocked import said_of
from plugins.tickets.port import Agent, AgentRef

UNDO = timedelta(minutes=30)
MODEL = 40
Back = Literal["in stock", "returned", "faulty"]


async def preview_stock(
    ctx: Ctx, serial: SerialRef, model: str = "", site: SiteRef | None = None, note: str = ""
) -> Preview:
    """Say which ONT lies in which store from now on."""
    before = await known(ctx, serial)
    put = _stocked(ctx, before, model, site.code if site else None, note)
    return _preview(serial, before, put)


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_stock,
    examples=(
        "put ONT {serial} in stock at {site}",
        "add ONT {serial} to the stock",
        "new ONT {serial}, model {model}, at {site}",
        "ONT {serial} is in store at {site}",
    ),
)
async def stock_ont(
    ctx: Ctx, serial: SerialRef, model: str = "", site: SiteRef | None = None, note: str = ""
) -> Reply:
    """Put an ONT or radio in stock: a new one, or one that was tested and may go out again.

    It can be taken back for 30 minutes.
    """
    before = await known(ctx, serial)
    return await _put(ctx, serial, before, _stocked(ctx, before, model, site.code if site else None, note))


async def preview_issue(
    ctx: Ctx,
    serial: SerialRef | None = None,
    technician: AgentRef | None = None,
    model: str = "",
    note: str = "",
    count: int | None = None,
) -> Preview:
    """Say who has which ONT from now on."""
    serial = await check_chosen(ctx, serial, technician, model, count)
    before = await known(ctx, serial)
    put = _issued(ctx, before, technician, model, note)
    warnings = []
    if before is None:
        warnings.append(f"{serial.number} is not in the stock yet: look at the label once more")
    elif before.state == "with technician" and before.holder != put.holder:
        warnings.append(f"{before.place} has it now")
    elif before.state == "returned":
        warnings.append("It came back from a customer and was not tested")
    return _preview(serial, before, put, tuple(warnings))


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_issue,
    examples=(
        "issue ONT {serial} to {technician}",
        "give ONT {serial} to {technician}",
        "{technician} takes ONT {serial}",
        "I take ONT {serial}",
        "give {technician} {count} {model}",
    ),
)
async def issue_ont(
    ctx: Ctx,
    serial: SerialRef | None = None,
    technician: AgentRef | None = None,
    model: str = "",
    note: str = "",
    count: int | None = None,
) -> Reply:
    """Give an ONT or radio to a technician, or to you if you name nobody.

    Each by its serial number: say only a model, and those in stock are offered. It can be taken back for
    30 minutes.
    """
    serial = await check_chosen(ctx, serial, technician, model, count)
    before = await known(ctx, serial)
    return await _put(ctx, serial, before, _issued(ctx, before, technician, model, note))


async def preview_return(
    ctx: Ctx, serial: SerialRef, state: Back | None = None, site: SiteRef | None = None, note: str = ""
) -> Preview:
    """Say how an ONT stands that came back."""
    before = await known(ctx, serial)
    return _preview(serial, before, _returned(ctx, before, state, site.code if site else None, note))


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_return,
    examples=(
        "take back ONT {serial}",
        "ONT {serial} is back at {site}",
        "{serial} came back {state}",
        "ONT {serial} is {state}: {note}",
        "ONT {serial} was collected",
    ),
)
async def return_ont(
    ctx: Ctx, serial: SerialRef, state: Back | None = None, site: SiteRef | None = None, note: str = ""
) -> Reply:
    """Take back an ONT or radio from a technician or a customer who left, or note that it is faulty.

    One a technician did not use is in stock again; one from a customer is returned, to be tested. It can be
    taken back for 30 minutes.
    """
    before = await known(ctx, serial)
    put = _returned(ctx, before, state, site.code if site else None, note)
    return await _put(ctx, serial, before, put)


async def preview_forget(ctx: Ctx, serial: SerialRef) -> Preview:
    """Say which ONT is in the stock no more."""
    before = await _kept(ctx, serial)
    change = Change(what=before.serial, before=said_of(before), after="not on record")
    return Preview(text=f"ONT {before.serial} is struck off the stock.", changes=(change,))


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_forget,
    examples=(
        "strike ONT {serial} off the stock",
        "remove ONT {serial} from the inventory",
        "ONT {serial} is lost",
        "scrap ONT {serial}",
    ),
)
async def forget_ont(ctx: Ctx, serial: SerialRef) -> Reply:
    """Strike an ONT or radio off the stock: lost, scrapped, sold, or entered by mistake.

    It can be taken back for 30 minutes.
    """
    before = await _kept(ctx, serial)
    await ctx.port(Network).drop_cpe(ctx.effect, before.serial)
    return Reply(
        f"ONT {before.serial} is off the stock.",
        data=before,
        undo=back_to(before),
        undo_within=UNDO,
        evidence=(ctx.evidence(Network),),
    )


async def known(ctx: Ctx, serial: Serial) -> Cpe | None:
    """Return a box, or None if nobody knows it; Conflict where it hangs on a line or is out of reach."""
    net = ctx.port(Network)
    box = await net.get_cpe(ctx.scope, serial.number)
    if box is None and not ctx.scope.everywhere and await net.get_cpe(EVERYWHERE, serial.number):
        raise Conflict(f"ONT {serial.number} is known already. Look at the label once more.")
    if box is not None and box.state == "installed":
        raise Conflict(f"ONT {serial.number} hangs on {box.place}. Take it off that line first, or swap it.")
    return box


async def _kept(ctx: Ctx, serial: Serial) -> Cpe:
    box = await known(ctx, serial)
    if box is None or box.state == "to collect":
        raise NotFound(f"ONT {serial.number} is not in the stock.")
    return box


def _stocked(ctx: Ctx, before: Cpe | None, model: str, site: str | None, note: str) -> CpePut:
    put = CpePut(
        state="in stock", model=_model(model), site=_site(ctx, before, site), note=noted_of(before, note)
    )
    check_other(before, put)
    return put


def _issued(ctx: Ctx, before: Cpe | None, technician: Agent | None, model: str, note: str) -> CpePut:
    who = technician or Agent(email=ctx.user.email or "", name=ctx.user.name)
    if not who.email:
        raise BadInput("Say who takes it, by name or e-mail address.")
    if before is not None and before.state == "faulty":
        raise Conflict(
            f"ONT {before.serial} is faulty. Take another one, or put it in stock if it was mended."
        )
    if before is not None and before.holder == who.email:
        raise Conflict(f"{who.name} has ONT {before.serial} already.")
    site = _site(ctx, before, None)
    return CpePut(
        state="with technician",
        model=_model(model),
        site=site,
        holder=who.email,
        holder_name=who.name,
        note=noted_of(before, note),
    )


def _returned(ctx: Ctx, before: Cpe | None, state: Back | None, site: str | None, note: str) -> CpePut:
    usual: Back = "in stock" if before and before.state == "with technician" else "returned"
    same = before is not None and before.state == (state or usual)
    noted = before.note if before is not None and same and not note.strip() else noted_of(before, note)
    put = CpePut(state=state or usual, site=_site(ctx, before, site), note=noted)
    check_other(before, put)
    return put


def _site(ctx: Ctx, before: Cpe | None, site: str | None) -> str | None:
    """Return where it belongs; who sees a part of the network would lose sight of a box without a site."""
    site = site or (before.site if before else None)
    if site is None and not ctx.scope.everywhere:
        raise BadInput("Say at which site it is in store, for example: at Nyali.")
    return site


def _model(model: str) -> str:
    return " ".join(model.split())[:MODEL]


def _after(serial: Serial, put: CpePut) -> Cpe:
    return Cpe(
        serial=serial.number,
        state=put.state,
        site=put.site,
        holder=put.holder,
        holder_name=put.holder_name,
    )


def _preview(serial: Serial, before: Cpe | None, put: CpePut, warnings: tuple[str, ...] = ()) -> Preview:
    model = put.model or (before.model if before else "")
    called = f"ONT {serial.number}" + (f" ({model})" if model else "")
    after = said_of(_after(serial, put))
    return Preview(
        text=f"{called} is {after} from now on.",
        changes=(Change(what=serial.number, before=said_of(before), after=after),),
        warnings=warnings,
    )


async def _put(ctx: Ctx, serial: Serial, before: Cpe | None, put: CpePut) -> Reply:
    done = await ctx.port(Network).put_cpe(ctx.effect, serial.number, put)
    undo = back_to(before, serial, put)
    text = f"ONT {done.serial} is {said_of(done)} now."
    return Reply(
        text if undo else f"{text} This cannot be taken back.",
        data=done,
        undo=undo,
        undo_within=UNDO if undo else None,
        buttons=(Button("Stock", "network_stock", {"state": done.state}),),
        evidence=(ctx.evidence(Network),),
    )
