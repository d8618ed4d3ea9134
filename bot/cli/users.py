"""Platform users: `users list|add|grant|revoke|deactivate|activate|code|link`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant
    from bot.db.users import Person

app = typer.Typer(no_args_is_help=True, help="Platform users, their roles and links.")
Regions = Annotated[list[str] | None, typer.Option("--region", help="Only these regions.")]
Sites = Annotated[list[str] | None, typer.Option("--site", help="Only these sites.")]
Partners = Annotated[list[str] | None, typer.Option("--partner", help="Only these partners.")]
Words = Annotated[str, typer.Argument(help="Part of a name or of an e-mail address.")]
Narrow = tuple[list[str] | None, list[str] | None, list[str] | None]


@app.command("list")
def list_users(words: Words = "", tenant: TenantName = None, as_json: AsJson = False) -> None:
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


@app.command("add")
def add_user(
    email: str,
    name: str,
    role: Annotated[list[str] | None, typer.Option(help="A role to give; may be repeated.")] = None,
    region: Regions = None,
    site: Sites = None,
    partner: Partners = None,
    tenant: TenantName = None,
) -> None:
    """Add a person and give them roles, everywhere or in some regions, sites or partners."""
    run(_add_user(email, name, role or [], (region, site, partner), tenant))


async def _add_user(email: str, name: str, given: list[str], narrow: Narrow, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core import people

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        await _check_roles(main, tenant, given)
        person = await people.add_person(main.database, tenant, name=name, email=email, by=operator())
        await _give(main, tenant, person.id, given, narrow, None, "")
    out.print(
        f"Added {name} <{email}>" + (f" as {', '.join(given)}." if given else ", who holds no role yet.")
    )


@app.command("grant")
def grant_role(
    email: str,
    role: list[str],
    region: Regions = None,
    site: Sites = None,
    partner: Partners = None,
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
        person = await the_person(main, tenant, email)
        await _check_roles(main, tenant, given)
        await _give(main, tenant, person.id, given, narrow, hours, reason)
    out.print(f"{person.name} is {', '.join(given)} now.")


async def _check_roles(main: App, tenant: Tenant, given: list[str]) -> None:
    """Raise NotFound for a role there is not, before anything is written: half of it helps nobody."""
    from bot.core.roles import get_role

    async with main.database.tenant(tenant.id) as session:
        for role in given:
            await get_role(session, role)


async def _give(
    main: App,
    tenant: Tenant,
    user_id: str,
    given: list[str],
    narrow: Narrow,
    hours: float | None,
    reason: str,
) -> None:
    from bot.cli.opened import operator
    from bot.contract.scope import Area
    from bot.core import grants
    from bot.db.grants import NewGrant

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


@app.command()
def revoke(email: str, role: str, tenant: TenantName = None) -> None:
    """Take a role from a person, wherever they hold it."""
    run(_revoke(email, role, tenant))


async def _revoke(email: str, role: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core import grants

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await the_person(main, tenant, email)
        held = await grants.find(main.database, tenant, main.clock(), user_id=person.id, role=role)
        for one in held:
            await grants.revoke(main.database, tenant, one.id, by=operator(), giver=None)
    out.print(f"{person.name} is no longer {role}." if held else f"{person.name} was not {role}.")


@app.command()
def deactivate(email: str, tenant: TenantName = None) -> None:
    """Shut a person out at once; what they did stays."""
    run(_activate(email, tenant, active=False))


@app.command()
def activate(email: str, tenant: TenantName = None) -> None:
    """Let a person in again."""
    run(_activate(email, tenant, active=True))


async def _activate(email: str, slug: str | None, *, active: bool) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.people import set_active

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await the_person(main, tenant, email)
        await set_active(main.database, tenant, person.id, active=active, by=operator())
    out.print(f"{person.name} is {'active' if active else 'deactivated'}.")


@app.command()
def code(email: str, tenant: TenantName = None) -> None:
    """Print a one-time code with which a person links their chat account (15 minutes)."""
    run(_code(email, tenant))


async def _code(email: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.links import issue_code

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await the_person(main, tenant, email)
        made, until = await issue_code(main.database, tenant, person.id, by=operator())
    out.print(
        f"{made}   (until {until.astimezone(tenant.zone):%H:%M}; {person.name} sends the bot: link {made})"
    )


@app.command()
def link(
    email: str,
    surface: Annotated[str, typer.Argument(help="slack, web or terminal.")],
    account: Annotated[str, typer.Argument(help="The account there, e.g. T0123:U0456, or user@machine.")],
    tenant: TenantName = None,
) -> None:
    """Link a chat account to a person."""
    run(_link(email, surface, account, tenant))


async def _link(email: str, surface: str, account: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.links import link as do_link

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        person = await the_person(main, tenant, email)
        await do_link(main.database, tenant, surface, account, person.id, by=operator())
    out.print(f"{surface} account {account} is {person.name} now.")


async def the_person(main: App, tenant: Tenant, email: str) -> Person:
    """Return the person, active or not."""
    from bot.db import users
    from bot.errors import NotFound

    async with main.database.tenant(tenant.id) as session:
        found = await users.get_person_by_email(session, email)
    if found is None:
        raise NotFound(f"{tenant.name} has no user “{email}”. `backhaul users list` shows them.")
    return found
