"""Tenants: `tenants list|create|set|export|import`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

app = typer.Typer(no_args_is_help=True, help="The ISPs this installation serves.")
WAYS = ("customers", "tickets", "billing", "network", "email", "admin", "local")
"""The plugins a new tenant starts with unless it says otherwise."""


@app.command("list")
def list_tenants(as_json: AsJson = False) -> None:
    """Show the tenants."""
    run(_list_tenants(as_json=as_json))


async def _list_tenants(*, as_json: bool) -> None:
    from bot.cli.opened import opened, show

    async with opened(quiet=as_json) as main:
        found = await main.tenants()
    rows = [[t.slug, t.name, t.timezone, t.currency, t.locale] for t in found]
    show(found, ["Tenant", "Name", "Time zone", "Currency", "Locale"], rows, as_json=as_json)


@app.command("create")
def create_tenant(
    slug: str,
    name: str,
    timezone: Annotated[str, typer.Option(help="Such as Africa/Nairobi.")] = "UTC",
    currency: Annotated[str, typer.Option(help="Such as KES.")] = "USD",
    locale: Annotated[str, typer.Option(help="Language of replies.")] = "en",
) -> None:
    """Create a tenant, with the built-in roles and plugins on its own tables."""
    run(_create_tenant(slug, name, timezone, currency, locale))


@app.command("set")
def set_tenant(
    slug: str,
    embedder: Annotated[
        str, typer.Option(help="local, or server for what BACKHAUL_EMBEDDINGS_URL names (other languages).")
    ],
) -> None:
    """Choose what a tenant's questions are understood with."""
    run(_set_tenant(slug, embedder))


async def _set_tenant(slug: str, embedder: str) -> None:
    from bot.cli.opened import opened, operator, out

    async with opened() as main:
        tenant = await main.tenant(slug)
        main.embedders.check_choice(embedder)
        await main.embedders.do_choose(tenant, embedder, by=operator())
    out.print(f"{tenant.slug}: questions are understood with the {embedder} embedder.")


async def _create_tenant(slug: str, name: str, timezone: str, currency: str, locale: str) -> None:
    from bot.cli.opened import opened, operator_user, out
    from bot.core.switch import found_tenant
    from bot.db.tenants import check_tenant, do_create_tenant

    wanted = {"slug": slug, "name": name, "timezone": timezone, "currency": currency, "locale": locale}
    check_tenant(**wanted)
    async with opened(migrate=True) as main:
        async with main.database.system() as session:
            tenant = await do_create_tenant(session, **wanted)
        there = [plugin for plugin in WAYS if plugin in main.registry.plugins]
        on = await found_tenant(main.around(tenant), with_plugins=there, by=operator_user())
    out.print(f"Created {tenant.slug} ({tenant.name}); plugins on: {', '.join(on)}.")
    out.print("Next:", f'backhaul users add you@example.com "Your Name" --role admin --tenant {tenant.slug}')


@app.command("export")
def export_tenant(tenant: TenantName = None) -> None:
    """Print a tenant's configuration as JSON: plugins, settings without secrets, roles, grants, policies."""
    run(_export(tenant))


async def _export(slug: str | None) -> None:
    from bot.cli.opened import opened, the_tenant
    from bot.core.export import export_tenant

    async with opened(quiet=True) as main:
        tenant = await the_tenant(main, slug)
        typer.echo(json.dumps(await export_tenant(main.around(tenant)), ensure_ascii=False, indent=2))


@app.command("import")
def import_tenant(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    tenant: TenantName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Bring a tenant's configuration to what an exported file says."""
    try:
        wanted = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read as JSON: {error}", Exit.USAGE)
    run(_import(wanted, tenant, dry_run=dry_run))


async def _import(wanted: object, slug: str | None, *, dry_run: bool) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.export import import_tenant

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        changes = await import_tenant(main.around(tenant), wanted, by=operator(), dry_run=dry_run)
    for line in changes:
        out.print(f"  {line}")
    said = "would change" if dry_run else "changed"
    out.print(f"{len(changes)} {said}." if changes else "Nothing to change.")
