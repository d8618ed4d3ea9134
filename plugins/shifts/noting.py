"""Notes for the next shift: left, listed, ticked off, each with a way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.api import (
    ActionCall,
    BadInput,
    Button,
    Change,
    Column,
    Conflict,
    Evidence,
    Field,
    Preview,
    Reply,
    Table,
    action,
    moment,
    plural,
)
from plugins.shifts.kept import (
    OPEN_AT_MOST,
    Ctx,
    Note,
    check_open,
    check_text,
    do_drop,
    do_keep,
    find_notes,
    get_note,
)

READ, WRITE = "shifts:read", "shifts:write"
UNDO = timedelta(minutes=30)
BUTTONS = 3
Number = Annotated[int, Field(ge=1, le=999_999_999)]


async def preview_note(ctx: Ctx, text: str) -> Preview:  # noqa: ARG001 - every preview has it
    """Say what will be left for the next shift."""
    return Preview(text=f"Note for the next shift: {check_text(text)}", hits=0)


@action(
    permission=WRITE,
    preview=preview_note,
    examples=(
        "note for the next shift: {text}",
        "leave a note for the next shift: {text}",
        "tell the next shift that {text}",
        "for the next shift: {text}",
        "handover note: {text}",
        "remind the next shift to {text}",
        "next shift should know that {text}",
        "note for the night shift: {text}",
        "inform the next shift that {text}",
        "let the next shift know: {text}",
        "note for the morning shift: {text}",
    ),
)
async def note(ctx: Ctx, text: str) -> Reply:
    """Leave a note for the next shift.

    It stands in every hand-over until somebody ticks it off.
    """
    text = check_text(text)
    open_now = [one for one in await find_notes(ctx) if one.open]
    if len(open_now) >= OPEN_AT_MOST:
        raise Conflict(f"{len(open_now)} notes are open already. Tick off what is done first.")
    await ctx.effect.check()
    kept = Note(number=await ctx.store.next("note"), text=text, by=ctx.user.name, at=ctx.now)
    await do_keep(ctx, kept)
    return Reply(
        f"Note {kept.number} for the next shift: {text}",
        data=kept,
        evidence=source(ctx),
        undo=ActionCall(action_id="shifts_drop_note", args={"number": kept.number}),
        undo_within=UNDO,
    )


@action(
    permission=READ,
    reads_only=True,
    examples=(
        "notes for the next shift",
        "show the shift notes",
        "handover notes",
        "which notes did the last shift leave",
        "what did the last shift leave us",
        "open shift notes",
    ),
)
async def notes(ctx: Ctx, *, all: bool = False) -> Reply:  # noqa: A002 - what people say
    """List the notes for the next shift that nobody has ticked off; all of the last month if you like."""
    kept = await find_notes(ctx)
    open_now = [one for one in kept if one.open]
    shown = kept if all else open_now
    zone = ctx.tenant.zone
    rows = [
        (
            one.number,
            one.text,
            one.by,
            moment(one.at, ctx.now, zone),
            f"{one.done_by}, {moment(one.done_at, ctx.now, zone)}" if one.done_at else "",
        )
        for one in shown
    ]
    columns = [Column(title) for title in ("No.", "Note", "By", "When", *(("Ticked off",) if all else ()))]
    text = f"{plural(len(open_now), 'note')} for the next shift." if open_now else "No note is open."
    return Reply(
        text,
        data=tuple(shown),
        table=Table(columns=columns, rows=[row[: len(columns)] for row in rows]) if rows else None,
        buttons=tuple(
            Button(f"Tick off {one.number}", "shifts_tick", {"number": one.number})
            for one in open_now[:BUTTONS]
        ),
        evidence=source(ctx),
    )


async def preview_tick(ctx: Ctx, number: Number) -> Preview:
    """Say which note is done."""
    one = await get_note(ctx, number)
    check_open(one)
    return Preview(
        text=f"Note {number} of {one.by}: {one.text}", changes=(_to("open", "ticked off"),), hits=0
    )


@action(
    permission=WRITE,
    preview=preview_tick,
    examples=(
        "tick off note {number}",
        "note {number} is done",
        "tick off shift note {number}",
        "shift note {number} is dealt with",
    ),
)
async def tick(ctx: Ctx, number: Number) -> Reply:
    """Tick off a note for the next shift: it is done."""
    one = await get_note(ctx, number)
    check_open(one)
    await ctx.effect.check()
    done = replace(one, done_by=ctx.user.name, done_at=ctx.now)
    await do_keep(ctx, done, was=one)
    return _back(ctx, f"Ticked off note {number}: {one.text}", done, "untick")


async def preview_untick(ctx: Ctx, number: Number) -> Preview:
    """Say which note is open again."""
    one = await get_note(ctx, number)
    check_ticked(one)
    return Preview(
        text=f"Note {number} of {one.by}: {one.text}", changes=(_to("ticked off", "open"),), hits=0
    )


@action(
    permission=WRITE,
    preview=preview_untick,
    examples=("note {number} is not done yet", "untick note {number}", "open shift note {number} again"),
)
async def untick(ctx: Ctx, number: Number) -> Reply:
    """Open a note for the next shift again that was ticked off."""
    one = await get_note(ctx, number)
    check_ticked(one)
    await ctx.effect.check()
    kept = replace(one, done_by="", done_at=None)
    await do_keep(ctx, kept, was=one)
    return _back(ctx, f"Note {number} is open again: {one.text}", kept, "tick")


async def preview_drop_note(ctx: Ctx, number: Number) -> Preview:
    """Say which note goes."""
    one = await get_note(ctx, number)
    check_own(ctx, one)
    gone = Change(what=f"Note {number}", before=one.text, after="thrown away")
    return Preview(text="Nobody of the next shift will read it.", changes=(gone,), hits=0)


@action(
    permission=WRITE,
    preview=preview_drop_note,
    examples=("drop shift note {number}", "throw away note {number}"),
)
async def drop_note(ctx: Ctx, number: Number) -> Reply:
    """Throw away a note for the next shift that you left by mistake."""
    one = await get_note(ctx, number)
    check_own(ctx, one)
    await ctx.effect.check()
    await do_drop(ctx, one)
    return Reply(f"Note {number} is gone: {one.text}", data=one, evidence=source(ctx))


def check_ticked(note: Note) -> None:
    """Raise Conflict when it is open as it is."""
    if note.open:
        raise Conflict(f"Note {note.number} is open as it is.")


def check_own(ctx: Ctx, note: Note) -> None:
    """Raise BadInput for a note that somebody else left: it is ticked off, not thrown away."""
    if note.by != ctx.user.name:
        raise BadInput(f"Note {note.number} is by {note.by}. Tick it off when it is done.")


def source(ctx: Ctx) -> tuple[Evidence, ...]:
    """Return the evidence line of what the shifts wrote down themselves."""
    return (Evidence(source="shift notes", at=ctx.now),)


def _to(before: str, after: str) -> Change:
    return Change(what="Note", before=before, after=after)


def _back(ctx: Ctx, text: str, note: Note, undo: str) -> Reply:
    return Reply(
        text,
        data=note,
        evidence=source(ctx),
        undo=ActionCall(action_id=f"shifts_{undo}", args={"number": note.number}),
        undo_within=UNDO,
    )
