"""Mail that came back, as a colleague pastes the mail server's notification."""

from __future__ import annotations

from typing import Annotated, Any

from bot.api import Approval, BadInput, Change, Context, Field, NotFound, Preview, Reply, action
from plugins.email.port import Back, Email, Mail, MailQuery, MailStatus
from plugins.email.reports import Report, read_report
from plugins.email.said import message_reply

Ctx = Context[Any]
LONGEST = 200_000
Notice = Annotated[str, Field(max_length=LONGEST)]
ABOUT_MAIL = frozenset({Back.BOUNCED, Back.REFUSED, Back.DELAYED})
STOPS = ", and mailings leave the address out until you allow it again"
LIVES = "; the address itself seems to be fine, so it is still written to"


def pasted(text: str) -> Report:
    """Read a delivery status notification; BadInput when it is none."""
    report = read_report(text.lstrip().encode("utf-8", "replace"))
    if report.back not in ABOUT_MAIL or not report.recipients:
        raise BadInput(
            "I find no delivery status in that text. Paste the whole notification of the mail server, "
            "with its headers and its parts."
        )
    return report


async def returned(ctx: Ctx, report: Report) -> Email:
    """Return the message a report is about; NotFound when none of ours left for that address."""
    mail = ctx.port(Mail)
    if report.message_id:
        found = await mail.find_by_message_id(ctx.scope, report.message_id)
        if found is not None:
            return found
    page = await mail.find(ctx.scope, MailQuery(statuses=(MailStatus.SENT, MailStatus.UNKNOWN)), 200)
    wanted = {one.lower() for one in report.recipients}
    for one in page.emails:
        if one.number and one.to.lower() in wanted:
            return one
    raise NotFound(f"We sent nothing to {report.recipients[0]} that this could be about.")


async def preview_record_bounce(ctx: Ctx, notice: Notice) -> Preview:
    """Say which message came back and why."""
    report = pasted(notice)
    message = await returned(ctx, report)
    what = f"{message.number} to {message.customer_name} ({message.customer}), {message.to},"
    if report.back is Back.DELAYED:
        return Preview(text=f"{what} is delayed: {report.said}, which may pass: nothing is stopped.")
    return Preview(
        text=f"{what} came back: {report.said}{STOPS if report.back is Back.BOUNCED else LIVES}.",
        changes=(Change(what=message.number or "", before=message.status, after="bounced"),),
    )


@action(
    permission="email:send",
    approval=Approval.SELF,
    preview=preview_record_bounce,
    examples=("record bounce {notice}", "this e-mail bounced: {notice}", "read this bounce: {notice}"),
)
async def record_bounce(ctx: Ctx, notice: Notice) -> Reply:
    """Record a bounce from the mail server's notification.

    Paste the whole notification; the message and the address are marked, and previews warn from then on.
    """
    report = pasted(notice)
    message = await returned(ctx, report)
    if report.back is Back.DELAYED:
        return message_reply(ctx, message, f"Only delayed ({report.told}); nothing changed.")
    gone = report.back is Back.BOUNCED
    done = await ctx.port(Mail).bounce(ctx.effect, message.number or "", report.told, stop=gone)
    tail = f"{done.to} bounced. Mailings leave it out from now on." if gone else f"{done.number} came back."
    return message_reply(ctx, done, f"Written down: {tail}")
