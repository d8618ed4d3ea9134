"""Roles and what each of them may do, within which limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class RolePermission:
    """One permission of a role; the limits are per call, None is none."""

    permission: str
    max_amount: int | None = None
    max_count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Role:
    """A named set of permissions; built-in roles cannot be removed."""

    name: str
    about: str
    built_in: bool
    permissions: tuple[RolePermission, ...] = ()


async def find_roles(session: AsyncSession) -> list[Role]:
    """Return every role with its permissions, by name."""
    rows = (await session.execute(text("select name, about, built_in from roles order by name"))).all()
    permissions = await find_permissions(session, [row.name for row in rows])
    return [
        Role(
            name=row.name,
            about=row.about,
            built_in=row.built_in,
            permissions=permissions.get(row.name, ()),
        )
        for row in rows
    ]


async def find_permissions(
    session: AsyncSession, roles: Iterable[str]
) -> dict[str, tuple[RolePermission, ...]]:
    """Return what each of these roles may do; roles that do not exist are absent."""
    rows = await session.execute(
        text(
            "select role, permission, max_amount, max_count from role_permissions "
            "where role = any(:roles) order by role, permission"
        ),
        {"roles": list(roles)},
    )
    found: dict[str, tuple[RolePermission, ...]] = {}
    for row in rows:
        one = RolePermission(permission=row.permission, max_amount=row.max_amount, max_count=row.max_count)
        found[row.role] = (*found.get(row.role, ()), one)
    return found


async def do_add_role(session: AsyncSession, *, name: str, about: str = "", built_in: bool = False) -> bool:
    """Add a role that may do nothing yet; False when it was there."""
    done = await session.execute(
        text(
            "insert into roles (name, about, built_in) values (:name, :about, :built_in) "
            "on conflict (tenant_id, name) do nothing returning name"
        ),
        {"name": name, "about": about, "built_in": built_in},
    )
    return done.one_or_none() is not None


async def do_add_built_in(session: AsyncSession, roles: Mapping[str, str]) -> list[str]:
    """Add the built-in roles there are not yet, name -> what it is for; return those that were added."""
    done = await session.execute(
        text(
            "insert into roles (name, about, built_in) select *, true "
            "from unnest(cast(:names as text[]), cast(:abouts as text[])) "
            "on conflict (tenant_id, name) do nothing returning name"
        ),
        {"names": list(roles), "abouts": list(roles.values())},
    )
    return sorted(row.name for row in done)


async def do_remove_role(session: AsyncSession, name: str) -> bool:
    """Remove a custom role with its grants; False when there is none or it is built in."""
    done = await session.execute(
        text("delete from roles where name = :name and not built_in returning name"), {"name": name}
    )
    return done.one_or_none() is not None


async def do_allow(session: AsyncSession, role: str, permission: RolePermission) -> None:
    """Let a role do something, or change its limits."""
    await do_allow_all(session, role, [permission])


async def do_allow_all(session: AsyncSession, role: str, permissions: Sequence[RolePermission]) -> None:
    """Let a role do all this, or change its limits, in one go."""
    if not permissions:
        return
    await session.execute(
        text(
            "insert into role_permissions (role, permission, max_amount, max_count) "
            "values (:role, :permission, :max_amount, :max_count) "
            "on conflict (tenant_id, role, permission) do update "
            "set max_amount = excluded.max_amount, max_count = excluded.max_count"
        ),
        [
            {
                "role": role,
                "permission": one.permission,
                "max_amount": one.max_amount,
                "max_count": one.max_count,
            }
            for one in permissions
        ],
    )


async def do_offer(session: AsyncSession, offers: Sequence[tuple[str, str]]) -> None:
    """Give roles these defaults of plugins, (role, permission) each, without touching limits already set."""
    if not offers:
        return
    await session.execute(
        text(
            "insert into role_permissions (role, permission) select roles.name, offers.permission "
            "from unnest(cast(:roles as text[]), cast(:permissions as text[])) as offers (role, permission) "
            "join roles on roles.name = offers.role on conflict do nothing"
        ),
        {"roles": [role for role, _ in offers], "permissions": [permission for _, permission in offers]},
    )


async def do_forbid(session: AsyncSession, role: str, permission: str) -> bool:
    """Take a permission from a role; False when it had none."""
    done = await session.execute(
        text(
            "delete from role_permissions where role = :role and permission = :permission "
            "returning permission"
        ),
        {"role": role, "permission": permission},
    )
    return done.one_or_none() is not None
