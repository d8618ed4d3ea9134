"""Photos and documents on a ticket: attach, list, read back, remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import islice

from bot.api import (
    ActionCall,
    Align,
    Approval,
    Button,
    Change,
    Column,
    Conflict,
    File,
    GivenFiles,
    Handed,
    Match,
    NotSupported,
    Preview,
    Reply,
    Table,
    Unavailable,
    UserError,
    action,
    moment,
    plural,
    size_said,
)
from plugins.tickets.port import (
    MOST_FILES,
    Attachment,
    AttachmentRef,
    NewAttachment,
    Ticket,
    TicketRef,
    Tickets,
)
from plugins.tickets.previews import named
from plugins.tickets.reply import Ctx, login
from plugins.tickets.rules import BODY, UNDO, undoable

FEW = 3
SLOW = timedelta(seconds=60)
"""What ten large files may take."""
KINDS = {"application/pdf": "PDF", "text/plain": "text", "text/csv": "CSV"}


async def find_files(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a file by its number."""
    number = text.strip()
    try:
        file = await ctx.port(Tickets).attachment(ctx.scope, number) if number and limit else None
    except NotSupported:  # a system without files has none of that number
        return ()
    if file is None:
        return ()
    return [Match(key=file.number, label=file.name, record=file, exact=True, scope=file.area)]


def _names(files: Sequence[Handed | Attachment]) -> str:
    """Return `a.jpg (1.2 MB), b.jpg (340 kB) and 4 more`."""
    shown = ", ".join(one.said for one in islice(files, FEW))
    return f"{shown} and {len(files) - FEW} more" if len(files) > FEW else shown


def _cleaned(file: Handed) -> str:
    """Return a file as it is kept, and what of it is not."""
    return f"{file.said}; where, when and with what it was taken is removed" if file.cleaned else file.said


async def preview_attach(ctx: Ctx, ticket: TicketRef, files: GivenFiles, caption: str = "") -> Preview:
    """Say which files, how large, and whether one is there already."""
    given = await ctx.files.about(files)
    there = await ctx.port(Tickets).attachments(ctx.scope, ticket.number, 2 * MOST_FILES)
    own = [one for one in there if one.ticket == ticket.number]
    if len(own) + len(given) > MOST_FILES:
        raise Conflict(
            f"{ticket.number} has {plural(len(own), 'file')}, and up to {MOST_FILES} fit on a ticket. "
            "Remove one first, for example with: remove " + (own[0].number if own else "FILE-1001")
        )
    known = {one.sha256: one for one in own}
    doubles = [one for one in given if one.sha256 in known]
    return Preview(
        text=f"{named(ticket)}: {caption.strip()}" if caption.strip() else named(ticket),
        changes=tuple(Change(what="File", after=_cleaned(one)) for one in given),
        hits=1 if ticket.customer else 0,
        warnings=tuple(
            f"{one.name} is on this ticket already, as {known[one.sha256].number}" for one in doubles
        ),
    )


@action(
    permission="tickets:write",
    preview=preview_attach,
    timeout=SLOW,
    examples=(
        "put this photo in {ticket}",
        "attach this to {ticket}",
        "upload the photo to {ticket}",
        "upload this file to {ticket}",
        "put this in {ticket}",
        "attach the pdf to {ticket}",
        "attach these pictures to {ticket}",
        "save this photo on {ticket}",
    ),
)
async def attach(ctx: Ctx, ticket: TicketRef, files: GivenFiles, caption: str = "") -> Reply:
    """Put photos or documents on a ticket.

    Send the files with your words: JPEG, PNG, GIF, WebP, PDF, text or CSV, up to 10 MB each and 20 on a
    ticket. The customer does not see them. Where and when a photo was taken is removed from it first.
    """
    given = await ctx.files.about(files)
    new = [await _read(ctx, one) for one in given]
    kept = await ctx.port(Tickets).attach(ctx.effect, ticket.number, new, caption.strip()[:BODY])
    first, *more = (one.number for one in kept)
    undo = ActionCall(action_id="tickets_remove_file", args={"file": first, "others": more})
    said = f"{_names(kept)} {'is' if len(kept) == 1 else 'are'} on {ticket.number} now"
    reply = Reply(
        f"{said}, as {', '.join(one.number for one in kept)}.",
        data=tuple(kept),
        buttons=(Button("Files", "tickets_files", {"ticket": ticket.number}), _show(ticket)),
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": ticket.number},
    )
    return undoable(reply, undo, UNDO)


async def _read(ctx: Ctx, file: Handed) -> NewAttachment:
    content = await ctx.files.read(file)
    return NewAttachment(
        name=file.name, media_type=file.media_type, size=file.size, sha256=file.sha256, content=content
    )


