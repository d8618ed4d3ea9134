"""Tenants, users and roles."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run

tenants = typer.Typer(no_args_is_help=True, help="The ISPs this installation serves.")
users = typer.Typer(no_args_is_help=True, help="Platform users, their roles and links.")
roles = typer.Typer(no_args_is_help=True, help="Roles: what they may do, within which limits.")
TenantName = Annotated[str | None, typer.Option("--tenant", help="Which tenant (its short name).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WAYS = ("customers", "tickets", "billing", "network", "email", "admin", "local")
"""The plugins a new tenant starts with unless it says otherwise."""


@tenants.command("list")
def list_tenants(as_json: AsJson = False) -> None:
    """Show the tenants."""
    run(_list_tenants(as_json=as_json))


async def _list_tenants(*, as_json: bool) -> None:
    from bot.cli.opened import opened, show

    async with opened(quiet=as_json) as main:
        found = await main.tenants()
    rows = [[t.slug, t.name, t.timezone, t.currency, t.locale] for t in found]
    show(found, ["Tenant", "Name", "Time zone", "Currency", "Locale"], rows, as_json=as_json)


@tenants.command("create")
def create_tenant(
    slug: str,
    name: str,
    timezone: Annotated[str, typer.Option(help="Such as Africa/Nairobi.")] = "UTC",
    currency: Annotated[str, typer.Option(help="Such as KES.")] = "USD",
    locale: Annotated[str, typer.Option(help="Language of replies.")] = "en",
) -> None:
    """Create a tenant, with the built-in roles and plugins on its own tables."""
    run(_create_tenant(slug, name, timezone, currency, locale))


async def _create_tenant(slug: str, name: str, timezone: str, currency: str, locale: str) -> None:
    from bot.cli.opened import opened, out
    from bot.core.switch import found_tenant
    from bot.db.tenants import create_tenant

    async with opened(migrate=True) as main:
        tenant = await create_tenant(
            main.database, slug=slug, name=name, timezone=timezone, currency=currency, locale=locale
        )
        on = await found_tenant(main.around(tenant), with_plugins=WAYS)
    out.print(f"Created {tenant.slug} ({tenant.name}); plugins on: {', '.join(on)}.")
    out.print(f"Next: backhaul users add you@example.com “Your Name” --role admin --tenant {tenant.slug}")


@tenants.command("export")
def export_tenant(tenant: TenantName = None) -> None:
    """Print a tenant's configuration as JSON: plugins, settings without secrets, roles, grants, policies."""
    run(_export(tenant))


async def _export(slug: str | None) -> None:
    from bot.cli.opened import opened, the_tenant
    from bot.core.export import export_tenant

    async with opened(quiet=True) as main:
        tenant = await the_tenant(main, slug)
        typer.echo(json.dumps(await export_tenant(main.around(tenant)), ensure_ascii=False, indent=2))


@tenants.command("import")
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


@users.command("list")
def list_users(words: str = "", tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show people, with the roles they hold."""
    run(_list_users(words, tenant, as_json=as_json))


async def _list_users(words: str, slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core import grants
    from bot.db.users import find_people

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        held = await grants.find(main.database, tenant, main.clock())
        async with main.database.tenant(tenant.id) as session:
            people = await find_people(session, words, limit=1000)
    by_user: dict[str, list[str]] = {}
    for one in held:
        where = grants.as_words(one.area)
        by_user.setdefault(one.user_id, []).append(
            one.role if where == "everywhere" else f"{one.role} ({where})"
        )
    rows = [[p.name, p.email, ", ".join(by_user.get(p.id, [])), p.active] for p in people]
    records = [
        {"id": p.id, "name": p.name, "email": p.email, "active": p.active, "roles": by_user.get(p.id, [])}
        for p in people
    ]
    show(records, ["Name", "E-mail", "Roles", "Active"], rows, as_json=as_json)


@users.command("add")
def add_user(
    email: str,
    name: str,
    role: Annotated[list[str] | None, typer.Option(help="A role to give; may be repeated.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only these regions.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only these sites.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help="Only these partners.")] = None,
    tenant: TenantName = None,
) -> None:
    """Add a person and give them roles, everywhere or in some regions, sites or partners."""
    run(_add_user(email, name, role or [], (region, site, partner), tenant))


Narrow = tuple[list[str] | None, list[str] | None, list[str] | None]


async def _add_user(email: str, name: str, given: list[str], narrow: Narrow, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core import people

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await people.add_person(main.database, tenant, name=name, email=email, by=operator())
        await _give(main, tenant, person.id, given, narrow, None, "")
    out.print(
        f"Added {name} <{email}>" + (f" as {', '.join(given)}." if given else ", who holds no role yet.")
    )


@users.command("grant")
def grant_role(
    email: str,
    role: list[str],
    region: Annotated[list[str] | None, typer.Option(help="Only these regions.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only these sites.")] = None,
    partner: Annotated[list[str] | None, typer.Option(help="Only these partners.")] = None,
    hours: Annotated[float | None, typer.Option(help="Ends by itself after this many hours.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit.")] = "",
    tenant: TenantName = None,
) -> None:
    """Give a person a role."""
    run(_grant(email, role, (region, site, partner), hours, reason, tenant))


async def _grant(
    email: str, given: list[str], narrow: Narrow, hours: float | None, reason: str, slug: str | None
) -> None:
    from bot.cli.opened import opened, out, the_tenant

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await main.person(tenant, email)
        await _give(main, tenant, person.id, given, narrow, hours, reason)
    out.print(f"{person.name} is {', '.join(given)} now.")


async def _give(
    main: object,
    tenant: object,
    user_id: str,
    given: list[str],
    narrow: Narrow,
    hours: float | None,
    reason: str,
) -> None:
    from bot.app import App
    from bot.cli.opened import operator
    from bot.contract.people import Tenant
    from bot.contract.scope import Area
    from bot.core import grants
    from bot.db.grants import NewGrant

    if not isinstance(main, App) or not isinstance(tenant, Tenant):
        raise TypeError("an open application and one of its tenants")
    region, site, partner = (frozenset(each) if each else None for each in narrow)
    ends = main.clock() + timedelta(hours=hours) if hours else None
    for role in given:
        new = NewGrant(
            user_id=user_id,
            role=role,
            by=operator(),
            area=Area(region=region, site=site, partner=partner),
            reason=reason,
            expires_at=ends,
        )
        await grants.grant(main.database, tenant, new, giver=None)
