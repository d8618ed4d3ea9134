"""The job that reads what came back: proves which message of ours it is about, and notes what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from bot.api import Context, Job, Unavailable
from plugins.email.dressing import mark_text, wish_text
from plugins.email.port import Back, Email, Letter, Mail, OpenBox, Return, Returns
from plugins.email.reports import Report, read_report

Ctx = Context[Any]
MOST = 20
EVERY = timedelta(minutes=1)
TRIES = 3
LOST = "returns-lost"
MOST_SAID = 300
ABOUT_MAIL = frozenset({Back.BOUNCED, Back.REFUSED, Back.DELAYED, Back.UNSUBSCRIBED})


async def read_returns(ctx: Ctx, _payload: Mapping[str, Any]) -> timedelta | None:
    """Read the next messages in their order, so that the highest one noted means all below are."""
    mail = ctx.port(Mail)
    try:
        async with ctx.port(Returns).open() as box:
            letters = await box.read(await mail.last_returned(box.name, box.validity), MOST)
            settled = await find_settled(ctx, box, letters)
            for letter in settled:
                returned = await sorted_out(ctx, box, letter)
                await ctx.effect.check()
                await mail.take_return(returned)
    except Unavailable:
        return None  # nothing is set up, or the server is away: the health check says so, the next run looks
    return timedelta(milliseconds=1) if len(settled) >= MOST else None


async def find_settled(ctx: Ctx, box: OpenBox, letters: Sequence[Letter]) -> Sequence[Letter]:
    """Return the letters up to the first that could not be fetched and is not given up yet.

    One is tried in `TRIES` runs, and only runs that could fetch a message behind it count: where none can
    be fetched, it is the server that is at fault, and that ends.
    """
    fetched = [place for place, letter in enumerate(letters) if letter.raw is not None]
    whole = letters[: fetched[-1] + 1] if fetched else []
    lost = [letter.uid for letter in whole if letter.raw is None]
    if not lost:
        return whole
    known = await ctx.store.get(LOST) or {}
    mailbox = f"{box.name} {box.validity}"
    before = known["tries"] if known.get("mailbox") == mailbox else {}
    tries = {str(uid): before.get(str(uid), 0) + 1 for uid in lost}
    await ctx.store.set(LOST, {"mailbox": mailbox, "tries": tries})
    waits = (
        place for place, letter in enumerate(whole) if letter.raw is None and tries[str(letter.uid)] < TRIES
    )
    return whole[: next(waits, len(whole))]


async def forget_returns(ctx: Ctx, _payload: Mapping[str, Any]) -> None:
    """Forget what came back long ago and was about nothing of ours."""
    await ctx.effect.check()
    await ctx.port(Mail).forget_returns(ctx.now - timedelta(days=ctx.settings.returns_days))


async def sorted_out(ctx: Ctx, box: OpenBox, letter: Letter) -> Return:
    """Say what one message of the mailbox is, and which of ours it is about if that is proven."""
    if letter.raw is None:
        return Return(
            mailbox=box.name,
            validity=box.validity,
            uid=letter.uid,
            digest=sha256(f"{box.name} {box.validity} {letter.uid}".encode()).hexdigest(),
            back=Back.OTHER,
            said=f"It could not be fetched: {letter.trouble}"[:MOST_SAID],
        )
    report = await asyncio.to_thread(read_report, letter.raw)
    message = await proven(ctx, report) if report.back in ABOUT_MAIL else None
    back, said = _weighed(report, message) if report.back in ABOUT_MAIL else (report.back, "")
    return Return(
        mailbox=box.name,
        validity=box.validity,
        uid=letter.uid,
        digest=sha256(letter.raw).hexdigest(),
        back=back,
        number=message.number if message else None,
        said=said,
    )


async def proven(ctx: Ctx, report: Report) -> Email | None:
    """Return the message it is about: by our seal, or by a Message-ID that only its readers know.

    What a report says of itself proves nothing: an address it names was perhaps never written to.
    """
    mail = ctx.port(Mail)
    wish = report.back is Back.UNSUBSCRIBED and not report.complaint
    sealed: Callable[[str, str], str] = wish_text if wish else mark_text
    for number, seal in report.marks:
        found = await mail.get(ctx.scope, number)
        if found and found.message_id and ctx.seals.fits(sealed(number, found.message_id), seal):
            return found
    if wish or report.message_id is None:
        return None
    return await mail.find_by_message_id(ctx.scope, report.message_id)


def _weighed(report: Report, message: Email | None) -> tuple[Back, str]:
    """Say what follows: a bounce of where it was forwarded to says nothing against our customer's address."""
    if message is None:
        return Back.STRANGER, ""
    said = report.told
    elsewhere = [one for one in report.recipients if one.lower() != message.to.lower()]
    if report.recipients and len(elsewhere) == len(report.recipients):
        said = f"{said} (forwarded to {elsewhere[0]})"
        return (Back.REFUSED if report.back is Back.BOUNCED else report.back), said
    return report.back, f"Delayed on its way: {said}" if report.back is Back.DELAYED else said


READ = Job(
    name="returns",
    about="Reads the mailbox that takes what comes back",
    run=read_returns,
    every=EVERY,
    timeout=timedelta(minutes=3),
)
FORGET = Job(
    name="forget_returns",
    about="Forgets what came back long ago and was about nothing of ours",
    run=forget_returns,
    every=timedelta(days=1),
)
