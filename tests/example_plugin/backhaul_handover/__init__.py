"""Shift handover notes: leave them, read them, clear them when the next shift has taken over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from bot.api import (
    Action,
    ActionCall,
    Approval,
    BaseModel,
    Button,
    Change,
    Column,
    Conflict,
    Context,
    Detector,
    Field,
    Finding,
    Health,
    HealthCheck,
    Lifecycle,
    NotFound,
    Panel,
    PluginInfo,
    Preview,
    Reply,
    SecretStr,
    Table,
    action,
    hookimpl,
)


class Settings(BaseModel):
    """What an admin can set."""

    max_notes: int = Field(20, ge=1, le=500, description="Notes kept before somebody has to clear them.")
    stale_after_hours: int = Field(24, ge=1, description="When an unread note becomes a finding.")
    pager_token: SecretStr = Field(SecretStr(""), description="Token of the pager, if notes should page.")


Ctx = Context[Settings]
READ, WRITE = "handover:read", "handover:write"


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who this is."""
    return PluginInfo(
        name="handover",
        about="Shift handover notes.",
        permissions={READ: "Read handover notes", WRITE: "Leave and clear handover notes"},
        roles={"noc": frozenset({READ, WRITE}), "support": frozenset({READ})},
        settings=Settings,
        version="1.0.0",
    )


def in_order(notes: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Return the notes by number; the store keeps them under `note-7`."""
    return sorted(
        (int(key.removeprefix("note-")), note) for key, note in notes.items() if key.startswith("note-")
    )


@action(permission=WRITE, examples=["leave a handover note: {text}", "tell the next shift: {text}"])
async def leave(ctx: Ctx, text: Annotated[str, Field(min_length=1, max_length=1000)]) -> Reply:
    """Leave a note for the next shift."""
    if len(in_order(await ctx.store.items())) >= ctx.settings.max_notes:
        raise Conflict(f"There are {ctx.settings.max_notes} notes already. Clear them with `handover clear`.")
    await ctx.effect.check()
    number = await ctx.store.next("number")
    await ctx.store.set(f"note-{number}", {"text": text, "by": ctx.user.name, "at": ctx.now.isoformat()})
    return Reply(
        f"Note {number} is left for the next shift.",
        data={"number": number, "text": text},
        buttons=(Button("Read all", "handover_read"),),
        undo=ActionCall(action_id="handover_take_back", args={"number": number}),
        undo_within=timedelta(minutes=10),
    )


@action(permission=WRITE)
async def take_back(ctx: Ctx, number: int) -> Reply:
    """Take one note back."""
    await ctx.effect.check()
    note = await ctx.store.pop(f"note-{number}")
    if note is None:
        raise NotFound(f"There is no note {number}.")
    return Reply(f"Note {number} is gone: {note['text']}")


@action(permission=READ, reads_only=True, examples=["what did the last shift leave", "handover notes"])
async def read(ctx: Ctx) -> Reply:
    """Read the notes of the last shift."""
    notes = in_order(await ctx.store.items())
    rows = [(number, note["text"], note["by"], datetime.fromisoformat(note["at"])) for number, note in notes]
    columns = (Column("No"), Column("Note"), Column("By"), Column("At"))
    text = f"{len(rows)} notes." if rows else "Nothing was left for you."
    return Reply(text, data=tuple(note["text"] for _, note in notes), table=Table(columns=columns, rows=rows))


async def preview_clear(ctx: Ctx) -> Preview:
    """Say what would go."""
    notes = in_order(await ctx.store.items())
    changes = tuple(Change(what=f"Note {number}", before=note["text"]) for number, note in notes)
    return Preview(text=f"Clear {len(notes)} notes for good.", changes=changes, hits=0)


@action(
    permission=WRITE, approval=Approval.OTHER, preview=preview_clear, examples=["clear the handover notes"]
)
async def clear(ctx: Ctx) -> Reply:
    """Clear all notes; somebody else has to agree that they were read."""
    await ctx.effect.check()
    numbers = [number for number, _ in in_order(await ctx.store.items())]
    for number in numbers:
        await ctx.store.pop(f"note-{number}")
    return Reply(f"Cleared {len(numbers)} notes.")


async def find_stale(ctx: Ctx) -> list[Finding]:
    """Return notes nobody cleared for too long."""
    limit = ctx.now - timedelta(hours=ctx.settings.stale_after_hours)
    return [
        Finding(key=f"handover-{number}", title=f"Handover note {number} waits: {note['text']}")
        for number, note in in_order(await ctx.store.items())
        if datetime.fromisoformat(note["at"]) < limit
    ]


async def check_space(ctx: Ctx) -> Health:
    """Say whether there is room for more notes."""
    used = len(in_order(await ctx.store.items()))
    return Health(ok=used < ctx.settings.max_notes, detail=f"{used} of {ctx.settings.max_notes} notes")


async def welcome(ctx: Ctx) -> None:
    """Leave a first note when the plugin is turned on."""
    note = {"text": "Welcome to handover notes.", "by": "Backhaul", "at": ctx.now.isoformat()}
    await ctx.store.set("note-0", note)


@hookimpl
def register_actions() -> Sequence[Action]:
    """Give the verbs."""
    return [leave, take_back, read, clear]


@hookimpl
def register_detectors() -> Sequence[Detector]:
    """Watch for notes nobody reads."""
    return [Detector(name="stale", about="Notes nobody cleared", every=timedelta(hours=1), run=find_stale)]


@hookimpl
def register_panels() -> Sequence[Panel]:
    """Show the notes on the Home tab."""
    return [Panel(name="notes", title="Handover", permission=READ, run=read.run)]


@hookimpl
def register_health_checks() -> Sequence[HealthCheck]:
    """Say whether there is room."""
    return [HealthCheck(name="space", run=check_space)]


@hookimpl
def register_lifecycle() -> Sequence[Lifecycle]:
    """Say hello."""
    return [Lifecycle(name="welcome", on=welcome)]
