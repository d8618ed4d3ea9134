"""Where the ISP's own systems show a thing: an address with one `{key}` by kind of thing."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def find_pages(session: AsyncSession) -> dict[str, str]:
    """Return the addresses by kind of thing."""
    found = await session.execute(text("select kind, template from slack_link_pages order by kind"))
    return {row.kind: row.template for row in found}


async def do_set_page(session: AsyncSession, kind: str, template: str, *, by: str) -> None:
    """Keep where things of a kind are shown, in place of what was known."""
    await session.execute(
        text(
            """
            insert into slack_link_pages (kind, template, changed_by) values (:kind, :template, :by)
            on conflict (tenant_id, kind) do update
                set template = excluded.template, changed_by = excluded.changed_by, changed_at = now()
            """
        ),
        {"kind": kind, "template": template, "by": by},
    )


async def do_clear_page(session: AsyncSession, kind: str) -> bool:
    """Know of no page for a kind any more; False when none was known."""
    done = await session.execute(
        text("delete from slack_link_pages where kind = :kind returning kind"), {"kind": kind}
    )
    return done.first() is not None
