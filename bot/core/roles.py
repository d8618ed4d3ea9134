"""Roles: the built-in ones of every tenant, custom ones, and what each of them may do."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.contract.action import NAME
from bot.contract.people import Tenant, User
from bot.core.glass import check_lasting
from bot.core.journal import note
from bot.db import roles
from bot.db.database import Database
from bot.db.roles import Role, RolePermission
from bot.db.session import Session
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.host.registry import Registry

GUARDED = "admin:"
"""Permissions over the workspace itself."""
BUILT_IN = {
    "support": "First line: customers, their services and tickets",
    "billing": "Invoices, payments and credits",
    "noc": "The network and its outages",
    "field": "Technicians on the road",
    "admin": "Plugins, people, roles and the audit of this workspace",
}


async def do_add_built_in(session: Session) -> None:
    """Add the built-in roles a tenant does not have yet."""
    await roles.do_add_built_in(session, BUILT_IN)


async def get_role(session: Session, name: str) -> Role:
    """Return one role, or say which there are."""
    found = {role.name: role for role in await roles.find_roles(session)}
    try:
        return found[name]
    except KeyError:
        raise NotFound(f"There is no role “{name}”. There are: {', '.join(found)}.") from None


def check_permission(registry: Registry, permission: str) -> None:
    """Raise NotFound unless a loaded plugin declares this permission."""
    known = sorted(p for info in registry.plugins.values() for p in info.permissions)
    if permission not in known:
        plugin = permission.split(":", maxsplit=1)[0]
        near = [p for p in known if p.startswith(f"{plugin}:")] or known
        raise NotFound(f"No plugin declares the permission `{permission}`. There are: {', '.join(near)}.")


async def add_role(database: Database, tenant: Tenant, name: str, about: str, *, by: str) -> Role:
    """Add a custom role that may do nothing yet."""
    if not NAME.match(name):
        raise BadInput(f"“{name[:60]}” is no name for a role: lower case, 1-41 of a-z 0-9 _.")
    async with database.tenant(tenant.id) as session:
        if not await roles.do_add_role(session, name=name, about=about):
            raise Conflict(f"There is a role “{name}” already.")
        await note(session, event="role.added", by=by, text=f"added the role {name}", facts={"role": name})
        return await get_role(session, name)


async def remove_role(database: Database, tenant: Tenant, name: str, *, by: str) -> None:
    """Remove a custom role; everyone who held it loses it."""
    async with database.tenant(tenant.id) as session:
        role = await get_role(session, name)
        if role.built_in:
            raise Conflict(f"“{name}” is built in. Take its permissions away instead.")
        await roles.do_remove_role(session, name)
        await note(
            session, event="role.removed", by=by, text=f"removed the role {name}", facts={"role": name}
        )


def check_not_for_oneself(giver: User, role: str, wanted: RolePermission) -> None:
    """Raise NotAllowed when this would give more to the giver, who holds the role."""
    if role not in giver.roles:
        return
    if held := giver.rights.get(wanted.permission):
        limits = zip(held.limits([]), (wanted.max_amount, wanted.max_count), strict=True)
        if all(own is None or (new is not None and new <= own) for own, new in limits):
            return
    raise NotAllowed(
        f"You hold the role “{role}” yourself, and nobody gives more to themselves. Ask another admin, "
        "who does not hold it, or whoever runs this bot."
    )


def check_handing_out(registry: Registry, giver: User | None, role: str, wanted: RolePermission) -> None:
    """Raise unless there is such a permission and this person may give it to this role."""
    check_permission(registry, wanted.permission)
    if giver is None:
        return
    if wanted.permission.startswith(GUARDED) and not giver.may(wanted.permission):
        raise NotAllowed(f"You do not hold `{wanted.permission}` yourself, so you cannot hand it out.")
    check_not_for_oneself(giver, role, wanted)


async def allow(  # noqa: PLR0913 - whose role, what, by whom, when
    database: Database,
    registry: Registry,
    tenant: Tenant,
    role: str,
    permission: RolePermission,
    *,
    giver: User | None,
    by: str,
    now: datetime | None = None,
) -> Role:
    """Let a role do something, within limits per call; again with other limits to change them.

    `giver` None is the operator of this machine. Nobody hands out power over the workspace that
    they do not hold, or hold through break-glass only, nor widens a role that they hold themselves.
    """
    check_handing_out(registry, giver, role, permission)
    async with database.tenant(tenant.id) as session:
        await get_role(session, role)
        if giver is not None and permission.permission.startswith(GUARDED):
            await check_lasting(session, giver, permission.permission, now or datetime.now(UTC))
        await roles.do_allow(session, role, permission)
        line = {
            "role": role,
            "permission": permission.permission,
            "max_amount": permission.max_amount,
            "max_count": permission.max_count,
        }
        text = f"let {role} do {permission.permission}"
        await note(session, event="role.allowed", by=by, text=text, facts=line)
        return await get_role(session, role)


async def forbid(database: Database, tenant: Tenant, role: str, permission: str, *, by: str) -> Role:
    """Take a permission from a role."""
    async with database.tenant(tenant.id) as session:
        await get_role(session, role)
        if not await roles.do_forbid(session, role, permission):
            raise NotFound(f"The role “{role}” does not have `{permission}`.")
        line = {"role": role, "permission": permission}
        text = f"took {permission} from {role}"
        await note(session, event="role.forbidden", by=by, text=text, facts=line)
        return await get_role(session, role)
