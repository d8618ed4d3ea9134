"""Who can be told something on a surface: people with an account there, and perhaps with a right."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A person, and the account on the surface that they linked last; empty when none is known."""

    user_id: str
    name: str
    email: str
    account: str


async def find_reached(
    session: AsyncSession, surface: str, *, permission: str | None = None, limit: int = 500
) -> list[Reached]:
    """Return the active people whose account there is not cut off, or not known, by name.

    With a permission only those whom a grant, a Slack group or a sign-in may give it: some of them do not
    hold it all the same, which reading their rights tells.
    """
    rows = await session.execute(
        text(
            """
            select u.id::text as user_id, u.name, u.email, coalesce((
                select l.external_id from links l where l.user_id = u.id and l.surface = :surface
                and not exists (select from account_cuts c where c.surface = l.surface
                    and c.external_id = l.external_id and c.cut)
                order by l.linked_at desc, l.external_id limit 1), '') as account
            from users u
            where u.active and not exists (
                    select from links l join account_cuts c on c.tenant_id = l.tenant_id
                    and c.surface = l.surface and c.external_id = l.external_id and c.cut
                    where l.user_id = u.id and l.surface = :surface)
            and (cast(:permission as text) is null or exists (
                select from role_permissions p where p.permission = :permission and (
                    exists (select from grants g where g.user_id = u.id and g.role = p.role
                        and g.revoked_at is null and (g.expires_at is null or g.expires_at > now()))
                    or exists (select from web_sessions s where s.user_id = u.id and p.role = any(s.roles))
                    or exists (select from slack_group_roles r
                        join slack_group_members m on m.tenant_id = r.tenant_id and m.team_id = r.team_id
                            and m.group_id = r.group_id
                        join links k on k.tenant_id = m.tenant_id and k.surface = 'slack'
                            and k.external_id = m.team_id || ':' || m.user_id
                        where k.user_id = u.id and r.role = p.role))))
            order by u.name, u.id limit :limit
            """
        ),
        {"surface": surface, "permission": permission, "limit": limit},
    )
    return [Reached(**row._asdict()) for row in rows]


async def get_account(session: AsyncSession, surface: str, user_id: str) -> str | None:
    """Return the account there that an active person linked last, if it is not cut off."""
    done = await session.execute(
        text(
            """
            select l.external_id from links l
            join users u on u.tenant_id = l.tenant_id and u.id = l.user_id and u.active
            where l.surface = :surface and l.user_id::text = :user and not exists (
                select from account_cuts c where c.tenant_id = l.tenant_id and c.surface = l.surface
                and c.external_id = l.external_id and c.cut)
            order by l.linked_at desc, l.external_id limit 1
            """
        ),
        {"surface": surface, "user": user_id},
    )
    account: str | None = done.scalar_one_or_none()
    return account
