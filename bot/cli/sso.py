"""Signing in with the ISP's identity provider: `sso set|show|test|off|sessions|sign-out`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant

app = typer.Typer(no_args_is_help=True, help="Signing in to the web pages with your identity provider.")
NONE = "{tenant} has no sign-in set up. Next: backhaul sso set --issuer URL --client-id ID"
REGISTER = "Register this redirect address there: {uri}"
NO_ADDRESS = (
    "BACKHAUL_PUBLIC_URL is not set, so people can sign in on this machine only. Set it to the address under "
    "which they reach this service, such as https://bot.example.net."
)


@app.command("set")
def set_(
    issuer: Annotated[str, typer.Option(help="The provider's address, exactly as it calls itself.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls this application.")],
    client_secret_stdin: Annotated[
        bool, typer.Option("--client-secret-stdin", help="Read the client's secret from standard input.")
    ] = False,
    domains: Annotated[str, typer.Option(help="E-mail domains let in by address: a.example,b.example.")] = "",
    groups_claim: Annotated[str, typer.Option(help="The claim that names a person's groups.")] = "",
    role: Annotated[
        list[str] | None, typer.Option(help="ROLE=GROUP: this group gives this role; may be repeated.")
    ] = None,
    tenant: TenantName = None,
) -> None:
    """Let a tenant's people sign in with this OpenID Connect provider; what is not given is not set.

    The secret is kept, sealed, while issuer and client stay the same. Who is signed in has to sign in anew.
    """
    secret = typer.get_text_stream("stdin").readline().strip() if client_secret_stdin else None
    run(_set(issuer, client_id, secret, domains, groups_claim, role or [], tenant))


async def _set(
    issuer: str,
    client_id: str,
    secret: str | None,
    domains: str,
    claim: str,
    given: list[str],
    slug: str | None,
) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core import sso
    from bot.db.sso import Provider
    from bot.errors import BadInput

    if secret == "":
        raise BadInput("There was no secret on standard input; nothing was changed.")
    async with opened() as main:
        where = await the_tenant(main, slug)
        wanted = Provider(
            issuer=issuer,
            client_id=client_id,
            domains=tuple(domains.split(",")),
            groups_claim=claim.strip(),
            role_groups=read_roles(given),
        )
        ended = await sso.set_provider(
            main.database, main.cipher, where, wanted, secret=secret, by=operator()
        )
        out.print(f"{where.name} signs in with {wanted.issuer} now.", markup=False)
        if ended:
            out.print(f"{ended} sessions were ended.")
        _print_address(main, where)
    out.print("Next: backhaul sso test")


def read_roles(given: list[str]) -> dict[str, tuple[str, ...]]:
    """Read `ROLE=GROUP` words; a role may be named several times."""
    from bot.errors import BadInput

    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        role, sign, group = one.partition("=")
        if not sign or not role.strip() or not group.strip():
            raise BadInput(f"“{one[:60]}” does not say ROLE=GROUP, such as noc=NOC Team.")
        found[role.strip()] = (*found.get(role.strip(), ()), group.strip())
    return found


def _print_address(main: App, tenant: Tenant) -> None:
    from bot.cli.opened import out
    from bot.core import web_links

    public = main.config.public_url
    base = public or f"http://127.0.0.1:{main.config.port}"
    out.print(REGISTER.format(uri=base + web_links.redirect(tenant)), markup=False, soft_wrap=True)
    if not public:
        out.print(NO_ADDRESS, style="yellow")


@app.command()
def show(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show with which provider a tenant signs in; never the secret."""
    run(_show(tenant, as_json=as_json))


async def _show(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core import sso, web_links
    from bot.errors import NotFound

    async with opened(quiet=as_json) as main:
        where = await the_tenant(main, slug)
        found = await sso.find_provider(main.database, where)
        if found is None:
            raise NotFound(NONE.format(tenant=where.name))
        record = {
            "tenant": where.slug,
            "issuer": found.issuer,
            "client_id": found.client_id,
            "client_secret": "set" if found.client_secret else "none",
            "domains": list(found.domains),
            "groups_claim": found.groups_claim,
            "role_groups": {role: list(groups) for role, groups in found.role_groups.items()},
            "redirect": web_links.public(main.config.public_url, web_links.redirect(where)),
            "sign_in": web_links.public(main.config.public_url, web_links.sign_in(where)),
        }
    rows = [[name.replace("_", " "), value or None] for name, value in record.items()]
    show(record, ["Setting", "Value"], rows, as_json=as_json)  # type: ignore[arg-type]  # one record is JSON too


@app.command("test")
def look_at(tenant: TenantName = None) -> None:
    """Ask the provider what it is; say what is wrong and how to mend it. Exit 1 when nobody can sign in."""
    if not run(_test(tenant)):
        raise typer.Exit(Exit.FAILED)


async def _test(slug: str | None) -> bool:
    from bot.cli.opened import opened, out, the_tenant
    from bot.core import sso
    from bot.errors import NotFound
    from bot.web.provider_check import examine

    async with opened() as main:
        where = await the_tenant(main, slug)
        provider = await sso.find_provider(main.database, where)
        if provider is None:
            raise NotFound(NONE.format(tenant=where.name))
        sso.open_secret(main.cipher, where, provider)
        found = await examine(provider)
        for one in found:
            sign, colour = (
                ("ok", "green") if not one.mend else ("WRONG", "red") if one.fatal else ("note", "yellow")
            )
            out.print(f"{sign:>5}", style=colour, end="  ")
            out.print(one.says, markup=False, soft_wrap=True)
            if one.mend:
                out.print(f"       {one.mend}", style="dim", markup=False, soft_wrap=True)
        _print_address(main, where)
    return not any(one.mend and one.fatal for one in found)


@app.command()
def off(tenant: TenantName = None) -> None:
    """Turn signing in off: the secret is forgotten and everybody is signed out."""
    run(_off(tenant))


async def _off(slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core import sso

    async with opened() as main:
        where = await the_tenant(main, slug)
        ended = await sso.drop_provider(main.database, where, by=operator())
    out.print(f"Nobody signs in to {where.name} by web any more; {ended} sessions were ended.", markup=False)


@app.command()
def sessions(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show who is signed in to the web pages."""
    run(_sessions(tenant, as_json=as_json))


async def _sessions(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core import web_sessions
    from bot.db.users import find_people

    async with opened(quiet=as_json) as main:
        where = await the_tenant(main, slug)
        found = await web_sessions.find(main.database, where, now=main.clock())
        async with main.database.tenant(where.id) as session:
            names = {one.id: one.name for one in await find_people(session, limit=10_000)}
    rows = [
        [names.get(one.user_id, one.user_id), one.agent, one.created_at, one.seen_at, sorted(one.roles)]
        for one in found
    ]
    show(found, ["Person", "Browser", "Since", "Last seen", "Roles by groups"], rows, as_json=as_json)


@app.command("sign-out")
def sign_out(
    user: Annotated[str, typer.Option(help="The person's e-mail address.")], tenant: TenantName = None
) -> None:
    """End every web session of one person at once."""
    run(_sign_out(user, tenant))


async def _sign_out(email: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.cli.users import the_person
    from bot.core import web_sessions

    async with opened() as main:
        where = await the_tenant(main, slug)
        person = await the_person(main, where, email)
        ended = await web_sessions.end_all(main.database, where, person.id, name=person.name, by=operator())
    out.print(f"{person.name} is signed out: {ended} sessions ended.", markup=False)
