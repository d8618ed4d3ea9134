"""Notes for the next shift, kept until somebody ticks them off and for a month after."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.api import BadInput, BaseModel, Conflict, Context, Field, NotFound

PREFIX = "note:"
KEPT = timedelta(days=30)
LONGEST = 500
OPEN_AT_MOST = 200
"""Notes that may be open at once: more is a ticket system, and there is one."""


class Settings(BaseModel):
    """How long a shift lasts here, which is how far a hand-over looks back."""

    hours: int = Field(8, ge=1, le=72, description="Hours that a shift lasts; a hand-over looks back so far.")
    soon_hours: int = Field(
        4, ge=1, le=72, description="A ticket whose clock runs out within so many hours is named."
    )


Ctx = Context[Settings]


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something the next shift has to know. `done_by` is who ticked it off."""

    number: int
    text: str
    by: str
    at: datetime
    done_by: str = ""
    done_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has ticked it off."""
        return self.done_at is None


async def find_notes(ctx: Ctx) -> list[Note]:
    """Return all notes that are kept, the oldest first."""
    kept = (await ctx.store.items()).items()
    return sorted(
        (note_of(value) for key, value in kept if key.startswith(PREFIX)), key=lambda one: one.number
    )


async def get_note(ctx: Ctx, number: int) -> Note:
    """Return a note; NotFound says how to see what there is."""
    value = await ctx.store.get(f"{PREFIX}{number}")
    if value is None:
        raise NotFound(f"There is no note {number}. `shifts notes` lists what there is.")
    return note_of(value)


async def do_keep(ctx: Ctx, note: Note, was: Note | None = None) -> None:
    """Keep a new note, or one as changed from what it `was`; forget those ticked off long ago."""
    old_value = note_to_json(was) if was else None
    if not await ctx.store.swap(f"{PREFIX}{note.number}", old_value, note_to_json(note)):
        raise Conflict(f"Somebody changed note {note.number} at the same moment. Look, and try again.")
    for old in await find_notes(ctx):
        if old.done_at is not None and old.done_at < ctx.now - KEPT:
            await ctx.store.pop(f"{PREFIX}{old.number}")


async def do_drop(ctx: Ctx, note: Note) -> None:
    """Forget a note as it was read."""
    if not await ctx.store.swap(f"{PREFIX}{note.number}", note_to_json(note), None):
        raise Conflict(f"Somebody changed note {note.number} at the same moment. Look, and try again.")


def note_to_json(note: Note) -> dict[str, Any]:
    """Return a note as the store keeps it."""
    value = asdict(note)
    for name in ("at", "done_at"):
        value[name] = value[name].isoformat() if value[name] else None
    return value


def note_of(value: dict[str, Any]) -> Note:
    """Read a note as the store keeps it."""
    done = value["done_at"]
    at = datetime.fromisoformat(value["at"])
    return Note(**(value | {"at": at, "done_at": datetime.fromisoformat(done) if done else None}))


def check_text(text: str) -> str:
    """Return words that make a note; BadInput says why they do not."""
    text = " ".join(text.split())
    if not text:
        raise BadInput("The note is empty. Say what the next shift has to know.")
    if len(text) > LONGEST:
        raise BadInput(
            f"The note has {len(text):,} letters; {LONGEST} fit. Open a ticket for the long story."
        )
    return text


def check_open(note: Note) -> None:
    """Raise Conflict when somebody ticked it off already."""
    if not note.open:
        raise Conflict(f"{note.done_by} has ticked off note {note.number} already.")
