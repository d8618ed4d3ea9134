"""What came back by e-mail: noted once, and what follows from it for the message and its address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plugins.connectors.local.queries_mail_stops import do_stop
from plugins.email.port import THEMSELVES, Back, MailStatus, Return, Stop

LAST = """
select coalesce(max(uid), 0) from isp_mail_returns where mailbox = :mailbox and validity = :validity
"""
NOTE = """
insert into isp_mail_returns (tenant_id, mailbox, validity, uid, digest, back, number, said, at)
values
    (current_setting('app.tenant_id')::uuid, :mailbox, :validity, :uid, :digest, :back, :number, :said, :at)
on conflict do nothing returning uid
"""
SEEN = """
select count(*) from isp_mail_returns where digest = :digest
    and not (mailbox = :mailbox and validity = :validity and uid = :uid)
"""
CAME_BACK = """
update isp_emails set status = 'bounced', error = :said, due_at = null
where number = :number and status in ('sent', 'unknown') returning to_address
"""
DELAYED = """
update isp_emails set error = :said where number = :number and status in ('sent', 'unknown')
returning to_address
"""
# Where the reading of a mailbox goes on is its highest uid, so that one stays.
FORGET = """
with gone as (
    delete from isp_mail_returns r where r.number is null and r.at < :before and r.uid < (
        select max(x.uid) from isp_mail_returns x where x.mailbox = r.mailbox and x.validity = r.validity
    ) returning 1
)
select count(*) from gone
"""
ADDRESS = "select to_address from isp_emails where number = :number"


async def get_last_returned(session: AsyncSession, mailbox: str, validity: int) -> int:
    """Return the highest uid that was taken note of in a mailbox."""
    row = await session.execute(text(LAST), {"mailbox": mailbox, "validity": validity})
    return int(row.scalar_one())


async def do_take_return(session: AsyncSession, returned: Return, at: datetime) -> bool:
    """Note what came back and do what follows; False when that was done before, here or in a copy.

    Two processes that note the same message wait for each other at its row.
    """
    values = {
        "mailbox": returned.mailbox, "validity": returned.validity, "uid": returned.uid, "at": at,
        "digest": returned.digest, "back": returned.back, "number": returned.number, "said": returned.said,
    }  # fmt: skip
    if (await session.execute(text(NOTE), values)).first() is None:
        return False
    if (await session.execute(text(SEEN), values)).scalar_one():
        return False
    await _follow(session, returned, at)
    return True


async def do_forget_returns(session: AsyncSession, before: datetime) -> int:
    """Forget what came back before then and was about no message of ours; return how many rows that was."""
    return int((await session.execute(text(FORGET), {"before": before})).scalar_one())


async def _follow(session: AsyncSession, returned: Return, at: datetime) -> None:
    values = {"number": returned.number, "said": returned.said}
    if returned.number is None:
        return
    if returned.back in {Back.BOUNCED, Back.REFUSED}:
        done = await session.execute(text(CAME_BACK), values)
        address = done.scalar_one_or_none()
        if address is not None and returned.back is Back.BOUNCED:
            said, by = returned.said, "mail server"
            await do_stop(
                session, Stop(address=address, reason=MailStatus.BOUNCED, detail=said, at=at, by=by)
            )
    elif returned.back is Back.DELAYED:
        await session.execute(text(DELAYED), values)
    elif returned.back is Back.UNSUBSCRIBED:
        address = (await session.execute(text(ADDRESS), values)).scalar_one_or_none()
        if address is not None:
            said = f"{returned.number} {returned.said}" if returned.said else f"answered {returned.number}"
            await do_stop(
                session, Stop(address=address, reason="unsubscribed", detail=said, at=at, by=THEMSELVES)
            )