def _show(ticket: Ticket) -> Button:
    return Button(ticket.number, "tickets_show", {"ticket": ticket.number})


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "files of {ticket}",
        "which files are on {ticket}",
        "attachments of {ticket}",
        "photos of {ticket}",
        "are there photos on {ticket}",
        "list the files on {ticket}",
    ),
)
async def files(ctx: Ctx, ticket: TicketRef) -> Reply:
    """List the photos and documents of a ticket."""
    found = await ctx.port(Tickets).attachments(ctx.scope, ticket.number, 2 * MOST_FILES)
    reply = Reply(
        f"{plural(len(found), 'file')} on {ticket.number}." if found else f"No file is on {ticket.number}.",
        data=tuple(found),
        table=_listed(ctx, found) if found else None,
        buttons=tuple(
            Button(f"Get {one.name}", "tickets_get_file", {"file": one.number}) for one in found[:FEW]
        ),
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": ticket.number},
    )
    return reply if found else replace(reply, buttons=(_show(ticket),))


def _listed(ctx: Ctx, found: Sequence[Attachment]) -> Table:
    columns = (
        Column("File"),
        Column("Name"),
        Column("Kind"),
        Column("Size", Align.RIGHT),
        Column("By"),
        Column("When"),
        Column("Said with it"),
    )
    zone = ctx.tenant.zone
    rows = [
        (
            one.number,
            one.name,
            kind(one.media_type),
            size_said(one.size),
            login(one.by),
            moment(one.at, ctx.now, zone),
            "" if one.note == one.name else one.note,
        )
        for one in found
    ]
    return Table(columns=columns, rows=rows)


def kind(media_type: str) -> str:
    """Return `JPEG photo` or `PDF`."""
    return KINDS.get(media_type) or f"{media_type.partition('/')[2].upper()} photo"


@action(
    permission="tickets:read",
    reads_only=True,
    timeout=SLOW,
    examples=("show {file}", "get {file}", "open {file}", "download {file}", "send me {file}"),
)
async def get_file(ctx: Ctx, file: AttachmentRef) -> Reply:
    """Get a photo or document of a ticket back, by its number."""
    content = await ctx.port(Tickets).read_attachment(ctx.scope, file.number)
    if content is None or sha256(content).hexdigest() != file.sha256:
        raise Unavailable(f"{file.number} cannot be read whole just now. Try again in a moment.")
    by = f"{login(file.by)}, {moment(file.at, ctx.now, ctx.tenant.zone)}"
    return Reply(
        f"**{file.number}** {file.said} of {file.ticket}, from {by}.",
        data=file,
        file=File(name=file.name, media_type=file.media_type, content=content),
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": file.ticket, "ticket_file": file.number},
    )


async def preview_remove(ctx: Ctx, file: AttachmentRef, others: list[str] | None = None) -> Preview:
    """Say what is removed, and that it does not come back."""
    there = await ctx.port(Tickets).attachments(ctx.scope, file.ticket, 2 * MOST_FILES)
    wanted = {file.number, *(others or ())}
    gone = [one for one in there if one.number in wanted and one.ticket == file.ticket]
    return Preview(
        text=f"{plural(len(gone), 'file')} of {file.ticket}",
        changes=tuple(Change(what=one.number, before=one.said, after="removed") for one in gone),
        hits=0,
        warnings=("It cannot be brought back: keep a copy if you need one.",),
    )


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_remove,
    examples=(
        "remove {file}",
        "delete {file}",
        "take {file} off the ticket",
        "remove {file} from the ticket",
    ),
)
async def remove_file(ctx: Ctx, file: AttachmentRef, others: list[str] | None = None) -> Reply:
    """Remove a photo or document from its ticket for good.

    The ticket's history keeps its name and who removed it.
    """
    wanted = [file.number, *(others or ())]
    gone = await ctx.port(Tickets).detach(ctx.effect, file.ticket, wanted)
    said = ", ".join(gone) or file.name
    return Reply(
        f"Removed {said} from {file.ticket}.",
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": file.ticket},
    )


async def with_files(ctx: Ctx, ticket: Ticket, reply: Reply) -> Reply:
    """Say on a ticket's card which files it has; a system without files says nothing of them."""
    try:
        found = await ctx.port(Tickets).attachments(ctx.scope, ticket.number, 2 * MOST_FILES)
    except UserError:  # the card is worth more than this line of it
        return reply
    if not found:
        return reply
    count = f"{plural(len(found), 'file')}: {', '.join(one.name for one in found[:FEW])}"
    said = f"{count} …" if len(found) > FEW else count
    button = Button("Files", "tickets_files", {"ticket": ticket.number})
    return replace(reply, facts={**reply.facts, "Files": said}, buttons=(*reply.buttons, button))
