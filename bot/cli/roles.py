"""Roles: `roles list|create|remove|allow|forbid`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import run
from bot.cli.options import AsJson, TenantName

app = typer.Typer(no_args_is_help=True, help="Roles: what they may do, within which limits.")


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show every role with what it may do."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.db.roles import find_roles

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = await find_roles(session)
    rows = [[r.name, ", ".join(sorted(p.permission for p in r.permissions)) or "nothing yet"] for r in found]
    show(found, ["Role", "May"], rows, as_json=as_json)


@app.command()
def create(name: str, about: Annotated[str, typer.Argument()] = "", tenant: TenantName = None) -> None:
    """Add a role of your own, which may do nothing yet."""
    run(_create(name, about, tenant))


async def _create(name: str, about: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.roles import add_role

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        await add_role(main.database, tenant, name, about, by=operator())
    out.print(f"Added the role {name}. Next: backhaul roles allow {name} PERMISSION")


@app.command()
def remove(name: str, tenant: TenantName = None) -> None:
    """Remove a role of your own; everyone who held it loses it."""
    run(_remove(name, tenant))


async def _remove(name: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.roles import remove_role

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        await remove_role(main.database, tenant, name, by=operator())
    out.print(f"Removed the role {name}.")


@app.command()
def allow(
    role: str,
    permission: Annotated[
        str, typer.Argument(help="Such as tickets:write; `plugins list` names the plugins.")
    ],
    amount: Annotated[str | None, typer.Option(help="Most money per call, e.g. 5000.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Most customers per call.")] = None,
    tenant: TenantName = None,
) -> None:
    """Let a role do something, within limits."""
    run(_allow(role, permission, amount, count, tenant))


async def _allow(role: str, permission: str, amount: str | None, count: int | None, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.contract.money import Money
    from bot.core.roles import allow as do_allow
    from bot.db.roles import RolePermission

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        most = Money.parse(amount, tenant.currency).minor if amount else None
        wanted = RolePermission(permission=permission, max_amount=most, max_count=count)
        await do_allow(main.database, main.registry, tenant, role, wanted, giver=None, by=operator())
    out.print(f"{role} may {permission} now.")


@app.command()
def forbid(role: str, permission: str, tenant: TenantName = None) -> None:
    """Take a permission from a role."""
    run(_forbid(role, permission, tenant))


async def _forbid(role: str, permission: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.roles import forbid as do_forbid

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        await do_forbid(main.database, tenant, role, permission, by=operator())
    out.print(f"{role} may not {permission} any more.")
